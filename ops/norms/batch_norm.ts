/**
 * `batchNorm`: every channel brought to mean 0 and variance 1 over the batch; and, for inference,
 * `batchNormInference` by given means and variances.
 *
 * Nothing is kept between calls: training returns the moments of the batch, and `runningMoments`
 * makes the next running ones of them. The gradient of training is that of `normalize.ts`; that
 * of inference is linear in x.
 *
 * @module
 */
import { checkAtLeast, checkFloats } from "../../src/core/checks.ts";
import {
  batchNormGeometry,
  checkParameters,
  type NormGeometry,
} from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "../elementwise/add.ts";
import { mul } from "../elementwise/mul.ts";
import { sub } from "../elementwise/sub.ts";
import { sum } from "../reduce/sum.ts";
import { pad } from "../shape/pad.ts";
import { reshape } from "../shape/reshape.ts";
import { grouped, inverseDeviation, momentsOf, normalizeOp, perGroup, rowOf } from "./normalize.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options that normalisations share. */
export interface BatchNormOptions {
  /** Factor of the normalised elements; ones by default. */
  readonly scale?: Tensor;
  /** Summand of the normalised elements; zeros by default. */
  readonly bias?: Tensor;
  /** Summand of variances before the root; 1e-5 by default. */
  readonly epsilon?: number;
}

/** The names of the options. */
export const BATCH_NORM_OPTIONS = "scale bias epsilon#";

/** A mean and a variance for each channel. */
export interface Moments {
  /** Means, `[C]`. */
  readonly mean: Tensor;
  /** Variances, `[C]`. */
  readonly variance: Tensor;
}

/** Result of {@link batchNorm}. */
export interface BatchNormResult extends Moments {
  /** The normalised tensor. */
  readonly y: Tensor;
  /** Number of elements of each channel. */
  readonly count: number;
}

/**
 * Brings every channel to mean 0 and variance 1 over all other dimensions, then scales and shifts
 * it: the training form.
 *
 * - **Formula**: `y = (x - mean) / sqrt(variance + epsilon) scale + bias`, with the mean and the
 *   variance (divided by the count) of the channel in this batch.
 * - **Shapes**: x `[N, ..., C]`, scale and bias `[C]` -> y like x, mean and variance `[C]`.
 * - **Gradient**: with n the normalised x and `r = 1 / sqrt(variance + epsilon)`,
 *   `dx = r (v - mean(v) - n mean(v n))`, `v = dy scale`; `dscale = sum(dy n)`, `dbias = sum(dy)`;
 *   the returned moments have gradients too.
 * - **Edge cases**: a constant channel gives its bias; NaN makes its channel NaN; nothing has no
 *   mean (NaN).
 * - **Source**: S. Ioffe, C. Szegedy, "Batch normalization", ICML 2015.
 *
 * @example
 * ```ts
 * import { batchNorm, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[1, 10], [3, 10]]);
 * const { y, mean, variance } = batchNorm(x, { epsilon: 0.5625, bias: tensor([0, 7]) });
 * assertEquals(y.toArray(), [[-0.800000011920929, 7], [0.800000011920929, 7]]);
 * assertEquals([mean.toArray(), variance.toArray()], [[2, 10], [1, 0]]);
 * ```
 *
 * @param x a float tensor of at least two dimensions, channels last.
 * @param options `scale`, `bias`, `epsilon` (1e-5 by default).
 * @returns `y`, and `mean`, `variance` and `count` for {@link runningMoments}.
 * @throws {ShapeError} if shapes or dtypes do not fit.
 * @throws {RangeError} if epsilon is negative or not finite.
 */
export function batchNorm(x: Tensor, options: BatchNormOptions = {}): BatchNormResult {
  const action = "apply batchNorm";
  const { scale, bias, epsilon = 1e-5 } = checkOptions(action, options, BATCH_NORM_OPTIONS);
  checkFloats(action, { x }, { scale, bias });
  checkAtLeast(action, "epsilon", epsilon, 0);
  const g = batchNormGeometry(action, x.shape, epsilon);
  checkParameters(action, [g.groups], x.shape, { scale, bias });
  const moments = momentsOf(x, g);
  const y = apply(normalizeOp, { x, moments, scale, bias }, g);
  const [mean, variance] = [0, 1].map((row) => rowOf(moments, row as 0 | 1, [g.groups]));
  return { y, mean, variance, count: g.positions };
}

/** Options of {@link batchNormInference}. */
export interface BatchNormInferenceOptions extends BatchNormOptions, Moments {}

const INFERENCE_OPTIONS = "scale bias epsilon# mean variance";

/**
 * Normalises every channel by a given mean and variance, then scales and shifts it: the form for
 * inference, in which no element depends on another.
 *
 * - **Formula**: `y = (x - mean) / sqrt(variance + epsilon) scale + bias`.
 * - **Shapes**: x `[N, ..., C]`, all else `[C]` -> like x.
 * - **Gradient**: to everything, by the formula.
 * - **Edge cases**: NaN stays in its element.
 * - **Source**: S. Ioffe, C. Szegedy, "Batch normalization", ICML 2015.
 *
 * @example
 * ```ts
 * import { batchNormInference, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const moments = { mean: tensor([2]), variance: tensor([4]) };
 * const y = batchNormInference(tensor([[6], [0]]), { ...moments, epsilon: 0 });
 * assertEquals(y.toArray(), [[2], [-1]]);
 * ```
 *
 * @param x a float tensor of at least two dimensions, channels last.
 * @param options `mean`, `variance`, `scale`, `bias`, `epsilon` (1e-5 by default).
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if shapes or dtypes do not fit.
 * @throws {RangeError} if epsilon is negative or not finite.
 */
