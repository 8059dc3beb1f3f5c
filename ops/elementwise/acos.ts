/**
 * `acos`: the inverse cosine of each element.
 *
 * The derivative is minus that of `asin`: the two angles add up to pi / 2.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "./add.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { rsqrt } from "./rsqrt.ts";
import { sub } from "./sub.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Computes the angle between 0 and pi whose cosine is each element, in radians.
 *
 * - **Formula**: `y = arccos(x)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = -dy / sqrt(1 - x²)`: infinite at ±1.
 * - **Edge cases**: outside of [-1, 1] NaN; NaN stays NaN.
 * - **Source**: `acos` of NumPy, PyTorch and ONNX.
 *
 * @example
 * ```ts
 * import { acos, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(acos(tensor([1, 2])).toArray(), [0, NaN]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function acos(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply acos", arguments, 1);
  return applyFloat(acosOp, x);
}

/** The op of {@link acos}. */
export const acosOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "acos",
  ["x"],
  (dy, { x }) => mul(neg(dy), rsqrt(mul(sub(1, x), add(1, x)))),
);
