/**
 * `leakyRelu`: each element, scaled where it is negative.
 *
 * Linear between its kinks: the gradient selects dy by x and is constant in x.
 *
 * @module
 */
import type { Tensor } from "../../src/core/tensor.ts";
import {
  type ActivationGradOp,
  type ActivationOp,
  applyActivation,
  checkNumber,
  defineActivation,
} from "./define_activation.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link leakyRelu}. */
export interface LeakyReluOptions {
  /** Factor of negative elements; 0.01 by default. */
  readonly slope?: number;
}

const KNOWN = "slope#";

/**
 * Scales elements down where they are negative.
 *
 * - **Formula**: `y = x` where `x > 0`, else `slope · x`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy` where `x > 0`, else `slope · dy`, at 0 too.
 * - **Edge cases**: where x is NaN, y and dx are NaN.
 * - **Source**: Maas et al. 2013; PyTorch's default and convention at 0.
 *
 * @example
 * ```ts
 * import { leakyRelu, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(leakyRelu(tensor([-4, 2]), { slope: 0.25 }).toArray(), [-1, 2]);
 * ```
 *
 * @param x a float tensor.
 * @param options `slope` for negative elements, 0.01 by default.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 * @throws {RangeError} if slope is no number.
 */
export function leakyRelu(x: Tensor, options: LeakyReluOptions = {}): Tensor {
  const { slope = 0.01 } = checkOptions("apply leakyRelu", options, KNOWN);
  checkNumber("apply leakyRelu", "slope", slope);
  return applyActivation(leakyReluOp, x, { slope });
}

const leakyReluOps = /* @__PURE__ */ defineActivation("leakyRelu", null);

/** The op of {@link leakyRelu}. */
export const leakyReluOp: ActivationOp<"leakyRelu"> = leakyReluOps.op;

/** Its gradient. */
export const leakyReluGradOp: ActivationGradOp<"leakyRelu"> = leakyReluOps.gradOp;
