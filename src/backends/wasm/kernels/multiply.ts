// Tiles of matrix products: 4 × 8 elements of the result, which stay in registers.
//
// multiplyTile reads four rows of A wherever they are (through pointers, four elements at a time)
// and columns of B packed eight to a row. multiplyTransposedTile reads A by columns: four
// neighbouring elements per step, which with eight of B make an outer product.
//
// The engine checks the bounds of every load, so few and wide ones win: lanes are spread by
// shuffles, which are cheaper. Eight sums, four vectors of A, two of B and one spread lane are the
// fifteen registers that the compiler has.
import { fma, loadLanes, splat0, splat1, splat2, splat3, storeLanes } from "./simd";

/** Stores the eight sums of a row, as far as there are columns. */
@inline
export function finishRow(c: usize, low: v128, high: v128, columns: i32): void {
  if (columns >= 8) {
    v128.store(c, low);
    v128.store(c, high, 16);
    return;
  }
  storeLanes(c, low, columns);
  if (columns > 4) storeLanes(c + 16, high, columns - 4);
}

/**
 * A tile of `C = start + A B`. Row i of A is read in `segments` stretches of `length` elements, at
 * `a_i + offset` for each of the u32 `offsets`; B is packed: 8 columns per element. `start` points
 * to 8 floats (a bias), or is 0. Only the first `rows` and `columns` are stored, and pointers to
 * rows beyond must still be readable.
 */
export function multiplyTile(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  offsets: usize,
  segments: i32,
  length: i32,
  b: usize,
  start: usize,
  relu: bool,
  c: usize,
  rowBytes: usize,
  rows: i32,
  columns: i32,
): void {
  let low = f32x4.splat(0);
  let high = low;
  if (start != 0) {
    low = v128.load(start);
    high = v128.load(start, 16);
  }
  let c00 = low, c10 = low, c20 = low, c30 = low;
  let c01 = high, c11 = high, c21 = high, c31 = high;
  const endOfOffsets = offsets + (<usize> segments << 2);
  const whole = <usize> (length & ~3) << 2, rest = <usize> (length & 3) << 2;
  while (offsets < endOfOffsets) {
    let offset: usize = load<u32>(offsets);
    offsets += 4;
    let end = offset + whole;
    while (offset < end) {
      const v0 = v128.load(a0 + offset), v1 = v128.load(a1 + offset);
      const v2 = v128.load(a2 + offset), v3 = v128.load(a3 + offset);
      let b0 = v128.load(b), b1 = v128.load(b, 16), s = splat0(v0);
      c00 = fma(s, b0, c00);
      c01 = fma(s, b1, c01);
      s = splat0(v1);
      c10 = fma(s, b0, c10);
      c11 = fma(s, b1, c11);
      s = splat0(v2);
      c20 = fma(s, b0, c20);
      c21 = fma(s, b1, c21);
      s = splat0(v3);
      c30 = fma(s, b0, c30);
      c31 = fma(s, b1, c31);
      b0 = v128.load(b, 32);
      b1 = v128.load(b, 48);
      s = splat1(v0);
      c00 = fma(s, b0, c00);
      c01 = fma(s, b1, c01);
      s = splat1(v1);
      c10 = fma(s, b0, c10);
      c11 = fma(s, b1, c11);
      s = splat1(v2);
      c20 = fma(s, b0, c20);
      c21 = fma(s, b1, c21);
      s = splat1(v3);
      c30 = fma(s, b0, c30);
      c31 = fma(s, b1, c31);
      b0 = v128.load(b, 64);
      b1 = v128.load(b, 80);
      s = splat2(v0);
      c00 = fma(s, b0, c00);
      c01 = fma(s, b1, c01);
      s = splat2(v1);
      c10 = fma(s, b0, c10);
      c11 = fma(s, b1, c11);
      s = splat2(v2);
      c20 = fma(s, b0, c20);
      c21 = fma(s, b1, c21);
      s = splat2(v3);
      c30 = fma(s, b0, c30);
      c31 = fma(s, b1, c31);
      b0 = v128.load(b, 96);
      b1 = v128.load(b, 112);
      s = splat3(v0);
      c00 = fma(s, b0, c00);
      c01 = fma(s, b1, c01);
      s = splat3(v1);
      c10 = fma(s, b0, c10);
      c11 = fma(s, b1, c11);
      s = splat3(v2);
      c20 = fma(s, b0, c20);
      c21 = fma(s, b1, c21);
      s = splat3(v3);
      c30 = fma(s, b0, c30);
      c31 = fma(s, b1, c31);
      b += 128;
      offset += 16;
    }
    end = offset + rest;
    while (offset < end) {
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      let s = v128.load32_splat(a0 + offset);
      c00 = fma(s, b0, c00);
      c01 = fma(s, b1, c01);
      s = v128.load32_splat(a1 + offset);
      c10 = fma(s, b0, c10);
      c11 = fma(s, b1, c11);
      s = v128.load32_splat(a2 + offset);
      c20 = fma(s, b0, c20);
      c21 = fma(s, b1, c21);
      s = v128.load32_splat(a3 + offset);
      c30 = fma(s, b0, c30);
      c31 = fma(s, b1, c31);
      b += 32;
      offset += 4;
    }
  }
  if (relu) {
    const zero = f32x4.splat(0);
    c00 = f32x4.max(c00, zero);
    c01 = f32x4.max(c01, zero);
    c10 = f32x4.max(c10, zero);
    c11 = f32x4.max(c11, zero);
    c20 = f32x4.max(c20, zero);
    c21 = f32x4.max(c21, zero);
    c30 = f32x4.max(c30, zero);
    c31 = f32x4.max(c31, zero);
  }
  finishRow(c, c00, c01, columns);
  if (rows > 1) finishRow(c + rowBytes, c10, c11, columns);
  if (rows > 2) finishRow(c + 2 * rowBytes, c20, c21, columns);
  if (rows > 3) finishRow(c + 3 * rowBytes, c30, c31, columns);
}

