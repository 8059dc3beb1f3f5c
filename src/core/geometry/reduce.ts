/**
 * Geometry of reductions: which axes, which shape remains.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { formatValue } from "../format_value.ts";
import { formatShape, type Shape, sizeOf } from "../shape.ts";
import { checkOptions } from "../options.ts";

/** Options of a reduction. */
export interface ReduceOptions {
  /** Axis or axes to reduce, negative ones from the last; all of them by default. */
  readonly axis?: number | readonly number[];
  /** Keep reduced dimensions with size 1, so that the result broadcasts against the input. */
  readonly keepDims?: boolean;
}

/** The names of the options. */
export const REDUCE_OPTIONS = "axis keepDims?";

/** A resolved reduction. */
export interface ReduceGeometry {
  /** Shape of the input. */
  readonly xShape: Shape;
  /** Reduced axes, ascending. */
  readonly axes: readonly number[];
  /** Shape with reduced dimensions kept as 1. */
  readonly keptShape: Shape;
  /** Shape of the result: `keptShape`, or without the reduced dimensions. */
  readonly shape: Shape;
  /** Number of elements that become one. */
  readonly count: number;
}

/** Resolves axes against a shape; throws a {@link ShapeError} for an axis that does not exist. */
export function reduceGeometry(
  action: string,
  xShape: Shape,
  options: ReduceOptions = {},
): ReduceGeometry {
  const { axis, keepDims = false } = checkOptions(action, options, REDUCE_OPTIONS);
  const axes = resolveAxes(action, axis ?? xShape.map((_, i) => i), xShape);
  const keptShape = xShape.map((n, i) => axes.includes(i) ? 1 : n);
  return {
    xShape,
    axes,
    keptShape,
    shape: keepDims ? keptShape : xShape.filter((_, i) => !axes.includes(i)),
    count: sizeOf(axes.map((i) => xShape[i])),
  };
}

/** Running sums along one axis: `[outer, length, inner]`, which keeps its shape. */
export interface CumsumGeometry {
  /** Elements before the axis. */
  readonly outer: number;
  /** Size of the axis. */
  readonly length: number;
  /** Elements after the axis. */
  readonly inner: number;
  /** Leave each element out of its own sum. */
  readonly exclusive: boolean;
  /** Begin sums at the end. */
  readonly reverse: boolean;
}

/** Computes the sizes of `cumsum`; throws a {@link ShapeError} for an axis that does not exist. */
export function cumsumGeometry(
  action: string,
  x: Shape,
  { axis, exclusive, reverse }: { axis: number; exclusive: boolean; reverse: boolean },
): CumsumGeometry {
  const at = resolveAxis(action, axis, x);
  const [outer, inner] = [sizeOf(x.slice(0, at)), sizeOf(x.slice(at + 1))];
  return { outer, length: x[at], inner, exclusive, reverse };
}

/** Resolves axes to ascending non-negative numbers; each must exist and occur once. */
function resolveAxes(
  action: string,
  axis: number | readonly number[],
  shape: Shape,
): number[] {
  const given = Array.isArray(axis) ? axis : [axis];
  const axes = given.map((i) => resolveAxis(action, i, shape));
  if (new Set(axes).size !== axes.length) {
    throw new ShapeError(
      `Cannot ${action}: each axis may occur once: axis is ${formatShape(given)}, ` +
        `x is ${formatShape(shape)}`,
    );
  }
  return axes.sort((a, b) => a - b);
}

/** Resolves an axis to a number from 0; negative ones count from the last. */
export function resolveAxis(action: string, axis: number, shape: Shape): number {
  const rank = shape.length;
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new ShapeError(
      `Cannot ${action}: axis must be an integer from ${-rank} to ${rank - 1}: ` +
        `axis is ${formatValue(axis)}, x is ${formatShape(shape)}`,
    );
  }
  return axis < 0 ? axis + rank : axis;
}
