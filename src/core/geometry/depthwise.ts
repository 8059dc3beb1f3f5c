/**
 * Geometry of depthwise convolution: that of a convolution with a group for each channel.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { formatShape, type Shape } from "../shape.ts";
import { type ImageLayout, imagesIn, imagesLast, type Wording } from "./layout.ts";
import { checkImages, type Conv2dGeometry, conv2dGeometry, type Conv2dWindow } from "./window.ts";

/** Window of the filters of a depthwise convolution on images. */
export type DepthwiseConv2dWindow = Omit<Conv2dWindow, "groups">;

const FILTERS = {
  NHWC: "filters [KH, KW, C, M] of at least 1 x 1",
  NCHW: "filters [C M, 1, KH, KW] of at least 1 x 1",
} as const;

/** Computes the sizes of a depthwise convolution; the shapes of x and w are given in `layout`. */
export function depthwiseConv2dGeometry(
  action: string,
  x: Shape,
  w: Shape,
  bias: Shape | undefined,
  options: DepthwiseConv2dWindow,
  layout: ImageLayout,
): Conv2dGeometry {
  const words: Wording = { ...imagesIn(layout, action, x, w), filters: FILTERS[layout] };
  const images = imagesLast(layout, x);
  checkImages(words, images);
  const channels = images[3];
  const filters = groupedFilters(words, w, channels, layout);
  const { stride, padding, dilation } = options;
  return conv2dGeometry(
    images,
    filters,
    bias,
    { stride, padding, dilation, groups: channels },
    words,
  );
}

/** Computes the shape of the filters as those of groups of one channel, `[KH, KW, 1, C M]`. */
function groupedFilters(
  { action, filters, x, w: given }: Wording,
  w: Shape,
  channels: number,
  layout: ImageLayout,
): Shape {
  const shapes = `x is ${formatShape(x)}, w is ${formatShape(given)}`;
  if (w.length !== 4 || (layout === "NCHW" && w[1] !== 1)) {
    throw new ShapeError(`Cannot ${action}: w must be ${filters}: w is ${formatShape(given)}`);
  }
  if (channels < 1) {
    throw new ShapeError(`Cannot ${action}: x must have at least one channel: ${shapes}`);
  }
  if (layout === "NCHW") {
    if (w[0] % channels !== 0) {
      throw new ShapeError(
        `Cannot ${action}: w must have as many filters for each channel of x: ${shapes}`,
      );
    }
    return [w[2], w[3], 1, w[0]];
  }
  if (w[2] !== channels) {
    throw new ShapeError(
      `Cannot ${action}: x has ${channels} channels but w expects ${w[2]}: ${shapes}`,
    );
  }
  return [w[0], w[1], 1, channels * w[3]];
}
