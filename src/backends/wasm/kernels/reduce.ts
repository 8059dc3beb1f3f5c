// Sums, products, maxima and minima along the last axis or along one before it. Long sums are cut
// into parts whose results are summed by another call: the order of summation depends on shapes
// alone.
import { PARAMS } from "../layout";
import { Larger, Product, Smaller, Sum } from "./combiners";
import { ReduceKind } from "./kinds";
import { storeLanes } from "./simd";

@unmanaged
export class ReduceRowsArgs {
  /** A `ReduceKind`. */
  kind: i32;
  x: usize;
  y: usize;
  rows: i32;
  /** Elements of a row. */
  length: i32;
  rowsOfChunk: i32;
  /** Parts of a row: where there are several, each is a chunk. */
  parts: i32;
  elementsOfPart: i32;
  /** Divides results. */
  divisor: f32;
}

/** Makes elements of rows. A chunk is a block of rows, or a part of one row. */
export function reduceRows(chunk: i32): void {
  switch (changetype<ReduceRowsArgs>(PARAMS).kind) {
    case ReduceKind.sum:
    case ReduceKind.mean:
      reduceRowsBy<Sum>(chunk);
      break;
    case ReduceKind.max:
      reduceRowsBy<Larger>(chunk);
      break;
    case ReduceKind.min:
      reduceRowsBy<Smaller>(chunk);
      break;
    case ReduceKind.prod:
      reduceRowsBy<Product>(chunk);
      break;
    default:
      unreachable();
  }
}

function reduceRowsBy<J>(chunk: i32): void {
  const args = changetype<ReduceRowsArgs>(PARAMS);
  const length = args.length, parts = args.parts, divisor = args.divisor;
  let row = chunk * args.rowsOfChunk, end = min(row + args.rowsOfChunk, args.rows);
  let first = 0, count = length;
  if (parts > 1) {
    row = chunk / parts;
    end = row + 1;
    first = (chunk % parts) * args.elementsOfPart;
    count = min(args.elementsOfPart, length - first);
  }
  let y = args.y + (<usize> (parts > 1 ? chunk : row) << 2);
  for (; row < end; row++, y += 4) {
    const x = args.x + (<usize> (row * length + first) << 2);
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

@unmanaged
export class ReduceColumnsArgs {
  /** A `ReduceKind`. */
  kind: i32;
  x: usize;
  y: usize;
  /** Number of matrices. */
  outer: i32;
  /** Rows of a matrix. */
  rows: i32;
  columns: i32;
  partsOfChunk: i32;
  /** Parts of a matrix. */
  parts: i32;
  rowsOfPart: i32;
  /** Blocks of columns. */
  blocks: i32;
  columnsOfBlock: i32;
  /** Divides results. */
  divisor: f32;
}

/**
 * Makes `[outer, columns]` of `[outer, rows, columns]`, or `[outer, parts, columns]`. A chunk is a
 * block of columns of some parts of the rows.
 */
export function reduceColumns(chunk: i32): void {
  switch (changetype<ReduceColumnsArgs>(PARAMS).kind) {
    case ReduceKind.sum:
    case ReduceKind.mean:
      reduceColumnsBy<Sum>(chunk);
      break;
    case ReduceKind.max:
      reduceColumnsBy<Larger>(chunk);
      break;
    case ReduceKind.min:
      reduceColumnsBy<Smaller>(chunk);
      break;
    case ReduceKind.prod:
      reduceColumnsBy<Product>(chunk);
      break;
    default:
      unreachable();
  }
}

function reduceColumnsBy<J>(chunk: i32): void {
  const args = changetype<ReduceColumnsArgs>(PARAMS);
  const rows = args.rows, parts = args.parts, blocks = args.blocks;
  const rowBytes = <usize> args.columns << 2;
  // A block of columns of a part; or, where these are all there is, of some matrices.
  const skipped = (chunk % blocks) * args.columnsOfBlock;
  const block = chunk / blocks * args.partsOfChunk;
  const end = min(block + args.partsOfChunk, args.outer * parts);
  const columns = min(args.columnsOfBlock, args.columns - skipped);
  for (let part = block; part < end; part++) {
    const first = (part % parts) * args.rowsOfPart;
    reduceBlock<J>(
      args.x + <usize> (part / parts * rows + first) * rowBytes + (<usize> skipped << 2),
      args.y + <usize> part * rowBytes + (<usize> skipped << 2),
      min(args.rowsOfPart, rows - first),
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
  const divisor = f32x4.splat(changetype<ReduceColumnsArgs>(PARAMS).divisor);
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
