/**
 * A decoded image, and how large one may be.
 *
 * @module
 */

/** An image of 8 bits a channel, as the file has it: not yet turned upright. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA). */
  readonly channels: number;
  /** Row by row, a pixel's channels together. */
  readonly data: Uint8Array;
  /** EXIF orientation, 1 to 8, which says how to turn it upright. */
  readonly orientation: number;
}

/** Throws unless an image of this size may be decoded; called before memory is asked for. */
export function checkPixels(
  width: number,
  height: number,
  maxPixels: number,
  action: string,
): void {
  if (width === 0 || height === 0) {
    throw new SyntaxError(
      `${action}: the image must have pixels: the header declares ${width} x ${height}`,
    );
  }
  if (width * height > maxPixels) {
    throw new RangeError(
      `${action}: the image must have at most maxPixels = ${maxPixels} pixels: ` +
        `the header declares ${width} x ${height}`,
    );
  }
}
