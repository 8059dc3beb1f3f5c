// Pooling: maxima and averages of windows, vectors of channels at a time.
import { Larger, Sum } from "./combiners";
import { PARAMS } from "../layout";
import { storeLanes } from "./simd";

/** Arguments that all kernels of windows have in common. */
@unmanaged
export class WindowArgs {
  /** The result: y, or dx for gradients. */
  y: usize;
  batch: i32;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  windowHeight: i32;
  windowWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  padTop: i32;
  padLeft: i32;
  unitsOfChunk: i32;
  /** Rows of windows; or 1 for gradients, where windows of different rows overlap. */
  unitsOfImage: i32;
}

@unmanaged
export class PoolArgs extends WindowArgs {
  x: usize;
  /** Averages; else maxima. */
  averages: bool;
  /** Averages count padding. */
  countPadding: bool;
}

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
  const args = changetype<WindowArgs>(PARAMS);
  if (row == 0) return 0;
  return row == args.outHeight ? args.height : firstOf(row, args.strideHeight, args.padTop);
}

/** Zeros in the lines of dx that belong to some rows of windows. */
export function clearLines(image: i32, first: i32, last: i32): void {
  const args = changetype<WindowArgs>(PARAMS);
  const lineBytes = <usize> args.width * args.channels << 2;
  const line = ownedLine(first);
  const to = args.y + <usize> (image * args.height + line) * lineBytes;
  memory.fill(to, 0, <usize> (ownedLine(last) - line) * lineBytes);
}

/** Finds maxima or averages. A unit is a row of windows. */
export function pool(chunk: i32): void {
  const args = changetype<PoolArgs>(PARAMS);
  const outHeight = args.outHeight;
  const end = min((chunk + 1) * args.unitsOfChunk, args.batch * outHeight);
  for (let unit = chunk * args.unitsOfChunk; unit < end; unit++) {
    if (args.averages) poolRow<Sum>(unit / outHeight, unit % outHeight, true);
    else poolRow<Larger>(unit / outHeight, unit % outHeight, false);
  }
}

/** A row of windows, two lines at a time: memory is read in its order, what is joined in cache. */
function poolRow<J>(image: i32, row: i32, average: bool): void {
  const args = changetype<PoolArgs>(PARAMS);
  const width = args.width, channels = args.channels, outWidth = args.outWidth;
  const windowWidth = args.windowWidth, strideWidth = args.strideWidth, padLeft = args.padLeft;
  const pixelBytes = <usize> channels << 2, lineBytes = <usize> width * pixelBytes;
  const top = firstOf(row, args.strideHeight, args.padTop);
  const bottom = endOf(row, args.strideHeight, args.padTop, args.windowHeight, args.height);
  for (let line = top; line < bottom; line += 2) {
    const x = args.x + <usize> (image * args.height + line) * lineBytes;
    const below = line + 1 < bottom ? lineBytes : 0;
    let y = args.y + <usize> ((image * args.outHeight + row) * outWidth) * pixelBytes;
    for (let i = 0; i < outWidth; i++, y += pixelBytes) {
      const left = firstOf(i, strideWidth, padLeft);
      const right = endOf(i, strideWidth, padLeft, windowWidth, width);
      let area = 0;
      if (average && line + 2 >= bottom) {
        area = args.countPadding
          ? args.windowHeight * windowWidth
          : (bottom - top) * (right - left);
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
