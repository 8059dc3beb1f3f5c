/**
 * Geometry of depthwise convolution: that of a convolution with a group for each channel.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { formatShape, type Shape } from "../shape.ts";
import { imagesIn, layoutHint, type Wording } from "./layout.ts";
import { checkImages, type Conv2dGeometry, conv2dGeometry, type Conv2dWindow } from "./window.ts";

/** Window of the filters of a depthwise convolution on images. */
export type DepthwiseConv2dWindow = Omit<Conv2dWindow, "groups">;

/** Dimensions that the filters must have. */
export const DEPTHWISE_FILTERS = "filters [KH, KW, C, M] of at least 1 x 1";

/** Computes the sizes of a depthwise convolution with filters `[KH, KW, C, M]`. */
export function depthwiseConv2dGeometry(
  x: Shape,
  w: Shape,
  bias: Shape | undefined,
  { stride, padding, dilation }: DepthwiseConv2dWindow,
  words: Wording = imagesIn("NHWC", "apply depthwiseConv2d", x, w, DEPTHWISE_FILTERS),
): Conv2dGeometry {
  checkImages(words, x);
  const groups = x[3];
  const filters = groupedFilters(words, w, groups);
  return conv2dGeometry(x, filters, bias, { stride, padding, dilation, groups }, words);
}

/** Computes the shape of the filters as those of groups of one channel, `[KH, KW, 1, C M]`. */
function groupedFilters(words: Wording, w: Shape, channels: number): Shape {
  const { action } = words;
  const [x, given] = [formatShape(words.x), formatShape(words.w)];
  if (w.length !== 4) {
    throw new ShapeError(`Cannot ${action}: w must be ${words.filters}: w is ${given}`);
  }
  if (channels < 1) {
    throw new ShapeError(
      `Cannot ${action}: x must have at least one channel: x is ${x}, w is ${given}`,
    );
  }
  if (w[2] !== channels) {
    throw new ShapeError(
      `Cannot ${action}: x has ${channels} channels but w expects ${
        w[2]
      }: x is ${x}, w is ${given}${layoutHint(words, w[2])}`,
    );
  }
  return [w[0], w[1], 1, channels * w[3]];
}
