/**
 * Integers and truth values of a graph on the host: shapes, axes, positions, masks. They are arrays
 * of any rank, arranged by NumPy's rules.
 *
 * @module
 */
import type { Backend } from "../../backends/kernels.ts";
import { ShapeError } from "../../core/errors.ts";
import { broadcastShapes } from "../../core/geometry/mod.ts";
import { formatShape, sameShape, type Shape, sizeOf, stridesOf } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { IntKind } from "./int_kinds.ts";

/** Place of a tensor of these numbers: with the tensor they come of, or by itself. */
export interface Home {
  /** The backend of constants; the one in use by default. */
  readonly backend?: Backend;
  /** The tensor whose shape they come of; the arena that owns what is made of it owns them. */
  readonly like?: Tensor;
}

/** Integers on the host. */
export interface HostInts {
  readonly shape: Shape;
  readonly kind: IntKind;
  /**
   * Numbers in row-major order; of 64 bits, those beyond 2^53 are here rounded, and no one's
   * operands.
   */
  readonly data: Float64Array;
  readonly home: Home;
}

/** The most elements of an array on the host: those of a mask of 4,096 by 4,096. */
const MAX_ELEMENTS = 2 ** 24;

/** The most dimensions that a graph may give an array. */
const MAX_RANK = 64;

/** Refuses an array that would have too many dimensions. */
export function checkRank(rank: number): void {
  if (rank <= MAX_RANK) return;
  throw new RangeError(
    `Cannot apply ONNX model: an array must have at most ${MAX_RANK} dimensions: got ${rank}`,
  );
}

/** Refuses a shape that is none, or an array that would be too large. */
export function checkHostShape(shape: Shape): void {
  checkRank(shape.length);
  const isShape = shape.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (isShape && sizeOf(shape) <= MAX_ELEMENTS) return;
  throw new RangeError(
    `Cannot apply ONNX model: integers that a graph computes must be at most ${MAX_ELEMENTS}: ` +
      `shape ${formatShape(shape)}`,
  );
}

/** Makes an array of integers. */
export function hostInts(
  kind: IntKind,
  data: ArrayLike<number>,
  shape: Shape = [data.length],
  home: Home = {},
): HostInts {
  checkHostShape(shape);
  return { kind, shape, data: new Float64Array(data), home };
}

/** Finds the place for a result of several: that of the first with a tensor, else of the first. */
export function commonHome(parts: readonly HostInts[]): Home {
  return (parts.find(({ home }) => home.like !== undefined) ?? parts[0])?.home ?? {};
}

