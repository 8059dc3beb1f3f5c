/**
 * Geometry of operations that move elements: transpose, pad, reshape.
 *
 * @module
 */
import { checkList } from "../check_kinds.ts";
import { ShapeError } from "../errors.ts";
import { formatValue } from "../format_value.ts";
import { checkSize, formatShape, isListOfSizes, type Shape, sizeOf, stridesOf } from "../shape.ts";
import { checkExtent, checkMost, MOST_LISTED } from "./bounds.ts";
import { type GatherGeometry, takeGeometry } from "./gather.ts";
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
  /** Value of the added elements. */
  readonly value: number;
  /** Shape of the input. */
  readonly xShape: Shape;
  /** Shape of the result. */
  readonly shape: Shape;
}

/** Source of the elements that padding adds; the names of NumPy's `pad`. */
export type PadMode = "constant" | "reflect" | "symmetric" | "edge" | "wrap";

/** Elements picked along one axis. */
export interface Picks {
  /** Indices of the elements, in their order. */
  readonly indices: Int32Array;
  /** The sizes of picking them. */
  readonly along: GatherGeometry;
}

/** A resolved padding with elements from within: picks along one axis after the other. */
export interface PadWithinGeometry {
  /** The axes that are padded. */
  readonly picks: readonly Picks[];
}

/** Computes the sizes of `transpose(x, axes)`; the reverse order by default. */
export function transposeGeometry(x: Shape, axes?: readonly number[]): TransposeGeometry {
  const action = "apply transpose";
  if (axes !== undefined) checkList(action, "axes", axes, "[1, 0]");
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

/** Computes the sizes of `pad(x, amounts, { value })`. */
export function padGeometry(x: Shape, amounts: PadAmounts, value: number): PadGeometry {
  const action = "apply pad";
  const fits = Array.isArray(amounts) && amounts.length === x.length &&
    amounts.every((pads) =>
      Array.isArray(pads) && pads.length === 2 && pads.every(Number.isInteger)
    );
  if (!fits) {
    throw new ShapeError(
      `Cannot ${action}: amounts must be one [before, after] of integers per dimension of x: ` +
        `amounts is ${formatValue(amounts)}, x is ${formatShape(x)}`,
    );
  }
  checkExtent(action, "amounts", amounts.flat().map(Math.abs));
  const shape = x.map((n, i) => n + amounts[i][0] + amounts[i][1]);
  const cut = x.findIndex((n, i) => shape[i] < 0 || -amounts[i][0] > n || -amounts[i][1] > n);
  if (cut >= 0) {
    throw new ShapeError(
      `Cannot ${action}: no more may be removed than there is: dimension ${cut} of x has size ` +
        `${x[cut]}, amounts is ${formatValue(amounts)}`,
    );
  }
  checkSize(action, shape);
  return { amounts: amounts.map(([before, after]) => [before, after]), value, xShape: x, shape };
}

/** Index, out of `n` elements, of the one at place `i`, before 0 or after `n - 1`. */
const PLACES: Record<Exclude<PadMode, "constant">, (i: number, n: number) => number> = {
  edge: (i, n) => Math.min(Math.max(i, 0), n - 1),
  wrap: modulo,
  symmetric(i, n) {
    const place = modulo(i, 2 * n);
    return place < n ? place : 2 * n - 1 - place;
  },
  reflect(i, n) {
    if (n === 1) return 0;
    const place = modulo(i, 2 * n - 2);
    return place < n ? place : 2 * n - 2 - place;
  },
};

function modulo(i: number, n: number): number {
  return ((i % n) + n) % n;
}

/** Computes the sizes of `pad(x, amounts, { mode })` for other modes than `"constant"`. */
export function padWithinGeometry(
  { amounts, xShape }: PadGeometry,
  mode: Exclude<PadMode, "constant">,
): PadWithinGeometry {
  const action = "apply pad";
  if (!Object.hasOwn(PLACES, mode)) {
    const modes = ["constant", ...Object.keys(PLACES)].map((name) => `"${name}"`).join(", ");
    throw new RangeError(`Cannot ${action}: mode must be one of ${modes}: got ${mode}`);
  }
  const padded = amounts.findIndex(([before, after], d) =>
    before < 0 || after < 0 || (xShape[d] === 0 && before + after > 0)
  );
  if (padded >= 0) {
    throw new ShapeError(
      `Cannot ${action}: mode "${mode}" adds elements of x, of which there must be some, and ` +
        `removes none: dimension ${padded} of x has size ${xShape[padded]}, ` +
        `amounts is ${formatValue(amounts)}`,
    );
  }
  const picks: Picks[] = [];
  let shape = xShape;
  amounts.forEach(([before, after], axis) => {
    if (before + after === 0) return;
    const n = shape[axis];
    const count = before + n + after;
    checkMost(action, `the size of axis ${axis} with mode "${mode}"`, count, MOST_LISTED);
    const indices = Int32Array.from({ length: count }, (_, i) => PLACES[mode](i - before, n));
    const along = takeGeometry(action, shape, [indices.length], axis);
    picks.push({ indices, along });
    shape = along.shape;
  });
  return { picks };
}

/** Computes the shape of `reshape(x, shape)`, its one -1 (if any) resolved. */
export function reshapedShape(action: string, x: Shape, shape: Shape): Shape {
  const known = Array.isArray(shape) ? shape.filter((n) => n !== -1) : shape;
  if (!isListOfSizes(known)) {
    throw new ShapeError(
      `Cannot ${action}: shape must be a list of integers of at least 0, of which one may be -1: ` +
        `got ${formatValue(shape)}`,
    );
  }
  if (known.length < shape.length - 1) {
    throw new ShapeError(
      `Cannot ${action}: one size of shape may be -1, to be worked out, no more: shape is ` +
        formatShape(shape),
    );
  }
  checkSize(action, known);
  const free = shape.indexOf(-1);
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
