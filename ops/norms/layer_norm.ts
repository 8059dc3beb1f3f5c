/**
 * `layerNorm`: every example brought to mean 0 and variance 1 by itself.
 *
 * The gradient is that of `normalize.ts`.
 *
 * @module
 */
import { checkAtLeast, checkFloats } from "../../src/core/checks.ts";
import { checkParameters, layerNormGeometry } from "../../src/core/geometry/mod.ts";
import { apply } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { reshape } from "../shape/reshape.ts";
import type { BatchNormOptions } from "./batch_norm.ts";
import { momentsOf, normalizeOp } from "./normalize.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link layerNorm}. */
export interface LayerNormOptions extends BatchNormOptions {
  /** The first of the dimensions that are normalised together, up to the last; -1 by default. */
  readonly axis?: number;
}

const KNOWN = "scale bias epsilon# axis#";

/**
 * Brings the last dimensions of a tensor together to mean 0 and variance 1, then scales and shifts
 * them.
 *
 * - **Formula**: `y = (x - mean) / sqrt(variance + epsilon) scale + bias`, with the mean and the
 *   variance (divided by the count) over the dimensions from `axis` on.
 * - **Shapes**: x any, scale and bias those dimensions of it -> like x.
 * - **Gradient**: with n the normalised x and `r = 1 / sqrt(variance + epsilon)`,
 *   `dx = r (v - mean(v) - n mean(v n))`, `v = dy scale`; `dscale = sum(dy n)`, `dbias = sum(dy)`.
 * - **Edge cases**: a constant row gives the bias; NaN makes its row NaN.
 * - **Source**: J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization", 2016; `axis` as in
 *   ONNX. Keras's epsilon is 1e-3.
 *
 * @example
 * ```ts
 * import { layerNorm, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const y = layerNorm(tensor([[1, 3], [10, 10]]), { epsilon: 0.5625 });
 * assertEquals(y.toArray(), [[-0.800000011920929, 0.800000011920929], [0, 0]]);
 * ```
 *
 * @param x a float tensor of at least one dimension.
 * @param options `axis` (-1 by default), `scale`, `bias`, `epsilon` (1e-5 by default).
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if shapes or dtypes do not fit, or the axis does not exist.
 * @throws {RangeError} if epsilon is negative or not finite.
 */
export function layerNorm(x: Tensor, options: LayerNormOptions = {}): Tensor {
  const action = "apply layerNorm";
  const { axis = -1, scale, bias, epsilon = 1e-5 } = checkOptions(action, options, KNOWN);
  checkFloats(action, { x }, { scale, bias });
  checkAtLeast(action, "epsilon", epsilon, 0);
  const g = layerNormGeometry(action, x.shape, axis, epsilon);
  checkParameters(action, x.shape.slice(axis < 0 ? axis + x.rank : axis), x.shape, { scale, bias });
  const flat = (t: Tensor | undefined) => t && reshape(t, [g.size]);
  const inputs = { x, moments: momentsOf(x, g), scale: flat(scale), bias: flat(bias) };
  return apply(normalizeOp, inputs, g);
}
