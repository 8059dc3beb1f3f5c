/**
 * Geometry of operations that move elements: transpose, pad, reshape.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { checkShape, formatShape, type Shape, sizeOf, stridesOf } from "../shape.ts";
import { resolveAxis } from "./reduce.ts";

/** Dimensions in another order. */
export interface TransposeGeometry {
  /** Dimension `i` of the result is dimension `axes[i]` of the input. */
  readonly axes: readonly number[];
  /** Shape of the result. */
  readonly shape: Shape;
  /** Strides of the input along the dimensions of the result. */
  readonly strides: readonly number[];
}

/** Elements added (or, where negative, removed) before and after each dimension. */
export type PadAmounts = readonly (readonly [before: number, after: number])[];

/** A resolved padding. */
export interface PadGeometry {
  /** Elements before and after each dimension. */
  readonly amounts: PadAmounts;
  /** What the added elements are. */
  readonly value: number;
  /** Shape of the input. */
  readonly xShape: Shape;
  /** Shape of the result. */
  readonly shape: Shape;
}

/** Sizes of `transpose(x, axes)`; the reverse order by default. */
export function transposeGeometry(x: Shape, axes?: readonly number[]): TransposeGeometry {
  const action = "apply transpose";
  const given = axes ?? x.map((_, i) => x.length - 1 - i);
  const resolved = given.map((axis) => resolveAxis(action, axis, x));
  if (resolved.length !== x.length || new Set(resolved).size !== x.length) {
    throw new ShapeError(
      `Cannot ${action}: axes must name each dimension of x once: axes is ` +
        `${formatShape(given)}, x is ${formatShape(x)}`,
    );
  }
  const strides = stridesOf(x);
  return {
    axes: resolved,
    shape: resolved.map((axis) => x[axis]),
    strides: resolved.map((axis) => strides[axis]),
  };
}

/** Sizes of `pad(x, amounts, { value })`. */
export function padGeometry(x: Shape, amounts: PadAmounts, value: number): PadGeometry {
  const action = "apply pad";
  const fits = amounts.length === x.length &&
    amounts.every((pads) => pads.length === 2 && pads.every(Number.isInteger));
  if (!fits) {
    throw new ShapeError(
      `Cannot ${action}: amounts must be one [before, after] of integers per dimension of x: ` +
        `amounts is ${JSON.stringify(amounts)}, x is ${formatShape(x)}`,
    );
  }
  const shape = x.map((n, i) => n + amounts[i][0] + amounts[i][1]);
  const cut = x.findIndex((n, i) => shape[i] < 0 || -amounts[i][0] > n || -amounts[i][1] > n);
  if (cut >= 0) {
    throw new ShapeError(
      `Cannot ${action}: no more may be removed than there is: dimension ${cut} of x has size ` +
        `${x[cut]}, amounts is ${JSON.stringify(amounts)}`,
    );
  }
  return { amounts, value, xShape: x, shape };
}

/** The shape of `reshape(x, shape)`, its one -1 (if any) resolved. */
export function reshapedShape(action: string, x: Shape, shape: Shape): Shape {
  if (!Array.isArray(shape)) checkShape(action, shape);
  const free = shape.indexOf(-1);
  const known = shape.filter((_, i) => i !== free);
  checkShape(action, known);
  const size = sizeOf(x);
  const rest = sizeOf(known);
  const resolved = free < 0 ? shape : shape.map((n, i) => i === free ? size / rest : n);
  if (free >= 0 ? !Number.isInteger(size / rest) : rest !== size) {
    throw new ShapeError(
      `Cannot ${action}: the number of elements must stay the same: x is ${formatShape(x)} ` +
        `(${size} elements), shape is ${formatShape(shape)}`,
    );
  }
  return resolved;
}
