// The cross entropy of softmax and its gradient, a row at a time.
import { PARAMS } from "../layout";
import { storeLanes } from "./simd";
import { exponentials, lanesOf, logOf, maximum, total } from "./softmax";

@unmanaged
export class SoftmaxCEArgs {
  logits: usize;
  labels: usize;
  /** The losses; dlogits for gradients. */
  y: usize;
  rows: i32;
  columns: i32;
  rowsOfChunk: i32;
  /** Bytes of a class index; 0 where labels are distributions. */
  labelBytes: i32;
  /** 0 for none. */
  classWeights: usize;
  /** Rows with the `ignoreIndex` do not count. */
  ignores: bool;
  ignoreIndex: i32;
  /** Computed as 1 - smoothing. */
  kept: f32;
  /** Computed as smoothing / columns. */
  spread: f32;
  /** Divides losses. */
  divisor: f32;
}

@unmanaged
export class SoftmaxCEGradArgs extends SoftmaxCEArgs {
  dy: usize;
}

/** The class index of a row of `bytes` (4 or 1). */
@inline
function labelOf(labels: usize, bytes: i32, row: i32): i32 {
  return bytes == 4
    ? load<i32>(labels + (<usize> row << 2))
    : <i32> load<u8>(labels + <usize> row);
}

/** Returns true if the index of a row says that it does not count. */
@inline
function isIgnored(args: SoftmaxCEArgs, row: i32): bool {
  return args.ignores && labelOf(args.labels, args.labelBytes, row) == args.ignoreIndex;
}

/**
 * The weighted shares of four classes in the target of a row. `labelBytes` is 0 where labels are
 * distributions, else the size of a class index; `weights` is 0 where classes have none.
 */
@inline
function target(
  labels: usize,
  labelBytes: i32,
  weights: usize,
  row: i32,
  columns: i32,
  column: i32,
  kept: v128,
  spread: v128,
): v128 {
  let share: v128;
  if (labelBytes == 0) {
    const at = labels + (<usize> (row * columns + column) << 2);
    share = f32x4.add(f32x4.mul(v128.load(at), kept), spread);
  } else {
    const label = labelOf(labels, labelBytes, row);
    const isLabel = i32x4.eq(i32x4.splat(label - column), i32x4(0, 1, 2, 3));
    share = f32x4.add(v128.and(isLabel, kept), spread);
  }
  return weights == 0 ? share : f32x4.mul(share, v128.load(weights + (<usize> column << 2)));
}

/** Computes `y = -sum_j share_j log softmax(logits)_j` by rows. */
export function softmaxCE(chunk: i32, scratch: usize): void {
  const args = changetype<SoftmaxCEArgs>(PARAMS);
  const labels = args.labels, labelBytes = args.labelBytes, weights = args.classWeights;
  const columns = args.columns;
  const kept = f32x4.splat(args.kept), spread = f32x4.splat(args.spread), divisor = args.divisor;
  const end = min((chunk + 1) * args.rowsOfChunk, args.rows);
  for (let row = chunk * args.rowsOfChunk; row < end; row++) {
    const y = args.y + (<usize> row << 2);
    if (isIgnored(args, row)) {
      store<f32>(y, <f32> 0 / divisor);
      continue;
    }
    const x = args.logits + (<usize> (row * columns) << 2);
    const most = maximum(x, columns);
    const shift = f32x4.splat(most), rest = logOf(exponentials(x, scratch, columns, most));
    let loss = f32x4.splat(0);
    for (let column = 0; column < columns; column += 4) {
      const share = target(labels, labelBytes, weights, row, columns, column, kept, spread);
      const logits = v128.load(x + (<usize> column << 2));
      const parts = f32x4.mul(share, f32x4.add(f32x4.sub(shift, logits), rest));
      // A class without a share adds nothing, even where its logit is infinite.
      const counts = v128.and(f32x4.ne(share, f32x4.splat(0)), lanesOf(columns - column));
      loss = f32x4.add(loss, v128.and(parts, counts));
    }
    store<f32>(y, isNaN(most) ? NaN : total(loss) / divisor);
  }
}

/** Computes `dlogits = dy (softmax(logits) sum_j share_j - share)` by rows. */
export function softmaxCEGrad(chunk: i32): void {
  const args = changetype<SoftmaxCEGradArgs>(PARAMS);
  const labels = args.labels, labelBytes = args.labelBytes, weights = args.classWeights;
  const columns = args.columns;
  const kept = f32x4.splat(args.kept), spread = f32x4.splat(args.spread), divisor = args.divisor;
  const end = min((chunk + 1) * args.rowsOfChunk, args.rows);
  for (let row = chunk * args.rowsOfChunk; row < end; row++) {
    const start = <usize> (row * columns) << 2;
    const x = args.logits + start, y = args.y + start;
    if (isIgnored(args, row)) {
      memory.fill(y, 0, <usize> columns << 2);
      continue;
    }
    const sum = exponentials(x, y, columns, maximum(x, columns));
    let mass: f32 = 1;
    if (labelBytes == 0 || weights != 0) {
      let shares = f32x4.splat(0);
      for (let column = 0; column < columns; column += 4) {
        const share = target(labels, labelBytes, weights, row, columns, column, kept, spread);
        shares = f32x4.add(shares, v128.and(share, lanesOf(columns - column)));
      }
      mass = total(shares);
    }
    const dy = f32x4.splat(load<f32>(args.dy + (<usize> row << 2)) / divisor);
    for (let column = 0; column < columns; column += 4) {
      const at = y + (<usize> column << 2);
      const probability = f32x4.div(v128.load(at), f32x4.splat(sum));
      const share = target(labels, labelBytes, weights, row, columns, column, kept, spread);
      const difference = f32x4.sub(f32x4.mul(probability, f32x4.splat(mass)), share);
      storeLanes(at, f32x4.mul(dy, difference), columns - column);
    }
  }
}
