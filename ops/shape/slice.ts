/**
 * `slice`, `split` and `flip`: a part of a tensor, all parts of one, a tensor back to front.
 *
 * Linear, a choice of elements: the gradient is dy where they were taken and 0 elsewhere, which is
 * an op of its own, `sliceGrad`, with `slice` for its gradient. Runs along one axis, as `split` takes
 * them, are put back together, `sliceGrads`, so that n of them do not cost n times the whole.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import { checkTensors } from "../../src/core/checks.ts";
import {
  concatGeometry,
  partGeometry,
  reduceGeometry,
  type SliceGeometry,
  sliceGeometry,
  type SliceRange,
  splitSizes,
} from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import type { DType } from "../../src/core/dtype.ts";
import type { PartialGradient } from "../../src/core/partial_gradient.ts";
import { type Shape, stridesOf } from "../../src/core/shape.ts";
import type { Kernels, NdArray } from "../../src/backends/kernels.ts";
import { checkOptions, copied } from "../../src/core/options.ts";

/** Options of splitting. */
export interface SplitOptions {
  /** 0 by default; may be negative. */
  readonly axis?: number;
}

const SPLIT_OPTIONS = "axis#";

/** Options of flipping. */
export interface FlipOptions {
  /** An axis or several, negative ones from the last; all by default. */
  readonly axis?: number | readonly number[];
}

const FLIP_OPTIONS = "axis";

/**
 * Takes evenly spaced elements of a tensor, by NumPy's rules.
 *
 * A range for each dimension, those that are missing taking all: `null` for all, `[start, stop]`,
 * `[start, stop, step]` with negative ends counted from the last element and `null` for as far as
 * there is, or a number for one index, which drops the dimension: `x[:, 1:-1, ::-1, 0]` is
 * `slice(x, [null, [1, -1], [null, null, -1], 0])`.
 *
 * - **Shapes**: that of what is taken.
 * - **Gradient**: dy where elements were taken, 0 elsewhere.
 * - **Edge cases**: ends beyond the ends are cut off; a range may be empty; NaN stays NaN; every
 *   dtype.
 * - **Source**: NumPy's basic slicing; the result is a copy.
 *
 * @example
 * ```ts
 * import { arange, reshape, slice } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = reshape(arange(12), [3, 4]);
 * assertEquals(slice(x, [[1, null], [0, -1, 2]]).toArray(), [[4, 6], [8, 10]]);
 * assertEquals(slice(x, [[null, null, -1], 3]).toArray(), [11, 7, 3]);
 * ```
 *
 * @param x any tensor.
 * @param ranges what is taken along each dimension.
 * @returns a new tensor.
 * @throws {ShapeError} if there are more ranges than dimensions.
 * @throws {RangeError} if an index is outside, or a range is no range.
 */
export function slice(x: Tensor, ranges: readonly SliceRange[]): Tensor {
  if (arguments.length > 2) {
    refuseExtra("apply slice", arguments, 2, "; give a range for each axis, [start, stop]");
  }
  checkTensors("apply slice", { x });
  return sliceBy(x, sliceGeometry(x.shape, copied(ranges)));
}

/** Applies {@link slice} by a geometry. */
export function sliceBy(x: Tensor, g: SliceGeometry): Tensor {
  return apply(sliceOp, { x }, g);
}

/** The op of {@link slice}. */
export const sliceOp: Op<readonly ["x"], never, SliceGeometry> = /* @__PURE__ */ defineOp({
  name: "slice",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: SliceGeometry) => k.slice(x, g),
  backward: (dy, _saved, g) => {
    const axis = axisOfRun(g);
    return { x: () => axis < 0 ? apply(sliceGradOp, { dy }, g) : new RunGradient(dy, g, axis) };
  },
});

/** The gradient of {@link slice}: dy among zeros. */
export const sliceGradOp: Op<readonly ["dy"], never, SliceGeometry> = /* @__PURE__ */ defineOp({
  name: "sliceGrad",
  inputs: ["dy"],
  reads: [],
  forward: (k, { dy }, g: SliceGeometry) => k.sliceGrad(dy, g),
  backward: (ddx, _saved, g) => ({ dy: () => sliceBy(ddx, g) }),
});

/** Runs of a whole along an axis, in their order, none of which overlap. */
export interface RunsGeometry {
  /** Shape of the whole. */
  readonly xShape: Shape;
  readonly axis: number;
  readonly runs: readonly SliceGeometry[];
}

/** The gradient of many slices that are runs along one axis: each dy in its place among zeros. */
export const sliceGradsOp: Op<readonly ["dy[]"], never, RunsGeometry> = /* @__PURE__ */ defineOp({
  name: "sliceGrads",
  inputs: ["dy[]"],
  reads: [],
  forward: (k, { dy }, g: RunsGeometry) => putRuns(k, dy, g),
  backward: (ddx, _saved, { runs }) => ({ dy: (i) => sliceBy(ddx, runs[i]) }),
});

/** Joins runs, with zeros in the gaps between them. */
function putRuns(
  k: Kernels,
  dy: readonly NdArray[],
  { xShape, axis, runs }: RunsGeometry,
): NdArray {
  const zeros: NdArray[] = [];
  const parts: NdArray[] = [];
  const zerosTo = (end: number, start: number) => {
    if (start >= end) return;
    zeros.push(k.fill(xShape.with(axis, end - start), dy[0].dtype, 0));
    parts.push(zeros[zeros.length - 1]);
  };
  try {
    let end = 0;
    runs.forEach((run, i) => {
      zerosTo(startOfRun(run, axis), end);
      parts.push({ ...dy[i], shape: run.counts });
      end = startOfRun(run, axis) + run.counts[axis];
    });
    zerosTo(xShape[axis], end);
    return k.concat(parts, concatGeometry(parts.map(({ shape }) => shape), axis));
  } finally {
    for (const array of zeros) k.free(array);
  }
}

