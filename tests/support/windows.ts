// Random convolutions and poolings: tiny, and of every kind that a kernel may get wrong.

import fc from "fast-check";
import type { Conv2dWindow, Padding, Pair, Pool2dWindow } from "../../src/core/geometry/mod.ts";
import { convShape, convWindow, poolShape, poolWindow, product } from "./window_oracle.ts";

/** Shapes and options of a convolution. */
export interface ConvSizes {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly options: Conv2dWindow;
}

/** Shapes and options of a pooling. */
export interface PoolSizes {
  readonly x: readonly number[];
  readonly options: Pool2dWindow;
}

/** Checks move every element both ways: more of them than this take too long. */
const MAX_ELEMENTS = 48;

function pairs(max: number): fc.Arbitrary<Pair> {
  const one = fc.integer({ min: 1, max });
  return fc.oneof(one, fc.tuple(one, one));
}

function paddings(max: number): fc.Arbitrary<Padding> {
  const pixels = fc.integer({ min: 0, max });
  const sides = fc.tuple(pixels, pixels);
  return fc.oneof(
    fc.constantFrom<Padding>("valid", "same", "full"),
    pixels,
    fc.tuple(sides, sides),
  );
}

const randomConv: fc.Arbitrary<ConvSizes> = fc.record({
  batch: fc.oneof({ weight: 30, arbitrary: fc.integer({ min: 1, max: 2 }) }, fc.constant(0)),
  height: fc.integer({ min: 1, max: 5 }),
  width: fc.integer({ min: 1, max: 5 }),
  kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  groups: fc.integer({ min: 1, max: 3 }),
  channels: fc.integer({ min: 1, max: 3 }),
  filters: fc.integer({ min: 1, max: 3 }),
  stride: pairs(4),
  dilation: pairs(2),
  padding: paddings(3),
  explicit: fc.boolean(),
}).map((sizes) => {
  const { batch, height, width, kernel, groups, channels, filters } = sizes;
  const { stride, dilation, padding, explicit } = sizes;
  const options = groups === 1 && !explicit
    ? { stride, dilation, padding }
    : { stride, dilation, padding, groups };
  return {
    x: [batch, height, width, channels * groups],
    w: [...kernel, channels, filters * groups],
    options,
  };
});

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

/** Convolutions of every kind, few of them with an empty batch. */
export const convSizes: fc.Arbitrary<ConvSizes> = fc.oneof(
  { weight: 5, arbitrary: randomConv.filter(isSmallConv) },
  fc.constantFrom(...CONV_CORNERS),
);

function isSmallConv({ x, w, options }: ConvSizes): boolean {
  const y = convShape(x, w, options);
  return Math.min(y[1], y[2]) > 0 && [x, w, y].every((shape) => product(shape) <= MAX_ELEMENTS);
}

const randomPool: fc.Arbitrary<PoolSizes> = fc.record({
  x: fc.tuple(
    fc.oneof({ weight: 30, arbitrary: fc.integer({ min: 1, max: 2 }) }, fc.constant(0)),
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 3 }),
  ),
  options: fc.record(
    { size: pairs(3), stride: pairs(4), padding: paddings(2) },
    { requiredKeys: ["size"] },
  ),
});

const POOL_CORNERS: readonly PoolSizes[] = [
  { x: [1, 4, 4, 1], options: { size: 3, stride: 1 } },
  { x: [1, 5, 5, 2], options: { size: 2, stride: 3 } },
  { x: [1, 4, 3, 1], options: { size: [4, 3] } },
  { x: [2, 3, 3, 1], options: { size: 1 } },
  { x: [1, 5, 4, 1], options: { size: 3, stride: 2, padding: "same" } },
  { x: [0, 4, 4, 2], options: { size: 2 } },
  { x: [1, 3, 3, 1], options: { size: 3, stride: 1, padding: "full" } },
];

/** Poolings of every kind whose windows all hold a pixel. */
export const poolSizes: fc.Arbitrary<PoolSizes> = fc.oneof(
  { weight: 5, arbitrary: randomPool.filter(isSmallPool) },
  fc.constantFrom(...POOL_CORNERS),
);

