// Sums, products, maxima and minima along the last axis or along one before it. Long sums are cut into parts whose
// results are summed by another call: the order of summation depends on shapes alone.
import { MAX, MIN, PROD, SUM } from "../kinds";
import { Larger, Product, Smaller, Sum } from "./combiners";
import { float, int, pointer } from "./params";
import { storeLanes } from "./simd";

/**
 * Rows become elements. A chunk is a block of rows, or a part of one row. Arguments: 0 kind, 1 x,
 * 2 y, 3 rows, 4 elements of a row, 5 rows of a chunk, 6 parts of a row, 7 elements of a part,
 * 32 what sums are divided by (a float).
 */
export function reduceRows(chunk: i32): void {
  switch (int(0)) {
    case SUM:
      reduceRowsBy<Sum>(chunk);
      break;
    case MAX:
      reduceRowsBy<Larger>(chunk);
      break;
    case MIN:
      reduceRowsBy<Smaller>(chunk);
      break;
    case PROD:
      reduceRowsBy<Product>(chunk);
      break;
    default:
      unreachable();
  }
}

function reduceRowsBy<J>(chunk: i32): void {
  const length = int(4), parts = int(6), divisor = float(32);
  let row = chunk * int(5), end = min(row + int(5), int(3));
  let first = 0, count = length;
  if (parts > 1) {
    row = chunk / parts;
    end = row + 1;
    first = (chunk % parts) * int(7);
    count = min(int(7), length - first);
  }
  let y = pointer(2) + (<usize> (parts > 1 ? chunk : row) << 2);
  for (; row < end; row++, y += 4) {
    const x = pointer(1) + (<usize> (row * length + first) << 2);
    store<f32>(y, reduceRow<J>(x, count) / divisor);
  }
}

/** A row that becomes one element. */
export function reduceRow<J>(x: usize, count: i32): f32 {
  const j = changetype<J>(0);
  let r0 = j.nothing(), r1 = r0, r2 = r0, r3 = r0;
  for (; count >= 16; count -= 16, x += 64) {
    r0 = j.of(r0, v128.load(x));
    r1 = j.of(r1, v128.load(x, 16));
    r2 = j.of(r2, v128.load(x, 32));
    r3 = j.of(r3, v128.load(x, 48));
  }
  for (; count >= 4; count -= 4, x += 16) r0 = j.of(r0, v128.load(x));
  if (count > 0) {
    const lanes = i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3));
    r1 = j.of(r1, v128.bitselect(v128.load(x), j.nothing(), lanes));
  }
  r0 = j.of(j.of(r0, r1), j.of(r2, r3));
  r0 = j.of(r0, v128.shuffle<f32>(r0, r0, 2, 3, 0, 1));
  return f32x4.extract_lane(j.of(r0, v128.shuffle<f32>(r0, r0, 1, 0, 3, 2)), 0);
}

/**
 * `[outer, rows, columns]` becomes `[outer, columns]`, or `[outer, parts, columns]`. A chunk is a
 * block of columns of some parts of the rows. Arguments: 0 kind, 1 x, 2 y, 3 outer, 4 rows,
 * 5 columns, 6 parts of a chunk, 7 parts of a matrix, 8 rows of a part, 9 blocks of columns,
 * 10 columns of a block, 32 what sums are divided by (a float).
 */
export function reduceColumns(chunk: i32): void {
  switch (int(0)) {
    case SUM:
      reduceColumnsBy<Sum>(chunk);
      break;
    case MAX:
      reduceColumnsBy<Larger>(chunk);
      break;
    case MIN:
      reduceColumnsBy<Smaller>(chunk);
      break;
    case PROD:
      reduceColumnsBy<Product>(chunk);
      break;
    default:
      unreachable();
  }
}

