// Normalisation by rows: each row has a mean and a variance of its own, and fits into the cache, so
// that it can be gone over more than once.
import { PARAMS } from "../layout";
import { fma, storeLanes } from "./simd";
import { lanesOf, total } from "./softmax";

@unmanaged
export class RowMomentsArgs {
  x: usize;
  rows: i32;
  columns: i32;
  rowsOfChunk: i32;
  /** One for each row, as variances are. */
  means: usize;
  variances: usize;
}

/** The mean of a row, from its first element on: a large mean takes no digits from the sum. */
function meanOf(x: usize, columns: i32): f32 {
  const origin = load<f32>(x), shift = f32x4.splat(origin);
  let r0 = f32x4.splat(0), r1 = r0, r2 = r0, r3 = r0, count = columns;
  for (; count >= 16; count -= 16, x += 64) {
    r0 = f32x4.add(r0, f32x4.sub(v128.load(x), shift));
    r1 = f32x4.add(r1, f32x4.sub(v128.load(x, 16), shift));
    r2 = f32x4.add(r2, f32x4.sub(v128.load(x, 32), shift));
    r3 = f32x4.add(r3, f32x4.sub(v128.load(x, 48), shift));
  }
  for (; count > 0; count -= 4, x += 16) {
    r0 = f32x4.add(r0, v128.and(f32x4.sub(v128.load(x), shift), lanesOf(count)));
  }
  return origin + total(f32x4.add(f32x4.add(r0, r1), f32x4.add(r2, r3))) / <f32> columns;
}

/** Computes the mean of each row, and its variance. */
export function rowMoments(chunk: i32): void {
  const args = changetype<RowMomentsArgs>(PARAMS);
  const columns = args.columns, end = min((chunk + 1) * args.rowsOfChunk, args.rows);
  for (let row = chunk * args.rowsOfChunk; row < end; row++) {
    let x = args.x + (<usize> row * columns << 2);
    const mean = meanOf(x, columns), center = f32x4.splat(mean);
    let r0 = f32x4.splat(0), r1 = r0, left = columns;
    for (; left >= 8; left -= 8, x += 32) {
      const d0 = f32x4.sub(v128.load(x), center), d1 = f32x4.sub(v128.load(x, 16), center);
      r0 = fma(d0, d0, r0);
      r1 = fma(d1, d1, r1);
    }
    for (; left > 0; left -= 4, x += 16) {
      const d = v128.and(f32x4.sub(v128.load(x), center), lanesOf(left));
      r0 = fma(d, d, r0);
    }
    store<f32>(args.means + (<usize> row << 2), mean);
    store<f32>(args.variances + (<usize> row << 2), total(f32x4.add(r0, r1)) / <f32> columns);
  }
}

@unmanaged
export class RowStatisticsArgs extends RowMomentsArgs {
  epsilon: f32;
}

/** One over the deviation of a row. */
@inline
function inverseOf(args: RowStatisticsArgs, row: i32): f32 {
  return <f32> 1 / Mathf.sqrt(load<f32>(args.variances + (<usize> row << 2)) + args.epsilon);
}

@unmanaged
export class NormalizeRowsArgs extends RowStatisticsArgs {
  y: usize;
  /** 0 for none. */
  scale: usize;
  /** 0 for none. */
  bias: usize;
  /** Rows after which scale and bias repeat. */
  period: i32;
}

/** Computes `y = (x - mean) / deviation scale + bias`. */
export function normalizeRows(chunk: i32): void {
  const args = changetype<NormalizeRowsArgs>(PARAMS);
  const columns = args.columns, one = f32x4.splat(1);
  const end = min((chunk + 1) * args.rowsOfChunk, args.rows);
  for (let row = chunk * args.rowsOfChunk; row < end; row++) {
    const start = <usize> row * columns << 2, period = <usize> (row % args.period) * columns << 2;
    const mean = f32x4.splat(load<f32>(args.means + (<usize> row << 2)));
    const inverse = f32x4.splat(inverseOf(args, row));
    let x = args.x + start, y = args.y + start;
    let scale = args.scale + period, bias = args.bias + period;
    for (let left = columns; left > 0; left -= 4) {
      const normal = f32x4.mul(f32x4.sub(v128.load(x), mean), inverse);
      const factor = args.scale == 0 ? one : v128.load(scale);
      const offset = args.bias == 0 ? f32x4.splat(0) : v128.load(bias);
      storeLanes(y, fma(normal, factor, offset), left);
      x += 16, y += 16, scale += 16, bias += 16;
    }
  }
}

