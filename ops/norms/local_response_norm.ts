/**
 * `localResponseNorm`: every activation divided by the strength of its neighbouring channels.
 *
 * Made of a pool over channels, a logarithm and an exponential, whose gradients it has: ten passes
 * over x where one kernel would take three. It is for networks of 2012; newer ones have none.
 *
 * @module
 */
import { checkAtLeast, checkFloats } from "../../src/core/checks.ts";
import { rowsGeometry } from "../../src/core/geometry/mod.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "../elementwise/add.ts";
import { div } from "../elementwise/div.ts";
import { exp } from "../elementwise/exp.ts";
import { log } from "../elementwise/log.ts";
import { mul } from "../elementwise/mul.ts";
import { square } from "../elementwise/square.ts";
import { avgPool } from "../images/avg_pool.ts";
import { reshape } from "../shape/reshape.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link localResponseNorm}. */
export interface LocalResponseNormOptions {
  /** Number of channels that count, the own one among them; 5 by default. */
  readonly size?: number;
  /** Factor of the mean of the squares; 1e-4 by default. */
  readonly alpha?: number;
  /** The exponent; 0.75 by default. */
  readonly beta?: number;
  /** Summand of the mean of the squares; 1 by default. */
  readonly bias?: number;
}

const KNOWN = "size# alpha# beta# bias#";

/**
 * Divides every activation by a power of the squares of the channels around it.
 *
 * - **Formula**: `y_c = x_c / (bias + alpha / size sum_j x_j²)^beta`, j from `c - floor(size / 2)`
 *   to `c + floor((size - 1) / 2)`, as far as there are channels.
 * - **Shapes**: `[..., C]`, kept.
 * - **Gradient**: that of the formula.
 * - **Edge cases**: a bias of 0 makes 0 / 0 of zeros: NaN.
 * - **Source**: A. Krizhevsky, I. Sutskever, G. E. Hinton, "ImageNet classification with deep
 *   convolutional neural networks", 2012, in PyTorch's parameters (`local_response_norm`): the
 *   paper and TensorFlow do not divide alpha by the size, so AlexNet is
 *   `{ size: 5, alpha: 5e-4, beta: 0.75, bias: 2 }`, and `depth_radius` r of TensorFlow is a size
 *   of 2 r + 1.
 *
 * @example
 * ```ts
 * import { localResponseNorm, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const y = localResponseNorm(tensor([[2, 0, 4]]), { size: 1, alpha: 1, beta: 1, bias: 0 });
 * assertEquals(y.toArray(), [[0.5, NaN, 0.25]]);
 * ```
 *
 * @param x a float tensor of at least one dimension, channels last.
 * @param options `size` (5 by default), `alpha` (1e-4), `beta` (0.75), `bias` (1).
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x is a scalar or has an integer dtype.
 * @throws {RangeError} if size is no positive integer, or another option is negative or not finite.
 */
export function localResponseNorm(x: Tensor, options: LocalResponseNormOptions = {}): Tensor {
  const action = "apply localResponseNorm";
  const { size = 5, alpha = 1e-4, beta = 0.75, bias = 1 } = checkOptions(action, options, KNOWN);
  checkFloats(action, { x });
  const { rows, columns } = rowsGeometry(action, x.shape);
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`Cannot ${action}: size must be a positive integer: got ${size}`);
  }
  for (const [name, value] of Object.entries({ alpha, beta, bias })) {
    checkAtLeast(action, name, value, 0);
  }
  const channels = reshape(square(x), [rows, columns, 1, 1]);
  const padding = [[Math.floor(size / 2), Math.floor((size - 1) / 2)], [0, 0]] as const;
  const around = avgPool(channels, { size: [size, 1], stride: 1, padding, countPadding: true });
  const strength = add(mul(reshape(around, x.shape), alpha), bias);
  return div(x, exp(mul(log(strength), beta)));
}
