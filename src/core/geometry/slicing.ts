/**
 * Geometry of cutting and joining: slice, concat, stack, split.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { formatValue } from "../format_value.ts";
import { checkSize, formatShape, type Shape, sizeOf, stridesOf } from "../shape.ts";
import { checkMost } from "./bounds.ts";
import { resolveAxis } from "./reduce.ts";

/**
 * Elements to take along a dimension: `[start, stop, step]` with NumPy's meaning (ends that are
 * negative count from the last element, `null` is as far as there is, the step is 1 by default and
 * may be negative), a number for that one index, which drops the dimension, or null for all.
 */
export type SliceRange =
  | number
  | null
  | readonly [start?: number | null, stop?: number | null, step?: number | null];

/** Evenly spaced elements of an array. */
export interface SliceGeometry {
  /** Shape of the whole. */
  readonly xShape: Shape;
  /** Offset of the first element that is taken. */
  readonly offset: number;
  /** Elements taken along each dimension of the whole. */
  readonly counts: Shape;
  /** Strides of the whole from one element that is taken to the next. */
  readonly strides: readonly number[];
  /** Shape of the result: `counts`, without the dimensions of single indices. */
  readonly shape: Shape;
}

/** Arrays joined along an axis. */
export interface ConcatGeometry {
  /** The axis, from 0. */
  readonly axis: number;
  /** Sizes of the parts along the axis. */
  readonly sizes: readonly number[];
  /** Product of the dimensions before the axis. */
  readonly outer: number;
  /** Product of the dimensions after the axis. */
  readonly inner: number;
  /** Shape of the result. */
  readonly shape: Shape;
}

/** Computes the sizes of `slice(x, ranges)`. */
export function sliceGeometry(x: Shape, ranges: readonly SliceRange[]): SliceGeometry {
  const action = "apply slice";
  if (!Array.isArray(ranges) || ranges.length > x.length) {
    const got = Array.isArray(ranges) ? `${ranges.length} ranges` : typeof ranges;
    throw new ShapeError(
      `Cannot ${action}: ranges must be a list of at most one range per dimension of x: ` +
        `got ${got}, x is ${formatShape(x)}`,
    );
  }
  const steps = stridesOf(x);
  const taken = x.map((size, d) => resolveRange(action, ranges[d] ?? null, d, size, x));
  return {
    xShape: x,
    offset: taken.reduce((at, { start }, d) => at + start * steps[d], 0),
    counts: taken.map(({ count }) => count),
    strides: taken.map(({ step }, d) => step * steps[d]),
    shape: taken.filter((_, d) => typeof ranges[d] !== "number").map(({ count }) => count),
  };
}

/** Computes the sizes of a slice that takes `count` elements from `start` along one axis. */
export function partGeometry(x: Shape, axis: number, start: number, count: number): SliceGeometry {
  const range = x.map((_, d): SliceRange => d === axis ? [start, start + count] : null);
  return sliceGeometry(x, range);
}

/** Most parts of an array: each is a tensor of its own. */
const MOST_PARTS = 2 ** 20;

