/**
 * `matmul`, `dot` and `outer`: products of matrices, either read transposed, of batches of them,
 * and of vectors.
 *
 * `y = a b` is linear in each: `da = dy bᵀ`, `db = aᵀ dy`. Both are products again, with
 * operands read transposed instead of copied; what was repeated along a batch collects its sum.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import { checkFloats, checkSameDType } from "../../src/core/checks.ts";
import { ShapeError } from "../../src/core/errors.ts";
import {
  type MatmulGeometry,
  type MatmulOptions,
  matmulPlan,
} from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import { formatShape } from "../../src/core/shape.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { mul } from "../elementwise/mul.ts";
import { sumTo } from "../shape/broadcast_to.ts";
import { reshape } from "../shape/reshape.ts";

/**
 * Computes the product of two matrices, of batches of matrices, or of vectors.
 *
 * - **Formula**: `y[..., i, j] = sum_k a[..., i, k] b[..., k, j]`.
 * - **Shapes**: `[..., I, K]`, `[..., K, J]` -> `[..., I, J]`, leading dimensions broadcast; a
 *   vector a is a row, a vector b a column, which the result does not have; an operand that is read
 *   transposed is stored the other way round.
 * - **Gradient**: `da = dy bᵀ`, `db = aᵀ dy`, summed over what was repeated.
 * - **Edge cases**: K = 0 gives zeros; NaN and Infinity spread as IEEE 754 says.
 * - **Source**: NumPy's `matmul`.
 *
 * @example
 * ```ts
 * import { matmul, tensor, zeros } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor([[1, 2], [3, 4]]);
 * assertEquals(matmul(a, tensor([[1], [1]])).toArray(), [[3], [7]]);
 * assertEquals(matmul(a, a, { transposeB: true }).toArray(), [[5, 11], [11, 25]]);
 * assertEquals(matmul(a, tensor([1, 1])).toArray(), [3, 7]);
 * assertEquals(matmul(zeros([8, 1, 2, 3]), zeros([5, 3, 4])).shape, [8, 5, 2, 4]);
 * ```
 *
 * @param a a float tensor of at least one dimension.
 * @param b a float tensor of a's dtype.
 * @param options `transposeA`, `transposeB`: read the matrices of an operand as their transposes;
 * a vector is the same either way.
 * @returns the product, a new tensor.
 * @throws {ShapeError} if an operand is a scalar, shapes do not fit, or dtypes differ.
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  checkFloats("apply matmul", { a, b });
  const { aShape, bShape, g, shape } = matmulPlan(a.shape, b.shape, options);
  return reshape(apply(matmulOp, { a: reshape(a, aShape), b: reshape(b, bShape) }, g), shape);
}

/**
 * Computes the inner product of two vectors.
 *
 * - **Formula**: `y = sum_k a[k] b[k]`.
 * - **Shapes**: `[K]`, `[K]` -> `[]`.
 * - **Gradient**: `da = dy b`, `db = dy a`.
 * - **Edge cases**: K = 0 gives 0; NaN and Infinity spread as IEEE 754 says.
 * - **Source**: PyTorch's `dot` (NumPy's takes matrices too, which is {@link matmul}).
 *
 * @example
 * ```ts
 * import { dot, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(dot(tensor([1, 2]), tensor([3, 4])).item(), 11);
 * ```
 *
 * @param a a float vector.
 * @param b a float vector of a's dtype and size.
 * @returns a scalar.
 * @throws {ShapeError} if the operands are no vectors of one size and dtype.
 */
export function dot(a: Tensor, b: Tensor): Tensor {
  if (arguments.length > 2) refuseExtra("apply dot", arguments, 2);
  checkFloats("apply dot", { a, b });
  checkVectors("apply dot", a, b, a.size === b.size, "vectors of one size");
  return matmul(a, b);
}

/**
 * Computes all products of an element of one vector and an element of another.
 *
 * - **Formula**: `y[i, j] = a[i] b[j]`.
 * - **Shapes**: `[I]`, `[J]` -> `[I, J]`.
 * - **Gradient**: `da = dy b`, `db = dyᵀ a`.
 * - **Edge cases**: NaN and Infinity spread as IEEE 754 says; every dtype.
 * - **Source**: NumPy's `outer`, for vectors.
 *
 * @example
 * ```ts
 * import { outer, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(outer(tensor([1, 2]), tensor([3, 4, 5])).toArray(), [[3, 4, 5], [6, 8, 10]]);
 * ```
 *
 * @param a a vector.
 * @param b a vector of a's dtype.
 * @returns a matrix.
 * @throws {ShapeError} if the operands are no vectors of one dtype.
 */
export function outer(a: Tensor, b: Tensor): Tensor {
  if (arguments.length > 2) refuseExtra("apply outer", arguments, 2);
  checkSameDType("apply outer", { a, b });
  checkVectors("apply outer", a, b, true, "vectors");
  return mul(reshape(a, [a.size, 1]), b);
}

function checkVectors(action: string, a: Tensor, b: Tensor, fits: boolean, what: string): void {
  if (a.rank === 1 && b.rank === 1 && fits) return;
  throw new ShapeError(
    `Cannot ${action}: a and b must be ${what}: ` +
      `a is ${formatShape(a.shape)}, b is ${formatShape(b.shape)}`,
  );
}

/** The op of {@link matmul}. */
export const matmulOp: Op<readonly ["a", "b"], "a" | "b", MatmulGeometry> =
  /* @__PURE__ */ defineOp({
    name: "matmul",
    inputs: ["a", "b"],
    reads: ["a", "b"],
    forward: (k, { a, b }, g: MatmulGeometry) => k.matmul(a, b, null, g),
    backward: (dy, { a, b }, { transposeA, transposeB }) => ({
      a: () => {
        const da = transposeA
          ? matmul(b, dy, { transposeA: transposeB, transposeB: true })
          : matmul(dy, b, { transposeB: !transposeB });
        return sumTo(da, a.shape);
      },
      b: () => {
        const db = transposeB
          ? matmul(dy, a, { transposeA: true, transposeB: transposeA })
          : matmul(a, dy, { transposeA: !transposeA });
        return sumTo(db, b.shape);
      },
    }),
    flops: ({ rows, inner, columns, batch }) => 2 * rows * inner * columns * (batch?.a.length ?? 1),
  });
