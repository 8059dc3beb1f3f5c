// Where the maxima of windows are.
//
// All windows of a row are followed at once, some lines at a time: memory is read in its order.
// Each group of eight channels of a window has a record of 64 bytes in scratch memory: where its
// maxima are, and the maxima.
import { PARAMS } from "../layout";
import { endOf, firstOf, WindowArgs } from "./pool";

@unmanaged
export class MaximaArgs extends WindowArgs {
  /** Maxima are found in it. */
  x: usize;
}

/** Bytes of the records of a window. */
@inline
export function recordBytes(channels: i32): usize {
  return <usize> ((channels + 7) >> 3) << 6;
}

/**
 * Where the first maximum of a channel of a window is (the first NaN, if any), whose records begin
 * at `records`: in bytes from channel 0 of the row of windows' first pixel.
 */
@inline
export function offsetOf(records: usize, channel: i32): usize {
  return load<u32>(records + (<usize> (channel >> 3) << 6) + (<usize> (channel & 7) << 2)) +
    (<usize> channel << 2);
}

/** Finds the first maxima of a row of windows of an image of x. */
export function findFirstMaxima(image: i32, row: i32, records: usize): void {
  const args = changetype<MaximaArgs>(PARAMS);
  const width = args.width, channels = args.channels, outWidth = args.outWidth;
  const windowWidth = args.windowWidth, strideWidth = args.strideWidth, padLeft = args.padLeft;
  const pixelBytes = <usize> channels << 2, lineBytes = <usize> width * pixelBytes;
  const top = firstOf(row, args.strideHeight, args.padTop);
  const lines = endOf(row, args.strideHeight, args.padTop, args.windowHeight, args.height) - top;
  const x = args.x + <usize> (image * args.height + top) * lineBytes;
  // A sum is NaN where an element is; where infinities make it so, time is lost and nothing else.
  let sum = f32x4.splat(0);
  // Wide windows are worth a look at their records for each line.
  const most = windowWidth > 4 ? 1 : 4;
  for (let line = 0; line < lines; line += most) {
    const together = min(lines - line, most);
    let record = records;
    for (let i = 0; i < outWidth; i++) {
      const left = firstOf(i, strideWidth, padLeft);
      const pixels = endOf(i, strideWidth, padLeft, windowWidth, width) - left;
      const offset = <usize> line * lineBytes + <usize> left * pixelBytes;
      sum = f32x4.add(sum, follow(x, offset, together, pixels, channels, line == 0, record));
      record += recordBytes(channels);
    }
  }
  if (!v128.any_true(f32x4.ne(sum, sum))) return;
  for (let i = 0; i < outWidth; i++, records += recordBytes(channels)) {
    const left = firstOf(i, strideWidth, padLeft);
    const pixels = endOf(i, strideWidth, padLeft, windowWidth, width) - left;
    for (let channel = 0; channel < channels; channel++) {
      const at = x + (<usize> channel << 2);
      const found = findNaN(at, <usize> left * pixelBytes, lines, pixels, pixelBytes, lineBytes);
      const record = records + (<usize> (channel >> 3) << 6) + (<usize> (channel & 7) << 2);
      if (found >= 0) store<i32>(record, found);
    }
  }
}

/** Follows the maxima of a window over some pixels of some lines; returns a sum of all of them. */
@inline
function follow(
  x: usize,
  offset: usize,
  lines: i32,
  pixels: i32,
  channels: i32,
  first: bool,
  record: usize,
): v128 {
  const args = changetype<MaximaArgs>(PARAMS);
  const pixelBytes = <usize> channels << 2;
  const lineBytes = <usize> args.width * pixelBytes;
  const start = i32x4.splat(<i32> offset), step = i32x4.splat(<i32> pixelBytes);
  const lineStep = i32x4.splat(<i32> (lineBytes - <usize> pixels * pixelBytes));
  let sum0 = f32x4.splat(0), sum1 = sum0;
  let from = x + offset;
  for (let left = channels; left > 0; left -= 8, from += 32, record += 64) {
    let at0 = start, at1 = start, here = start;
    let best0 = v128.load(from), best1 = v128.load(from, 16);
    if (!first) {
      at0 = v128.load(record);
      at1 = v128.load(record, 16);
      best0 = v128.load(record, 32);
      best1 = v128.load(record, 48);
    }
    for (let line = 0, lineFrom = from; line < lines; line++, lineFrom += lineBytes) {
      for (let pixel = 0, at = lineFrom; pixel < pixels; pixel++, at += pixelBytes) {
        const v0 = v128.load(at), v1 = v128.load(at, 16);
        // Offsets rise: the last one that was better is the largest.
        at0 = i32x4.max_s(at0, v128.and(here, f32x4.lt(best0, v0)));
        at1 = i32x4.max_s(at1, v128.and(here, f32x4.lt(best1, v1)));
        best0 = f32x4.pmax(best0, v0);
        best1 = f32x4.pmax(best1, v1);
        sum0 = f32x4.add(sum0, v0);
        sum1 = f32x4.add(sum1, v1);
        here = i32x4.add(here, step);
      }
      here = i32x4.add(here, lineStep);
    }
    v128.store(record, at0);
    v128.store(record, at1, 16);
    v128.store(record, best0, 32);
    v128.store(record, best1, 48);
  }
  return f32x4.add(sum0, sum1);
}

/** Where the first NaN of a window is, or -1. */
function findNaN(
  x: usize,
  start: usize,
  lines: i32,
  pixels: i32,
  pixelBytes: usize,
  lineBytes: usize,
): i32 {
  for (let line = 0; line < lines; line++, start += lineBytes) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      const at = start + <usize> pixel * pixelBytes;
      if (isNaN(load<f32>(x + at))) return <i32> at;
    }
  }
  return -1;
}
