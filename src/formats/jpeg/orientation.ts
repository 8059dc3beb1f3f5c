/**
 * Orientation of photographs: read from EXIF data, and undone.
 *
 * - **Source**: "Exchangeable image file format for digital still cameras: Exif Version 2.32", tag
 *   274; TIFF 6.0, section 8, for the eight orientations.
 *
 * @module
 */
import type { Pixels } from "../pixels.ts";

const ORIENTATION_TAG = 274;
const SHORT = 3;

/**
 * Reads the orientation that EXIF data (a TIFF header and its first directory) declares, 1 to 8.
 * Where it is missing, damaged or unknown the result is 1, upright: it is a hint, and no pixel
 * depends on it.
 */
export function exifOrientation(data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  if (data.length < 8) return 1;
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  const directory = view.getUint32(4, little);
  if (view.getUint16(2, little) !== 42 || directory + 2 > data.length) return 1;
  const count = view.getUint16(directory, little);
  for (let i = 0, at = directory + 2; i < count && at + 12 <= data.length; i++, at += 12) {
    if (view.getUint16(at, little) !== ORIENTATION_TAG) continue;
    const value = view.getUint16(at + 8, little);
    return view.getUint16(at + 2, little) === SHORT && value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** Turns the image upright: mirrored and turned as its orientation asks. */
export function turnUpright(image: Pixels): Pixels {
  const { width, height, channels, data, orientation } = image;
  if (orientation === 1) return image;
  // 2, 4, 5, 7 are mirrored; 5 to 8 lie on their side.
  const isSideways = orientation >= 5;
  const fromRight = [2, 3, 6, 7].includes(orientation);
  const fromBottom = [3, 4, 7, 8].includes(orientation);
  const [outWidth, outHeight] = isSideways ? [height, width] : [width, height];
  const turned = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      let [row, column] = isSideways ? [x, y] : [y, x];
      if (isSideways ? [6, 7].includes(orientation) : fromBottom) row = height - 1 - row;
      if (isSideways ? [7, 8].includes(orientation) : fromRight) column = width - 1 - column;
      const from = (row * width + column) * channels;
      for (let c = 0; c < channels; c++) turned[to++] = data[from + c];
    }
  }
  return { width: outWidth, height: outHeight, channels, data: turned, orientation: 1 };
}
