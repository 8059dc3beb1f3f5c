// Convolution by filters that each see one channel, and the gradient of x: vectors of channels, read
// where the images are. What slides, over what, is that of `sliding.ts`: the gradient of x is turned
// filters over dy spread by the stride.
//
// Loads decide: at stride 1 a pixel is loaded once for three taps. At larger strides it is loaded for
// each, and the gradient of x has but one to four taps for a pixel, of 3 x 3 at stride 2: so few
// that beginning and ending a tile takes longer than its products.
import { PARAMS } from "../layout";
import { fma, loadLanes, storeLanes } from "./simd";

/** Bytes of a tap in a list: the address of its pixel, that of its weights, and its column. */
const TAP: usize = 12;

/** Arguments of what slides filters over images. */
@unmanaged
export class SlidingArgs {
  /** The images. */
  x: usize;
  height: i32;
  width: i32;
  channels: i32;
  padTop: i32;
  padLeft: i32;
  strideHeight: i32;
  strideWidth: i32;
  outHeight: i32;
  outWidth: i32;
  windowHeight: i32;
  windowWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
}

@unmanaged
export class DepthwiseArgs extends SlidingArgs {
  /** Pixels of x are so far apart, zeros between them. */
  spreadHeight: i32;
  spreadWidth: i32;
  /** Filters are turned by half a turn. */
  turned: bool;
  w: usize;
  /** The bias, or 0. */
  bias: usize;
  y: usize;
  /** The result is added to y. */
  adds: bool;
  /** Rows of y, of all images. */
  rows: i32;
  rowsOfChunk: i32;
  relu: bool;
}

/** Slides the filters. A unit is a row of y. */
export function depthwise(chunk: i32, scratch: usize): void {
  const args = changetype<DepthwiseArgs>(PARAMS);
  const end = min((chunk + 1) * args.rowsOfChunk, args.rows);
  for (let row = chunk * args.rowsOfChunk; row < end; row++) {
    // Columns that are `spread` apart meet the same taps.
    for (let phase = 0; phase < min(args.spreadWidth, args.outWidth); phase++) {
      rowOfPhase(row, phase, scratch, listTaps(row, phase, scratch));
    }
    const count = args.outWidth * args.channels;
    if (args.relu) reluRow(args.y, row * count, count);
  }
}

/** `max(y, 0)` of `count` floats from the float `first` on, which are still in the cache. */
function reluRow(y: usize, first: i32, count: i32): void {
  const zero = f32x4.splat(0);
  y += <usize> first << 2;
  for (; count > 0; count -= 4, y += 16) {
    storeLanes(y, f32x4.max(loadLanes(y, count), zero), count);
  }
}

/** Lists the taps that meet pixels in a row, from its column `phase` on; returns where it ends. */
function listTaps(row: i32, phase: i32, list: usize): usize {
  const args = changetype<DepthwiseArgs>(PARAMS);
  const image = row / args.outHeight;
  const windowHeight = args.windowHeight, windowWidth = args.windowWidth;
  const pixelBytes = args.channels << 2, taps = windowHeight * windowWidth;
  for (let ky = 0; ky < windowHeight; ky++) {
    const above = (row % args.outHeight) * args.strideHeight + ky * args.dilationHeight -
      args.padTop;
    const line = above / args.spreadHeight;
    if (above < 0 || above % args.spreadHeight != 0 || line >= args.height) continue;
    const start = <i32> args.x + (image * args.height + line) * args.width * pixelBytes;
    for (let kx = 0; kx < windowWidth; kx++) {
      const left = phase * args.strideWidth + kx * args.dilationWidth - args.padLeft;
      if (left % args.spreadWidth != 0) continue;
      const column = left / args.spreadWidth, tap = ky * windowWidth + kx;
      store<i32>(list, start + column * pixelBytes);
      store<i32>(list, <i32> args.w + (args.turned ? taps - 1 - tap : tap) * pixelBytes, 4);
      store<i32>(list, column, 8);
      list += TAP;
    }
  }
  return list;
}

