/**
 * Two structures of tensors walked side by side.
 *
 * @module
 */
import { printable } from "./printable.ts";
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
  const { pairs, surplus } = match(action, first, second);
  if (surplus !== undefined) throw differ(action, names.second, names.first, surplus, names);
  checkDistinct(action, pairs, names);
  return pairs.map(({ partner, ...leaf }) => {
    if (partner === undefined) throw differ(action, names.first, names.second, leaf.path, names);
    checkAlike(action, leaf, partner, names);
    return [leaf, partner] as const;
  });
}

/** A tensor and what stands in its place in the other structure. */
export interface Pair {
  readonly path: string;
  readonly tensor: Tensor;
  /** Tensor of the other structure; undefined where that has none there. */
  readonly partner: Tensor | undefined;
}

/** Names of a structure and of its partners in errors: `y` and `dy`. */
export interface PartnerNames {
  readonly action: string;
  readonly structure: string;
  readonly partners: string;
}

/**
 * Pairs the tensors of a structure with partners of the same shape and dtype. A partner may be
 * absent; one without a tensor to stand for is an error.
 */
export function pairPartners(structure: unknown, partners: unknown, names: PartnerNames): Pair[] {
  const { action } = names;
  const { pairs, surplus } = match(action, structure, partners);
  for (const { path, tensor, partner } of pairs) {
    if (partner !== undefined) checkFits(path, tensor, partner, names);
  }
  if (surplus !== undefined) {
    throw new TypeError(
      `Cannot ${action}: ${names.partners} must have the structure of ${names.structure}: ` +
        `${nameAt(names.partners, surplus)} is a tensor, ` +
        `${nameAt(names.structure, surplus)} is not`,
    );
  }
  return pairs;
}

/** Finds each tensor's partner by its path, and the first path that only a partner has. */
function match(
  action: string,
  structure: unknown,
  partners: unknown,
): { pairs: Pair[]; surplus: string | undefined } {
  const byPath = new Map(leavesOf(action, partners).map(({ path, tensor }) => [path, tensor]));
  const pairs = leavesOf(action, structure)
    .map((leaf): Pair => ({ ...leaf, partner: byPath.get(leaf.path) }));
  for (const { path } of pairs) byPath.delete(path);
  return { pairs, surplus: byPath.keys().next().value };
}

function checkFits(path: string, tensor: Tensor, partner: Tensor, names: PartnerNames): void {
  if (partner.dtype === tensor.dtype && sameShape(partner.shape, tensor.shape)) return;
  const [one, other] = [nameAt(names.structure, path), nameAt(names.partners, path)];
  throw new ShapeError(
    `Cannot ${names.action}: ${other} must have the shape and dtype of ${one}: ${other} is ` +
      `${partner.dtype} ${formatShape(partner.shape)}, ${one} is ${tensor.dtype} ` +
      formatShape(tensor.shape),
  );
}

/** Writes the name of a part: `dy`, `dy.loss`, `dy[0]`. */
function nameAt(name: string, path: string): string {
  return printable(path === "" || path.startsWith("[") ? `${name}${path}` : `${name}.${path}`);
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
      `${printable(path) || "a tensor"}, ${hasNot} has not`,
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
          `${printable(other)} and ${printable(path)} are the same tensor`,
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
        `${printable(path) || names.one} is ${tensor.dtype} ${formatShape(tensor.shape)}, its ` +
        `${names.other} ${other.dtype} ${formatShape(other.shape)}`,
    );
  }
  if (tensor.backend !== other.backend) {
    throw new TypeError(
      `Cannot ${action}: a ${names.other} must be on the backend of its parameter: ` +
        `${printable(path) || names.one} is on ${tensor.backend.name}, its ${names.other} on ` +
        other.backend.name,
    );
  }
}
