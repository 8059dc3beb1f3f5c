// Sparse matrices times the rows and the columns of images: upsampling, adaptive averages and the
// gradients of both. First the rows of the image that make a row of y become one, in scratch
// memory; then its pixels those of y.
//
// Each pixel of y has a list of pixels and weights of its own, and begins and ends a sum for each
// vector of its channels. Of three channels a pixel fills three lanes of one vector, and finding its
// list takes longer than its sum: ten times as long as copying. Writing whole vectors there, over
// the next pixel, gained less than a twentieth.
import { copyRow } from "./rearrange";
import { PARAMS } from "../layout";
import { fma, storeLanes } from "./simd";

/** Bytes of an element of a matrix: its column and its value. */
const ELEMENT: usize = 8;

@unmanaged
export class ResampleArgs {
  x: usize;
  y: usize;
  batch: i32;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  /**
   * The matrix of rows: where each of its rows begins in the list of elements that follows, and
   * where the last one ends.
   */
  vertical: usize;
  /** The matrix of columns, likewise. */
  horizontal: usize;
  rowsOfChunk: i32;
}

/** Multiplies images by the matrices. A unit is a row of y. */
export function resample(chunk: i32, scratch: usize): void {
  const args = changetype<ResampleArgs>(PARAMS);
  const outHeight = args.outHeight, channels = args.channels;
  const end = min((chunk + 1) * args.rowsOfChunk, args.batch * outHeight);
  const rowBytes = <usize> (args.outWidth * channels) << 2;
  for (let unit = chunk * args.rowsOfChunk; unit < end; unit++) {
    const image = unit / outHeight, row = unit % outHeight;
    const y = args.y + <usize> unit * rowBytes;
    if (unit > chunk * args.rowsOfChunk && repeats(row)) {
      memory.copy(y, y - rowBytes, rowBytes);
      continue;
    }
    const line = joinedRows(image, row, scratch);
    if (line == 0) memory.fill(y, 0, rowBytes);
    else if (channels == 1) greyRow(line, y);
    else rowOf(line, y);
  }
}

/** Where the elements of a row of a matrix begin; those of the next one are their end. */
@inline
function elementsOf(matrix: usize, rows: i32, row: i32): usize {
  const start = load<u32>(matrix + (<usize> row << 2));
  return matrix + (<usize> (rows + 1) << 2) + <usize> start * ELEMENT;
}

/** Whether a row of y is the same pixels as the row before it. */
function repeats(row: i32): bool {
  const args = changetype<ResampleArgs>(PARAMS);
  if (row == 0) return false;
  const before = elementsOf(args.vertical, args.outHeight, row - 1);
  const start = elementsOf(args.vertical, args.outHeight, row);
  const end = elementsOf(args.vertical, args.outHeight, row + 1);
  if (start - before != ELEMENT || end - start != ELEMENT) return false;
  return load<u64>(before) == load<u64>(start);
}

/** The rows of an image that make a row of y, made one; 0 where there are none. */
function joinedRows(image: i32, row: i32, scratch: usize): usize {
  const args = changetype<ResampleArgs>(PARAMS);
  const count = args.width * args.channels, lineBytes = <usize> count << 2;
  const x = args.x + <usize> (image * args.height) * lineBytes;
  let at = elementsOf(args.vertical, args.outHeight, row);
  const end = elementsOf(args.vertical, args.outHeight, row + 1);
  if (at == end) return 0;
  const first = x + <usize> load<u32>(at) * lineBytes;
  if (at + ELEMENT == end && load<f32>(at, 4) == 1) return first;
  scale(scratch, first, load<f32>(at, 4), count);
  at += ELEMENT;
  if ((end - at) / ELEMENT % 2 == 1) {
    addScaled(scratch, x + <usize> load<u32>(at) * lineBytes, load<f32>(at, 4), count);
    at += ELEMENT;
  }
  for (; at < end; at += 2 * ELEMENT) {
    const one = x + <usize> load<u32>(at) * lineBytes, next = at + ELEMENT;
    const other = x + <usize> load<u32>(next) * lineBytes;
    addTwo(scratch, one, load<f32>(at, 4), other, load<f32>(next, 4), count);
  }
  return scratch;
}

function scale(to: usize, x: usize, weight: f32, count: i32): void {
  const w = f32x4.splat(weight);
  for (; count > 0; count -= 4, x += 16, to += 16) v128.store(to, f32x4.mul(v128.load(x), w));
}

function addScaled(to: usize, x: usize, weight: f32, count: i32): void {
  const w = f32x4.splat(weight);
  for (; count > 0; count -= 4, x += 16, to += 16) {
    v128.store(to, fma(v128.load(x), w, v128.load(to)));
  }
}

function addTwo(to: usize, x: usize, xWeight: f32, z: usize, zWeight: f32, count: i32): void {
  const xw = f32x4.splat(xWeight), zw = f32x4.splat(zWeight);
  for (; count > 0; count -= 4, x += 16, z += 16, to += 16) {
    v128.store(to, fma(v128.load(z), zw, fma(v128.load(x), xw, v128.load(to))));
  }
}

/** A row of y of a line of pixels. */
function rowOf(line: usize, y: usize): void {
  const args = changetype<ResampleArgs>(PARAMS);
  const outWidth = args.outWidth, channels = args.channels, pixelBytes = <usize> channels << 2;
  let start = elementsOf(args.horizontal, outWidth, 0);
  for (let i = 0; i < outWidth; i++, y += pixelBytes) {
    const end = elementsOf(args.horizontal, outWidth, i + 1);
    if (start + ELEMENT == end && load<f32>(start, 4) == 1) {
      copyRow(line + <usize> load<u32>(start) * pixelBytes, y, channels);
    } else pixelOf(line, start, end, y, channels);
    start = end;
  }
}

/**
 * A row of y of a line of single numbers, one by one: they are no vectors, and to gather some costs
 * as much. So this is 5 to 10 times slower than memory.
 */
function greyRow(line: usize, y: usize): void {
  const args = changetype<ResampleArgs>(PARAMS);
  const outWidth = args.outWidth;
  let at = elementsOf(args.horizontal, outWidth, 0), starts = args.horizontal + 4;
  const list = at;
  for (let i = 0; i < outWidth; i++, y += 4, starts += 4) {
    const end = list + <usize> load<u32>(starts) * ELEMENT;
    let sum: f32 = 0;
    for (; at < end; at += ELEMENT) {
      sum += load<f32>(line + (<usize> load<u32>(at) << 2)) * load<f32>(at, 4);
    }
    store<f32>(y, sum);
  }
}

/** A pixel of y of some pixels of a line. */
function pixelOf(line: usize, start: usize, end: usize, y: usize, channels: i32): void {
  const pixelBytes = <usize> channels << 2;
  let left = channels;
  for (; left > 4; left -= 8, line += 32, y += 32) {
    let a = f32x4.splat(0), b = a;
    for (let at = start; at < end; at += ELEMENT) {
      const x = line + <usize> load<u32>(at) * pixelBytes;
      const weight = v128.load32_splat(at + 4);
      a = fma(v128.load(x), weight, a);
      b = fma(v128.load(x, 16), weight, b);
    }
    v128.store(y, a);
    storeLanes(y + 16, b, left - 4);
  }
  if (left <= 0) return;
  let a = f32x4.splat(0);
  for (let at = start; at < end; at += ELEMENT) {
    const x = line + <usize> load<u32>(at) * pixelBytes;
    a = fma(v128.load(x), v128.load32_splat(at + 4), a);
  }
  storeLanes(y, a, left);
}