function isSmallPool({ x, options }: PoolSizes): boolean {
  const y = poolShape(x, options);
  if (Math.min(y[1], y[2]) < 1 || product(x) > MAX_ELEMENTS) return false;
  const { size, stride, pads, out } = poolWindow(x, options);
  return [0, 1].every((axis) => {
    const last = (out[axis] - 1) * stride[axis] - pads[axis][0];
    return pads[axis][0] < size[axis] && last < x[1 + axis];
  });
}

/** Names of the kinds a convolution is of; the tests of the generator ask for each. */
export function convKinds({ x, w, options }: ConvSizes): string[] {
  const { size, stride, dilation, pads, out } = convWindow(x, w, options);
  const { groups = 1, padding } = options;
  const kinds: Record<string, boolean> = {
    "stride 1": stride[0] === 1 && stride[1] === 1,
    "stride > 1": stride[0] > 1 && stride[1] > 1,
    "rectangular stride": stride[0] !== stride[1],
    "stride > kernel": stride[0] > size[0] || stride[1] > size[1],
    "1 x 1 kernel": size[0] === 1 && size[1] === 1,
    "kernel = input": size[0] === x[1] && size[1] === x[2] && x[1] > 1,
    "rectangular kernel": size[0] !== size[1],
    "rectangular image": x[1] !== x[2],
    "one dilation": dilation[0] === dilation[1] && dilation[0] > 1,
    "two dilations": dilation[0] !== dilation[1],
    "groups": groups > 1,
    "depthwise": groups > 1 && w[2] === 1 && w[3] === groups,
    "remainder": [0, 1].some((i) => remainder(i, x, { size, stride, dilation, pads, out }) > 0),
    "padding >= kernel": pads.flat().some((n, i) => n >= size[i >> 1]),
    "asymmetric padding": pads.some(([before, after]) => before !== after),
    "padding by number": typeof padding === "number" && padding > 0,
    "explicit padding": Array.isArray(padding),
    "same": padding === "same",
    "full": padding === "full",
    "valid": padding === "valid" || padding === undefined,
    "batch 0": x[0] === 0,
    "batch 1": x[0] === 1,
    "batch 2": x[0] === 2,
    "channels not a multiple of 4": x[3] % 4 !== 0 && w[3] % 4 !== 0,
  };
  return Object.keys(kinds).filter((kind) => kinds[kind]);
}

/** Names of the kinds a pooling is of. */
export function poolKinds({ x, options }: PoolSizes): string[] {
  const window = poolWindow(x, options);
  const { size, stride, pads } = window;
  const { padding } = options;
  const kinds: Record<string, boolean> = {
    "overlapping": stride[0] < size[0] && stride[1] < size[1],
    "gapped": stride[0] > size[0] || stride[1] > size[1],
    "tiled": stride[0] === size[0] && stride[1] === size[1],
    "stride by default": options.stride === undefined,
    "rectangular": size[0] !== size[1],
    "whole image": size[0] === x[1] && size[1] === x[2],
    "remainder": [0, 1].some((i) => remainder(i, x, window) > 0),
    "asymmetric padding": pads.some(([before, after]) => before !== after),
    "padding by number": typeof padding === "number" && padding > 0,
    "explicit padding": Array.isArray(padding),
    "same": padding === "same",
    "full": padding === "full",
    "valid": padding === "valid" || padding === undefined,
    "batch 0": x[0] === 0,
    "batch 2": x[0] === 2,
  };
  return Object.keys(kinds).filter((kind) => kinds[kind]);
}

/** Padded pixels along an axis that no window reaches because a whole step does not fit. */
function remainder(axis: number, x: readonly number[], window: ReturnType<typeof convWindow>) {
  const { size, stride, dilation, pads, out } = window;
  const reach = 1 + (size[axis] - 1) * dilation[axis];
  const padded = x[1 + axis] + pads[axis][0] + pads[axis][1];
  return padded - reach - (out[axis] - 1) * stride[axis];
}
