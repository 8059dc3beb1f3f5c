// Random convolutions and poolings, those that users test their own operations with, and which
// kinds they are of.

import fc from "fast-check";
import { arbitraries } from "../../src/testing/arbitraries.ts";
import type { ConvSizes, PoolSizes } from "../../src/testing/windows.ts";
import { convWindow, poolWindow } from "./oracles/windows.ts";

export type { ConvSizes, PoolSizes } from "../../src/testing/windows.ts";

const published = arbitraries(fc);

/** Convolutions of every kind, few of them with an empty batch. */
export const convSizes = published.convSizes();

/** Makes poolings of every kind whose windows all hold a pixel. */
export const poolSizes = published.poolSizes();

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

/** Counts padded pixels along an axis that no window reaches because a whole step does not fit. */
function remainder(axis: number, x: readonly number[], window: ReturnType<typeof convWindow>) {
  const { size, stride, dilation, pads, out } = window;
  const reach = 1 + (size[axis] - 1) * dilation[axis];
  const padded = x[1 + axis] + pads[axis][0] + pads[axis][1];
  return padded - reach - (out[axis] - 1) * stride[axis];
}
