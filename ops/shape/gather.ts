/**
 * `take`, `takeAlongAxis` and `embedding` pick elements by indices; `scatterAdd` and
 * `scatterAddAlongAxis` add to them.
 *
 * Picking is linear. What is picked several times collects the gradients of all its copies: the
 * adjoint of `gather` is `scatterAdd` to zeros, and the other way round.
 *
 * @module
 */
import { checkSameDType, checkTensors } from "../../src/core/checks.ts";
import { ShapeError } from "../../src/core/errors.ts";
import {
  checkUpdates,
  type GatherGeometry,
  takeAlongAxisGeometry,
  takeGeometry,
} from "../../src/core/geometry/mod.ts";
import { checkIndices } from "../../src/core/indices.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import { formatShape } from "../../src/core/shape.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of picking by indices. */
export interface IndexOptions {
  /** 0 by default; may be negative. */
  readonly axis?: number;
}

const INDEX_OPTIONS = "axis#";

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** Id that pads, and means nothing: its row gets no gradient; none by default. */
  readonly paddingIndex?: number;
}

const EMBEDDING_OPTIONS = "paddingIndex#";

/**
 * Takes the rows, columns, … of a tensor that indices point to: the same ones everywhere else.
 *
 * - **Formula**: `y[i, j, k] = x[i, indices[j], k]`.
 * - **Shapes**: the axis is replaced by the shape of the indices.
 * - **Gradient**: dy added up where it was picked from; none for the indices.
 * - **Edge cases**: an index may occur often, or never; negative ones are refused, so that a mark
 *   for "nothing" does not silently pick the last; NaN stays NaN; every dtype.
 * - **Source**: NumPy's `take` (its default is the flattened tensor, not axis 0), `gather` of
 *   TensorFlow.
 *
 * @example A batch of images in random order
 * ```ts
 * import { Random, take, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[1, 2], [3, 4], [5, 6]]);
 * const indices = tensor([2, 0, 2], { dtype: "int32" });
 * assertEquals(take(x, indices).toArray(), [[5, 6], [1, 2], [5, 6]]);
 * assertEquals(take(x, tensor(new Random(0).permutation(3))).shape, [3, 2]);
 * ```
 *
 * @param x a tensor of at least one dimension.
 * @param indices int32 or uint8, of any shape, from 0.
 * @param options `axis`, 0 by default.
 * @returns a new tensor.
 * @throws {ShapeError} if indices are no integers, or there is no such axis.
 * @throws {RangeError} if an index is outside, naming it.
 */
export function take(x: Tensor, indices: Tensor, options: IndexOptions = {}): Tensor {
  const action = "apply take";
  const { axis = 0 } = checkOptions(action, options, INDEX_OPTIONS);
  checkTensors(action, { x, indices });
  const g = takeGeometry(action, x.shape, indices.shape, axis);
  checkIndices(action, "indices", indices, g.size);
  return apply(gatherOp, { x, indices }, g);
}

/**
 * Takes the elements that indices point to along an axis, each index for one element.
 *
 * - **Formula**: `y[i, j] = x[i, indices[i, j]]` for the last axis.
 * - **Shapes**: indices have the sizes of x but along the axis; the result has the shape of the
 *   indices.
 * - **Gradient**: dy added up where it was picked from; none for the indices.
 * - **Edge cases**: as {@link take}.
 * - **Source**: NumPy's `take_along_axis`; PyTorch's `gather`.
 *
 * @example The probability of each label
 * ```ts
 * import { takeAlongAxis, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const p = tensor([[0.25, 0.75], [0.5, 0.5]]);
 * const labels = tensor([[1], [0]], { dtype: "int32" });
 * assertEquals(takeAlongAxis(p, labels, { axis: 1 }).toArray(), [[0.75], [0.5]]);
 * ```
 *
 * @param x a tensor of at least one dimension.
 * @param indices int32 or uint8, from 0.
 * @param options `axis`, 0 by default.
 * @returns a new tensor of the shape of the indices.
 * @throws {ShapeError} if indices are no integers or do not fit x, or there is no such axis.
 * @throws {RangeError} if an index is outside, naming it.
 */
