/**
 * An image seen through an affine map: every pixel of the result is looked up at a place of the
 * original, between pixels by bilinear interpolation.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";

/** Pixels beyond the end of the original: a number, its nearest pixel, or its mirror image. */
export type Fill = number | "edge" | "reflect";

/** Height, width and channels. */
export type ImageSize = readonly [height: number, width: number, channels: number];

/**
 * Map from a pixel of the result to a place in the original, both counted from the centre of the
 * top left pixel: `column' = xx column + xy row + x0`, `row' = yx column + yy row + y0`.
 */
export interface AffineMap {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

/** Pixels of one image in a typed array, from `start`. */
export interface Pixels {
  /** Bytes that are written are clamped ones, which round and keep to their limits by themselves. */
  readonly data: TypedArray | Uint8ClampedArray;
  readonly start: number;
  readonly size: ImageSize;
}

/**
 * Fills an image with what the map finds in another.
 *
 * A place that is exactly a pixel gives that pixel, so that moves by whole pixels and flips change
 * no value. Bytes are rounded to the nearest.
 */
export function resample(from: Pixels, to: Pixels, map: AffineMap, fill: Fill): void {
  const { data: x, start, size: [height, width, channels] } = from;
  const { data: y, size: [outHeight, outWidth] } = to;
  const outside = new Outside(from, fill);
  const [lastColumn, lastRow] = [width - 1, height - 1];
  const down = width * channels;
  let at = to.start;
  for (let i = 0; i < outHeight; i++) {
    const columnOfRow = map.xy * i + map.x0;
    const rowOfRow = map.yy * i + map.y0;
    for (let j = 0; j < outWidth; j++, at += channels) {
      const column = map.xx * j + columnOfRow;
      const row = map.yx * j + rowOfRow;
      if (!(column >= 0 && row >= 0 && column < lastColumn && row < lastRow)) {
        outside.look(column, row, y, at);
        continue;
      }
      const left = column | 0; // like Math.floor, and faster
      const top = row | 0;
      const right = column - left; // weights of the pixels there
      const below = row - top;
      let p = start + top * down + left * channels;
      if (right === 0 && below === 0) {
        for (let c = 0; c < channels; c++) y[at + c] = x[p + c];
        continue;
      }
      if (channels === 1) {
        const upper = x[p] + right * (x[p + 1] - x[p]);
        const lower = x[p + down] + right * (x[p + down + 1] - x[p + down]);
        y[at] = upper + below * (lower - upper);
        continue;
      }
      for (let c = 0; c < channels; c++, p++) {
        const upper = x[p] + right * (x[p + channels] - x[p]);
        const lower = x[p + down] + right * (x[p + down + channels] - x[p + down]);
        y[at + c] = upper + below * (lower - upper);
      }
    }
  }
}

/** Pixels at and beyond the border. */
class Outside {
  readonly #image: Pixels;
  readonly #fill: Fill;

  constructor(image: Pixels, fill: Fill) {
    this.#image = image;
    this.#fill = fill;
  }

  look(column: number, row: number, y: Pixels["data"], at: number): void {
    const left = Math.floor(column);
    const top = Math.floor(row);
    const { size: [, , channels] } = this.#image;
    for (let c = 0; c < channels; c++) {
      y[at + c] = this.#between(top, left, c, row - top, column - left);
    }
  }

  #between(top: number, left: number, channel: number, below: number, right: number): number {
    const upper = this.#mix(top, left, channel, right);
    return below === 0 ? upper : upper + below * (this.#mix(top + 1, left, channel, right) - upper);
  }

  #mix(row: number, column: number, channel: number, right: number): number {
    const value = this.#at(row, column, channel);
    return right === 0 ? value : value + right * (this.#at(row, column + 1, channel) - value);
  }

  #at(row: number, column: number, channel: number): number {
    const { data, start, size: [height, width, channels] } = this.#image;
    const fill = this.#fill;
    if (typeof fill === "number") {
      if (row < 0 || row >= height || column < 0 || column >= width) return fill;
      return data[start + (row * width + column) * channels + channel];
    }
    const inside = fill === "edge" ? nearest : mirrored;
    return data[start + (inside(row, height) * width + inside(column, width)) * channels + channel];
  }
}

function nearest(place: number, size: number): number {
  return Math.min(Math.max(place, 0), size - 1);
}

/**
 * Goes back and forth between the first and the last pixel, which are not repeated: 2 1 0 1 2 1 0.
 */
function mirrored(place: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const phase = ((place % period) + period) % period;
  return phase < size ? phase : period - phase;
}
