/**
 * `gelu`: each element times the share of the normal distribution below it.
 *
 * Gradients are ops of their own, one pass over x and dy; their own gradients are made of ops.
 *
 * @module
 */
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "./add.ts";
import { clip } from "./clip.ts";
import { exp } from "./exp.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { sigmoid } from "./sigmoid.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";
import {
  type ActivationGradOp,
  type ActivationOp,
  applyActivation,
  defineActivation,
} from "./define_activation.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link gelu}. */
export interface GeluOptions {
  /** "tanh" for the approximation of the paper (at most 5e-4 off); "none" by default. */
  readonly approximate?: "none" | "tanh";
}

const KNOWN = "approximate";

/** Beyond this far from 0 the second derivative is 0 in float64. */
const FAR = 64;
const DENSITY = 1 / Math.sqrt(2 * Math.PI);
const RATE = 2 * Math.sqrt(2 / Math.PI);
const CUBE = 0.044715;

/**
 * Multiplies each element by the share of the normal distribution below it.
 *
 * - **Formula**: `y = x · (1 + erf(x / sqrt(2))) / 2`; with `approximate: "tanh"`
 *   `y = x · (1 + tanh(u)) / 2`, `u = sqrt(2 / pi) · (x + 0.044715 x³)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · (P(x) + x · p(x))`, P the share and p the density; that of the
 *   approximation likewise.
 * - **Edge cases**: -Infinity gives its limit, 0; NaN stays NaN.
 * - **Source**: Hendrycks and Gimpel 2016, Gaussian Error Linear Units.
 *
 * @example
 * ```ts
 * import { gelu, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(gelu(tensor([0, -Infinity])).toArray(), [0, 0]);
 * ```
 *
 * @param x a float tensor.
 * @param options `approximate`: "none" (the default) or "tanh".
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 * @throws {RangeError} if approximate is neither.
 */
export function gelu(x: Tensor, options: GeluOptions = {}): Tensor {
  const { approximate = "none" } = checkOptions("apply gelu", options, KNOWN);
  if (approximate !== "none" && approximate !== "tanh") {
    throw new RangeError(
      `Cannot apply gelu: approximate must be "none" or "tanh": got ${String(approximate)}`,
    );
  }
  return approximate === "tanh"
    ? applyActivation(geluTanhOp, x, {})
    : applyActivation(geluOp, x, {});
}

const geluOps = /* @__PURE__ */ defineActivation("gelu", (v, x) => {
  const squared = square(clip(x, -FAR, FAR));
  const density = mul(exp(mul(squared, -0.5)), DENSITY);
  return mul(v, mul(density, sub(2, squared)));
});

/** The op of {@link gelu}. */
export const geluOp: ActivationOp<"gelu"> = geluOps.op;

/** Its gradient. */
export const geluGradOp: ActivationGradOp<"gelu"> = geluOps.gradOp;

const geluTanhOps = /* @__PURE__ */ defineActivation("geluTanh", (v, x) => {
  const near = clip(x, -FAR, FAR);
  const squared = square(near);
  const argument = mul(mul(near, add(1, mul(squared, CUBE))), RATE);
  const [gate, rest] = [sigmoid(argument), sigmoid(neg(argument))];
  const rate = mul(add(1, mul(squared, 3 * CUBE)), RATE);
  const bend = mul(near, 6 * CUBE * RATE);
  const turn = add(mul(sub(rest, gate), square(rate)), bend);
  return mul(v, mul(mul(gate, rest), add(mul(rate, 2), mul(near, turn))));
});

/** The op of {@link gelu} with the tanh approximation. */
export const geluTanhOp: ActivationOp<"geluTanh"> = geluTanhOps.op;

/** Its gradient. */
export const geluTanhGradOp: ActivationGradOp<"geluTanh"> = geluTanhOps.gradOp;
