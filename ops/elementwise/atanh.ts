/**
 * `atanh`: the inverse hyperbolic tangent of each element.
 *
 * The derivative is a quotient of the distances of x from 1 and -1.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "./add.ts";
import { div } from "./div.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Computes the number whose hyperbolic tangent is each element.
 *
 * - **Formula**: `y = log((1 + x) / (1 - x)) / 2`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy / ((1 - x) · (1 + x))`: infinite at ±1.
 * - **Edge cases**: ±1 gives ±Infinity; outside of [-1, 1] NaN; zeros keep their sign; NaN stays NaN.
 * - **Source**: `atanh` of NumPy, PyTorch and ONNX.
 *
 * @example
 * ```ts
 * import { atanh, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(atanh(tensor([0, 1, 2])).toArray(), [0, Infinity, NaN]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function atanh(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply atanh", arguments, 1);
  return applyFloat(atanhOp, x);
}

/** The op of {@link atanh}. */
export const atanhOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "atanh",
  ["x"],
  (dy, { x }) => div(dy, mul(sub(1, x), add(1, x))),
);
