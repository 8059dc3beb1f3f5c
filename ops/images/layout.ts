/**
 * Images and filters put in the order of dimensions that kernels read, and back.
 *
 * @module
 */
import type { ImageLayout } from "../../src/core/geometry/mod.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { reshape } from "../shape/reshape.ts";
import { transpose } from "../shape/transpose.ts";

/** Applies a function of images `[N, H, W, C]`, whose result are such images, in a layout. */
export function inLayout(layout: ImageLayout, x: Tensor, f: (x: Tensor) => Tensor): Tensor {
  return layout === "NHWC" ? f(x) : toFirst(f(toLast(x)));
}

/** Filters as `[KH, KW, C / groups, O]`. */
export function filtersToLast(layout: ImageLayout, w: Tensor): Tensor {
  return layout === "NHWC" ? w : transpose(w, [2, 3, 1, 0]);
}

/**
 * Turns images `[N, C, H, W]` into `[N, H, W, C]`; nothing moves where there is one channel or
 * pixel.
 */
export function toLast(x: Tensor): Tensor {
  const [batch, channels, height, width] = x.shape;
  const isOrdered = channels === 1 || height * width === 1;
  return isOrdered ? reshape(x, [batch, height, width, channels]) : transpose(x, [0, 2, 3, 1]);
}

/**
 * Turns images `[N, H, W, C]` into `[N, C, H, W]`; nothing moves where there is one channel or
 * pixel.
 */
export function toFirst(x: Tensor): Tensor {
  const [batch, height, width, channels] = x.shape;
  const isOrdered = channels === 1 || height * width === 1;
  return isOrdered ? reshape(x, [batch, channels, height, width]) : transpose(x, [0, 3, 1, 2]);
}
