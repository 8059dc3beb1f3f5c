// Softmax and its logarithm, a row at a time. The maximum of a row is subtracted before exp, so that
// nothing overflows; what remains of log(sum(exp)) is kept apart from it, so that a large maximum
// takes no digits from it.
import { PARAMS } from "../layout";
import { exp4, log4 } from "./functions";
import { Larger } from "./combiners";
import { storeLanes } from "./simd";

/** All bits set in the lanes that `count` elements fill. */
@inline
export function lanesOf(count: i32): v128 {
  return i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3));
}

/** The largest element, or NaN where there is one. */
export function maximum(x: usize, columns: i32): f32 {
  const j = changetype<Larger>(0);
  let most = j.nothing();
  for (; columns >= 4; columns -= 4, x += 16) most = j.of(most, v128.load(x));
  if (columns > 0) {
    const rest = v128.bitselect(v128.load(x), j.nothing(), lanesOf(columns));
    most = j.of(most, rest);
  }
  most = j.of(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1));
  return f32x4.extract_lane(j.of(most, v128.shuffle<f32>(most, most, 1, 0, 3, 2)), 0);
}

/** The sum of the lanes, in a fixed order. */
@inline
export function total(v: v128): f32 {
  v = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.add(v, v128.shuffle<f32>(v, v, 1, 0, 3, 2)), 0);
}

/** Writes `exp(x - most)` and returns the sum, or 1 where the maximum is not finite. */
export function exponentials(x: usize, y: usize, columns: i32, most: f32): f32 {
  const shift = f32x4.splat(most);
  let sum = f32x4.splat(0);
  for (; columns >= 4; columns -= 4, x += 16, y += 16) {
    const e = exp4(f32x4.sub(v128.load(x), shift));
    sum = f32x4.add(sum, e);
    v128.store(y, e);
  }
  if (columns > 0) {
    const e = exp4(f32x4.sub(v128.load(x), shift));
    sum = f32x4.add(sum, v128.and(e, lanesOf(columns)));
    storeLanes(y, e, columns);
  }
  return isFinite(most) ? total(sum) : 1;
}

export function logOf(x: f32): v128 {
  return log4(f32x4.splat(x));
}

@unmanaged
export class SoftmaxArgs {
  x: usize;
  y: usize;
  rows: i32;
  columns: i32;
  rowsOfChunk: i32;
}

/** Computes `y = exp(x) / sum(exp(x))` by rows. */
export function softmax(chunk: i32): void {
  const args = changetype<SoftmaxArgs>(PARAMS);
  const columns = args.columns, rowBytes = <usize> columns << 2;
  const end = min((chunk + 1) * args.rowsOfChunk, args.rows);
  for (let row = chunk * args.rowsOfChunk; row < end; row++) {
    const x = args.x + <usize> row * rowBytes;
    let y = args.y + <usize> row * rowBytes;
    const sum = f32x4.splat(exponentials(x, y, columns, maximum(x, columns)));
    for (let left = columns; left > 0; left -= 4, y += 16) {
      storeLanes(y, f32x4.div(v128.load(y), sum), left);
    }
  }
}

/** Computes `y = x - log(sum(exp(x)))` by rows. */
export function logSoftmax(chunk: i32): void {
  const args = changetype<SoftmaxArgs>(PARAMS);
  const columns = args.columns, rowBytes = <usize> columns << 2;
  const end = min((chunk + 1) * args.rowsOfChunk, args.rows);
  for (let row = chunk * args.rowsOfChunk; row < end; row++) {
    let x = args.x + <usize> row * rowBytes, y = args.y + <usize> row * rowBytes;
    const most = maximum(x, columns);
    const shift = f32x4.splat(most), rest = logOf(exponentials(x, y, columns, most));
    for (let left = columns; left > 0; left -= 4, x += 16, y += 16) {
      storeLanes(y, f32x4.sub(f32x4.sub(v128.load(x), shift), rest), left);
    }
  }
}