/** The axis of which a slice takes a run, and all of the others; -1 where there is none. */
function axisOfRun({ xShape, counts, strides }: SliceGeometry): number {
  const cut = counts.map((_, d) => d).filter((d) => counts[d] !== xShape[d]);
  const whole = stridesOf(xShape);
  const isRun = cut.length === 1 && !counts.includes(0) &&
    strides.every((step, d) => step === whole[d] || counts[d] === 1);
  return isRun ? cut[0] : -1;
}

/** Place of a run along its axis. */
function startOfRun({ xShape, offset }: SliceGeometry, axis: number): number {
  return offset / stridesOf(xShape)[axis];
}

/** The gradient of a slice that is a run along an axis. */
class RunGradient implements PartialGradient {
  readonly part: Tensor;
  readonly run: SliceGeometry;
  readonly axis: number;

  constructor(part: Tensor, run: SliceGeometry, axis: number) {
    this.part = part;
    this.run = run;
    this.axis = axis;
  }

  get shape(): Shape {
    return this.run.xShape;
  }

  get dtype(): DType {
    return this.part.dtype;
  }

  withPart(part: Tensor): RunGradient {
    return new RunGradient(part, this.run, this.axis);
  }

  join(parts: readonly RunGradient[]): Tensor[] {
    return layersOf(parts).map((layer) => {
      const { axis, run: { xShape } } = layer[0];
      const runs = layer.map(({ run }) => run);
      return apply(sliceGradsOp, { dy: layer.map(({ part }) => part) }, { xShape, axis, runs });
    });
  }
}

/** Shares out runs among layers, each of one axis, in which they do not overlap, in their order. */
function layersOf(parts: readonly RunGradient[]): RunGradient[][] {
  const axes = [...new Set(parts.map(({ axis }) => axis))];
  return axes.flatMap((axis) => {
    const startOf = ({ run }: RunGradient) => startOfRun(run, axis);
    const layers: RunGradient[][] = [];
    let next = 0; // the layer that is free first, where runs are of one size
    const along = parts.filter((part) => part.axis === axis);
    for (const part of along.toSorted((a, b) => startOf(a) - startOf(b))) {
      const last = layers[next]?.at(-1);
      if (last !== undefined && startOf(last) + last.run.counts[axis] <= startOf(part)) {
        layers[next].push(part);
        next = (next + 1) % layers.length;
      } else {
        layers.push([part]);
      }
    }
    return layers;
  });
}

/**
 * Cuts a tensor along an axis.
 *
 * - **Shapes**: that of x but for the axis.
 * - **Gradient**: of each part dy where it was, 0 elsewhere.
 * - **Edge cases**: parts may have size 0; NaN stays NaN; every dtype.
 * - **Source**: the arguments are those of TensorFlow's `split` (NumPy's takes where to cut, not
 *   the sizes).
 *
 * @example
 * ```ts
 * import { arange, split } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const [a, b] = split(arange(4), 2);
 * assertEquals([a.toArray(), b.toArray()], [[0, 1], [2, 3]]);
 * assertEquals(split(arange(4), [1, 3]).map((part) => part.size), [1, 3]);
 * ```
 *
 * @param x a tensor of at least one dimension.
 * @param parts how many equal parts, or the size of each.
 * @param options `axis`, 0 by default.
 * @returns new tensors.
 * @throws {ShapeError} if parts do not make up the size along the axis, or there is no such axis.
 */
export function split(
  x: Tensor,
  parts: number | readonly number[],
  options: SplitOptions = {},
): Tensor[] {
  options = checkOptions("apply split", options, SPLIT_OPTIONS);
  checkTensors("apply split", { x });
  const { axis, sizes } = splitSizes(x.shape, copied(parts), options.axis ?? 0);
  let start = 0;
  return sizes.map((size) => {
    const part = sliceBy(x, partGeometry(x.shape, axis, start, size));
    start += size;
    return part;
  });
}

/**
 * Turns a tensor back to front along some axes: mirror images.
 *
 * - **Formula**: `y[i] = x[n - 1 - i]`.
 * - **Shapes**: that of x.
 * - **Gradient**: dy flipped.
 * - **Edge cases**: NaN stays NaN; every dtype.
 * - **Source**: NumPy's `flip`.
 *
 * @example
 * ```ts
 * import { flip, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[1, 2], [3, 4]]);
 * assertEquals(flip(x, { axis: 1 }).toArray(), [[2, 1], [4, 3]]);
 * assertEquals(flip(x).toArray(), [[4, 3], [2, 1]]);
 * ```
 *
 * @param x any tensor.
 * @param options `axis`: one or several, all by default.
 * @returns a new tensor.
 * @throws {ShapeError} if there is no such axis, or one occurs twice.
 */
export function flip(x: Tensor, options: FlipOptions = {}): Tensor {
  options = checkOptions("apply flip", options, FLIP_OPTIONS);
  checkTensors("apply flip", { x });
  const { axes } = reduceGeometry("apply flip", x.shape, { axis: options.axis });
  const ranges = x.shape.map((_, d): SliceRange => axes.includes(d) ? [null, null, -1] : null);
  return apply(flipOp, { x }, sliceGeometry(x.shape, copied(ranges)));
}

/** The op of {@link flip}: a slice that takes all, so that it is its own adjoint. */
export const flipOp: Op<readonly ["x"], never, SliceGeometry> = /* @__PURE__ */ defineOp({
  name: "flip",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: SliceGeometry) => k.slice(x, g),
  backward: (dy, _saved, g) => ({ x: () => apply(flipOp, { x: dy }, g) }),
});
