/**
 * Two structures side by side: what a result, or a parameter, is paired with.
 *
 * @module
 */
import { ShapeError } from "../core/errors.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import { leavesOf } from "../core/structure.ts";
import type { Tensor } from "../core/tensor.ts";

/** A tensor and what stands in its place in the other structure. */
export interface Pair {
  readonly path: string;
  readonly tensor: Tensor;
  /** Tensor of the other structure; undefined where that has none there. */
  readonly partner: Tensor | undefined;
}

/** Names of two structures in errors: `y` and `dy`. */
export interface PairNames {
  readonly action: string;
  readonly structure: string;
  readonly partners: string;
}

/**
 * Pairs the tensors of a structure with partners of the same shape and dtype. A partner may be
 * absent; one without a tensor to stand for is an error.
 */
export function pairsOf(structure: unknown, partners: unknown, names: PairNames): Pair[] {
  const { action } = names;
  const byPath = new Map(leavesOf(action, partners).map(({ path, tensor }) => [path, tensor]));
  const pairs = leavesOf(action, structure).map(({ path, tensor }) => {
    const partner = byPath.get(path);
    byPath.delete(path);
    if (partner !== undefined) checkFits(path, tensor, partner, names);
    return { path, tensor, partner };
  });
  const [extra] = byPath.keys();
  if (extra !== undefined) {
    throw new TypeError(
      `Cannot ${action}: ${names.partners} must have the structure of ${names.structure}: ` +
        `${nameAt(names.partners, extra)} is a tensor, ${nameAt(names.structure, extra)} is not`,
    );
  }
  return pairs;
}

function checkFits(path: string, tensor: Tensor, partner: Tensor, names: PairNames): void {
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
  return path === "" || path.startsWith("[") ? `${name}${path}` : `${name}.${path}`;
}