/** The pixels of a row of y from the column `phase` on, `spread` apart. */
function rowOfPhase(row: i32, phase: i32, list: usize, end: usize): void {
  const args = changetype<DepthwiseArgs>(PARAMS);
  const channels = args.channels, step = args.strideWidth;
  const pixelBytes: usize = <usize> channels << 2;
  const count = (args.outWidth - phase + args.spreadWidth - 1) / args.spreadWidth;
  // Between these, all taps are inside the image.
  let first = 0, last = count;
  for (let tap = list; tap < end; tap += TAP) {
    const column = load<i32>(tap, 8);
    first = max(first, firstInside(column, step));
    last = min(last, endInside(column, step));
  }
  first = min(first, count);
  last = max(last, first);
  const y = args.y + <usize> (row * args.outWidth + phase) * pixelBytes;
  const yStep = <usize> args.spreadWidth * pixelBytes;
  for (let i = 0; i < first; i++) pixel(i, y + <usize> i * yStep, list, end);
  let i = first;
  if (step == 1 && args.spreadWidth == 1 && args.dilationWidth == 1) {
    for (; i + 8 <= last; i += 8) eightPixels(i, y, list, end);
    if (i < last && last - first >= 8 && !args.adds) {
      eightPixels(last - 8, y, list, end);
      i = last;
    }
  }
  for (; i + 4 <= last; i += 4) fourPixels(i, y, list, end);
  // Some pixels again, rather than the others one by one.
  if (i < last && last - first >= 4 && !args.adds) {
    fourPixels(last - 4, y, list, end);
    i = last;
  }
  for (; i < count; i++) pixel(i, y + <usize> i * yStep, list, end);
}

/** Eight pixels of a row from `i` on, where pixels and taps are neighbours. */
function eightPixels(i: i32, y: usize, list: usize, end: usize): void {
  const args = changetype<DepthwiseArgs>(PARAMS);
  const channels = args.channels, pixelBytes = <usize> channels << 2, from = <usize> i * pixelBytes;
  for (let c = 0; c < channels; c += 4) {
    eightNeighbours(from, y + from, <usize> c << 2, channels - c, pixelBytes, list, end);
  }
}

/** Four pixels of a row from `i` on. */
function fourPixels(i: i32, y: usize, list: usize, end: usize): void {
  const args = changetype<DepthwiseArgs>(PARAMS);
  const channels = args.channels, pixelBytes = <usize> channels << 2;
  const xStep = <usize> args.strideWidth * pixelBytes;
  const yStep = <usize> args.spreadWidth * pixelBytes;
  const from = <usize> i * xStep, to = y + <usize> i * yStep;
  let c = 0;
  for (; channels - c > 4; c += 8) {
    fourWide(from, to, <usize> c << 2, channels - c, xStep, yStep, list, end);
  }
  if (c < channels) fourNarrow(from, to, <usize> c << 2, channels - c, xStep, yStep, list, end);
}

/** The first of pixels that are `step` apart, from `column` on, that is in the image. */
export function firstInside(column: i32, step: i32): i32 {
  return column < 0 ? (step - 1 - column) / step : 0;
}

/** The first of pixels that are `step` apart, from `column` on, that is beyond the image. */
export function endInside(column: i32, step: i32): i32 {
  const args = changetype<SlidingArgs>(PARAMS);
  return column < args.width ? (args.width - 1 - column) / step + 1 : 0;
}

/** What y begins with: what is there, bias, or 0. */
@inline
function startOf(y: usize, offset: usize): v128 {
  const args = changetype<DepthwiseArgs>(PARAMS);
  if (args.adds) return v128.load(y);
  const bias = args.bias;
  return bias != 0 ? v128.load(bias + offset) : f32x4.splat(0);
}

