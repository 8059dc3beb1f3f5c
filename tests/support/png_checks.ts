// Checks of the PNG file of a picture, whatever has drawn it.

import { assert, assertEquals } from "@std/assert";
import { decode } from "fast-png";
import type { Picture } from "../../src/plot/mod.ts";
import { THEMES } from "../../src/plot/theme.ts";
import { elementsOf, imagesOf } from "./embedded_images.ts";

/** Fails unless a file shows the picture: its size, background, every pixel of its images, texts. */
export function assertShowsPicture(file: Uint8Array, picture: Picture, scale: number): void {
  const { width, height, channels, data } = decode(file, { checkCrc: true });
  assertEquals([width, height], [picture.width * scale, picture.height * scale]);
  const at = (x: number, y: number) => {
    const i = (Math.floor(y * scale) * width + Math.floor(x * scale)) * channels;
    return [data[i], data[i + 1], data[i + 2]];
  };
  const theme = Object.values(THEMES).find(({ background }) =>
    picture.svg().includes(`fill="${background}"`)
  )!;
  const bits = parseInt(theme.background.slice(1), 16);
  const background = [bits >> 16, bits >> 8 & 255, bits & 255];
  assertEquals(at(1, 1), background);
  // What shows through the gaps between some images.
  const gapBits = parseInt(theme.gap.slice(1), 16);
  const gap = [gapBits >> 16, gapBits >> 8 & 255, gapBits & 255];
  const gaps = elementsOf(picture, "rect").filter(({ attributes }) =>
    attributes.fill === theme.gap
  );
  const below = (x: number, y: number) =>
    gaps.some(({ box }) =>
        x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height
      )
      ? gap
      : background;
  for (const image of imagesOf(picture)) {
    const { pixels: { width: columns, height: rows, channels: depth, data: bytes } } = image;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const i = (row * columns + column) * depth;
        const isClear = depth === 4 && bytes[i + 3] === 0;
        const expected = isClear
          ? below(image.x + (column + 0.5) * image.scale, image.y + (row + 0.5) * image.scale)
          : depth === 1
          ? [bytes[i], bytes[i], bytes[i]]
          : bytes.slice(i, i + 3);
        // In the middle and near the corners: pixels stay squares.
        for (const d of image.scale >= 4 ? [0.2, 0.5, 0.8] : [0.5]) {
          const found = at(image.x + (column + d) * image.scale, image.y + (row + d) * image.scale);
          const distance = Math.max(...found.map((c, j) => Math.abs(c - expected[j])));
          assert(distance <= 1, `${image.title} [${row}, ${column}]: ${found}, not ${expected}`);
        }
      }
    }
  }
  assertEquals(textsMissing(picture, at, background, scale), []);
}

/** Lists the texts that no colour but the background is seen at. */
function textsMissing(
  picture: Picture,
  at: (x: number, y: number) => number[],
  background: readonly number[],
  scale: number,
): string[] {
  const texts = elementsOf(picture, "text").filter(({ attributes }) =>
    attributes.transform === undefined && attributes["text-anchor"] === undefined
  );
  return texts.filter(({ box, attributes }) => {
    const size = Number(attributes["font-size"] ?? 12);
    for (let y = box.y - 0.8 * size; y < box.y; y += 1 / scale) {
      for (let x = box.x; x < box.x + 0.6 * size; x += 1 / scale) {
        const found = at(x, y);
        if (found.some((c, i) => Math.abs(c - background[i]) > 60)) return false;
      }
    }
    return true;
  }).map(({ content }) => content);
}
