// The gradient of maximum pooling, and its adjoint.
import { findFirstMaxima, MaximaArgs, offsetOf, recordBytes } from "./first_maxima";
import { PARAMS } from "../layout";
import { clearLines, firstOf, ownedLine, WindowArgs } from "./pool";
import { storeLanes } from "./simd";

@unmanaged
export class MaxPoolGatherArgs extends MaximaArgs {
  values: usize;
}

@unmanaged
export class MaxPoolGradArgs extends MaximaArgs {
  dy: usize;
}

/** Takes the values at the first maximum of each window. A unit is a row of windows. */
export function maxPoolGather(chunk: i32, scratch: usize): void {
  const args = changetype<MaxPoolGatherArgs>(PARAMS);
  const outHeight = args.outHeight, channels = args.channels;
  const lineBytes = <usize> args.width * channels << 2;
  const end = min((chunk + 1) * args.unitsOfChunk, args.batch * outHeight);
  for (let unit = chunk * args.unitsOfChunk; unit < end; unit++) {
    const image = unit / outHeight, row = unit % outHeight;
    findFirstMaxima(image, row, scratch);
    const top = firstOf(row, args.strideHeight, args.padTop);
    const values = args.values + <usize> (image * args.height + top) * lineBytes;
    let y = args.y + (<usize> (unit * args.outWidth * channels) << 2), records = scratch;
    for (let i = 0; i < args.outWidth; i++, records += recordBytes(channels)) {
      for (let c = 0; c < channels; c++, y += 4) {
        store<f32>(y, load<f32>(values + offsetOf(records, c)));
      }
    }
  }
}

/**
 * Adds dy at the first maximum of each window. A unit is a row of windows where windows of
 * different rows share nothing, else an image.
 */
export function maxPoolGrad(chunk: i32, scratch: usize): void {
  const args = changetype<MaxPoolGradArgs>(PARAMS);
  const units = args.unitsOfImage;
  const end = min((chunk + 1) * args.unitsOfChunk, args.batch * units);
  for (let unit = chunk * args.unitsOfChunk; unit < end; unit++) {
    const image = unit / units;
    if (isPairs()) {
      pairsGrad(image, unit % units);
      continue;
    }
    const first = unit % units, last = units == 1 ? args.outHeight : first + 1;
    clearLines(image, first, last);
    for (let row = first; row < last; row++) scatterRow(image, row, scratch);
  }
}

/** Whether windows are two by two, side by side and without padding. */
function isPairs(): bool {
  const args = changetype<WindowArgs>(PARAMS);
  const paired = args.windowHeight == 2 && args.windowWidth == 2 && args.strideHeight == 2 &&
    args.strideWidth == 2;
  return paired && args.padTop == 0 && args.padLeft == 0 && args.outWidth * 2 <= args.width &&
    args.outHeight * 2 <= args.height;
}

function scatterRow(image: i32, row: i32, scratch: usize): void {
  const args = changetype<MaxPoolGradArgs>(PARAMS);
  const channels = args.channels, outWidth = args.outWidth;
  const lineBytes = <usize> args.width * channels << 2;
  findFirstMaxima(image, row, scratch);
  const top = firstOf(row, args.strideHeight, args.padTop);
  const dx = args.y + <usize> (image * args.height + top) * lineBytes;
  let dy = args.dy + (<usize> ((image * args.outHeight + row) * outWidth * channels) << 2);
  for (let i = 0; i < outWidth; i++, scratch += recordBytes(channels)) {
    for (let c = 0; c < channels; c++, dy += 4) {
      const at = dx + offsetOf(scratch, c);
      store<f32>(at, load<f32>(at) + load<f32>(dy));
    }
  }
}

/** The gradient of a row of windows of two by two: every element of dx is written once. */
function pairsGrad(image: i32, row: i32): void {
  const args = changetype<MaxPoolGradArgs>(PARAMS);
  const channels = args.channels, outWidth = args.outWidth;
  const pixelBytes = <usize> channels << 2, lineBytes = <usize> args.width * pixelBytes;
  const start = <usize> (image * args.height + 2 * row) * lineBytes;
  let x = args.x + start, dx = args.y + start;
  let dy = args.dy + <usize> ((image * args.outHeight + row) * outWidth) * pixelBytes;
  for (let i = 0; i < outWidth; i++) {
    pairGrad(dy, x, dx, channels, pixelBytes, lineBytes);
    x += 2 * pixelBytes;
    dx += 2 * pixelBytes;
    dy += pixelBytes;
  }
  const rest = lineBytes - <usize> (2 * outWidth) * pixelBytes;
  if (rest > 0) {
    memory.fill(dx, 0, rest);
    memory.fill(dx + lineBytes, 0, rest);
  }
  const lines = ownedLine(row + 1) - 2 * row - 2;
  const below = args.y + start + 2 * lineBytes;
  if (lines > 0) memory.fill(below, 0, <usize> lines * lineBytes);
}

@inline
function pairGrad(
  dy: usize,
  x: usize,
  dx: usize,
  channels: i32,
  pixelBytes: usize,
  lineBytes: usize,
): void {
  for (let left = channels; left > 0; left -= 4, x += 16, dx += 16, dy += 16) {
    const below = x + lineBytes;
    const v0 = v128.load(x), v1 = v128.load(x + pixelBytes);
    const v2 = v128.load(below), v3 = v128.load(below + pixelBytes);
    const most = f32x4.pmax(f32x4.pmax(f32x4.pmax(v0, v1), v2), v3);
    const d = v128.load(dy);
    let m0 = f32x4.eq(v0, most);
    let m1 = v128.andnot(f32x4.eq(v1, most), m0);
    let m2 = v128.andnot(f32x4.eq(v2, most), v128.or(m0, m1));
    // A sum is NaN where an element is (and rarely else, which costs time alone).
    const sum = f32x4.add(f32x4.add(v0, v1), f32x4.add(v2, v3));
    if (v128.any_true(f32x4.ne(sum, sum))) {
      const n0 = f32x4.ne(v0, v0), n1 = f32x4.ne(v1, v1), n2 = f32x4.ne(v2, v2);
      const any = v128.or(v128.or(n0, n1), v128.or(n2, f32x4.ne(v3, v3)));
      m0 = v128.bitselect(n0, m0, any);
      m1 = v128.bitselect(v128.andnot(n1, n0), m1, any);
      m2 = v128.bitselect(v128.andnot(n2, v128.or(n0, n1)), m2, any);
    }
    const m3 = v128.not(v128.or(v128.or(m0, m1), m2));
    const under = dx + lineBytes;
    storeLanes(dx, v128.and(d, m0), left);
    storeLanes(dx + pixelBytes, v128.and(d, m1), left);
    storeLanes(under, v128.and(d, m2), left);
    storeLanes(under + pixelBytes, v128.and(d, m3), left);
  }
}