@unmanaged
export class NormalizeGradRowsArgs extends RowStatisticsArgs {
  dx: usize;
  dy: usize;
  /** 0 for none. */
  scale: usize;
  /** Rows after which scale repeats. */
  period: i32;
}

/** Computes `dx = (v - mean(v) - n mean(v n)) / deviation`, v = dy scale. */
export function normalizeGradRows(chunk: i32): void {
  const args = changetype<NormalizeGradRowsArgs>(PARAMS);
  const columns = args.columns, one = f32x4.splat(1);
  const end = min((chunk + 1) * args.rowsOfChunk, args.rows);
  for (let row = chunk * args.rowsOfChunk; row < end; row++) {
    const start = <usize> row * columns << 2, period = <usize> (row % args.period) * columns << 2;
    const mean = f32x4.splat(load<f32>(args.means + (<usize> row << 2)));
    const inverse = f32x4.splat(inverseOf(args, row)), count = <f32> columns;
    let x = args.x + start, dy = args.dy + start, dx = args.dx + start;
    let scale = args.scale + period;
    let sum = f32x4.splat(0), product = sum;
    for (let left = columns; left > 0; left -= 4, x += 16, dy += 16, scale += 16) {
      const factor = args.scale == 0 ? one : v128.load(scale);
      const v = v128.and(f32x4.mul(v128.load(dy), factor), lanesOf(left));
      const normal = f32x4.mul(f32x4.sub(v128.load(x), mean), inverse);
      sum = f32x4.add(sum, v);
      product = f32x4.add(product, v128.and(f32x4.mul(v, normal), lanesOf(left)));
    }
    const average = f32x4.splat(total(sum) / count), slope = f32x4.splat(total(product) / count);
    x = args.x + start, dy = args.dy + start, scale = args.scale + period;
    for (let left = columns; left > 0; left -= 4) {
      const factor = args.scale == 0 ? one : v128.load(scale);
      const v = f32x4.mul(v128.load(dy), factor);
      const normal = f32x4.mul(f32x4.sub(v128.load(x), mean), inverse);
      const inner = f32x4.sub(f32x4.sub(v, average), f32x4.mul(normal, slope));
      storeLanes(dx, f32x4.mul(inner, inverse), left);
      x += 16, dy += 16, dx += 16, scale += 16;
    }
  }
}

@unmanaged
export class RowNormalSumsArgs extends RowStatisticsArgs {
  dy: usize;
  /** Two lines of columns for each part, which is the rows of a chunk. */
  results: usize;
  columnsOfBlock: i32;
  blocks: i32;
}

/** Sums `dy n` and `dy` over parts of the rows, by columns. */
export function rowNormalSums(chunk: i32): void {
  const args = changetype<RowNormalSumsArgs>(PARAMS);
  const columns = args.columns, part = chunk / args.blocks;
  const skipped = chunk % args.blocks * args.columnsOfBlock;
  const first = part * args.rowsOfChunk, end = min(first + args.rowsOfChunk, args.rows);
  const start = (<usize> first * columns + skipped) << 2, rowBytes = <usize> columns << 2;
  let x = args.x + start, dy = args.dy + start;
  let y = args.results + ((<usize> part * 2 * columns + skipped) << 2);
  let left = min(args.columnsOfBlock, columns - skipped);
  for (; left > 0; left -= 8, x += 32, dy += 32, y += 32) {
    let product0 = f32x4.splat(0), product1 = product0, sum0 = product0, sum1 = product0;
    let at = x, atDy = dy;
    for (let row = first; row < end; row++, at += rowBytes, atDy += rowBytes) {
      const mean = v128.load32_splat(args.means + (<usize> row << 2));
      const inverse = f32x4.splat(inverseOf(args, row));
      const dy0 = v128.load(atDy), dy1 = v128.load(atDy, 16);
      product0 = fma(dy0, f32x4.mul(f32x4.sub(v128.load(at), mean), inverse), product0);
      product1 = fma(dy1, f32x4.mul(f32x4.sub(v128.load(at, 16), mean), inverse), product1);
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
