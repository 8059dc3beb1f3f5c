// The gradient of maximum pooling, and its adjoint. Arguments: see `pool.ts`.
import { findFirstMaxima, offsetOf, recordBytes } from "./first_maxima";
import { int, pointer } from "./params";
import { clearLines, firstOf, ownedLine } from "./pool";
import { storeLanes } from "./simd";

/**
 * The values at the first maximum of each window. A unit is a row of windows. Arguments: 0 values,
 * 1 x, 2 y, then those in common.
 */
export function maxPoolGather(chunk: i32, scratch: usize): void {
  const outHeight = int(7), channels = int(6), lineBytes = <usize> int(5) * channels << 2;
  const end = min((chunk + 1) * int(15), int(3) * outHeight);
  for (let unit = chunk * int(15); unit < end; unit++) {
    const image = unit / outHeight, row = unit % outHeight;
    findFirstMaxima(image, row, scratch);
    const top = firstOf(row, int(11), int(13));
    const values = pointer(0) + <usize> (image * int(4) + top) * lineBytes;
    let y = pointer(2) + (<usize> (unit * int(8) * channels) << 2), records = scratch;
    for (let i = 0; i < int(8); i++, records += recordBytes(channels)) {
      for (let c = 0; c < channels; c++, y += 4) {
        store<f32>(y, load<f32>(values + offsetOf(records, c)));
      }
    }
  }
}

/**
 * dy added at the first maximum of each window. A unit is a row of windows where windows of
 * different rows share nothing, else an image. Arguments: 0 dy, 1 x, 2 dx, then those in common.
 */
export function maxPoolGrad(chunk: i32, scratch: usize): void {
  const units = int(17);
  const end = min((chunk + 1) * int(15), int(3) * units);
  for (let unit = chunk * int(15); unit < end; unit++) {
    const image = unit / units;
    if (isPairs()) {
      pairsGrad(image, unit % units);
      continue;
    }
    const first = unit % units, last = units == 1 ? int(7) : first + 1;
    clearLines(image, first, last);
    for (let row = first; row < last; row++) scatterRow(image, row, scratch);
  }
}

/** Whether windows are two by two, side by side and without padding. */
function isPairs(): bool {
  return int(9) == 2 && int(10) == 2 && int(11) == 2 && int(12) == 2 && int(13) == 0 &&
    int(14) == 0 && int(8) * 2 <= int(5) && int(7) * 2 <= int(4);
}

function scatterRow(image: i32, row: i32, scratch: usize): void {
  const channels = int(6), outWidth = int(8), lineBytes = <usize> int(5) * channels << 2;
  findFirstMaxima(image, row, scratch);
  const top = firstOf(row, int(11), int(13));
  const dx = pointer(2) + <usize> (image * int(4) + top) * lineBytes;
  let dy = pointer(0) + (<usize> ((image * int(7) + row) * outWidth * channels) << 2);
  for (let i = 0; i < outWidth; i++, scratch += recordBytes(channels)) {
    for (let c = 0; c < channels; c++, dy += 4) {
      const at = dx + offsetOf(scratch, c);
      store<f32>(at, load<f32>(at) + load<f32>(dy));
    }
  }
}

/** The gradient of a row of windows of two by two: every element of dx is written once. */
function pairsGrad(image: i32, row: i32): void {
  const channels = int(6), outWidth = int(8);
  const pixelBytes = <usize> channels << 2, lineBytes = <usize> int(5) * pixelBytes;
  const start = <usize> (image * int(4) + 2 * row) * lineBytes;
  let x = pointer(1) + start, dx = pointer(2) + start;
  let dy = pointer(0) + <usize> ((image * int(7) + row) * outWidth) * pixelBytes;
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
  const below = pointer(2) + start + 2 * lineBytes;
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
