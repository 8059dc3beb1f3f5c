/**
 * `pad`: elements added around a tensor, or removed from its sides.
 *
 * Padding and cropping are each other's adjoints, and both are this one op: the gradient of
 * adding n elements is removing n from dy. (Not a slice up to `-n`, which is empty for n = 0.)
 * Padding with elements from within picks them by indices, axis after axis, and its gradient adds
 * dy where they came from.
 *
 * @module
 */
import { checkTensors } from "../../src/core/checks.ts";
import {
  type PadAmounts,
  type PadGeometry,
  padGeometry,
  type PadMode,
  type PadWithinGeometry,
  padWithinGeometry,
  type Picks,
} from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import type { Kernels, NdArray } from "../../src/backends/kernels.ts";
import { checkOptions, copied } from "../../src/core/options.ts";

/** Options of padding. */
export interface PadOptions {
  /**
   * `"constant"` (the default): `value`. Elements of x otherwise: `"reflect"`, mirrored at the last
   * element, which does not occur again; `"symmetric"`, mirrored behind it; `"edge"`, the last
   * element again and again; `"wrap"`, as if x were periodic.
   */
  readonly mode?: PadMode;
  /** The added elements in mode `"constant"`; 0 by default. */
  readonly value?: number;
}

const KNOWN = "mode value#";

/**
 * Adds elements before and after each dimension; negative amounts remove some.
 *
 * - **Shapes**: size n becomes `before + n + after`.
 * - **Gradient**: the part of dy where x is, 0 where x was removed; in the other modes dy added up
 *   where its elements came from.
 * - **Edge cases**: amounts of 0 copy x; amounts may exceed n in every mode; NaN stays NaN; every
 *   dtype.
 * - **Source**: `lax.pad` of JAX; modes and their rules are those of NumPy's `pad`.
 *
 * @example Zero padding of images
 * ```ts
 * import { pad, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(pad(tensor([[1, 2]]), [[1, 0], [0, 1]]).toArray(), [[0, 0, 0], [1, 2, 0]]);
 * assertEquals(pad(tensor([1, 2, 3]), [[-1, 1]], { value: 9 }).toArray(), [2, 3, 9]);
 * assertEquals(pad(tensor([1, 2, 3]), [[2, 1]], { mode: "reflect" }).toArray(), [3, 2, 1, 2, 3, 2]);
 * ```
 *
 * @param x any tensor.
 * @param amounts `[before, after]` in elements, per dimension.
 * @param options `mode`: where the added elements come from, `value`: what they are, 0 by default.
 * @returns a new tensor.
 * @throws {ShapeError} if amounts do not fit x, more would be removed than there is, or elements
 * from within would be removed or taken where there are none.
 * @throws {RangeError} if there is no such mode.
 */
export function pad(x: Tensor, amounts: PadAmounts, options: PadOptions = {}): Tensor {
  options = checkOptions("apply pad", options, KNOWN);
  checkTensors("apply pad", { x });
  const { mode = "constant", value = 0 } = options;
  const g = padGeometry(x.shape, copied(amounts), value);
  if (mode === "constant") return apply(padOp, { x }, g);
  return apply(padWithinOp, { x }, padWithinGeometry(g, mode));
}

/** The op of {@link pad}. */
export const padOp: Op<readonly ["x"], never, PadGeometry> = /* @__PURE__ */ defineOp({
  name: "pad",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: PadGeometry) => k.pad(x, g),
  backward: (dy, _saved, g) => ({
    x: () => pad(dy, g.amounts.map(([before, after]) => [-before, -after])),
  }),
});

/** The op of {@link pad} with elements from within. */
export const padWithinOp: Op<readonly ["x"], never, PadWithinGeometry> = /* @__PURE__ */ defineOp({
  name: "padWithin",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: PadWithinGeometry) =>
    throughPicks(k, x, g.picks, (array, indices, { along }) => k.gather(array, indices, along)),
  backward: (dy, _saved, g) => ({ x: () => apply(padWithinGradOp, { dy }, g) }),
});

/** The gradient of {@link padWithinOp}: dy added up where elements came from. */
export const padWithinGradOp: Op<readonly ["dy"], never, PadWithinGeometry> =
  /* @__PURE__ */ defineOp({
    name: "padWithinGrad",
    inputs: ["dy"],
    reads: [],
    forward: (k, { dy }, g: PadWithinGeometry) =>
      throughPicks(
        k,
        dy,
        g.picks.toReversed(),
        (array, indices, { along }) => k.scatterAdd(null, array, indices, along),
      ),
    backward: (ddx, _saved, g) => ({ dy: () => apply(padWithinOp, { x: ddx }, g) }),
  });

type Step = (array: NdArray, indices: NdArray, picks: Picks) => NdArray;

/** Runs a step on an array and frees it, also where the step fails. */
function throughPick(k: Kernels, array: NdArray, pick: Picks, step: Step): NdArray {
  try {
    const { indices: data } = pick;
    const indices = k.create({ shape: [data.length], dtype: "int32", data });
    try {
      return step(array, indices, pick);
    } finally {
      k.free(indices);
    }
  } finally {
    k.free(array);
  }
}

/** Runs a step for each axis on the result of the one before, and frees the results in between. */
function throughPicks(
  k: Kernels,
  x: NdArray,
  picks: readonly Picks[],
  step: Step,
): NdArray {
  let array = k.copy(x);
  for (const pick of picks) {
    array = throughPick(k, array, pick, step);
  }
  return array;
}
