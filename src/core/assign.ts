/**
 * Giving tensors other values in place: loaded weights, restored ones, running statistics.
 *
 * @module
 */
import { pairLeaves, type PairNames } from "./paired_leaves.ts";
import type { Leaf } from "./structure.ts";
import { internals, type Tensor } from "./tensor.ts";

/** New values of tensors, collected during a step and applied after it. */
export type Updates = Map<Tensor, Tensor>;

const NAMES: PairNames = {
  first: "params",
  one: "the parameter",
  second: "values",
  other: "value",
};

/**
 * Gives parameters other values, in place: every place that holds them sees the new ones.
 *
 * Memory is shared until one of the two changes, not copied.
 *
 * - **Shapes**: each value has the shape and dtype of its parameter.
 * - **Gradient**: none; a tape that has read a parameter before refuses to compute gradients from
 *   it.
 * - **Edge cases**: `null` and `undefined` stand for absent tensors.
 * - **Source**: `load_state_dict` of PyTorch, strict.
 *
 * @example
 * ```ts
 * import { assign, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const params = { w: tensor([1, 2]), bias: tensor(3) };
 * const saved = { w: params.w.clone(), bias: params.bias.clone() };
 * assign(params, { w: tensor([7, 8]), bias: tensor(9) });
 * assertEquals(params.w.toArray(), [7, 8]);
 * assign(params, saved);
 * assertEquals(params.w.toArray(), [1, 2]);
 * ```
 *
 * @param params tensors in nested objects and arrays; they are changed.
 * @param values tensors in the same structure; they stay as they are.
 * @returns the same params.
 * @throws {ShapeError} if structures, shapes or dtypes differ; nothing is changed then.
 * @throws {TypeError} if a parameter occurs twice, a tensor has been freed or backends differ;
 * nothing is changed then.
 */
export function assign<P>(params: P, values: P): P {
  for (const [{ tensor }, value] of pairsToAssign(params, values)) internals.assign(tensor, value);
  return params;
}

/** Pairs parameters with their values; throws what {@link assign} throws, and changes nothing. */
export function pairsToAssign(params: unknown, values: unknown): (readonly [Leaf, Tensor])[] {
  const pairs = pairLeaves("assign", NAMES, params, values);
  for (const [{ tensor }, value] of pairs) for (const t of [tensor, value]) internals.array(t);
  return pairs;
}

/**
 * Gives tensors the new values that layers have collected for them, and empties the collection.
 *
 * For the end of a training step, after the gradient: running statistics of batch normalisation
 * change by this and by nothing else.
 *
 * - **Shapes**: each value has the shape and dtype of its tensor.
 * - **Gradient**: none.
 * - **Edge cases**: no updates change nothing.
 *
 * @example
 * ```ts
 * import { applyUpdates, type Tensor, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const mean = tensor([0, 0]);
 * const updates = new Map<Tensor, Tensor>();
 * updates.set(mean, tensor([0.5, 1])); // a layer does this
 * applyUpdates(updates);
 * assertEquals([mean.toArray(), updates.size], [[0.5, 1], 0]);
 * ```
 *
 * @param updates tensors with their new values.
 * @throws {ShapeError} if a value has another shape or dtype than its tensor; nothing is changed
 * then.
 * @throws {TypeError} if a tensor has been freed; nothing is changed then.
 */
export function applyUpdates(updates: Updates): void {
  assign([...updates.keys()], [...updates.values()]);
  updates.clear();
}
