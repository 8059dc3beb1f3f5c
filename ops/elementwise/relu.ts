/**
 * `relu`: each element, or 0 where it is negative.
 *
 * The derivative is 1 above 0 and 0 elsewhere; at the kink it is 0 by convention, at NaN it is
 * NaN. The gradient is an op of its own that selects dy, linear in dy and constant in x.
 *
 * @module
 */
import { broadcastToGeometry } from "../../src/core/geometry/mod.ts";
import { apply } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { applyFloat, type BinaryOp, defineBinary, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Each element, or 0 where it is negative.
 *
 * Formula: `y = max(x, 0)`. Shapes: any, kept. Gradient: `dx = dy` where `x > 0`, else 0: at the
 * kink `relu'(0) = 0`. Edge cases: where x is NaN, y and dx are NaN. Source: PyTorch's and
 * TensorFlow's convention at 0.
 *
 * @example
 * ```ts
 * import { relu, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(relu(tensor([-1, 0, 2])).toArray(), [0, 0, 2]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function relu(x: Tensor): Tensor {
  return applyFloat(reluOp, x);
}

/** The op of {@link relu}. */
export const reluOp: UnaryOp<"x"> = defineUnary("relu", ["x"], (dy, { x }) => reluGrad(dy, x));

/** `dy` where x is positive, NaN where it is NaN, else 0. */
export function reluGrad(dy: Tensor, x: Tensor): Tensor {
  return apply(reluGradOp, { a: dy, b: x }, broadcastToGeometry("reluGrad", x.shape, x.shape));
}

/** The gradient of relu: `a` (dy) where `b` (x) is positive, NaN where it is NaN, else 0. */
export const reluGradOp: BinaryOp<"b"> = defineBinary("reluGrad", ["b"], (ddx, { b: x }) => ({
  a: () => reluGrad(ddx, x),
  b: null, // constant on either side of the kink
}));
