/**
 * Geometry of reading and adding by indices: take, takeAlongAxis, scatterAdd, embedding.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { checkSize, formatShape, sameShape, type Shape, sizeOf } from "../shape.ts";
import { resolveAxis } from "./reduce.ts";

/**
 * Sizes of picking by indices: `x` is `[outer, size, inner]`, the result `[outer, count, inner]`.
 */
export interface GatherGeometry {
  /** Shape of the array that is indexed. */
  readonly xShape: Shape;
  /** Product of the dimensions before the axis. */
  readonly outer: number;
  /** Elements along the axis. */
  readonly size: number;
  /** Product of the dimensions after the axis. */
  readonly inner: number;
  /** Elements picked along the axis. */
  readonly count: number;
  /** True if each picked element has an index of its own; else `count` indices are for all. */
  readonly alongAxis: boolean;
  /** An index whose elements are read as zeros and to which nothing is added; -1 for none. */
  readonly skip: number;
  /** Shape of the picked elements. */
  readonly shape: Shape;
}

/** Computes the sizes of `take(x, indices, { axis })`. */
export function takeGeometry(
  action: string,
  x: Shape,
  indices: Shape,
  axis: number,
): GatherGeometry {
  const at = resolveAxis(action, axis, x);
  const shape = [...x.slice(0, at), ...indices, ...x.slice(at + 1)];
  checkSize(action, shape);
  return { ...parts(x, at), count: sizeOf(indices), alongAxis: false, skip: -1, shape };
}

/** Computes the sizes of `takeAlongAxis(x, indices, { axis })`. */
export function takeAlongAxisGeometry(
  action: string,
  x: Shape,
  indices: Shape,
  axis: number,
): GatherGeometry {
  const at = resolveAxis(action, axis, x);
  if (indices.length !== x.length || indices.some((n, d) => d !== at && n !== x[d])) {
    throw new ShapeError(
      `Cannot ${action}: indices must have the sizes of x but along axis ${at}: ` +
        `indices is ${formatShape(indices)}, x is ${formatShape(x)}`,
    );
  }
  return { ...parts(x, at), count: indices[at], alongAxis: true, skip: -1, shape: indices };
}

/** Throws a {@link ShapeError} unless updates have the shape of what the indices pick. */
export function checkUpdates(action: string, updates: Shape, { shape }: GatherGeometry): void {
  if (sameShape(updates, shape)) return;
  throw new ShapeError(
    `Cannot ${action}: updates must have the shape of what the indices pick, ` +
      `${formatShape(shape)}: updates is ${formatShape(updates)}`,
  );
}

function parts(x: Shape, axis: number) {
  return {
    xShape: x,
    outer: sizeOf(x.slice(0, axis)),
    size: x[axis],
    inner: sizeOf(x.slice(axis + 1)),
  };
}
