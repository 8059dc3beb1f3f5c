// Normalisation by columns (statistics of channels over positions). Of a matrix of rows as wide as
// the channels, chunks are blocks of columns of parts of the rows, small enough to stay in the
// cache: memory is read once for the mean of a part and the squares around it. The host joins parts.
import { PARAMS } from "../layout";
import { fma, storeLanes } from "./simd";

@unmanaged
export class ColumnMomentsArgs {
  x: usize;
  /** Two lines of columns for each part. */
  results: usize;
  /** Rows of a matrix. */
  rows: i32;
  columns: i32;
  rowsOfPart: i32;
  /** Parts of a matrix. */
  parts: i32;
  columnsOfBlock: i32;
  blocks: i32;
  /** Elements of a matrix. */
  elements: i32;
}

/** Computes means, and sums of squares around them, of the columns of parts. */
export function columnMoments(chunk: i32): void {
  const args = changetype<ColumnMomentsArgs>(PARAMS);
  const width = args.columns, line = chunk / args.blocks;
  const part = line % args.parts, matrix = line / args.parts;
  const first = part * args.rowsOfPart, count = min(args.rowsOfPart, args.rows - first);
  const skipped = chunk % args.blocks * args.columnsOfBlock, rowBytes = <usize> width << 2;
  let left = min(args.columnsOfBlock, width - skipped);
  let x = args.x + ((<usize> matrix * args.elements + <usize> first * width + skipped) << 2);
  let y = args.results + ((<usize> line * 2 * width + skipped) << 2);
  for (; left > 0; left -= 8, x += 32, y += 32) {
    momentsOf8(x, y, count, rowBytes, left);
  }
}

function momentsOf8(x: usize, y: usize, count: i32, rowBytes: usize, left: i32): void {
  const total = f32x4.splat(<f32> count);
  // From the first row on, so that a large mean takes no digits from the sum.
  const origin0 = v128.load(x), origin1 = v128.load(x, 16);
  let sum0 = f32x4.splat(0), sum1 = sum0, sum2 = sum0, sum3 = sum0;
  let at = x, row = count;
  for (; row >= 2; row -= 2, at += rowBytes << 1) {
    sum0 = f32x4.add(sum0, f32x4.sub(v128.load(at), origin0));
    sum1 = f32x4.add(sum1, f32x4.sub(v128.load(at, 16), origin1));
    sum2 = f32x4.add(sum2, f32x4.sub(v128.load(at + rowBytes), origin0));
    sum3 = f32x4.add(sum3, f32x4.sub(v128.load(at + rowBytes, 16), origin1));
  }
  if (row > 0) {
    sum0 = f32x4.add(sum0, f32x4.sub(v128.load(at), origin0));
    sum1 = f32x4.add(sum1, f32x4.sub(v128.load(at, 16), origin1));
  }
  const mean0 = f32x4.add(origin0, f32x4.div(f32x4.add(sum0, sum2), total));
  const mean1 = f32x4.add(origin1, f32x4.div(f32x4.add(sum1, sum3), total));
  sum0 = f32x4.splat(0), sum1 = sum0, sum2 = sum0, sum3 = sum0;
  at = x, row = count;
  for (; row >= 2; row -= 2, at += rowBytes << 1) {
    const d0 = f32x4.sub(v128.load(at), mean0), d1 = f32x4.sub(v128.load(at, 16), mean1);
    const d2 = f32x4.sub(v128.load(at + rowBytes), mean0);
    const d3 = f32x4.sub(v128.load(at + rowBytes, 16), mean1);
    sum0 = fma(d0, d0, sum0);
    sum1 = fma(d1, d1, sum1);
    sum2 = fma(d2, d2, sum2);
    sum3 = fma(d3, d3, sum3);
  }
  if (row > 0) {
    const d0 = f32x4.sub(v128.load(at), mean0), d1 = f32x4.sub(v128.load(at, 16), mean1);
    sum0 = fma(d0, d0, sum0);
    sum1 = fma(d1, d1, sum1);
  }
  const squares = y + rowBytes;
  storeLanes(y, mean0, left);
  storeLanes(squares, f32x4.add(sum0, sum2), left);
  if (left > 4) {
    storeLanes(y + 16, mean1, left - 4);
    storeLanes(squares + 16, f32x4.add(sum1, sum3), left - 4);
  }
}

@unmanaged
export class ColumnSumsArgs extends ColumnMomentsArgs {
  dy: usize;
  /** A line of columns for each matrix. */
  means: usize;
}

