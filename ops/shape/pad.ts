/**
 * `pad`: elements added around a tensor, or removed from its sides.
 *
 * Padding and cropping are each other's adjoints, and both are this one op: the gradient of
 * adding n elements is removing n from dy. (Not a slice up to `-n`, which is empty for n = 0.)
 *
 * @module
 */
import { checkTensors } from "../../src/core/checks.ts";
import { type PadAmounts, type PadGeometry, padGeometry } from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";

/** What to pad with. */
export interface PadOptions {
  /** The added elements; 0 by default. */
  readonly value?: number;
}

/**
 * Adds elements before and after each dimension; negative amounts remove some.
 *
 * Shapes: size n becomes `before + n + after`. Gradient: the part of dy where x is, 0 where x was
 * removed. Edge cases: amounts of 0 copy x; NaN stays NaN. Source: `lax.pad` of JAX.
 *
 * @example Zero padding of images
 * ```ts
 * import { pad, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(pad(tensor([[1, 2]]), [[1, 0], [0, 1]]).toArray(), [[0, 0, 0], [1, 2, 0]]);
 * assertEquals(pad(tensor([1, 2, 3]), [[-1, 1]], { value: 9 }).toArray(), [2, 3, 9]);
 * ```
 *
 * @param x any tensor.
 * @param amounts `[before, after]` in elements, per dimension.
 * @param options `value`: what the added elements are, 0 by default.
 * @returns a new tensor.
 * @throws {ShapeError} if amounts do not fit x, or more would be removed than there is.
 */
export function pad(x: Tensor, amounts: PadAmounts, options: PadOptions = {}): Tensor {
  checkTensors("apply pad", { x });
  return apply(padOp, { x }, padGeometry(x.shape, amounts, options.value ?? 0));
}

/** The op of {@link pad}. */
export const padOp: Op<readonly ["x"], never, PadGeometry> = defineOp({
  name: "pad",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: PadGeometry) => k.pad(x, g),
  backward: (dy, _saved, g) => ({
    x: () => pad(dy, g.amounts.map(([before, after]) => [-before, -after])),
  }),
});
