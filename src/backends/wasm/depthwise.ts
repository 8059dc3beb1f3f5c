/**
 * Convolution by filters that each see one channel, on the engine: see `kernels/depthwise.ts`
 * and `kernels/depthwise_grad.ts`.
 *
 * The kernels have one filter for each channel. Where there are more, they run once for the first
 * filter of each channel, once for the second, and so on, on arrays in which these are neighbours.
 * Putting y (or dy) in that order and back reads and writes it once more.
 *
 * @module
 */
import { type Conv2dGeometry, transposeGeometry } from "../../core/geometry/mod.ts";
import type { Shape } from "../../core/shape.ts";
import type { Kernels, NdArray } from "../kernels.ts";
import * as abi from "./abi.ts";
import { unitsOfChunk } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { SCRATCH_BYTES } from "./layout.ts";
import type { WasmMemory } from "./memory.ts";
import { imagesOfPart, sumParts } from "./parts.ts";
import { type Sliding, slidingBackward, slidingForward } from "./sliding.ts";

/** Bytes that kernels note of each tap, once more where it is inside the image. */
const TAP_BYTES = 12 + 8;

type ConvKernels = Pick<Kernels, "conv2d" | "conv2dGradX" | "conv2dGradW">;

/** What slides, and where the other arrays are. */
interface Run {
  readonly s: Sliding;
  readonly w: number;
  readonly bias: number;
  readonly y: number;
  readonly turned: boolean;
  readonly adds: boolean;
  readonly relu: boolean;
}

/** Whether each filter sees one channel of several, and the kernels can do it. */
export function isDepthwise(g: Conv2dGeometry): boolean {
  const taps = g.windowHeight * g.windowWidth;
  return g.groups > 1 && g.groups === g.channels && g.outChannels > 0 && !g.xShape.includes(0) &&
    taps * TAP_BYTES <= SCRATCH_BYTES;
}

/** Depthwise convolution of float32 arrays. */
export function depthwiseKernels(
  engine: Engine,
  memory: WasmMemory,
  transpose: Kernels["transpose"],
): ConvKernels {
  /** Dimensions of an array, seen in a shape, in another order. */
  function turned(x: NdArray, shape: Shape, axes: readonly number[]): NdArray {
    return transpose({ ...x, shape }, transposeGeometry(shape, axes));
  }

  /** Uses an array whose filters of a channel are apart, then frees it; x itself where there is one. */
  function withPlanes(x: NdArray, g: Conv2dGeometry, use: (planes: NdArray) => void): void {
    const multiplier = g.outChannels / g.channels;
    if (multiplier === 1) return use(x);
    const rows = x.storage.bytes / 4 / g.outChannels;
    const planes = turned(x, [rows, g.channels, multiplier], [2, 0, 1]);
    try {
      use(planes);
    } finally {
      memory.free(planes);
    }
  }

  /** Makes an array, by way of one whose filters of a channel are apart. */
  function byPlanes(shape: Shape, g: Conv2dGeometry, make: (planes: NdArray) => void): NdArray {
    const planes = memory.reserve(shape, "float32");
    make(planes);
    const multiplier = g.outChannels / g.channels;
    if (multiplier === 1) return planes;
    const rows = planes.storage.bytes / 4 / g.outChannels;
    try {
      return { ...turned(planes, [multiplier, rows, g.channels], [1, 2, 0]), shape };
    } finally {
      memory.free(planes);
    }
  }

  function slide({ s, w, bias, y, turned, adds, relu }: Run, g: Conv2dGeometry): void {
    const rows = s.batch * s.outHeight;
    const taps = g.windowHeight * g.windowWidth;
    const perChunk = unitsOfChunk(rows, s.outWidth * g.channels * Math.max(taps / 4, 1));
    abi.depthwise(engine, Math.ceil(rows / perChunk), {
      ...slidingOf(s, g),
      spreadHeight: s.spreadHeight,
      spreadWidth: s.spreadWidth,
      turned,
      w,
      bias,
      y,
      adds,
      rows,
      rowsOfChunk: perChunk,
      relu,
    });
  }

  return {
    conv2d(x, w, bias, g, activation) {
      const plane = bytesOfPlane(g);
      return byPlanes(g.yShape, g, (y) =>
        withPlanes(w, g, (filters) => {
          const run = (biases: NdArray | null) => {
            for (let m = 0; m < g.outChannels / g.channels; m++) {
              slide({
                s: slidingForward(memory.at(x), g),
                w: memory.at(filters) + m * plane.w,
                bias: biases === null ? 0 : memory.at(biases) + m * plane.bias,
                y: memory.at(y) + m * plane.y,
                turned: false,
                adds: false,
                relu: activation === "relu",
              }, g);
            }
          };
          if (bias === null) run(null);
          else withPlanes(bias, g, run);
        }));
    },

    conv2dGradX(dy, w, g) {
      const plane = bytesOfPlane(g);
      const dx = memory.reserve(g.xShape, "float32");
      withPlanes(dy, g, (seeds) =>
        withPlanes(w, g, (filters) => {
          for (let m = 0; m < g.outChannels / g.channels; m++) {
            slide({
              s: slidingBackward(memory.at(seeds) + m * plane.y, g),
              w: memory.at(filters) + m * plane.w,
              bias: 0,
              y: memory.at(dx),
              turned: true,
              adds: m > 0,
              relu: false,
            }, g);
          }
        }));
      return dx;
    },

    conv2dGradW(dy, x, g) {
      const plane = bytesOfPlane(g);
      const s = slidingForward(memory.at(x), g);
      const perPart = imagesOfPart(g.batch);
      const parts = Math.ceil(g.batch / perPart);
      return byPlanes(
        g.wShape,
        g,
        (dw) =>
          withPlanes(dy, g, (seeds) =>
            engine.withBlock(plane.w * parts, (sums) => {
              for (let m = 0; m < g.outChannels / g.channels; m++) {
                abi.depthwiseGradW(engine, parts, {
                  ...slidingOf(s, g),
                  dy: memory.at(seeds) + m * plane.y,
                  batch: g.batch,
                  parts: sums,
                  imagesOfPart: perPart,
                });
                sumParts(engine, sums, parts, plane.w, memory.at(dw) + m * plane.w);
              }
            })),
      );
    },
  };
}

/** Bytes of what belongs to one filter of each channel. */
function bytesOfPlane(g: Conv2dGeometry): { y: number; w: number; bias: number } {
  const bytes = g.channels * 4;
  return {
    y: g.batch * g.outHeight * g.outWidth * bytes,
    w: g.windowHeight * g.windowWidth * bytes,
    bias: bytes,
  };
}

/** The arguments that both kernels share. */
function slidingOf(s: Sliding, g: Conv2dGeometry): abi.SlidingArgs {
  return {
    x: s.at,
    height: s.height,
    width: s.width,
    channels: g.channels,
    padTop: s.padTop,
    padLeft: s.padLeft,
    strideHeight: s.strideHeight,
    strideWidth: s.strideWidth,
    outHeight: s.outHeight,
    outWidth: s.outWidth,
    windowHeight: g.windowHeight,
    windowWidth: g.windowWidth,
    dilationHeight: g.dilationHeight,
    dilationWidth: g.dilationWidth,
  };
}
