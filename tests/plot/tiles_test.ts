// The scale of images that are shown as tiles: large enough to be seen, small enough for the room.

import { assertEquals } from "@std/assert";
import { tileScale } from "../../src/plot/tiles.ts";

Deno.test("tileScale: whole numbers that bring images near 80 pixels, never below what they are", () => {
  const scales = [[1, 1], [8, 8], [28, 28], [28, 20], [20, 28], [64, 64], [100, 30], [120, 1]]
    .map(([height, width]) => tileScale(height, width, 640));
  assertEquals(scales, [80, 10, 3, 3, 3, 1, 1, 1]);
});

Deno.test("tileScale: larger images are made 160 pixels, or what the room has", () => {
  assertEquals(tileScale(320, 200, 640), 0.5);
  assertEquals(tileScale(200, 320, 640), 0.5);
  const inRoom = (room: number) => 64 * tileScale(64, 10, room);
  assertEquals(inRoom(640), 64);
  const [narrow, narrower] = [inRoom(60), inRoom(50)];
  assertEquals(narrow - narrower, 10);
  assertEquals(tileScale(0, 0, 640), 80);
});
