/**
 * `cast`: the same numbers in another dtype.
 *
 * Between float dtypes it is linear, so the gradient is cast back. Integers have no gradient.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import { checkTensors } from "../../src/core/checks.ts";
import { checkDType, type DType } from "../../src/core/dtype.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";

/** Dtypes to convert from and to. */
export interface CastAttributes {
  readonly from: DType;
  readonly to: DType;
}

/**
 * Converts the numbers of a tensor to another dtype.
 *
 * - **Formula**: `y = x`.
 * - **Shapes**: any, kept.
 * - **Gradient**: dy in x's dtype, between float dtypes; none to or from integers.
 * - **Edge cases**: to integers, fractions are cut off towards zero and what does not fit wraps
 *   around; NaN becomes 0.
 * - **Source**: NumPy's `astype`.
 *
 * @example
 * ```ts
 * import { cast, div, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const pixels = tensor(new Uint8Array([0, 51, 255]));
 * assertEquals(div(cast(pixels, "float64"), 255).toArray(), [0, 0.2, 1]);
 * ```
 *
 * @param x any tensor.
 * @param dtype dtype of the result.
 * @returns x itself if it has that dtype, else a new tensor.
 * @throws {ShapeError} if there is no such dtype.
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (arguments.length > 2) refuseExtra("apply cast", arguments, 2);
  checkTensors("apply cast", { x });
  checkDType("apply cast", dtype);
  return x.dtype === dtype ? x : apply(castOp, { x }, { from: x.dtype, to: dtype });
}

/** The op of {@link cast}. */
export const castOp: Op<readonly ["x"], never, CastAttributes> = /* @__PURE__ */ defineOp({
  name: "cast",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: CastAttributes) => k.cast(x, g.to),
  backward: (dy, _saved, g) => ({ x: () => cast(dy, g.from) }),
});