export function batchNormInference(x: Tensor, options: BatchNormInferenceOptions): Tensor {
  const action = "apply batchNormInference";
  const { mean, variance, scale, bias, epsilon = 1e-5 } = checkOptions(
    action,
    options,
    INFERENCE_OPTIONS,
  );
  checkFloats(action, { x, mean, variance }, { scale, bias });
  checkAtLeast(action, "epsilon", epsilon, 0);
  const g = batchNormGeometry(action, x.shape, epsilon);
  checkParameters(action, [g.groups], x.shape, { mean, variance, scale, bias });
  return apply(normalizeByOp, { x, moments: pairOf(mean, variance, g), scale, bias }, g);
}

/** Normalised by moments that do not depend on x. */
export const normalizeByOp: Op<
  readonly ["x", "moments", "scale?", "bias?"],
  "x" | "moments" | "scale",
  NormGeometry
> = /* @__PURE__ */ defineOp({
  name: "normalizeBy",
  inputs: ["x", "moments", "scale?", "bias?"],
  reads: ["x", "moments", "scale"],
  forward: (k, { x, moments, scale, bias }, g: NormGeometry) =>
    k.normalize(x, moments, scale ?? null, bias ?? null, g),
  backward: (dy, { x, moments, scale }, g) => {
    const channels = [g.groups];
    const rows = (t: Tensor) => reshape(t, [g.positions, g.groups]);
    const inverse = () => reshape(inverseDeviation(moments, g), channels);
    const factor = () => scale === undefined ? inverse() : mul(scale, inverse());
    const centred = () => rows(sub(grouped(x, g), perGroup(moments, 0, g)));
    const sumOver = (t: Tensor) => sum(t, { axis: 0 });
    return {
      x: () => reshape(mul(rows(dy), factor()), x.shape),
      moments: () => {
        const r = inverse();
        const dmean = mul(mul(sumOver(rows(dy)), factor()), -1);
        const weights = mul(mul(factor(), mul(r, r)), -0.5);
        return pairOf(dmean, mul(sumOver(mul(rows(dy), centred())), weights), g);
      },
      scale: () => mul(sumOver(mul(rows(dy), centred())), inverse()),
      bias: () => sumOver(rows(dy)),
    };
  },
});

/** Joins two rows as means and variances, `[2, 1, C]`. */
function pairOf(mean: Tensor, variance: Tensor, { groups }: NormGeometry): Tensor {
  const row = (t: Tensor, amounts: readonly [number, number]) =>
    pad(reshape(t, [1, 1, groups]), [amounts, [0, 0], [0, 0]]);
  return add(row(mean, [0, 1]), row(variance, [1, 0]));
}

/** Options of {@link runningMoments}. */
export interface RunningMomentsOptions {
  /** Share of the running moments that is kept, from 0 to 1; 0.9 by default. */
  readonly momentum?: number;
  /**
   * Multiply the variance of the batch by `count / (count - 1)`, as PyTorch does; Keras does not.
   * True by default.
   */
  readonly unbiased?: boolean;
}

const RUNNING_OPTIONS = "momentum# unbiased?";

/**
 * Computes the running moments after a batch, for {@link batchNormInference}: new tensors, nothing
 * is changed in place.
 *
 * - **Formula**: `momentum running + (1 - momentum) batch`. PyTorch's `momentum` of 0.1 is 0.9
 *   here, and its variance is that with `count - 1`; Keras has a momentum of 0.99 and the variance
 *   as it is (`unbiased: false`).
 * - **Shapes**: `[C]`.
 * - **Gradient**: linear in both; use `stopGradient` or compute them outside of the tape's tensors
 *   where none is wanted.
 * - **Edge cases**: NaN stays NaN; a batch of one element has no unbiased variance, which is an error.
 * - **Source**: `torch.nn.BatchNorm2d`.
 *
 * @example
 * ```ts
 * import { batchNorm, ones, runningMoments, tensor, zeros } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const batch = batchNorm(tensor([[1], [3]])); // mean 2, variance 1, or 2 unbiased
 * const running = { mean: zeros([1]), variance: ones([1]) };
 * const next = runningMoments(running, batch, { momentum: 0.5 });
 * assertEquals([next.mean.item(), next.variance.item()], [1, 1.5]);
 * ```
 *
 * @param running the moments so far.
 * @param batch what {@link batchNorm} returned.
 * @param options `momentum` (0.9 by default), `unbiased` (true by default).
 * @returns the next running moments.
 * @throws {RangeError} if momentum is not in 0..1, or a single element is to be unbiased.
 */
export function runningMoments(
  running: Moments,
  batch: Moments & { readonly count: number },
  options: RunningMomentsOptions = {},
): { mean: Tensor; variance: Tensor } {
  const action = "update running moments";
  const { momentum = 0.9, unbiased = true } = checkOptions(action, options, RUNNING_OPTIONS);
  if (!(momentum >= 0 && momentum <= 1)) {
    throw new RangeError(`Cannot ${action}: momentum must be from 0 to 1: got ${momentum}`);
  }
  if (unbiased && batch.count < 2) {
    throw new RangeError(
      `Cannot ${action}: an unbiased variance needs two elements of each channel: ` +
        `count is ${batch.count}`,
    );
  }
  const share = 1 - momentum;
  const correction = unbiased ? batch.count / (batch.count - 1) : 1;
  return {
    mean: add(mul(running.mean, momentum), mul(batch.mean, share)),
    variance: add(mul(running.variance, momentum), mul(batch.variance, share * correction)),
  };
}