function reduceColumnsBy<J>(chunk: i32): void {
  const rows = int(4), parts = int(7), blocks = int(9), rowBytes = <usize> int(5) << 2;
  // A block of columns of a part; or, where these are all there is, of some matrices.
  const skipped = (chunk % blocks) * int(10), block = chunk / blocks * int(6);
  const end = min(block + int(6), int(3) * parts);
  const columns = min(int(10), int(5) - skipped);
  for (let part = block; part < end; part++) {
    const first = (part % parts) * int(8);
    reduceBlock<J>(
      pointer(1) + <usize> (part / parts * rows + first) * rowBytes + (<usize> skipped << 2),
      pointer(2) + <usize> part * rowBytes + (<usize> skipped << 2),
      min(int(8), rows - first),
      rowBytes,
      columns,
    );
  }
}

/** Columns of a matrix; as many at a time as registers hold. */
function reduceBlock<J>(
  x: usize,
  y: usize,
  rows: i32,
  rowBytes: usize,
  columns: i32,
): void {
  const divisor = f32x4.splat(float(32));
  for (; columns >= 32; columns -= 32, x += 128, y += 128) {
    reduce32<J>(x, y, rows, rowBytes, divisor);
  }
  for (; columns > 0; columns -= 8, x += 32, y += 32) {
    reduce8<J>(x, y, rows, rowBytes, divisor, columns);
  }
}

function reduce32<J>(
  x: usize,
  y: usize,
  rows: i32,
  rowBytes: usize,
  divisor: v128,
): void {
  const j = changetype<J>(0);
  let r0 = j.nothing(), r1 = r0, r2 = r0, r3 = r0, r4 = r0, r5 = r0, r6 = r0, r7 = r0;
  for (; rows > 0; rows--, x += rowBytes) {
    r0 = j.of(r0, v128.load(x));
    r1 = j.of(r1, v128.load(x, 16));
    r2 = j.of(r2, v128.load(x, 32));
    r3 = j.of(r3, v128.load(x, 48));
    r4 = j.of(r4, v128.load(x, 64));
    r5 = j.of(r5, v128.load(x, 80));
    r6 = j.of(r6, v128.load(x, 96));
    r7 = j.of(r7, v128.load(x, 112));
  }
  v128.store(y, f32x4.div(r0, divisor));
  v128.store(y, f32x4.div(r1, divisor), 16);
  v128.store(y, f32x4.div(r2, divisor), 32);
  v128.store(y, f32x4.div(r3, divisor), 48);
  v128.store(y, f32x4.div(r4, divisor), 64);
  v128.store(y, f32x4.div(r5, divisor), 80);
  v128.store(y, f32x4.div(r6, divisor), 96);
  v128.store(y, f32x4.div(r7, divisor), 112);
}

/** Up to eight columns; rows in four sums, which do not wait for each other. */
function reduce8<J>(
  x: usize,
  y: usize,
  rows: i32,
  rowBytes: usize,
  divisor: v128,
  columns: i32,
): void {
  const j = changetype<J>(0);
  let r0 = j.nothing(), r1 = r0, r2 = r0, r3 = r0, r4 = r0, r5 = r0, r6 = r0, r7 = r0;
  const step = rowBytes * 4;
  for (; rows >= 4; rows -= 4, x += step) {
    const row1 = x + rowBytes, row2 = row1 + rowBytes, row3 = row2 + rowBytes;
    r0 = j.of(r0, v128.load(x));
    r1 = j.of(r1, v128.load(x, 16));
    r2 = j.of(r2, v128.load(row1));
    r3 = j.of(r3, v128.load(row1, 16));
    r4 = j.of(r4, v128.load(row2));
    r5 = j.of(r5, v128.load(row2, 16));
    r6 = j.of(r6, v128.load(row3));
    r7 = j.of(r7, v128.load(row3, 16));
  }
  for (; rows > 0; rows--, x += rowBytes) {
    r0 = j.of(r0, v128.load(x));
    r1 = j.of(r1, v128.load(x, 16));
  }
  r0 = j.of(j.of(r0, r2), j.of(r4, r6));
  r1 = j.of(j.of(r1, r3), j.of(r5, r7));
  storeLanes(y, f32x4.div(r0, divisor), columns);
  if (columns > 4) storeLanes(y + 16, f32x4.div(r1, divisor), columns - 4);
}
