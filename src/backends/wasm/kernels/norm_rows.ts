// Normalisation by rows: each row has a mean and a variance of its own, and fits into the cache, so
// that it can be gone over more than once.
import { float, int, pointer } from "./params";
import { fma, storeLanes } from "./simd";
import { lanesOf, total } from "./softmax";

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

/**
 * The mean of each row, then its variance. Arguments: 0 x, 1 means, 2 variances, 3 rows, 4 columns,
 * 5 rows of a chunk.
 */
export function rowMoments(chunk: i32): void {
  const columns = int(4), end = min((chunk + 1) * int(5), int(3));
  for (let row = chunk * int(5); row < end; row++) {
    let x = pointer(0) + (<usize> row * columns << 2);
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
    store<f32>(pointer(1) + (<usize> row << 2), mean);
    store<f32>(pointer(2) + (<usize> row << 2), total(f32x4.add(r0, r1)) / <f32> columns);
  }
}

/** One over the deviation of a row. */
@inline
function inverseOf(row: i32): f32 {
  return <f32> 1 / Mathf.sqrt(load<f32>(pointer(7) + (<usize> row << 2)) + float(32));
}

/**
 * `y = (x - mean) / deviation scale + bias`. Arguments: 0 x, 1 y, 3 rows, 4 columns, 5 rows of a
 * chunk, 6 means, 7 variances, 8 scale, 9 bias (0: none), 10 rows after which these repeat, 32
 * epsilon (a float).
 */
export function normalizeRows(chunk: i32): void {
  const columns = int(4), end = min((chunk + 1) * int(5), int(3)), one = f32x4.splat(1);
  for (let row = chunk * int(5); row < end; row++) {
    const start = <usize> row * columns << 2, period = <usize> (row % int(10)) * columns << 2;
    const mean = f32x4.splat(load<f32>(pointer(6) + (<usize> row << 2)));
    const inverse = f32x4.splat(inverseOf(row));
    let x = pointer(0) + start, y = pointer(1) + start;
    let scale = pointer(8) + period, bias = pointer(9) + period;
    for (let left = columns; left > 0; left -= 4) {
      const normal = f32x4.mul(f32x4.sub(v128.load(x), mean), inverse);
      const factor = pointer(8) == 0 ? one : v128.load(scale);
      const offset = pointer(9) == 0 ? f32x4.splat(0) : v128.load(bias);
      storeLanes(y, fma(normal, factor, offset), left);
      x += 16, y += 16, scale += 16, bias += 16;
    }
  }
}

/**
 * `dx = (v - mean(v) - n mean(v n)) / deviation`, v = dy scale. Arguments: those of
 * `normalizeRows`, with 1 dx, 2 dy.
 */
export function normalizeGradRows(chunk: i32): void {
  const columns = int(4), end = min((chunk + 1) * int(5), int(3)), one = f32x4.splat(1);
  for (let row = chunk * int(5); row < end; row++) {
    const start = <usize> row * columns << 2, period = <usize> (row % int(10)) * columns << 2;
    const mean = f32x4.splat(load<f32>(pointer(6) + (<usize> row << 2)));
    const inverse = f32x4.splat(inverseOf(row)), count = <f32> columns;
    let x = pointer(0) + start, dy = pointer(2) + start, dx = pointer(1) + start;
    let scale = pointer(8) + period;
    let sum = f32x4.splat(0), product = sum;
    for (let left = columns; left > 0; left -= 4, x += 16, dy += 16, scale += 16) {
      const factor = pointer(8) == 0 ? one : v128.load(scale);
      const v = v128.and(f32x4.mul(v128.load(dy), factor), lanesOf(left));
      const normal = f32x4.mul(f32x4.sub(v128.load(x), mean), inverse);
      sum = f32x4.add(sum, v);
      product = f32x4.add(product, v128.and(f32x4.mul(v, normal), lanesOf(left)));
    }
    const average = f32x4.splat(total(sum) / count), slope = f32x4.splat(total(product) / count);
    x = pointer(0) + start, dy = pointer(2) + start, scale = pointer(8) + period;
    for (let left = columns; left > 0; left -= 4) {
      const factor = pointer(8) == 0 ? one : v128.load(scale);
      const v = f32x4.mul(v128.load(dy), factor);
      const normal = f32x4.mul(f32x4.sub(v128.load(x), mean), inverse);
      const inner = f32x4.sub(f32x4.sub(v, average), f32x4.mul(normal, slope));
      storeLanes(dx, f32x4.mul(inner, inverse), left);
      x += 16, dy += 16, dx += 16, scale += 16;
    }
  }
}

/**
 * Sums of `dy n` and of `dy` over parts of the rows, by columns. Arguments: 0 x, 1 results (two
 * lines for each part), 2 dy, 3 rows, 4 columns, 5 rows of a part, 6 means, 7 variances, 8 columns
 * of a block, 9 blocks, 32 epsilon (a float).
 */
export function rowNormalSums(chunk: i32): void {
  const columns = int(4), part = chunk / int(9), skipped = chunk % int(9) * int(8);
  const first = part * int(5), end = min(first + int(5), int(3));
  const start = (<usize> first * columns + skipped) << 2, rowBytes = <usize> columns << 2;
  let x = pointer(0) + start, dy = pointer(2) + start;
  let y = pointer(1) + ((<usize> part * 2 * columns + skipped) << 2);
  let left = min(int(8), columns - skipped);
  for (; left > 0; left -= 8, x += 32, dy += 32, y += 32) {
    let product0 = f32x4.splat(0), product1 = product0, sum0 = product0, sum1 = product0;
    let at = x, atDy = dy;
    for (let row = first; row < end; row++, at += rowBytes, atDy += rowBytes) {
      const mean = v128.load32_splat(pointer(6) + (<usize> row << 2));
      const inverse = f32x4.splat(inverseOf(row));
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