interface Taken {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

function resolveRange(action: string, range: SliceRange, d: number, size: number, x: Shape): Taken {
  if (typeof range === "number") {
    if (!Number.isInteger(range) || range < -size || range >= size) {
      throw new RangeError(
        `Cannot ${action}: an index must be an integer from ${-size} to ${size - 1}: ` +
          `ranges[${d}] is ${range}, x is ${formatShape(x)}`,
      );
    }
    return { start: range < 0 ? range + size : range, step: 1, count: 1 };
  }
  const parts = range ?? [];
  const isRange = Array.isArray(parts) && parts.length <= 3 &&
    parts.every((part) => part === null || part === undefined || Number.isInteger(part)) &&
    parts[2] !== 0;
  if (!isRange) {
    throw new RangeError(
      `Cannot ${action}: a range must be null, an index or [start, stop, step] of integers, ` +
        `step not 0: ranges[${d}] is ${formatValue(range)}`,
    );
  }
  const step = parts[2] ?? 1;
  // Going down, the ends are one lower: before the first element is -1.
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const end = (given: number | null | undefined, otherwise: number) => {
    if (given === null || given === undefined) return otherwise;
    return Math.min(Math.max(given < 0 ? given + size : given, low), high);
  };
  const start = end(parts[0], step > 0 ? low : high);
  const stop = end(parts[1], step > 0 ? high : low);
  const count = Math.max(Math.ceil((stop - start) / step), 0);
  return { start: count > 0 ? start : 0, step, count };
}

/** Computes the sizes of `concat(x, { axis })`. */
export function concatGeometry(shapes: readonly Shape[], axis: number): ConcatGeometry {
  const action = "apply concat";
  const [first] = shapes;
  const at = resolveJoin(action, axis, first, first.length);
  shapes.forEach((shape, i) => {
    if (shape.length === first.length && shape.every((n, d) => d === at || n === first[d])) return;
    throw new ShapeError(
      `Cannot ${action}: sizes must be equal but along axis ${at}: x[0] is ` +
        `${formatShape(first)}, x[${i}] is ${formatShape(shape)}`,
    );
  });
  return joined(action, first, at, shapes.map((shape) => shape[at]));
}

/**
 * Computes the sizes of `stack(x, { axis })`: of a concatenation of parts of size 1 along a new
 * axis.
 */
export function stackGeometry(shapes: readonly Shape[], axis: number): ConcatGeometry {
  const action = "apply stack";
  const [first] = shapes;
  const at = resolveJoin(action, axis, first, first.length + 1);
  shapes.forEach((shape, i) => {
    if (shape.length === first.length && shape.every((n, d) => n === first[d])) return;
    throw new ShapeError(
      `Cannot ${action}: shapes must be equal: x[0] is ${formatShape(first)}, ` +
        `x[${i}] is ${formatShape(shape)}`,
    );
  });
  return joined(action, first.toSpliced(at, 0, 1), at, shapes.map(() => 1));
}

function joined(
  action: string,
  part: Shape,
  axis: number,
  sizes: readonly number[],
): ConcatGeometry {
  const shape = part.toSpliced(axis, 1, sizes.reduce((sum, n) => sum + n, 0));
  checkSize(action, shape);
  const [outer, inner] = [sizeOf(part.slice(0, axis)), sizeOf(part.slice(axis + 1))];
  return { axis, sizes, outer, inner, shape };
}

/** Resolves the axis of a result of some rank, made of parts of a shape. */
function resolveJoin(action: string, axis: number, part: Shape, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    const range = rank === 0 ? "there is none" : `from ${-rank} to ${rank - 1}`;
    throw new ShapeError(
      `Cannot ${action}: axis must be an axis of the result, ${range}: ` +
        `axis is ${formatValue(axis)}, x[0] is ${formatShape(part)}`,
    );
  }
  return axis < 0 ? axis + rank : axis;
}

/** Resolves the axis of `split(x, parts, { axis })`, and the sizes of the parts. */
export function splitSizes(
  x: Shape,
  parts: number | readonly number[],
  axis: number,
): { axis: number; sizes: readonly number[] } {
  const action = "apply split";
  const at = resolveAxis(action, axis, x);
  const size = x[at];
  if (typeof parts === "number") {
    if (!Number.isInteger(parts) || parts < 1 || size % parts !== 0) {
      throw new ShapeError(
        `Cannot ${action}: parts must be a number that divides the size along axis ${at}: ` +
          `parts is ${parts}, x is ${formatShape(x)}`,
      );
    }
    checkMost(action, "parts", parts, MOST_PARTS);
    return { axis: at, sizes: new Array<number>(parts).fill(size / parts) };
  }
  const isSizes = Array.isArray(parts) && parts.every((n) => Number.isInteger(n) && n >= 0) &&
    parts.reduce((sum, n) => sum + n, 0) === size;
  if (!isSizes) {
    throw new ShapeError(
      `Cannot ${action}: sizes of parts must sum to the size along axis ${at}: ` +
        `parts is ${formatValue(parts)}, x is ${formatShape(x)}`,
    );
  }
  checkMost(action, "the number of parts", parts.length, MOST_PARTS);
  return { axis: at, sizes: [...parts] };
}