export function takeAlongAxis(
  x: Tensor,
  indices: Tensor,
  options: IndexOptions = {},
): Tensor {
  const action = "apply takeAlongAxis";
  const { axis = 0 } = checkOptions(action, options, INDEX_OPTIONS);
  checkTensors(action, { x, indices });
  const g = takeAlongAxisGeometry(action, x.shape, indices.shape, axis);
  checkIndices(action, "indices", indices, g.size);
  return apply(gatherOp, { x, indices }, g);
}

/**
 * Copies a tensor, with updates added to the rows, columns, … that indices point to.
 *
 * - **Formula**: `y = x`, then `y[i, indices[j], k] += updates[i, j, k]` in the order of j.
 * - **Shapes**: updates have that of `take(x, indices, { axis })`.
 * - **Gradient**: `dx = dy`, `dupdates = take(dy, indices)`; none for the indices.
 * - **Edge cases**: an index that occurs often collects all its updates; NaN spreads where it is
 *   added; integers wrap around.
 * - **Source**: PyTorch's `index_add`.
 *
 * @example
 * ```ts
 * import { scatterAdd, tensor, zeros } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const indices = tensor([0, 2, 0], { dtype: "int32" });
 * assertEquals(scatterAdd(zeros([3]), indices, tensor([1, 2, 3])).toArray(), [4, 0, 2]);
 * ```
 *
 * @param x what is added to: a tensor of at least one dimension.
 * @param indices int32 or uint8, from 0.
 * @param updates what is added, of x's dtype.
 * @param options `axis`, 0 by default.
 * @returns a new tensor of x's shape.
 * @throws {ShapeError} if shapes or dtypes do not fit, or there is no such axis.
 * @throws {RangeError} if an index is outside, naming it.
 */
export function scatterAdd(
  x: Tensor,
  indices: Tensor,
  updates: Tensor,
  options: IndexOptions = {},
): Tensor {
  const { axis = 0 } = checkOptions("apply scatterAdd", options, INDEX_OPTIONS);
  return addBy(takeGeometry, "apply scatterAdd", x, indices, updates, axis);
}

/**
 * Copies a tensor, with updates added along an axis where indices point to, each index for one
 * element.
 *
 * - **Formula**: `y = x`, then `y[i, indices[i, j]] += updates[i, j]` for the last axis.
 * - **Shapes**: indices and updates are alike, and have the sizes of x but along the axis.
 * - **Gradient**: `dx = dy`, `dupdates = takeAlongAxis(dy, indices)`; none for the indices.
 * - **Edge cases**: as {@link scatterAdd}.
 * - **Source**: PyTorch's `scatter_add`.
 *
 * @example
 * ```ts
 * import { scatterAddAlongAxis, tensor, zeros } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const indices = tensor([[0, 0], [1, 0]], { dtype: "int32" });
 * const updates = tensor([[1, 2], [3, 4]]);
 * const y = scatterAddAlongAxis(zeros([2, 2]), indices, updates, { axis: 1 });
 * assertEquals(y.toArray(), [[3, 0], [4, 3]]);
 * ```
 *
 * @param x what is added to: a tensor of at least one dimension.
 * @param indices int32 or uint8, from 0.
 * @param updates what is added, of x's dtype and the shape of the indices.
 * @param options `axis`, 0 by default.
 * @returns a new tensor of x's shape.
 * @throws {ShapeError} if shapes or dtypes do not fit, or there is no such axis.
 * @throws {RangeError} if an index is outside, naming it.
 */
export function scatterAddAlongAxis(
  x: Tensor,
  indices: Tensor,
  updates: Tensor,
  options: IndexOptions = {},
): Tensor {
  const { axis = 0 } = checkOptions("apply scatterAddAlongAxis", options, INDEX_OPTIONS);
  return addBy(takeAlongAxisGeometry, "apply scatterAddAlongAxis", x, indices, updates, axis);
}

function addBy(
  geometry: typeof takeGeometry,
  action: string,
  x: Tensor,
  indices: Tensor,
  updates: Tensor,
  axis: number,
): Tensor {
  checkSameDType(action, { x, updates });
  checkTensors(action, { indices });
  const g = geometry(action, x.shape, indices.shape, axis);
  checkUpdates(action, updates.shape, g);
  checkIndices(action, "indices", indices, g.size);
  return apply(scatterAddOp, { updates, indices, x }, g);
}

