/**
 * `elu`: each element, exponential where it is negative.
 *
 * The gradient is an op of its own, one pass over x and dy; its own gradient is made of ops.
 *
 * @module
 */
import { apply } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import {
  type ActivationGradOp,
  type ActivationOp,
  applyActivation,
  checkNumber,
  defineActivation,
} from "./define_activation.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link elu}. */
export interface EluOptions {
  /** Minus the limit at -Infinity; 1 by default. */
  readonly alpha?: number;
}

const KNOWN = "alpha#";

/**
 * Keeps positive elements, and takes an exponential below 0 that ends at -alpha.
 *
 * - **Formula**: `y = x` where `x > 0`, else `alpha · (exp(x) - 1)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy` where `x > 0`, else `dy · alpha · exp(x)`: `alpha · dy` at 0.
 * - **Edge cases**: -Infinity gives -alpha; where x is NaN, y and dx are NaN.
 * - **Source**: Clevert et al. 2016, Fast and Accurate Deep Network Learning by Exponential Linear
 *   Units.
 *
 * @example
 * ```ts
 * import { elu, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(elu(tensor([-Infinity, 2])).toArray(), [-1, 2]);
 * ```
 *
 * @param x a float tensor.
 * @param options `alpha`, minus the limit for negative elements, 1 by default.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 * @throws {RangeError} if alpha is no number.
 */
export function elu(x: Tensor, options: EluOptions = {}): Tensor {
  const { alpha = 1 } = checkOptions("apply elu", options, KNOWN);
  checkNumber("apply elu", "alpha", alpha);
  return applyActivation(eluOp, x, { above: 1, below: alpha });
}

// Above 0 the second derivative is 0, below it is the first.
const eluOps = /* @__PURE__ */ defineActivation(
  "elu",
  (v, x, { below }) => apply(eluGradOp, { dy: v, x }, { above: 0, below }),
);

/** The op of {@link elu}. */
export const eluOp: ActivationOp<"elu"> = eluOps.op;

/** Its gradient. */
export const eluGradOp: ActivationGradOp<"elu"> = eluOps.gradOp;
