/**
 * `groupNorm` and `instanceNorm`: groups of channels of every example, or each channel, brought to
 * mean 0 and variance 1 by themselves.
 *
 * The gradient is that of `normalize.ts`.
 *
 * @module
 */
import { checkAtLeast, checkFloats } from "../../src/core/checks.ts";
import { checkParameters, groupNormGeometry } from "../../src/core/geometry/mod.ts";
import { apply } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { BATCH_NORM_OPTIONS, type BatchNormOptions } from "./batch_norm.ts";
import { momentsOf, normalizeOp } from "./normalize.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link groupNorm}. */
export interface GroupNormOptions extends BatchNormOptions {
  /** Number of groups of neighbouring channels: a divisor of the channels. */
  readonly groups: number;
}

const GROUP_NORM_OPTIONS = "scale bias epsilon# groups#";

/**
 * Groups of neighbouring channels of every example brought to mean 0 and variance 1, then scaled
 * and shifted by channel.
 *
 * - **Formula**: `y = (x - mean) / sqrt(variance + epsilon) scale + bias`, with the mean and the
 *   variance (divided by the count) over the group's channels and all places of the example.
 * - **Shapes**: x `[N, ..., C]`, scale and bias `[C]` -> like x.
 * - **Gradient**: that of `layerNorm`, by groups.
 * - **Edge cases**: a constant group gives the bias; NaN makes its group NaN.
 * - **Source**: Y. Wu, K. He, "Group normalization", ECCV 2018; PyTorch's `group_norm`, which has
 *   channels first. Keras's epsilon is 1e-3.
 *
 * @example
 * ```ts
 * import { groupNorm, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[1, 3, 50, 50]]); // one example, four channels
 * const y = groupNorm(x, { groups: 2, epsilon: 0.5625 });
 * assertEquals(y.toArray(), [[-0.800000011920929, 0.800000011920929, 0, 0]]);
 * ```
 *
 * @param x a float tensor of at least two dimensions, channels last.
 * @param options `groups`, `scale`, `bias`, `epsilon` (1e-5 by default).
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if shapes or dtypes do not fit.
 * @throws {RangeError} if groups does not divide the channels, or epsilon is negative or not finite.
 */
export function groupNorm(x: Tensor, options: GroupNormOptions): Tensor {
  options = checkOptions("apply groupNorm", options, GROUP_NORM_OPTIONS);
  return byGroups("apply groupNorm", x, options.groups, options);
}

/**
 * Brings every channel of every example to mean 0 and variance 1, then scales and shifts it.
 *
 * - **Formula**: that of {@link groupNorm} with as many groups as channels.
 * - **Shapes**: x `[N, ..., C]`, scale and bias `[C]` -> like x.
 * - **Gradient**: that of `layerNorm`, by channels.
 * - **Edge cases**: a constant channel gives its bias; NaN makes its channel of that example NaN.
 * - **Source**: D. Ulyanov, A. Vedaldi, V. Lempitsky, "Instance normalization", 2016.
 *
 * @example
 * ```ts
 * import { instanceNorm, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[[1, 7], [3, 7]]]); // one example, two places, two channels
 * const y = instanceNorm(x, { epsilon: 0.5625 });
 * assertEquals(y.toArray(), [[[-0.800000011920929, 0], [0.800000011920929, 0]]]);
 * ```
 *
 * @param x a float tensor of at least two dimensions, channels last.
 * @param options `scale`, `bias`, `epsilon` (1e-5 by default).
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if shapes or dtypes do not fit.
 * @throws {RangeError} if epsilon is negative or not finite.
 */
export function instanceNorm(x: Tensor, options: BatchNormOptions = {}): Tensor {
  options = checkOptions("apply instanceNorm", options, BATCH_NORM_OPTIONS);
  return byGroups("apply instanceNorm", x, undefined, options);
}

function byGroups(
  action: string,
  x: Tensor,
  groups: number | undefined,
  { scale, bias, epsilon = 1e-5 }: BatchNormOptions,
): Tensor {
  checkFloats(action, { x }, { scale, bias });
  checkAtLeast(action, "epsilon", epsilon, 0);
  const g = groupNormGeometry(action, x.shape, groups, epsilon);
  checkParameters(action, [g.groups * g.size], x.shape, { scale, bias });
  return apply(normalizeOp, { x, moments: momentsOf(x, g), scale, bias }, g);
}
