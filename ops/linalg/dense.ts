/**
 * `dense`: a fully connected layer, a matrix product with a bias.
 *
 * `y = x w + bias` is linear in each: `dx = dy wᵀ`, `dw = xᵀ dy`, `dbias = sum of the rows of dy`.
 * With `activation: "relu"` the op is another one, which spares a pass over memory.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import { denseGeometry, type MatmulGeometry } from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Gradients, type Op, spend } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { type Activation, splitActivation } from "../fused_activation.ts";
import { once } from "../../src/core/once.ts";
import { reluGrad } from "../elementwise/relu.ts";
import { sum } from "../reduce/sum.ts";
import { reshape } from "../shape/reshape.ts";
import { matmul } from "./matmul.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link dense}. */
export interface DenseOptions {
  /** Bias of every row, `[O]`; none by default. */
  readonly bias?: Tensor;
  /**
   * Function of the result: `relu` (or `"relu"`) is `relu(dense(…))` bit for bit, but faster; any
   * other function is applied after. `"linear"`, none, by default.
   */
  readonly activation?: Activation;
}

const KNOWN = "bias activation";

/**
 * Applies a fully connected layer.
 *
 * - **Formula**: `y[n, o] = sum_i x[n, i] w[i, o] + bias[o]`.
 * - **Shapes**: x `[..., I]`, w `[I, O]`, bias `[O]` -> `[..., O]`.
 * - **Gradient**: `dx = dy wᵀ`, `dw = xᵀ dy`, `dbias = sum_n dy[n]`.
 * - **Edge cases**: NaN and Infinity spread as IEEE 754 says.
 * - **Source**: the layout of Keras's `Dense`.
 *
 * @example
 * ```ts
 * import { dense, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const y = dense(tensor([[1, 2]]), tensor([[1, 0], [0, 1]]), { bias: tensor([10, 20]) });
 * assertEquals(y.toArray(), [[11, 22]]);
 * ```
 *
 * @param x features, a float tensor.
 * @param w weights, of x's dtype.
 * @param options `bias`, of x's dtype; `activation`.
 * @returns a new tensor.
 * @throws {ShapeError} if shapes or dtypes do not fit.
 * @throws {RangeError} if there is no such activation.
 */
export function dense(
  x: Tensor,
  w: Tensor,
  options: DenseOptions = {},
): Tensor {
  const { bias, activation = "linear" } = checkOptions("apply dense", options, KNOWN);
  checkFloats("apply dense", { x, w }, { bias });
  const { fused, after } = splitActivation("apply dense", activation);
  const g = denseGeometry(x.shape, w.shape, bias?.shape);
  const rows = reshape(x, [g.rows, g.inner]);
  const product = apply(fused === "relu" ? denseReluOp : denseOp, { x: rows, w, bias }, g);
  const y = reshape(product, [...x.shape.slice(0, -1), g.columns]);
  return after === null ? y : after(y);
}

/** The op of {@link dense}, on rows. */
export const denseOp: Op<readonly ["x", "w", "bias?"], "x" | "w", MatmulGeometry> =
  /* @__PURE__ */ defineOp({
    name: "dense",
    inputs: ["x", "w", "bias?"],
    reads: ["x", "w"],
    forward: (k, { x, w, bias }, g: MatmulGeometry) => k.matmul(x, w, bias ?? null, g),
    backward: (dy, saved) => gradients(() => dy, saved),
    flops,
  });

/** The op of {@link dense} with relu. Where y is positive, so is the input of relu. */
export const denseReluOp: Op<readonly ["x", "w", "bias?"], "x" | "w" | "y", MatmulGeometry> =
  /* @__PURE__ */ defineOp({
    name: "denseRelu",
    inputs: ["x", "w", "bias?"],
    reads: ["x", "w", "y"],
    forward: (k, { x, w, bias }, g: MatmulGeometry) => k.matmul(x, w, bias ?? null, g, "relu"),
    backward: (dy, { y, ...saved }) => gradients(once(() => reluGrad(spend(dy), y)), saved),
    flops,
  });

/**
 * Makes the gradients of a product with a bias; `dy` makes that of its result, before an
 * activation.
 */
function gradients(
  dy: () => Tensor,
  { x, w }: { x: Tensor; w: Tensor },
): Gradients<readonly ["x", "w", "bias?"]> {
  return {
    x: () => matmul(dy(), w, { transposeB: true }),
    w: () => matmul(x, dy(), { transposeA: true }),
    bias: () => sum(dy(), { axis: 0 }),
  };
}

function flops({ rows, inner, columns }: MatmulGeometry): number {
  return 2 * rows * inner * columns;
}
