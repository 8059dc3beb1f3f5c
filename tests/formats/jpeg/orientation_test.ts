// The orientation in EXIF data: found where it is, 1 where anything of it is cut off or unknown.

import { assertEquals } from "@std/assert";
import { exifOrientation } from "../../../src/formats/jpeg/orientation.ts";

type Entry = readonly [tag: number, type: number, value: number];

/** TIFF data with a directory at a place; a count of its own where one is given. */
function tiff(entries: readonly Entry[], { little = false, directory = 8, count = -1 } = {}) {
  const data = new Uint8Array(directory + 2 + 12 * entries.length);
  const view = new DataView(data.buffer);
  data.set(little ? [0x49, 0x49] : [0x4d, 0x4d]);
  view.setUint16(2, 42, little);
  view.setUint32(4, directory, little);
  view.setUint16(directory, count < 0 ? entries.length : count, little);
  entries.forEach(([tag, type, value], i) => {
    const at = directory + 2 + 12 * i;
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, type, little);
    view.setUint32(at + 4, 1, little);
    view.setUint16(at + 8, value, little);
  });
  return data;
}

const other: Entry = [0x010f, 2, 5];
const orientation = (value: number, type = 3): Entry => [274, type, value];

Deno.test("exifOrientation: the value of its entry, in both orders of bytes, wherever it is", () => {
  for (const little of [false, true]) {
    for (let value = 1; value <= 8; value++) {
      for (
        const entries of [
          [orientation(value)],
          [orientation(value), other],
          [other, other, orientation(value)],
        ]
      ) {
        for (const directory of [8, 9, 30]) {
          assertEquals(exifOrientation(tiff(entries, { little, directory })), value);
        }
      }
    }
  }
  assertEquals(exifOrientation(tiff([orientation(6), orientation(3)])), 6, "the first");
});

Deno.test("exifOrientation: 1 where it is missing, of another type or no orientation", () => {
  for (const entries of [[], [other], [orientation(0)], [orientation(9)], [orientation(6, 4)]]) {
    assertEquals(exifOrientation(tiff(entries)), 1);
  }
  assertEquals(exifOrientation(tiff([other, orientation(6)], { count: 1 })), 1, "not counted");
  assertEquals(exifOrientation(tiff([orientation(6)], { count: 9 })), 6, "counted, and cut off");
});

Deno.test("exifOrientation: 1 where the data is cut off before the end of its entry", () => {
  const whole = tiff([orientation(6)]);
  assertEquals(exifOrientation(whole), 6);
  for (let length = 0; length < whole.length; length++) {
    assertEquals(exifOrientation(whole.subarray(0, length)), 1, `${length} bytes`);
  }
  // No entry, and nothing to read one from.
  assertEquals(exifOrientation(tiff([], { directory: 8, count: 1 })), 1);
});

Deno.test("exifOrientation: 1 where the head is another", () => {
  for (const [at, byte] of [[0, 0x4c], [1, 0x49], [2, 1], [3, 43], [4, 1], [7, 9]]) {
    const data = tiff([orientation(6)]);
    data[at] = byte;
    assertEquals(exifOrientation(data), 1, `byte ${at}`);
  }
});