/** Copies elements at offsets that grow by a stride along each dimension. */
function strided(x: HostInts, shape: Shape, strides: readonly number[], start = 0): HostInts {
  checkHostShape(shape);
  const data = new Float64Array(sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  let at = start;
  for (let i = 0; i < data.length; i++) {
    data[i] = x.data[at];
    for (let d = shape.length - 1; d >= 0; d--) {
      at += strides[d];
      if (++index[d] < shape[d]) break;
      at -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return { ...x, shape, data };
}

/** Gives the same elements another shape. */
export function reshapeInts(x: HostInts, shape: Shape): HostInts {
  if (sizeOf(shape) === x.data.length) return { ...x, shape };
  throw new ShapeError(
    `Cannot apply ONNX model: the new shape must have as many elements: x is ` +
      `${formatShape(x.shape)}, the new one ${formatShape(shape)}`,
  );
}

/** Repeats an array along dimensions of size 1, and along new ones in front. */
export function expandInts(x: HostInts, shape: Shape): HostInts {
  const missing = shape.length - x.shape.length;
  const fits = missing >= 0 && x.shape.every((n, i) => n === 1 || n === shape[i + missing]);
  if (!fits) {
    throw new ShapeError(
      `Cannot apply ONNX model: sizes must be 1 or those of the result, counted from the last: ` +
        `x is ${formatShape(x.shape)}, the result ${formatShape(shape)}`,
    );
  }
  if (sameShape(x.shape, shape)) return x;
  const strides = stridesOf(x.shape).map((stride, i) => x.shape[i] === 1 ? 0 : stride);
  return strided(x, shape, [...new Array<number>(missing).fill(0), ...strides]);
}

/** Repeats arrays to the shape that they have in common. */
export function broadcastInts(parts: readonly HostInts[]): readonly HostInts[] {
  const shape = parts.reduce<Shape | undefined>(
    (common, part) => common && broadcastShapes(common, part.shape),
    [],
  );
  if (shape !== undefined) return parts.map((part) => expandInts(part, shape));
  throw new ShapeError(
    "Cannot apply ONNX model: sizes must be equal or 1 in each dimension, counted from the last: " +
      parts.map((part) => formatShape(part.shape)).join(" and "),
  );
}

/** Puts dimensions in another order. */
export function transposeInts(x: HostInts, axes: readonly number[]): HostInts {
  const strides = stridesOf(x.shape);
  return strided(x, axes.map((axis) => x.shape[axis]), axes.map((axis) => strides[axis]));
}

/** Repeats the whole array several times along each dimension. */
export function tileInts(x: HostInts, copies: readonly number[]): HostInts {
  const pairs = x.shape.flatMap((n, i) => [copies[i], n]);
  const shape = x.shape.map((n, i) => n * copies[i]);
  const single = reshapeInts(x, x.shape.flatMap((n) => [1, n]));
  return reshapeInts(expandInts(single, pairs), shape);
}

/** A part of an axis. */
export interface Cut {
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

/** Takes a part: a cut along each axis. */
export function sliceInts(x: HostInts, cuts: readonly Cut[]): HostInts {
  const strides = stridesOf(x.shape);
  const start = cuts.reduce((sum, cut, i) => sum + cut.start * strides[i], 0);
  return strided(x, cuts.map(({ count }) => count), cuts.map((c, i) => c.step * strides[i]), start);
}

/** Takes the elements at places along an axis, which the shape of the places replaces. */
export function takeInts(x: HostInts, places: HostInts, axis: number): HostInts {
  const size = x.shape[axis];
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const shape = [...before, ...places.shape, ...after];
  checkHostShape(shape);
  const [outer, inner] = [sizeOf(before), sizeOf(after)];
  const data = new Float64Array(sizeOf(shape));
  let to = 0;
  for (let i = 0; i < outer; i++) {
    for (const place of places.data) {
      const from = (i * size + place) * inner;
      data.set(x.data.subarray(from, from + inner), to);
      to += inner;
    }
  }
  return { ...x, shape, data, home: commonHome([x, places]) };
}

/** Joins arrays along an axis. */
export function concatInts(parts: readonly HostInts[], axis: number): HostInts {
  const [first] = parts;
  const odd = parts.find(({ shape }) =>
    shape.length !== first.shape.length ||
    shape.some((n, i) => i !== axis && n !== first.shape[i])
  );
  if (odd !== undefined) {
    throw new ShapeError(
      `Cannot apply ONNX model: shapes must be equal but along axis ${axis}: ` +
        `${formatShape(first.shape)} and ${formatShape(odd.shape)}`,
    );
  }
  const size = parts.reduce((sum, { shape }) => sum + shape[axis], 0);
  const shape = first.shape.with(axis, size);
  checkHostShape(shape);
  const data = new Float64Array(sizeOf(shape));
  let to = 0;
  for (let i = 0; i < sizeOf(shape.slice(0, axis)); i++) {
    for (const part of parts) {
      const run = sizeOf(part.shape.slice(axis));
      data.set(part.data.subarray(i * run, (i + 1) * run), to);
      to += run;
    }
  }
  return { ...first, shape, data, home: commonHome(parts) };
}

/** Makes each row along some axes a number; these axes have size 1, or are dropped. */
export function reduceInts(
  x: HostInts,
  axes: readonly number[],
  keepDims: boolean,
  reduce: (row: Float64Array) => number,
): HostInts {
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const rows = transposeInts(x, [...kept, ...axes]);
  const length = sizeOf(axes.map((axis) => x.shape[axis]));
  const count = sizeOf(kept.map((axis) => x.shape[axis]));
  const data = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    data[i] = reduce(rows.data.subarray(i * length, (i + 1) * length));
  }
  const shape = keepDims
    ? x.shape.map((n, i) => axes.includes(i) ? 1 : n)
    : kept.map((i) => x.shape[i]);
  return { ...x, shape, data };
}
