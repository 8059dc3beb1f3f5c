// Pooling: maxima and averages of windows, vectors of channels at a time.
//
// Arguments that all kernels of windows have in common: 3 batch, 4 height, 5 width, 6 channels,
// 7 output height, 8 output width, 9, 10 window, 11, 12 stride, 13 padTop, 14 padLeft, 15 units of
// a chunk, 16 averages count padding, 17 units an image: rows of windows, or 1 (gradients, where
// windows of different rows overlap).
import { MAX } from "../kinds";
import { Larger, Sum } from "./combiners";
import { int, pointer } from "./params";
import { storeLanes } from "./simd";

/** The first row (or column) of window `i` that lies in the image. */
@inline
export function firstOf(i: i32, stride: i32, pad: i32): i32 {
  return max(i * stride - pad, 0);
}

/** The end of the rows (or columns) of window `i` that lie in the image. */
@inline
export function endOf(i: i32, stride: i32, pad: i32, window: i32, size: i32): i32 {
  return min(i * stride - pad + window, size);
}

/** The first line that belongs to a row of windows: all before the next row's first one do. */
export function ownedLine(row: i32): i32 {
  if (row == 0) return 0;
  return row == int(7) ? int(4) : firstOf(row, int(11), int(13));
}

/** Zeros in the lines of dx that belong to some rows of windows. */
export function clearLines(image: i32, first: i32, last: i32): void {
  const lineBytes = <usize> int(5) * int(6) << 2;
  const line = ownedLine(first);
  const to = pointer(2) + <usize> (image * int(4) + line) * lineBytes;
  memory.fill(to, 0, <usize> (ownedLine(last) - line) * lineBytes);
}

/**
 * Maxima or averages. A unit is a row of windows. Arguments: 0 kind, 1 x, 2 y, then those in
 * common.
 */
export function pool(chunk: i32): void {
  const outHeight = int(7);
  const end = min((chunk + 1) * int(15), int(3) * outHeight);
  for (let unit = chunk * int(15); unit < end; unit++) {
    if (int(0) == MAX) poolRow<Larger>(unit / outHeight, unit % outHeight, false);
    else poolRow<Sum>(unit / outHeight, unit % outHeight, true);
  }
}

/** A row of windows, two lines at a time: memory is read in its order, what is joined in cache. */
function poolRow<J>(image: i32, row: i32, average: bool): void {
  const width = int(5), channels = int(6), outWidth = int(8);
  const windowWidth = int(10), strideWidth = int(12), padLeft = int(14);
  const pixelBytes = <usize> channels << 2, lineBytes = <usize> width * pixelBytes;
  const top = firstOf(row, int(11), int(13));
  const bottom = endOf(row, int(11), int(13), int(9), int(4));
  for (let line = top; line < bottom; line += 2) {
    const x = pointer(1) + <usize> (image * int(4) + line) * lineBytes;
    const below = line + 1 < bottom ? lineBytes : 0;
    let y = pointer(2) + <usize> ((image * int(7) + row) * outWidth) * pixelBytes;
    for (let i = 0; i < outWidth; i++, y += pixelBytes) {
      const left = firstOf(i, strideWidth, padLeft);
      const right = endOf(i, strideWidth, padLeft, windowWidth, width);
      let area = 0;
      if (average && line + 2 >= bottom) {
        area = int(16) != 0 ? int(9) * windowWidth : (bottom - top) * (right - left);
      }
      const from = x + <usize> left * pixelBytes;
      joinPixels<J>(from, below, right - left, channels, line > top, area, y);
    }
  }
}

/**
 * Joins some pixels, and those `below` bytes further unless that is 0, channel by channel; and what
 * is in y where there is `more`; then divides by `area`, if any.
 */
function joinPixels<J>(
  x: usize,
  below: usize,
  pixels: i32,
  channels: i32,
  more: bool,
  area: i32,
  y: usize,
): void {
  const j = changetype<J>(0), pixelBytes = <usize> channels << 2;
  for (let left = channels; left > 0; left -= 8, x += 32, y += 32) {
    let r0 = v128.load(x), r1 = v128.load(x, 16);
    let at = x;
    for (let pixel = 1; pixel < pixels; pixel++) {
      at += pixelBytes;
      r0 = j.of(r0, v128.load(at));
      r1 = j.of(r1, v128.load(at, 16));
    }
    if (below != 0) {
      at = x + below;
      for (let pixel = 0; pixel < pixels; pixel++, at += pixelBytes) {
        r0 = j.of(r0, v128.load(at));
        r1 = j.of(r1, v128.load(at, 16));
      }
    }
    if (more) {
      r0 = j.of(v128.load(y), r0);
      r1 = j.of(v128.load(y, 16), r1);
    }
    if (area > 0) {
      const divisor = f32x4.splat(<f32> area);
      r0 = f32x4.div(r0, divisor);
      r1 = f32x4.div(r1, divisor);
    }
    storeLanes(y, r0, left);
    if (left > 4) storeLanes(y + 16, r1, left - 4);
  }
}
