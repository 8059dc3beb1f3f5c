/**
 * Several results as one tensor, and back: an entry of the tape has one output.
 *
 * @module
 */
import { concat } from "../../ops/shape/concat.ts";
import { reshape } from "../../ops/shape/reshape.ts";
import { split } from "../../ops/shape/slice.ts";
import { Arena } from "../core/arena.ts";
import { scoped } from "../core/scoped.ts";
import { leavesOf, mapStructure } from "../core/structure.ts";
import { internals, Tensor } from "../core/tensor.ts";

/** Packed results, and the way back. */
export interface Packed<Y> {
  /** A tensor that is the result itself, or all results in one row. */
  readonly tensor: Tensor;
  /**
   * Returns the results in their structure, made of a tensor like that one, which nobody else has.
   */
  unpack(tensor: Tensor): Y;
}

/** Packs tensors of one dtype in nested objects and arrays; a single tensor stays what it is. */
export function pack<Y>(action: string, y: Y): Packed<Y> {
  if (y instanceof Tensor) return { tensor: y, unpack: (tensor) => tensor as Y };
  const leaves = leavesOf(action, y).map(({ tensor }) => tensor);
  // Shapes alone: the results themselves are freed.
  const shapes = leaves.map(({ shape }) => shape);
  const sizes = leaves.map(({ size }) => size);
  let next = 0;
  const places = mapIndices(action, y, () => next++);
  return {
    tensor: concat(leaves.map((t) => reshape(t, [t.size]))),
    unpack: (tensor) => {
      return scoped(new Arena(), (arena) => {
        arena.follow(tensor);
        if (internals.owner(tensor) === null) internals.setOwner(tensor, arena);
        const parts = split(tensor, sizes).map((part, i) => reshape(part, shapes[i]));
        return arena.keep(places(parts));
      });
    },
  };
}

/** Remembers which tensor of a structure is where, without the tensors. */
function mapIndices<Y>(
  action: string,
  y: Y,
  number: () => number,
): (parts: readonly Tensor[]) => Y {
  const numbered = mapStructure(action, y, () => number() as unknown as Tensor);
  const fill = (node: unknown, parts: readonly Tensor[]): unknown => {
    if (typeof node === "number") return parts[node];
    if (Array.isArray(node)) return node.map((child) => fill(child, parts));
    if (node === null || typeof node !== "object") return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, child]) => [key, fill(child, parts)]),
    );
  };
  return (parts) => fill(numbered, parts) as Y;
}
