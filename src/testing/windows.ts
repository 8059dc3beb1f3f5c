/**
 * Random convolutions and poolings: tiny, and of every kind that a kernel may get wrong.
 *
 * @module
 */
import type { Conv2dWindow, Padding, Pair, Pool2dWindow } from "../core/geometry/mod.ts";
import { sizeOf } from "../core/shape.ts";
import type { Arbitrary, FastCheck } from "./fast_check.ts";
import { rarely } from "./grids.ts";

/** Shapes and options of a convolution. */
export interface ConvSizes {
  /** Shape of the images. */
  readonly x: readonly number[];
  /** Shape of the filters. */
  readonly w: readonly number[];
  /** Stride, padding, dilation, groups. */
  readonly options: Conv2dWindow;
}

/** Shapes and options of a pooling. */
export interface PoolSizes {
  /** Shape of the images. */
  readonly x: readonly number[];
  /** Size, stride, padding. */
  readonly options: Pool2dWindow;
}

/** Geometries of windows over images. */
export interface WindowArbitraries {
  /** Makes convolutions of every kind, few of them with an empty batch; results have a pixel. */
  convSizes(): Arbitrary<ConvSizes>;
  /** Makes poolings of every kind whose windows all hold a pixel. */
  poolSizes(): Arbitrary<PoolSizes>;
}

/** Checks move every element both ways: more of them than this take too long. */
const MAX_ELEMENTS = 48;

/** Kinds that come up too rarely by themselves. */
const CONV_CORNERS: readonly ConvSizes[] = [
  { x: [1, 3, 3, 2], w: [1, 1, 2, 3], options: {} },
  { x: [2, 3, 2, 1], w: [3, 2, 1, 3], options: {} },
  { x: [1, 4, 5, 2], w: [2, 2, 2, 1], options: { stride: 3, padding: "same" } },
  { x: [1, 2, 2, 1], w: [2, 2, 1, 1], options: { stride: [1, 2], padding: 3 } },
  { x: [1, 3, 4, 3], w: [2, 3, 1, 3], options: { groups: 3, padding: "same" } },
  { x: [0, 3, 3, 2], w: [2, 2, 2, 1], options: {} },
  {
    x: [1, 5, 5, 1],
    w: [2, 2, 1, 2],
    options: { dilation: [3, 2], stride: 2, padding: [[1, 0], [0, 2]] },
  },
];

const POOL_CORNERS: readonly PoolSizes[] = [
  { x: [1, 4, 4, 1], options: { size: 3, stride: 1 } },
  { x: [1, 5, 5, 2], options: { size: 2, stride: 3 } },
  { x: [1, 4, 3, 1], options: { size: [4, 3] } },
  { x: [2, 3, 3, 1], options: { size: 1 } },
  { x: [1, 5, 4, 1], options: { size: 3, stride: 2, padding: "same" } },
  { x: [0, 4, 4, 2], options: { size: 2 } },
  { x: [1, 3, 3, 1], options: { size: 3, stride: 1, padding: "full" } },
];

/** Makes arbitraries of geometries, made with this fast-check. */
export function windowArbitraries(fc: FastCheck): WindowArbitraries {
  const upTo = (max: number) => fc.integer({ min: 1, max });
  const batches = rarely(fc, 31, fc.constant(0), upTo(2));
  const sides = (max: number) => fc.tuple(upTo(max), upTo(max));
  const pairs = (max: number): Arbitrary<Pair> =>
    fc.tuple(fc.boolean(), sides(max)).map(([both, [one, other]]) => both ? [one, other] : one);
  const paddings = (max: number): Arbitrary<Padding> => {
    const pixels = fc.integer({ min: 0, max });
    return fc.tuple(
      fc.integer({ min: 0, max: 2 }),
      fc.constantFrom<Padding>("valid", "same", "full"),
      fc.tuple(pixels, pixels, pixels, pixels),
    ).map(([kind, named, [top, bottom, left, right]]) =>
      [named, top, [[top, bottom], [left, right]] as const][kind]
    );
  };

  const randomConv = fc.tuple(
    fc.tuple(batches, upTo(5), upTo(5)),
    sides(3),
    fc.tuple(upTo(3), upTo(3), upTo(3), fc.boolean()),
    fc.tuple(pairs(4), pairs(2), paddings(3)),
  ).map(([image, kernel, [groups, channels, filters, explicit], [stride, dilation, padding]]) => ({
    x: [...image, channels * groups],
    w: [...kernel, channels, filters * groups],
    options: groups === 1 && !explicit
      ? { stride, dilation, padding }
      : { stride, dilation, padding, groups },
  }));

  const randomPool = fc.tuple(
    fc.tuple(batches, upTo(6), upTo(6), upTo(3)),
    fc.tuple(pairs(3), pairs(4), paddings(2)),
    fc.tuple(fc.boolean(), fc.boolean()),
  ).map(([x, [size, stride, padding], [withStride, withPadding]]) => ({
    x,
    options: { size, ...withStride ? { stride } : {}, ...withPadding ? { padding } : {} },
  }));

  return {
    convSizes: () =>
      rarely<ConvSizes>(fc, 6, fc.constantFrom(...CONV_CORNERS), randomConv.filter(isSmallConv)),
    poolSizes: () =>
      rarely<PoolSizes>(fc, 6, fc.constantFrom(...POOL_CORNERS), randomPool.filter(isSmallPool)),
  };
}

function isSmallConv({ x, w, options }: ConvSizes): boolean {
  const { stride = 1, dilation = 1, padding } = options;
  const places = [0, 1].map((axis) => {
    const reach = (w[axis] - 1) * along(dilation, axis) + 1;
    return placesAlong(x[1 + axis], reach, along(stride, axis), axis, padding).count;
  });
  const y = [x[0], ...places, w[3]];
  return Math.min(...places) > 0 && [x, w, y].every((shape) => sizeOf(shape) <= MAX_ELEMENTS);
}

function isSmallPool({ x, options }: PoolSizes): boolean {
  const { size, stride = size, padding } = options;
  if (sizeOf(x) > MAX_ELEMENTS) return false;
  return [0, 1].every((axis) => {
    const reach = along(size, axis);
    const { count, first, last } = placesAlong(
      x[1 + axis],
      reach,
      along(stride, axis),
      axis,
      padding,
    );
    return count > 0 && first + reach > 0 && last < x[1 + axis];
  });
}

function along(pair: Pair, axis: number): number {
  return typeof pair === "number" ? pair : pair[axis];
}

/** Counts the windows that fit along an axis, and finds the places of the first and the last. */
function placesAlong(
  pixels: number,
  reach: number,
  stride: number,
  axis: number,
  padding: Padding = "valid",
): { count: number; first: number; last: number } {
  const [before, after] = padsAlong(pixels, reach, stride, axis, padding);
  const count = Math.floor((before + pixels + after - reach) / stride) + 1;
  return { count, first: -before, last: (count - 1) * stride - before };
}

function padsAlong(
  pixels: number,
  reach: number,
  stride: number,
  axis: number,
  padding: Padding,
): readonly [number, number] {
  if (typeof padding === "number") return [padding, padding];
  if (padding === "valid") return [0, 0];
  if (padding === "full") return [reach - 1, reach - 1];
  if (padding !== "same") return padding[axis];
  const total = Math.max((Math.ceil(pixels / stride) - 1) * stride + reach - pixels, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}
