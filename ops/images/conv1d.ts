/**
 * `conv1d`: the cross-correlation of sequences with filters.
 *
 * A convolution of images of one row, on the same memory.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import { conv1dGeometry, type Conv1dWindow } from "../../src/core/geometry/mod.ts";
import { apply } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { reshape } from "../shape/reshape.ts";
import { conv2dOp } from "./conv2d.ts";
import { withRow } from "./sequence.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link conv1d}. */
export interface Conv1dOptions extends Conv1dWindow {
  /** Bias of every element, one number per filter, `[O]`; none by default. */
  readonly bias?: Tensor;
}

const KNOWN = "stride# padding dilation# groups# bias";

/**
 * Computes the cross-correlation of sequences with filters.
 *
 * - **Formula**: `y[n, i, o] = bias[o] + sum x[n, i s + u d - p, c] w[u, c, o]` over the taps u and
 *   the channels c of the group of o; x is 0 outside.
 * - **Shapes**: x `[N, L, C]`, w `[K, C / groups, O]`, bias `[O]` -> y `[N, OL, O]` with
 *   `OL = floor((L + before + after - (K - 1) d - 1) / s) + 1`.
 * - **Gradient**: the adjoint in each of x, w and bias.
 * - **Edge cases**: as `conv2d`.
 * - **Source**: TensorFlow's `conv1d`; PyTorch's has `[N, C, L]` and `[O, C / groups, K]`.
 *
 * @example Differences of neighbours
 * ```ts
 * import { conv1d, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 4, 9, 16], { shape: [1, 4, 1] });
 * const w = tensor([-1, 1], { shape: [2, 1, 1] });
 * assertEquals([...conv1d(x, w).dataSync()], [3, 5, 7]);
 * ```
 *
 * @param x sequences, a float tensor.
 * @param w filters, of x's dtype.
 * @param options `bias`; `stride`, `dilation`, `groups` (1 by default); `padding` ("valid" by
 * default).
 * @returns a new tensor of sequences.
 * @throws {ShapeError} if shapes or dtypes do not fit, or the filter does not fit the sequence.
 * @throws {RangeError} if stride, dilation, groups or padding is none.
 */
export function conv1d(x: Tensor, w: Tensor, options: Conv1dOptions = {}): Tensor {
  options = checkOptions("apply conv1d", options, KNOWN);
  const { bias } = options;
  checkFloats("apply conv1d", { x, w }, { bias });
  const g = conv1dGeometry(x.shape, w.shape, bias?.shape, options);
  const filters = reshape(w, g.wShape);
  return withRow(x, g, (x) => apply(conv2dOp, { x, w: filters, bias }, g));
}