/**
 * Adds to a tile of `C += Aᵀ B`: for `images` of `lines` of `steps`, four neighbours at `a` times
 * eight neighbours at `b`. `aStep` and `bStep` lead to the next step, `aLine` and `aImage` from the
 * start of a line and an image to the next one's (b runs on). Only the first `rows` and `columns`
 * are stored.
 */
export function multiplyTransposedTile(
  a: usize,
  aStep: usize,
  aLine: usize,
  aImage: usize,
  b: usize,
  bStep: usize,
  images: i32,
  lines: i32,
  steps: i32,
  accumulate: bool,
  c: usize,
  rowBytes: usize,
  rows: i32,
  columns: i32,
): void {
  const zero = f32x4.splat(0);
  let c00 = zero, c10 = zero, c20 = zero, c30 = zero;
  let c01 = zero, c11 = zero, c21 = zero, c31 = zero;
  for (let image = 0; image < images; image++) {
    let row = a;
    for (let line = 0; line < lines; line++) {
      let at = row;
      const end = b + bStep * steps;
      while (b < end) {
        const b0 = v128.load(b), b1 = v128.load(b, 16), v = v128.load(at);
        let s = splat0(v);
        c00 = fma(s, b0, c00);
        c01 = fma(s, b1, c01);
        s = splat1(v);
        c10 = fma(s, b0, c10);
        c11 = fma(s, b1, c11);
        s = splat2(v);
        c20 = fma(s, b0, c20);
        c21 = fma(s, b1, c21);
        s = splat3(v);
        c30 = fma(s, b0, c30);
        c31 = fma(s, b1, c31);
        at += aStep;
        b += bStep;
      }
      row += aLine;
    }
    a += aImage;
  }
  addRow(accumulate, c, c00, c01, columns);
  if (rows > 1) addRow(accumulate, c + rowBytes, c10, c11, columns);
  if (rows > 2) addRow(accumulate, c + 2 * rowBytes, c20, c21, columns);
  if (rows > 3) addRow(accumulate, c + 3 * rowBytes, c30, c31, columns);
}

/** Stores the eight sums of a row, or adds them to what is there. */
@inline
export function addRow(accumulate: bool, c: usize, low: v128, high: v128, columns: i32): void {
  if (accumulate) {
    low = f32x4.add(low, loadLanes(c, columns));
    if (columns > 4) high = f32x4.add(high, loadLanes(c + 16, columns - 4));
  }
  finishRow(c, low, high, columns);
}
