/**
 * `silu`: each element times its sigmoid.
 *
 * The gradient is an op of its own, one pass over x and dy; its own gradient is made of ops.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "./add.ts";
import { clip } from "./clip.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { sigmoid } from "./sigmoid.ts";
import { sub } from "./sub.ts";
import {
  type ActivationGradOp,
  type ActivationOp,
  applyActivation,
  defineActivation,
} from "./define_activation.ts";

/** Beyond this far from 0 the second derivative is 0 in float64. */
const FAR = 800;

/**
 * Multiplies each element by its sigmoid: SiLU, or Swish.
 *
 * - **Formula**: `y = x · sigmoid(x)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · s · (1 + x · (1 - s))`, `s = sigmoid(x)`.
 * - **Edge cases**: -Infinity gives its limit, 0; NaN stays NaN.
 * - **Source**: Elfwing et al. 2018; Ramachandran et al. 2017, Searching for Activation Functions.
 *
 * @example
 * ```ts
 * import { silu, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(silu(tensor([0, -Infinity])).toArray(), [0, 0]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function silu(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply silu", arguments, 1);
  return applyActivation(siluOp, x, {});
}

const siluOps = /* @__PURE__ */ defineActivation("silu", (v, x) => {
  const near = clip(x, -FAR, FAR);
  const [gate, rest] = [sigmoid(near), sigmoid(neg(near))];
  const turn = add(2, mul(near, sub(rest, gate)));
  return mul(v, mul(mul(gate, rest), turn));
});

/** The op of {@link silu}. */
export const siluOp: ActivationOp<"silu"> = siluOps.op;

/** Its gradient. */
export const siluGradOp: ActivationGradOp<"silu"> = siluOps.gradOp;
