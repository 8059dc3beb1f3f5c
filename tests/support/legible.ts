// Check that the texts of a picture can be read: all of them inside it, and none over another.

import { assert, assertEquals } from "@std/assert";
import type { Picture } from "../../src/plot/mod.ts";
import { textWidth } from "../../src/plot/text.ts";

/** Place of a text, turned ones included. */
interface Box {
  text: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Finds the boxes of all texts of a picture, as wide as they are in a wide font. */
function boxesOf(picture: Picture): Box[] {
  const boxes: Box[] = [];
  const tags = /<g(?: transform="translate\((\S+) (\S+)\)")?>|<\/g>|<text ([^>]*)>(.*?)<\/text>/g;
  let [dx, dy] = [0, 0];
  const stack: [number, number][] = [];
  for (const [tag, tx, ty, attributes, content] of picture.svg().matchAll(tags)) {
    if (tag === "</g>") [dx, dy] = stack.pop()!;
    else if (tag.startsWith("<g")) {
      stack.push([dx, dy]);
      [dx, dy] = [dx + Number(tx ?? 0), dy + Number(ty ?? 0)];
    } else boxes.push(boxOf(attributes, content, dx, dy));
  }
  assertEquals(stack.length, 0);
  return boxes;
}

function boxOf(attributes: string, content: string, dx: number, dy: number): Box {
  const read = (name: string) => attributes.match(new RegExp(`(?<![-\\w])${name}="([^"]*)"`))?.[1];
  const text = content.replace(/<title>.*?<\/title>/, "").replace(/&[#\w]+;/g, "x");
  const size = Number(read("font-size") ?? 12);
  const [x, y] = [Number(read("x")), Number(read("y")) - size * 0.36];
  const width = textWidth(text, size);
  const share = { middle: 0.5, end: 1 }[read("text-anchor") ?? ""] ?? 0;
  const [from, to, half] = [-share * width, (1 - share) * width, size / 2];
  return read("transform") === undefined
    ? { text, left: dx + x + from, right: dx + x + to, top: dy + y - half, bottom: dy + y + half }
    : { text, left: dx + x - half, right: dx + x + half, top: dy + y - to, bottom: dy + y - from };
}

/** Fails where a text leaves the picture or stands over another. */
export function assertLegible(picture: Picture): void {
  const boxes = boxesOf(picture);
  for (const [i, a] of boxes.entries()) {
    const isInside = a.left >= -1 && a.right <= picture.width + 1 && a.top >= -1 &&
      a.bottom <= picture.height + 1;
    assert(isInside, `"${a.text}" leaves the picture`);
    for (const b of boxes.slice(i + 1)) {
      const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top ||
        b.bottom <= a.top;
      assert(apart, `"${a.text}" overlaps "${b.text}"`);
    }
  }
}
