// Softmax, its logarithm, the cross entropy and its gradient, a row at a time. The maximum of a
// row is subtracted before exp, so that nothing overflows; what remains of log(sum(exp)) is kept
// apart from it, so that a large maximum takes no digits from it.
import { exp4, log4 } from "./functions";
import { Larger } from "./joins";
import { float, int, pointer } from "./params";
import { storeLanes } from "./simd";

/** All bits set in the lanes that `count` elements fill. */
// @ts-ignore: decorator
@inline
function lanesOf(count: i32): v128 {
  return i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3));
}

/** The largest element, or NaN where there is one. */
function maximum(x: usize, columns: i32): f32 {
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
// @ts-ignore: decorator
@inline
function total(v: v128): f32 {
  v = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.add(v, v128.shuffle<f32>(v, v, 1, 0, 3, 2)), 0);
}

/** Writes `exp(x - most)` and returns the sum, or 1 where the maximum is not finite. */
function exponentials(x: usize, y: usize, columns: i32, most: f32): f32 {
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

function logOf(x: f32): v128 {
  return log4(f32x4.splat(x));
}

/** `y = exp(x) / sum(exp(x))`. Arguments: 0 x, 1 y, 2 rows, 3 columns, 4 rows of a chunk. */
export function softmax(chunk: i32): void {
  const columns = int(3), rowBytes = <usize> columns << 2;
  const end = min((chunk + 1) * int(4), int(2));
  for (let row = chunk * int(4); row < end; row++) {
    const x = pointer(0) + <usize> row * rowBytes;
    let y = pointer(1) + <usize> row * rowBytes;
    const sum = f32x4.splat(exponentials(x, y, columns, maximum(x, columns)));
    for (let left = columns; left > 0; left -= 4, y += 16) {
      storeLanes(y, f32x4.div(v128.load(y), sum), left);
    }
  }
}

/** `y = x - log(sum(exp(x)))`. Arguments: those of `softmax`. */
export function logSoftmax(chunk: i32): void {
  const columns = int(3), rowBytes = <usize> columns << 2;
  const end = min((chunk + 1) * int(4), int(2));
  for (let row = chunk * int(4); row < end; row++) {
    let x = pointer(0) + <usize> row * rowBytes, y = pointer(1) + <usize> row * rowBytes;
    const most = maximum(x, columns);
    const shift = f32x4.splat(most), rest = logOf(exponentials(x, y, columns, most));
    for (let left = columns; left > 0; left -= 4, x += 16, y += 16) {
      storeLanes(y, f32x4.sub(f32x4.sub(v128.load(x), shift), rest), left);
    }
  }
}

/**
 * The shares of four classes in the target of a row. `labelBytes` is 0 where labels are
 * distributions, else the size of a class index.
 */
// @ts-ignore: decorator
@inline
function target(
  labels: usize,
  labelBytes: i32,
  row: i32,
  columns: i32,
  column: i32,
  kept: v128,
  spread: v128,
): v128 {
  if (labelBytes == 0) {
    const at = labels + (<usize> (row * columns + column) << 2);
    return f32x4.add(f32x4.mul(v128.load(at), kept), spread);
  }
  const label = labelBytes == 4
    ? load<i32>(labels + (<usize> row << 2))
    : <i32> load<u8>(labels + <usize> row);
  const isLabel = i32x4.eq(i32x4.splat(label - column), i32x4(0, 1, 2, 3));
  return f32x4.add(v128.and(isLabel, kept), spread);
}

/**
 * `y = -sum_j target_j log softmax(logits)_j` by rows. Arguments: 0 logits, 1 labels, 2 y, 3 rows,
 * 4 columns, 5 rows of a chunk, 6 bytes of a label (0: distributions); 32 1 - smoothing,
 * 33 smoothing / columns (floats).
 */
export function softmaxCE(chunk: i32, scratch: usize): void {
  const labels = pointer(1), columns = int(4), labelBytes = int(6);
  const kept = f32x4.splat(float(32)), spread = f32x4.splat(float(33));
  const end = min((chunk + 1) * int(5), int(3));
  for (let row = chunk * int(5); row < end; row++) {
    const x = pointer(0) + (<usize> (row * columns) << 2);
    const most = maximum(x, columns);
    const shift = f32x4.splat(most), rest = logOf(exponentials(x, scratch, columns, most));
    let loss = f32x4.splat(0);
    for (let column = 0; column < columns; column += 4) {
      const share = target(labels, labelBytes, row, columns, column, kept, spread);
      const logits = v128.load(x + (<usize> column << 2));
      const parts = f32x4.mul(share, f32x4.add(f32x4.sub(shift, logits), rest));
      // A class without a share adds nothing, even where its logit is infinite.
      const counts = v128.and(f32x4.ne(share, f32x4.splat(0)), lanesOf(columns - column));
      loss = f32x4.add(loss, v128.and(parts, counts));
    }
    store<f32>(pointer(2) + (<usize> row << 2), isNaN(most) ? NaN : total(loss));
  }
}

/**
 * `dlogits = dy (softmax(logits) sum_j target_j - target)` by rows. Arguments: 0 logits, 1 labels,
 * 2 dlogits, 3 rows, 4 columns, 5 rows of a chunk, 6 bytes of a label (0: distributions), 7 dy;
 * 32 1 - smoothing, 33 smoothing / columns (floats).
 */
export function softmaxCEGrad(chunk: i32): void {
  const labels = pointer(1), columns = int(4), labelBytes = int(6);
  const kept = f32x4.splat(float(32)), spread = f32x4.splat(float(33));
  const end = min((chunk + 1) * int(5), int(3));
  for (let row = chunk * int(5); row < end; row++) {
    const start = <usize> (row * columns) << 2;
    const x = pointer(0) + start, y = pointer(2) + start;
    const sum = exponentials(x, y, columns, maximum(x, columns));
    let mass: f32 = 1;
    if (labelBytes == 0) {
      let shares = f32x4.splat(0);
      for (let column = 0; column < columns; column += 4) {
        const share = target(labels, 0, row, columns, column, kept, spread);
        shares = f32x4.add(shares, v128.and(share, lanesOf(columns - column)));
      }
      mass = total(shares);
    }
    const dy = v128.load32_splat(pointer(7) + (<usize> row << 2));
    for (let column = 0; column < columns; column += 4) {
      const at = y + (<usize> column << 2);
      const probability = f32x4.div(v128.load(at), f32x4.splat(sum));
      const share = target(labels, labelBytes, row, columns, column, kept, spread);
      const difference = f32x4.sub(f32x4.mul(probability, f32x4.splat(mass)), share);
      storeLanes(at, f32x4.mul(dy, difference), columns - column);
    }
  }
}