/** Pixel `i` of a row; taps may be outside the image: those inside are listed behind the list. */
function pixel(i: i32, y: usize, list: usize, end: usize): void {
  const args = changetype<DepthwiseArgs>(PARAMS);
  const channels = args.channels, width = args.width, step = i * args.strideWidth;
  const from = step * (channels << 2);
  let inside = end;
  for (let tap = list; tap < end; tap += TAP) {
    const column = load<i32>(tap, 8) + step;
    if (column < 0 || column >= width) continue;
    store<i32>(inside, load<i32>(tap) + from);
    store<i32>(inside, load<i32>(tap, 4), 4);
    inside += 8;
  }
  let c = 0;
  for (; channels - c > 4; c += 8) {
    const offset = <usize> c << 2;
    let a = startOf(y + offset, offset), b = startOf(y + offset + 16, offset + 16);
    for (let tap = end; tap < inside; tap += 8) {
      const x = load<u32>(tap) + offset, w = load<u32>(tap, 4) + offset;
      a = fma(v128.load(x), v128.load(w), a);
      b = fma(v128.load(x, 16), v128.load(w, 16), b);
    }
    v128.store(y + offset, a);
    storeLanes(y + offset + 16, b, channels - c - 4);
  }
  if (c >= channels) return;
  const offset = <usize> c << 2;
  let sum = startOf(y + offset, offset);
  for (let tap = end; tap < inside; tap += 8) {
    sum = fma(v128.load(load<u32>(tap) + offset), v128.load(load<u32>(tap, 4) + offset), sum);
  }
  storeLanes(y + offset, sum, channels - c);
}

/**
 * Eight pixels, and taps, that are neighbours, of one to four channels. Each pixel is loaded once
 * for three taps.
 */
function eightNeighbours(
  from: usize,
  y: usize,
  offset: usize,
  left: i32,
  step: usize,
  list: usize,
  end: usize,
): void {
  const args = changetype<DepthwiseArgs>(PARAMS);
  const to = y + offset, at = from + offset, step4 = step << 2;
  let a0 = startOf(to, offset), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
  if (args.adds) {
    a1 = v128.load(to + step);
    a2 = v128.load(to + 2 * step);
    a3 = v128.load(to + 3 * step);
    a4 = v128.load(to + step4);
    a5 = v128.load(to + step4 + step);
    a6 = v128.load(to + step4 + 2 * step);
    a7 = v128.load(to + step4 + 3 * step);
  }
  const windowWidth = args.windowWidth;
  let tap = list;
  while (tap < end) {
    let kx = windowWidth;
    for (; kx >= 3; kx -= 3, tap += 3 * TAP) {
      const w0 = v128.load(load<u32>(tap, 4) + offset);
      const w1 = v128.load(load<u32>(tap, 16) + offset);
      const w2 = v128.load(load<u32>(tap, 28) + offset);
      let x: usize = load<u32>(tap) + at;
      let v = v128.load(x);
      a0 = fma(v, w0, a0);
      x += step;
      v = v128.load(x);
      a0 = fma(v, w1, a0);
      a1 = fma(v, w0, a1);
      x += step;
      v = v128.load(x);
      a0 = fma(v, w2, a0);
      a1 = fma(v, w1, a1);
      a2 = fma(v, w0, a2);
      x += step;
      v = v128.load(x);
      a1 = fma(v, w2, a1);
      a2 = fma(v, w1, a2);
      a3 = fma(v, w0, a3);
      x += step;
      v = v128.load(x);
      a2 = fma(v, w2, a2);
      a3 = fma(v, w1, a3);
      a4 = fma(v, w0, a4);
      x += step;
      v = v128.load(x);
      a3 = fma(v, w2, a3);
      a4 = fma(v, w1, a4);
      a5 = fma(v, w0, a5);
      x += step;
      v = v128.load(x);
      a4 = fma(v, w2, a4);
      a5 = fma(v, w1, a5);
      a6 = fma(v, w0, a6);
      x += step;
      v = v128.load(x);
      a5 = fma(v, w2, a5);
      a6 = fma(v, w1, a6);
      a7 = fma(v, w0, a7);
      x += step;
      v = v128.load(x);
      a6 = fma(v, w2, a6);
      a7 = fma(v, w1, a7);
      a7 = fma(v128.load(x + step), w2, a7);
    }
    for (; kx > 0; kx--, tap += TAP) {
      const w = v128.load(load<u32>(tap, 4) + offset), x: usize = load<u32>(tap) + at;
      const further = x + step4;
      a0 = fma(v128.load(x), w, a0);
      a1 = fma(v128.load(x + step), w, a1);
      a2 = fma(v128.load(x + 2 * step), w, a2);
      a3 = fma(v128.load(x + 3 * step), w, a3);
      a4 = fma(v128.load(further), w, a4);
      a5 = fma(v128.load(further + step), w, a5);
      a6 = fma(v128.load(further + 2 * step), w, a6);
      a7 = fma(v128.load(further + 3 * step), w, a7);
    }
  }
  const half = to + step4;
  storeLanes(to, a0, left);
  storeLanes(to + step, a1, left);
  storeLanes(to + 2 * step, a2, left);
  storeLanes(to + 3 * step, a3, left);
  storeLanes(half, a4, left);
  storeLanes(half + step, a5, left);
  storeLanes(half + 2 * step, a6, left);
  storeLanes(half + 3 * step, a7, left);
}

