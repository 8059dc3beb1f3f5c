/**
 * `matmul`: the product of two matrices, either read transposed.
 *
 * `y = a b` is linear in each: `da = dy bᵀ`, `db = aᵀ dy`. Both are products again, with
 * operands read transposed instead of copied.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import {
  type MatmulGeometry,
  matmulGeometry,
  type MatmulOptions,
} from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";

/**
 * The product of two matrices.
 *
 * Formula: `y[i, j] = sum_k a[i, k] b[k, j]`. Shapes: `[I, K]`, `[K, J]` -> `[I, J]`; an operand
 * that is read transposed is stored the other way round. Gradient: `da = dy bᵀ`, `db = aᵀ dy`.
 * Edge cases: K = 0 gives zeros; NaN and Infinity spread as IEEE 754 says.
 *
 * @example
 * ```ts
 * import { matmul, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor([[1, 2], [3, 4]]);
 * assertEquals(matmul(a, tensor([[1], [1]])).toArray(), [[3], [7]]);
 * assertEquals(matmul(a, a, { transposeB: true }).toArray(), [[5, 11], [11, 25]]);
 * ```
 *
 * @param a a float matrix.
 * @param b a float matrix of a's dtype.
 * @param options `transposeA`, `transposeB`: read an operand as its transpose.
 * @returns the product, a new matrix.
 * @throws {ShapeError} if the operands are no matrices, do not fit, or have other dtypes.
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  checkFloats("apply matmul", { a, b });
  return apply(matmulOp, { a, b }, matmulGeometry(a.shape, b.shape, options));
}

/** The op of {@link matmul}. */
export const matmulOp: Op<readonly ["a", "b"], "a" | "b", MatmulGeometry> = defineOp({
  name: "matmul",
  inputs: ["a", "b"],
  reads: ["a", "b"],
  forward: (k, { a, b }, g: MatmulGeometry) => k.matmul(a, b, null, g),
  backward: (dy, { a, b }, { transposeA, transposeB }) => ({
    a: () =>
      transposeA
        ? matmul(b, dy, { transposeA: transposeB, transposeB: true })
        : matmul(dy, b, { transposeB: !transposeB }),
    b: () =>
      transposeB
        ? matmul(dy, a, { transposeA: true, transposeB: transposeA })
        : matmul(a, dy, { transposeA: !transposeA }),
  }),
  flops: ({ rows, inner, columns }) => 2 * rows * inner * columns,
});
