/**
 * `prod`: the product of elements along axes.
 *
 * The derivative by an element is the product of the others. It is computed from products of halves,
 * without a division, so that it is right where elements are 0, to any order. That reads and writes
 * some six times what a division would: a gradient that is exact is worth it.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import { full } from "../../src/core/create.ts";
import { adoptLike } from "../../src/core/arena.ts";
import {
  type ReduceGeometry,
  reduceGeometry,
  type ReduceOptions,
} from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "../elementwise/add.ts";
import { mul } from "../elementwise/mul.ts";
import { pad } from "../shape/pad.ts";
import { reshape } from "../shape/reshape.ts";
import { transpose } from "../shape/transpose.ts";

/**
 * Computes the product of elements along axes.
 *
 * - **Formula**: `y = prod_i x_i`.
 * - **Shapes**: the reduced dimensions vanish, or stay with size 1 with `keepDims`.
 * - **Gradient**: dy times the product of the other elements, right where some of them are 0, to
 *   any order.
 * - **Edge cases**: an empty product is 1; NaN wins.
 *
 * @example
 * ```ts
 * import { grad, prod, type Tensor, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(prod(tensor([[1, 2], [3, 4]]), { axis: 1 }).toArray(), [2, 12]);
 * assertEquals(grad((x: Tensor) => prod(x))(tensor([0, 2, 3])).toArray(), [6, 0, 0]);
 * ```
 *
 * @param x a float tensor.
 * @param options `axis` or axes to reduce (all by default), `keepDims`.
 * @returns the reduced tensor; a scalar by default.
 * @throws {ShapeError} if an axis does not exist or occurs twice, or x has an integer dtype.
 */
export function prod(x: Tensor, options: ReduceOptions = {}): Tensor {
  checkFloats("apply prod", { x });
  return apply(prodOp, { x }, reduceGeometry("apply prod", x.shape, options));
}

/** The op of {@link prod}. */
export const prodOp: Op<readonly ["x"], "x", ReduceGeometry> = /* @__PURE__ */ defineOp({
  name: "prod",
  inputs: ["x"],
  reads: ["x"],
  forward: (k, { x }, g: ReduceGeometry) => k.reduce("prod", x, g),
  backward: (dy, { x }, g) => ({ x: () => mul(reshape(dy, g.keptShape), others(x, g)) }),
});

/** Computes for each element the product of the others of its group. */
function others(x: Tensor, { axes, xShape, count }: ReduceGeometry): Tensor {
  if (x.size === 0) return x;
  const order = [...axes, ...xShape.map((_, i) => i).filter((i) => !axes.includes(i))];
  const rows = reshape(transpose(x, order), [count, x.size / count]);
  const products = reshape(othersOfRows(rows), order.map((axis) => xShape[axis]));
  return transpose(products, order.map((_, axis) => order.indexOf(axis)));
}

/**
 * Computes products of all rows but one: of the halves' products those but one, times the other
 * half. Each level has half the rows of the one before.
 */
function othersOfRows(x: Tensor): Tensor {
  const [rows, columns] = x.shape;
  if (rows === 1) {
    const one = full([1, columns], 1, { dtype: x.dtype, backend: x.backend });
    return adoptLike(x, one);
  }
  const half = Math.ceil(rows / 2);
  const missing = 2 * half - rows;
  const upper = pad(x, [[0, half - rows], [0, 0]]);
  const lower = pad(x, [[-half, missing], [0, 0]], { value: 1 });
  const rest = othersOfRows(mul(upper, lower));
  const above = pad(mul(rest, lower), [[0, half - missing], [0, 0]]);
  const below = pad(mul(rest, upper), [[half, -missing], [0, 0]]);
  return add(above, below);
}