/** Four pixels of five channels or more, of which eight are made. */
function fourWide(
  from: usize,
  y: usize,
  offset: usize,
  left: i32,
  xStep: usize,
  yStep: usize,
  list: usize,
  end: usize,
): void {
  const args = changetype<DepthwiseArgs>(PARAMS);
  const y0 = y + offset, y1 = y0 + yStep, y2 = y1 + yStep, y3 = y2 + yStep;
  let a0 = startOf(y0, offset), b0 = startOf(y0 + 16, offset + 16);
  let a1 = a0, b1 = b0, a2 = a0, b2 = b0, a3 = a0, b3 = b0;
  if (args.adds) {
    a1 = v128.load(y1);
    b1 = v128.load(y1, 16);
    a2 = v128.load(y2);
    b2 = v128.load(y2, 16);
    a3 = v128.load(y3);
    b3 = v128.load(y3, 16);
  }
  const at = from + offset;
  for (let tap = list; tap < end; tap += TAP) {
    const w = load<u32>(tap, 4) + offset;
    const wa = v128.load(w), wb = v128.load(w, 16);
    let x: usize = load<u32>(tap) + at;
    a0 = fma(v128.load(x), wa, a0);
    b0 = fma(v128.load(x, 16), wb, b0);
    x += xStep;
    a1 = fma(v128.load(x), wa, a1);
    b1 = fma(v128.load(x, 16), wb, b1);
    x += xStep;
    a2 = fma(v128.load(x), wa, a2);
    b2 = fma(v128.load(x, 16), wb, b2);
    x += xStep;
    a3 = fma(v128.load(x), wa, a3);
    b3 = fma(v128.load(x, 16), wb, b3);
  }
  v128.store(y0, a0);
  v128.store(y1, a1);
  v128.store(y2, a2);
  v128.store(y3, a3);
  storeLanes(y0 + 16, b0, left - 4);
  storeLanes(y1 + 16, b1, left - 4);
  storeLanes(y2 + 16, b2, left - 4);
  storeLanes(y3 + 16, b3, left - 4);
}

/** Four pixels of one to four channels. */
function fourNarrow(
  from: usize,
  y: usize,
  offset: usize,
  left: i32,
  xStep: usize,
  yStep: usize,
  list: usize,
  end: usize,
): void {
  const y0 = y + offset, y1 = y0 + yStep, y2 = y1 + yStep, y3 = y2 + yStep;
  let a0 = startOf(y0, offset), a1 = startOf(y1, offset);
  let a2 = startOf(y2, offset), a3 = startOf(y3, offset);
  const at = from + offset;
  for (let tap = list; tap < end; tap += TAP) {
    const w = v128.load(load<u32>(tap, 4) + offset);
    let x: usize = load<u32>(tap) + at;
    a0 = fma(v128.load(x), w, a0);
    x += xStep;
    a1 = fma(v128.load(x), w, a1);
    x += xStep;
    a2 = fma(v128.load(x), w, a2);
    x += xStep;
    a3 = fma(v128.load(x), w, a3);
  }
  storeLanes(y0, a0, left);
  storeLanes(y1, a1, left);
  storeLanes(y2, a2, left);
  storeLanes(y3, a3, left);
}