/** Sums `dy (x - mean)` and `dy` by the columns of parts. */
export function columnSums(chunk: i32): void {
  const args = changetype<ColumnSumsArgs>(PARAMS);
  const width = args.columns, line = chunk / args.blocks;
  const part = line % args.parts, matrix = line / args.parts;
  const first = part * args.rowsOfPart, count = min(args.rowsOfPart, args.rows - first);
  const skipped = chunk % args.blocks * args.columnsOfBlock, rowBytes = <usize> width << 2;
  let left = min(args.columnsOfBlock, width - skipped);
  const start = (<usize> matrix * args.elements + <usize> first * width + skipped) << 2;
  let x = args.x + start, dy = args.dy + start;
  let means = args.means + ((<usize> matrix * width + skipped) << 2);
  let y = args.results + ((<usize> line * 2 * width + skipped) << 2);
  for (; left > 0; left -= 8, x += 32, dy += 32, y += 32, means += 32) {
    const mean0 = v128.load(means), mean1 = v128.load(means, 16);
    let product0 = f32x4.splat(0), product1 = product0, sum0 = product0, sum1 = product0;
    let at = x, atDy = dy;
    for (let row = count; row > 0; row--, at += rowBytes, atDy += rowBytes) {
      const dy0 = v128.load(atDy), dy1 = v128.load(atDy, 16);
      product0 = fma(dy0, f32x4.sub(v128.load(at), mean0), product0);
      product1 = fma(dy1, f32x4.sub(v128.load(at, 16), mean1), product1);
      sum0 = f32x4.add(sum0, dy0);
      sum1 = f32x4.add(sum1, dy1);
    }
    const sums = y + rowBytes;
    storeLanes(y, product0, left);
    storeLanes(sums, sum0, left);
    if (left > 4) {
      storeLanes(y + 16, product1, left - 4);
      storeLanes(sums + 16, sum1, left - 4);
    }
  }
}

@unmanaged
export class NormalizeColumnsArgs {
  x: usize;
  y: usize;
  columns: i32;
  rowsOfChunk: i32;
  /** Chunks of a matrix. */
  chunks: i32;
  /** Elements of a matrix. */
  elements: i32;
  /** Lines of columns for each matrix: means, factors, offsets, weights. */
  tables: usize;
  /** 0 for none. */
  dy: usize;
}

/**
 * Computes `y = (x - mean) factor + offset`, and where there is a dy, `+ dy weight`, by columns.
 * Chunks are rows of a matrix, the last of which may be shorter.
 */
export function normalizeColumns(chunk: i32): void {
  const args = changetype<NormalizeColumnsArgs>(PARAMS);
  const width = args.columns, matrix = chunk / args.chunks, tableBytes = <usize> width << 2;
  const first = chunk % args.chunks * args.rowsOfChunk * width;
  let left = min(args.rowsOfChunk * width, args.elements - first);
  const start = (<usize> matrix * args.elements + first) << 2;
  let x = args.x + start, y = args.y + start, dy = args.dy + start;
  const means = args.tables + <usize> matrix * tableBytes * 4;
  const hasDy = args.dy != 0;
  for (; left > 0; left -= width, x += tableBytes, y += tableBytes, dy += tableBytes) {
    if (hasDy) gradRow(dy, x, y, means, min(left, width), tableBytes);
    else normalRow(x, y, means, min(left, width), tableBytes);
  }
}

function normalRow(x: usize, y: usize, means: usize, count: i32, tableBytes: usize): void {
  let factors = means + tableBytes, offsets = factors + tableBytes;
  for (; count >= 4; count -= 4) {
    const d = f32x4.sub(v128.load(x), v128.load(means));
    v128.store(y, fma(d, v128.load(factors), v128.load(offsets)));
    x += 16, y += 16, means += 16, factors += 16, offsets += 16;
  }
  if (count > 0) {
    const d = f32x4.sub(v128.load(x), v128.load(means));
    storeLanes(y, fma(d, v128.load(factors), v128.load(offsets)), count);
  }
}

function gradRow(
  dy: usize,
  x: usize,
  y: usize,
  means: usize,
  count: i32,
  tableBytes: usize,
): void {
  let factors = means + tableBytes, offsets = factors + tableBytes, weights = offsets + tableBytes;
  for (; count >= 4; count -= 4) {
    const d = f32x4.sub(v128.load(x), v128.load(means));
    const part = fma(d, v128.load(factors), v128.load(offsets));
    v128.store(y, fma(v128.load(dy), v128.load(weights), part));
    dy += 16, x += 16, y += 16, means += 16, factors += 16, offsets += 16, weights += 16;
  }
  if (count > 0) {
    const d = f32x4.sub(v128.load(x), v128.load(means));
    const part = fma(d, v128.load(factors), v128.load(offsets));
    storeLanes(y, fma(v128.load(dy), v128.load(weights), part), count);
  }
}
