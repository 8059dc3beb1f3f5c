/**
 * `maxPool1d` and `avgPool1d`: the maximum and the mean of each window of a sequence.
 *
 * Pools of images of one row, on the same memory.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import { pool1dGeometry, type Pool1dWindow } from "../../src/core/geometry/mod.ts";
import { apply } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { avgPoolOp } from "./avg_pool.ts";
import { maxPoolOp } from "./max_pool.ts";
import { withRow } from "./sequence.ts";
import { checkOptions } from "../../src/core/options.ts";

const MAX_POOL_OPTIONS = "size# stride# padding";

/** Options of {@link avgPool1d}. */
export interface AvgPool1dOptions extends Pool1dWindow {
  /** Count padding as zeros; by default the mean is over the elements of the sequence alone. */
  readonly countPadding?: boolean;
}

const AVG_POOL_OPTIONS = "size# stride# padding countPadding?";

/**
 * Computes the maximum of each window of a sequence.
 *
 * - **Formula**: `y[n, i, c] = max x[n, i s + u - p, c]` over the u of a window that lie in the
 *   sequence.
 * - **Shapes**: `[N, L, C]` -> `[N, OL, C]` with `OL = floor((L + before + after - size) / s) + 1`.
 * - **Gradient**: all of dy to the first maximum; where windows overlap, contributions add up.
 * - **Edge cases**: NaN is above all, the first one takes the gradient; windows wholly in padding
 *   are refused.
 * - **Source**: `max_pool1d` of PyTorch, on `[N, L, C]`.
 *
 * @example
 * ```ts
 * import { maxPool1d, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 5, 2, 3], { shape: [1, 4, 1] });
 * assertEquals([...maxPool1d(x, { size: 2 }).dataSync()], [5, 3]);
 * ```
 *
 * @param x sequences, a float tensor.
 * @param options `size` of a window, `stride` (size by default), `padding` ("valid" by default).
 * @returns a new tensor of sequences.
 * @throws {ShapeError} if x is no batch of sequences, or a window would hold no element.
 * @throws {RangeError} if size, stride or padding is none.
 */
export function maxPool1d(x: Tensor, options: Pool1dWindow): Tensor {
  const action = "apply maxPool1d";
  options = checkOptions(action, options, MAX_POOL_OPTIONS);
  checkFloats(action, { x });
  const g = pool1dGeometry(action, x.shape, options, false);
  return withRow(x, g, (x) => apply(maxPoolOp, { x }, g));
}

/**
 * Computes the mean of each window of a sequence.
 *
 * - **Formula**: `y[n, i, c] = sum x[n, i s + u - p, c] / count` over the u of a window; count is
 *   the number of them in the sequence, or with `countPadding` the window's size.
 * - **Shapes**: `[N, L, C]` -> `[N, OL, C]` with `OL = floor((L + before + after - size) / s) + 1`.
 * - **Gradient**: `dy / count` to every element of the window.
 * - **Edge cases**: NaN spreads to every window it is in; windows wholly in padding are refused.
 * - **Source**: `avg_pool1d` of PyTorch, on `[N, L, C]`.
 *
 * @example
 * ```ts
 * import { avgPool1d, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 5, 2, 3], { shape: [1, 4, 1] });
 * assertEquals([...avgPool1d(x, { size: 2 }).dataSync()], [3, 2.5]);
 * ```
 *
 * @param x sequences, a float tensor.
 * @param options `size` of a window, `stride` (size by default), `padding` ("valid" by default),
 * `countPadding` (false by default).
 * @returns a new tensor of sequences.
 * @throws {ShapeError} if x is no batch of sequences, or a window would hold no element.
 * @throws {RangeError} if size, stride or padding is none.
 */
export function avgPool1d(x: Tensor, options: AvgPool1dOptions): Tensor {
  const action = "apply avgPool1d";
  options = checkOptions(action, options, AVG_POOL_OPTIONS);
  checkFloats(action, { x });
  const g = pool1dGeometry(action, x.shape, options, options.countPadding ?? false);
  return withRow(x, g, (x) => apply(avgPoolOp, { x }, g));
}
