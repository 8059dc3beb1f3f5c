/**
 * Orders of the dimensions of images, and how errors speak of images and filters.
 *
 * @module
 */
import { formatValue } from "../format_value.ts";
import type { Shape } from "../shape.ts";

/**
 * Order of the dimensions of images: `"NHWC"` has channels last, `"NCHW"` first, as PyTorch. The
 * filters follow: `[KH, KW, C / groups, O]` for the one, `[O, C / groups, KH, KW]` for the other.
 */
export type ImageLayout = "NHWC" | "NCHW";

/** Words for errors: the action that failed, and shapes as the user gave them. */
export interface Wording {
  /** Action that failed. */
  readonly action: string;
  /** Dimensions that x must have: images, and the order of their dimensions. */
  readonly images: string;
  /** Dimensions that w must have. */
  readonly filters: string;
  /** Shape of x. */
  readonly x: Shape;
  /** Shape of w. */
  readonly w: Shape;
}

const IMAGES = { NHWC: "images [N, H, W, C]", NCHW: "images [N, C, H, W]" } as const;

/** Dimensions that the filters of a convolution must have. */
export const CONV2D_FILTERS = "filters [KH, KW, C / groups, O] of at least 1 x 1";

/** Makes the words for images in a layout, and for filters. */
export function imagesIn(
  layout: ImageLayout,
  action: string,
  x: Shape,
  w: Shape = [],
  filters: string = CONV2D_FILTERS,
): Wording {
  if (layout !== "NHWC" && layout !== "NCHW") {
    throw new RangeError(
      `Cannot ${action}: layout must be "NHWC" or "NCHW": got ${formatValue(layout)}`,
    );
  }
  return { action, images: IMAGES[layout], filters, x, w };
}

/**
 * Makes the end of an error about channels: where x has as many as are expected at the place of
 * another layout, it names that; else it is empty.
 */
export function layoutHint({ images, x }: Wording, channels: number): string {
  if (x.length !== 4) return "";
  if (images === IMAGES.NHWC && x[1] === channels) {
    return '; if x is [N, C, H, W], pass layout: "NCHW", whose filters have other dimensions, ' +
      "too, or transpose(x, [0, 2, 3, 1])";
  }
  if (images === IMAGES.NCHW && x[3] === channels) {
    return '; if x is [N, H, W, C], leave out layout: "NCHW", or transpose(x, [0, 3, 1, 2])';
  }
  return "";
}

/**
 * Makes the end of an error about a window that does not fit: where it would fit into images of the
 * other layout, it names that; else it is empty.
 */
export function windowHint({ images, x, w }: Wording, reach: readonly number[]): string {
  // Filters have been compared with the channels of x before.
  const fits = images === IMAGES.NHWC && w.length === 0 && x[2] >= reach[0] && x[3] >= reach[1];
  return fits ? '; if x is [N, C, H, W], pass layout: "NCHW", or transpose(x, [0, 2, 3, 1])' : "";
}

/**
 * Returns the shape of images with channels last; one of another rank is left for checks to refuse.
 */
export function imagesLast(layout: ImageLayout, shape: Shape): Shape {
  if (layout === "NHWC" || shape.length !== 4) return shape;
  const [batch, channels, height, width] = shape;
  return [batch, height, width, channels];
}
