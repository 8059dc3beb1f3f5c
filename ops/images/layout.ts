/**
 * Layouts of images: operations know `[N, H, W, C]` alone, and are applied here to what a user has in
 * another order. Errors speak of the shapes that the user gave.
 *
 * @module
 */
import { ShapeError } from "../../src/core/errors.ts";
import {
  CONV2D_FILTERS,
  DEPTHWISE_FILTERS,
  type ImageLayout,
  imagesIn,
  imagesLast,
  type Wording,
} from "../../src/core/geometry/mod.ts";
import { formatShape, type Shape } from "../../src/core/shape.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { reshape } from "../shape/reshape.ts";
import { transpose } from "../shape/transpose.ts";

/** A kind of filters: how they are given in each layout, and what kernels take for them. */
export interface FilterKind {
  /** Words for errors, by layout. */
  readonly words: Readonly<Record<ImageLayout, string>>;
  /** Computes the shape that the filters have with `"NHWC"`. */
  readonly lastShape: (layout: ImageLayout, w: Shape, x: Shape, words: Wording) => Shape;
  /** Puts the filters in the order that kernels read. */
  readonly toLast: (layout: ImageLayout, w: Tensor) => Tensor;
}

/** Filters of convolutions. */
export const CONVOLUTION: FilterKind = {
  words: {
    NHWC: CONV2D_FILTERS,
    NCHW: "filters [O, C / groups, KH, KW] of at least 1 x 1",
  },
  lastShape: filtersLast,
  toLast: filtersToLast,
};

/** Filters of transposed convolutions. */
export const TRANSPOSED: FilterKind = {
  words: {
    NHWC: "filters [KH, KW, O / groups, C] of at least 1 x 1",
    NCHW: "filters [C, O / groups, KH, KW] of at least 1 x 1",
  },
  lastShape: filtersLast,
  toLast: filtersToLast,
};

/** Filters of one channel each. */
export const DEPTHWISE: FilterKind = {
  words: {
    NHWC: DEPTHWISE_FILTERS,
    NCHW: "filters [C M, 1, KH, KW] of at least 1 x 1",
  },
  lastShape: depthwiseLast,
  toLast(layout, w) {
    const last = filtersToLast(layout, w);
    const [height, width, channels, perChannel] = last.shape;
    return reshape(last, [height, width, 1, channels * perChannel]);
  },
};

/** Images and filters as they are given. */
export interface ImageInputs {
  /** Action that errors name. */
  readonly action: string;
  /** Order of dimensions; `"NHWC"` by default. */
  readonly layout: ImageLayout | undefined;
  /** Images. */
  readonly x: Tensor;
  /** Filters, if any. */
  readonly filters?: readonly { readonly w: Tensor; readonly kind: FilterKind }[];
}

/**
 * Applies an operation that knows `"NHWC"` alone to images and filters in any layout: first computes
 * its sizes, which checks, then it itself. Both get filters in the order in which they are given.
 */
export function onImages<G>(
  { action, layout = "NHWC", x, filters = [] }: ImageInputs,
  sizes: (words: readonly Wording[], x: Shape, ...filters: Shape[]) => G,
  compute: (g: G, x: Tensor, ...filters: Tensor[]) => Tensor,
): Tensor {
  const words = filters.length === 0
    ? [imagesIn(layout, action, x.shape)]
    : filters.map(({ w, kind }) => imagesIn(layout, action, x.shape, w.shape, kind.words[layout]));
  const xShape = imagesLast(layout, x.shape);
  const shapes = filters.map(({ w, kind }, i) => kind.lastShape(layout, w.shape, xShape, words[i]));
  const g = sizes(words, xShape, ...shapes);
  const ordered = filters.map(({ w, kind }) => kind.toLast(layout, w));
  return layout === "NHWC" ? compute(g, x, ...ordered) : toFirst(compute(g, toLast(x), ...ordered));
}

/** Returns the axes of rows and columns. */
export function pixelAxes(layout: ImageLayout): [rows: number, columns: number] {
  return layout === "NHWC" ? [1, 2] : [2, 3];
}

/** Writes the dimensions of filters in a layout: `[KH, KW, C, O]`, or `[O, C, KH, KW]`. */
export function formatFilters(
  layout: ImageLayout,
  [height, width, channels, out]: readonly (number | string)[],
): string {
  const dimensions = layout === "NHWC"
    ? [height, width, channels, out]
    : [out, channels, height, width];
  return `[${dimensions.join(", ")}]`;
}

/** Turns the shape of filters `[O, C / groups, KH, KW]` into `[KH, KW, C / groups, O]`. */
function filtersLast(layout: ImageLayout, shape: Shape): Shape {
  if (layout === "NHWC" || shape.length !== 4) return shape;
  const [out, perGroup, height, width] = shape;
  return [height, width, perGroup, out];
}

/** Turns filters `[O, C / groups, KH, KW]` into `[KH, KW, C / groups, O]`. */
function filtersToLast(layout: ImageLayout, w: Tensor): Tensor {
  return layout === "NHWC" ? w : transpose(w, [2, 3, 1, 0]);
}

/** Turns the shape of filters `[C M, 1, KH, KW]` into `[KH, KW, C, M]`; refuses what is none. */
function depthwiseLast(
  layout: ImageLayout,
  shape: Shape,
  x: Shape,
  { action, filters, x: given, w }: Wording,
): Shape {
  if (layout === "NHWC" || x.length !== 4) return shape;
  const [out, one, height, width] = shape;
  const shapes = `x is ${formatShape(given)}, w is ${formatShape(w)}`;
  const channels = x[3];
  if (shape.length !== 4 || one !== 1) {
    throw new ShapeError(`Cannot ${action}: w must be ${filters}: w is ${formatShape(w)}`);
  }
  if (channels > 0 && out % channels !== 0) {
    throw new ShapeError(
      `Cannot ${action}: w must have as many filters for each channel of x: ${shapes}`,
    );
  }
  return [height, width, channels, out / channels];
}

/**
 * Turns images `[N, C, H, W]` into `[N, H, W, C]`; nothing moves where there is one channel or
 * pixel.
 */
function toLast(x: Tensor): Tensor {
  const [batch, channels, height, width] = x.shape;
  const isOrdered = channels === 1 || height * width === 1;
  return isOrdered ? reshape(x, [batch, height, width, channels]) : transpose(x, [0, 2, 3, 1]);
}

/**
 * Turns images `[N, H, W, C]` into `[N, C, H, W]`; nothing moves where there is one channel or
 * pixel.
 */
function toFirst(x: Tensor): Tensor {
  const [batch, height, width, channels] = x.shape;
  const isOrdered = channels === 1 || height * width === 1;
  return isOrdered ? reshape(x, [batch, channels, height, width]) : transpose(x, [0, 3, 1, 2]);
}
