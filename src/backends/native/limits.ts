/**
 * Limits of what is handed to the libraries. Our own checks allow sizes up to 2^30; a library may
 * compute with them in 32 bits, and a wrong address there ends the program. What is beyond is left
 * to the kernels of WebAssembly, which are tested there.
 *
 * @module
 */
import type { Conv2dGeometry, MatmulGeometry } from "../../core/geometry/mod.ts";
import { sizeOf } from "../../core/shape.ts";

/** Elements of an array; their bytes fit into a signed integer of 32 bits. */
const MOST_ELEMENTS = 2 ** 29 - 1;
/** Sizes of images along an axis. */
const MOST_PIXELS = 2 ** 15;
/** Channels and batches, rows and columns of matrices. */
const MOST_ROWS = 2 ** 24;
/** Taps of a filter along an axis. */
const MOST_TAPS = 64;
/** Strides and dilations. */
const MOST_STEP = 64;

/** Returns true if a convolution may be handed on. */
export function isUsualConvolution(g: Conv2dGeometry): boolean {
  const pixels = [g.height, g.width, g.outHeight, g.outWidth];
  const steps = [g.strideHeight, g.strideWidth, g.dilationHeight, g.dilationWidth];
  const taps = [g.windowHeight, g.windowWidth];
  return areWithin(MOST_PIXELS, pixels) && areWithin(MOST_STEP, steps) &&
    areWithin(MOST_TAPS, taps) &&
    areWithin(MOST_ROWS, [g.batch, g.channels, g.outChannels]) &&
    areWithin(MOST_ELEMENTS, [g.xShape, g.wShape, g.yShape].map(sizeOf)) &&
    windowsTouch(g);
}

/**
 * Returns true if oneDNN computes the gradient of filters without harm: that of filters of one pixel
 * with strides overruns its own memory on several threads (version 2.6, `jit_1x1:avx512_core`).
 */
export function isSoundGradW(g: Conv2dGeometry): boolean {
  const isOnePixel = g.windowHeight === 1 && g.windowWidth === 1;
  return !isOnePixel || (g.strideHeight === 1 && g.strideWidth === 1);
}

/** Returns true if products may be handed on. */
export function isUsualProduct({ rows, inner, columns }: MatmulGeometry, count: number): boolean {
  return areWithin(MOST_ROWS, [rows, inner, columns, count]) &&
    areWithin(MOST_ELEMENTS, [rows * inner, inner * columns, rows * columns].map((n) => n * count));
}

function areWithin(most: number, sizes: readonly number[]): boolean {
  return sizes.every((size) => size >= 1 && size <= most);
}

/** Returns true if every window touches the image: none lies wholly in the padding. */
function windowsTouch(g: Conv2dGeometry): boolean {
  const reach = [
    (g.windowHeight - 1) * g.dilationHeight + 1,
    (g.windowWidth - 1) * g.dilationWidth + 1,
  ];
  const last = [
    (g.outHeight - 1) * g.strideHeight - g.padTop,
    (g.outWidth - 1) * g.strideWidth - g.padLeft,
  ];
  return g.padTop < reach[0] && g.padLeft < reach[1] && last[0] < g.height && last[1] < g.width;
}