/**
 * Looks up the rows of a table by integer ids: words, users, classes as vectors.
 *
 * - **Formula**: `y[..., :] = w[ids[...], :]`.
 * - **Shapes**: w `[V, D]`, ids `[...]` -> `[..., D]`.
 * - **Gradient**: dy added up in the rows of its ids, but nothing in the row of `paddingIndex`;
 *   none for the ids.
 * - **Edge cases**: rows that no id names get zeros; NaN stays NaN.
 * - **Source**: PyTorch's `embedding`.
 *
 * @example
 * ```ts
 * import { embedding, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const w = tensor([[0, 0], [1, 2], [3, 4]]);
 * const ids = tensor([[1, 2], [2, 0]], { dtype: "int32" });
 * assertEquals(embedding(ids, w, { paddingIndex: 0 }).toArray(), [[[1, 2], [3, 4]], [[3, 4], [0, 0]]]);
 * ```
 *
 * @param ids int32 or uint8, of any shape, from 0.
 * @param w the table, a matrix.
 * @param options `paddingIndex`: an id whose row gets no gradient.
 * @returns a new tensor.
 * @throws {ShapeError} if w is no matrix or ids are no integers.
 * @throws {RangeError} if an id or paddingIndex is outside the table.
 */
export function embedding(
  ids: Tensor,
  w: Tensor,
  options: EmbeddingOptions = {},
): Tensor {
  const action = "apply embedding";
  const { paddingIndex } = checkOptions(action, options, EMBEDDING_OPTIONS);
  checkTensors(action, { ids, w });
  if (w.rank !== 2) {
    throw new ShapeError(`Cannot ${action}: w must be [V, D]: w is ${formatShape(w.shape)}`);
  }
  const g = takeGeometry(action, w.shape, ids.shape, 0);
  checkIndices(action, "ids", ids, g.size);
  if (paddingIndex === undefined) return apply(gatherOp, { x: w, indices: ids }, g);
  if (!Number.isInteger(paddingIndex) || paddingIndex < 0 || paddingIndex >= g.size) {
    throw new RangeError(
      `Cannot ${action}: paddingIndex must be a row of w, from 0 to ${g.size - 1}: ` +
        `got ${paddingIndex}`,
    );
  }
  return apply(embeddingOp, { w, ids }, { ...g, skip: paddingIndex });
}

/** The op of {@link take} and {@link takeAlongAxis}. */
export const gatherOp: Op<readonly ["x", "indices"], "indices", GatherGeometry> =
  /* @__PURE__ */ defineOp({
    name: "gather",
    inputs: ["x", "indices"],
    reads: ["indices"],
    forward: (k, { x, indices }, g: GatherGeometry) => k.gather(x, indices, g),
    backward: (dy, { indices }, g) => ({
      x: () => apply(scatterAddOp, { updates: dy, indices }, g),
      indices: null,
    }),
  });

/** The op of {@link scatterAdd}; without x it adds to zeros: the adjoint of {@link gatherOp}. */
export const scatterAddOp: Op<
  readonly ["updates", "indices", "x?"],
  "indices",
  GatherGeometry
> = /* @__PURE__ */ defineOp({
  name: "scatterAdd",
  inputs: ["updates", "indices", "x?"],
  reads: ["indices"],
  forward: (k, { updates, indices, x }, g: GatherGeometry) =>
    k.scatterAdd(x ?? null, updates, indices, g),
  backward: (dy, { indices }, g) => ({
    updates: () => apply(gatherOp, { x: dy, indices }, g),
    indices: null,
    x: () => dy,
  }),
});

/** The op of {@link embedding} with a padding index, which forward reads like any other. */
export const embeddingOp: Op<readonly ["w", "ids"], "ids", GatherGeometry> =
  /* @__PURE__ */ defineOp({
    name: "embedding",
    inputs: ["w", "ids"],
    reads: ["ids"],
    forward: (k, { w, ids }, g: GatherGeometry) => k.gather(w, ids, { ...g, skip: -1 }),
    backward: (dy, { ids }, g) => ({
      w: () => apply(scatterAddOp, { updates: dy, indices: ids }, g),
      ids: null,
    }),
  });
