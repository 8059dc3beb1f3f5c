/**
 * Two structures of tensors walked side by side.
 *
 * @module
 */
import { ShapeError } from "./errors.ts";
import { formatShape, sameShape } from "./shape.ts";
import { type Leaf, leavesOf } from "./structure.ts";
import type { Tensor } from "./tensor.ts";

/** Names of the two structures of a pair in errors. */
export interface PairNames {
  /** The first, and one tensor of it: `params`, `the parameter`. */
  readonly first: string;
  readonly one: string;
  /** The second, and one tensor of it: `grads`, `gradient`. */
  readonly second: string;
  readonly other: string;
}

/**
 * Pairs each tensor of the first structure with the one at the same place of the second; throws
 * where structures, shapes or dtypes differ, or a tensor is in the first structure twice.
 */
export function pairLeaves(
  action: string,
  names: PairNames,
  first: unknown,
  second: unknown,
): (readonly [Leaf, Tensor])[] {
  const leaves = leavesOf(action, first);
  const byPath = new Map(leavesOf(action, second).map(({ path, tensor }) => [path, tensor]));
  const known = new Set(leaves.map(({ path }) => path));
  const surplus = [...byPath.keys()].find((path) => !known.has(path));
  if (surplus !== undefined) throw differ(action, names.second, names.first, surplus, names);
  checkDistinct(action, leaves, names);
  return leaves.map((leaf) => {
    const other = byPath.get(leaf.path);
    if (other === undefined) throw differ(action, names.first, names.second, leaf.path, names);
    checkAlike(action, leaf, other, names);
    return [leaf, other] as const;
  });
}

function differ(
  action: string,
  has: string,
  hasNot: string,
  path: string,
  { first, second }: PairNames,
): ShapeError {
  return new ShapeError(
    `Cannot ${action}: ${first} and ${second} must have one structure: ${has} has ` +
      `${path || "a tensor"}, ${hasNot} has not`,
  );
}

/** Refuses a tensor in two places, which would be changed twice. */
function checkDistinct(action: string, leaves: readonly Leaf[], { first }: PairNames): void {
  const paths = new Map<Tensor, string>();
  for (const { path, tensor } of leaves) {
    const other = paths.get(tensor);
    if (other !== undefined) {
      throw new TypeError(
        `Cannot ${action}: each parameter must occur once in ${first}: ` +
          `${other} and ${path} are the same tensor`,
      );
    }
    paths.set(tensor, path);
  }
}

function checkAlike(
  action: string,
  { path, tensor }: Leaf,
  other: Tensor,
  names: PairNames,
): void {
  if (!sameShape(tensor.shape, other.shape) || tensor.dtype !== other.dtype) {
    throw new ShapeError(
      `Cannot ${action}: a ${names.other} must have the shape and dtype of its parameter: ` +
        `${path || names.one} is ${tensor.dtype} ${formatShape(tensor.shape)}, its ` +
        `${names.other} ${other.dtype} ${formatShape(other.shape)}`,
    );
  }
  if (tensor.backend !== other.backend) {
    throw new TypeError(
      `Cannot ${action}: a ${names.other} must be on the backend of its parameter: ` +
        `${path || names.one} is on ${tensor.backend.name}, its ${names.other} on ` +
        other.backend.name,
    );
  }
}
