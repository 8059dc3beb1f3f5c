/**
 * Depthwise convolution, windows as rows, and resampling, on layers of the usual networks.
 *
 * @module
 */
import type { ImageLayout } from "@tapegrad/tapegrad";
import type { Kernels, NdArray } from "@tapegrad/tapegrad/backend";
import {
  adaptiveAvgPoolGeometry,
  adjointResampling,
  columnsGeometry,
  type Conv2dGeometry,
  depthwiseConv2dGeometry,
  type ResampleGeometry,
  upsampleGeometry,
  type Upsampling,
} from "../../src/core/geometry/mod.ts";
import { bytesOf, formatShape, freeing, type KernelCase, operand, sizeOf } from "./kernel_case.ts";

interface Layer {
  readonly name: string;
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly stride: number;
}

/** Layers of MobileNet, and one with several filters for each channel. */
const DEPTHWISE: readonly Layer[] = [
  { name: "3x3", x: [8, 56, 56, 64], w: [3, 3, 64, 1], stride: 1 },
  { name: "3x3/2", x: [8, 56, 56, 64], w: [3, 3, 64, 1], stride: 2 },
  { name: "3x3 narrow", x: [32, 14, 14, 256], w: [3, 3, 256, 1], stride: 1 },
  { name: "5x5", x: [8, 28, 28, 96], w: [5, 5, 96, 1], stride: 1 },
  { name: "3x3 x2", x: [8, 56, 56, 32], w: [3, 3, 32, 2], stride: 1 },
];

interface Operands {
  readonly x: NdArray;
  readonly w: NdArray;
  readonly dy: NdArray;
}

type Pass = (k: Kernels, operands: Operands, g: Conv2dGeometry) => NdArray;

const PASSES: readonly (readonly [name: string, pass: Pass])[] = [
  ["fwd", (k, { x, w }, g) => k.conv2d(x, w, null, g)],
  ["dx", (k, { dy, w }, g) => k.conv2dGradX(dy, w, g)],
  ["dw", (k, { dy, x }, g) => k.conv2dGradW(dy, x, g)],
];

function depthwiseCases({ name, x, w, stride }: Layer): KernelCase[] {
  const options = { stride, padding: "same" } as const;
  const g = depthwiseConv2dGeometry(x, w, undefined, options);
  return PASSES.map(([pass, run]) => ({
    name: `depthwise ${name} ${pass}`,
    shape: `${formatShape(x)} * ${formatShape(w)}`,
    limit: "arithmetic",
    work: 2 * sizeOf(g.yShape) * w[0] * w[1],
    prepare(k) {
      const operands = { x: operand(k, x), w: operand(k, g.wShape), dy: operand(k, g.yShape) };
      return freeing(k, () => run(k, operands, g));
    },
  }));
}

/** Windows of images with few and with many channels, as their layout has them. */
const COLUMNS: readonly (readonly [x: readonly number[], layout: ImageLayout])[] = [
  [[16, 28, 28, 32], "NHWC"],
  [[16, 32, 28, 28], "NCHW"],
  [[64, 28, 28, 1], "NHWC"],
];

function columnsCases([x, layout]: typeof COLUMNS[number]): KernelCase[] {
  const g = columnsGeometry("time", x, { size: 3, padding: 1, layout });
  const shape = `${formatShape(x)} ${layout}`;
  return [{
    name: "im2col 3x3",
    shape,
    limit: "copy",
    work: bytesOf(x, g.columnsShape),
    prepare(k) {
      const images = operand(k, x);
      return freeing(k, () => k.im2col(images, g));
    },
  }, {
    name: "col2im 3x3",
    shape,
    limit: "copy",
    work: bytesOf(x, g.columnsShape),
    prepare(k) {
      const columns = operand(k, g.columnsShape);
      return freeing(k, () => k.col2im(columns, g));
    },
  }];
}

function resampleCases(name: string, g: ResampleGeometry): KernelCase[] {
  return ([[name, g], [`${name} gradient`, adjointResampling(g)]] as const).map(([name, g]) => ({
    name,
    shape: `${formatShape(g.xShape)} to ${formatShape(g.yShape)}`,
    limit: "copy",
    work: bytesOf(g.xShape, g.yShape),
    prepare(k) {
      const images = operand(k, g.xShape);
      return freeing(k, () => k.resample(images, g));
    },
  }));
}

const IMAGES = [8, 28, 28, 64];
const UPSAMPLED: readonly Upsampling[] = [
  { factor: 2 },
  { factor: 2, mode: "bilinear" },
  { size: 63, mode: "bilinear", alignCorners: true },
];

/** Kernels of images besides convolution and pools. */
export const IMAGE_CASES: readonly KernelCase[] = [
  ...DEPTHWISE.flatMap(depthwiseCases),
  ...COLUMNS.flatMap(columnsCases),
  ...UPSAMPLED.flatMap((options) =>
    resampleCases(`upsample ${options.mode ?? "nearest"}`, upsampleGeometry(IMAGES, options))
  ),
  ...resampleCases("upsample rgb", upsampleGeometry([16, 64, 64, 3], { factor: 2 })),
  ...resampleCases(
    "upsample grey",
    upsampleGeometry([64, 64, 64, 1], { factor: 2, mode: "bilinear" }),
  ),
  ...resampleCases("adaptive", adaptiveAvgPoolGeometry([32, 56, 56, 32], 7)),
  ...resampleCases("adaptive 1", adaptiveAvgPoolGeometry([32, 14, 14, 256], 1)),
];
