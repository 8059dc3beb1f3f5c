/**
 * Parameters as one line of elements for each dtype, of which every rank has a piece: so that pieces
 * are equal, whatever the sizes of parameters.
 *
 * @module
 */
import { tensor } from "../core/create.ts";
import { allocate, type DType, type TypedArray } from "../core/dtype.ts";
import type { Part } from "../core/part.ts";
import type { Leaf } from "../core/structure.ts";
import type { Tensor } from "../core/tensor.ts";
import { putElements, readElements } from "./elements.ts";

/** Elements of a parameter that are in the piece of a rank. */
export interface Piece {
  readonly path: string;
  /** Range of its elements. */
  readonly from: number;
  readonly to: number;
  /** Place of the first in the piece of the rank. */
  readonly at: number;
}

/** All parameters of a dtype. */
export interface Line {
  readonly dtype: DType;
  readonly leaves: readonly Leaf[];
  /** Elements of the piece of each rank; some at the end of the last one stand for nothing. */
  readonly length: number;
  /** Pieces of parameters of this rank. */
  readonly pieces: readonly Piece[];
}

/** Cuts parameters into pieces. */
export function linesOf(leaves: readonly Leaf[], { rank, size }: Part): Line[] {
  const dtypes = [...new Set(leaves.map(({ tensor }) => tensor.dtype))];
  return dtypes.map((dtype) => {
    const own = leaves.filter(({ tensor }) => tensor.dtype === dtype);
    const total = own.reduce((sum, { tensor }) => sum + tensor.size, 0);
    const length = Math.ceil(total / size);
    const start = rank * length;
    const pieces: Piece[] = [];
    let first = 0;
    for (const { path, tensor } of own) {
      const from = Math.max(start - first, 0);
      const to = Math.min(start + length - first, tensor.size);
      if (from < to) pieces.push({ path, from, to, at: first + from - start });
      first += tensor.size;
    }
    return { dtype, leaves: own, length, pieces };
  });
}

/** Copies tensors into a line. */
export function joinLine(
  { dtype, length }: Line,
  tensors: readonly Tensor[],
  size: number,
): TypedArray {
  const joined = allocate(dtype, length * size);
  let at = 0;
  for (const one of tensors) {
    readElements(one, (elements) => joined.set(elements, at));
    at += one.size;
  }
  return joined;
}

/** Gives tensors the elements of a line. */
export function putLine({ leaves }: Line, joined: TypedArray): void {
  let at = 0;
  for (const { tensor } of leaves) putElements(tensor, joined.subarray(at, at += tensor.size));
}

/** Makes tensors, by path, of the piece of a rank. */
export function tensorsOf(
  { dtype, pieces, leaves }: Line,
  piece: TypedArray,
): (readonly [path: string, tensor: Tensor])[] {
  const { backend } = leaves[0].tensor;
  return pieces.map(({ path, from, to, at }) =>
    [path, tensor(piece.slice(at, at + to - from), { dtype, backend })] as const
  );
}
