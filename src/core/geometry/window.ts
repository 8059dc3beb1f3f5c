/**
 * Geometry of sliding windows: convolution and pooling options and shapes made into sizes.
 * Every shape check of these operations is here.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { formatValue } from "../format_value.ts";
import { checkSize, formatShape, type Shape } from "../shape.ts";
import { checkExtent, checkPadded, checkReach } from "./bounds.ts";
import { imagesIn, layoutHint, windowHint, type Wording } from "./layout.ts";

/** A size along both image axes, or `[height, width]`. */
export type Pair = number | readonly [height: number, width: number];

/**
 * Zeros around an image: `"valid"` none; `"same"` TensorFlow's rule (output size is
 * `ceil(input / stride)`, the odd pixel goes after); `"full"` all windows that touch a pixel;
 * a number of pixels on each side; or `[[top, bottom], [left, right]]`.
 */
export type Padding =
  | "valid"
  | "same"
  | "full"
  | number
  | readonly [
    vertical: readonly [top: number, bottom: number],
    horizontal: readonly [left: number, right: number],
  ];

/** Sizes that convolution and pooling share. */
export interface WindowGeometry {
  /** Number of images. */
  readonly batch: number;
  /** Rows of an image. */
  readonly height: number;
  /** Columns of an image. */
  readonly width: number;
  /** Channels of an image. */
  readonly channels: number;
  /** Rows of a result. */
  readonly outHeight: number;
  /** Columns of a result. */
  readonly outWidth: number;
  /** Rows of a window (of a filter). */
  readonly windowHeight: number;
  /** Columns of a window (of a filter). */
  readonly windowWidth: number;
  /** Rows from window to window. */
  readonly strideHeight: number;
  /** Columns from window to window. */
  readonly strideWidth: number;
  /** Distance between rows of a window; 1 unless dilated. */
  readonly dilationHeight: number;
  /** Distance between columns of a window; 1 unless dilated. */
  readonly dilationWidth: number;
  /** Rows added above. */
  readonly padTop: number;
  /** Columns added on the left. */
  readonly padLeft: number;
  /** Shape of the images, `[N, H, W, C]`. */
  readonly xShape: Shape;
  /** Shape of the result, `[N, OH, OW, O]`. */
  readonly yShape: Shape;
}

/** Resolved sizes of a convolution. */
export interface Conv2dGeometry extends WindowGeometry {
  /** Channels of a result: number of filters. */
  readonly outChannels: number;
  /** Groups of channels that are convolved apart. */
  readonly groups: number;
  /** Shape of the filters, `[KH, KW, C / groups, O]`. */
  readonly wShape: Shape;
}

/** Resolved sizes of a pooling. */
export interface Pool2dGeometry extends WindowGeometry {
  /** Count padding as zeros in averages (only read by avgPool). */
  readonly countPadding: boolean;
}

/** Window of filters on images. */
export interface Conv2dWindow {
  /** Step between windows; 1 by default. */
  readonly stride?: Pair;
  /** Zeros around the image; `"valid"` by default. */
  readonly padding?: Padding;
  /** Distance between the taps of a filter; 1 by default. */
  readonly dilation?: Pair;
  /** Number of groups of channels that are convolved apart; 1 by default. */
  readonly groups?: number;
}

/** Windows of images that a pooling takes. */
export interface Pool2dWindow {
  /** Size of a window. */
  readonly size: Pair;
  /** Step between windows; `size` by default. */
  readonly stride?: Pair;
  /** Pixels around the image; `"valid"` by default. */
  readonly padding?: Padding;
}

/**
 * Computes the sizes of `conv2d(x, w, { bias, ...options })`. `words` are those of errors, where x
 * and w are not as the user gave them.
 */
export function conv2dGeometry(
  x: Shape,
  w: Shape,
  bias: Shape | undefined,
  options: Conv2dWindow,
  words: Wording = imagesIn("NHWC", "apply conv2d", x, w),
): Conv2dGeometry {
  const { action } = words;
  const { groups = 1 } = options;
  checkImages(words, x);
  checkFilters(words, x, w, groups);
  const outChannels = w[3];
  if (bias !== undefined && (bias.length !== 1 || bias[0] !== outChannels)) {
    throw new ShapeError(
      `Cannot ${action}: bias must have one element per output channel, [${outChannels}]: ` +
        `bias is ${formatShape(bias)}, w is ${formatShape(words.w)}`,
    );
  }
  const window = {
    size: [w[0], w[1]] as const,
    stride: pair(action, "stride", options.stride ?? 1),
    dilation: pair(action, "dilation", options.dilation ?? 1),
    padding: options.padding ?? "valid",
  };
  return { ...windowGeometry(words, x, window, outChannels), outChannels, groups, wShape: w };
}

/**
 * Computes the sizes of `maxPool` and `avgPool`; every window must hold at least one real pixel.
 */
export function pool2dGeometry(
  action: string,
  x: Shape,
  options: Pool2dWindow,
  countPadding: boolean,
  words: Wording = imagesIn("NHWC", action, x),
): Pool2dGeometry {
  checkImages(words, x);
  const size = pair(action, "size", options.size);
  const window = {
    size,
    stride: pair(action, "stride", options.stride ?? size),
    dilation: [1, 1] as const,
    padding: options.padding ?? "valid",
  };
  const g = { ...windowGeometry(words, x, window, x[3]), countPadding };
  checkNoEmptyWindow(words, g, options);
  return g;
}

/** Windows with all that options leave open filled in. */
export interface SlidingWindow {
  /** Rows and columns. */
  readonly size: readonly [number, number];
  /** Rows and columns from window to window. */
  readonly stride: readonly [number, number];
  /** Distance between rows and between columns of a window. */
  readonly dilation: readonly [number, number];
  /** Zeros around the image. */
  readonly padding: Padding;
}

/** Computes the sizes of windows that slide over images. */
export function windowGeometry(
  words: Wording,
  x: Shape,
  { size, stride, dilation, padding }: SlidingWindow,
  outChannels: number,
): WindowGeometry {
  const { action } = words;
  const [batch, height, width, channels] = x;
  checkReach(action, size, dilation);
  const reach = [0, 1].map((i) => (size[i] - 1) * dilation[i] + 1);
  const pads = [0, 1].map((i) =>
    padsAlong(action, padding, i, [height, width][i], reach[i], stride[i])
  );
  const padded = [height, width].map((n, i) => n + pads[i][0] + pads[i][1]);
  const given = `padding is ${formatValue(padding)}, x is ${formatShape(words.x)}`;
  checkPadded(action, "the padded image", padded, given);
  const [outHeight, outWidth] = padded.map((n, i) => Math.floor((n - reach[i]) / stride[i]) + 1);
  if (outHeight < 1 || outWidth < 1) {
    throw new ShapeError(
      `Cannot ${action}: the window must fit into the padded image: the window reaches over ` +
        `${formatShape(reach)}, ${given}${windowHint(words, reach)}`,
    );
  }
  const yShape = [batch, outHeight, outWidth, outChannels];
  checkSize(action, yShape);
  return {
    batch,
    height,
    width,
    channels,
    outHeight,
    outWidth,
    windowHeight: size[0],
    windowWidth: size[1],
    strideHeight: stride[0],
    strideWidth: stride[1],
    dilationHeight: dilation[0],
    dilationWidth: dilation[1],
    padTop: pads[0][0],
    padLeft: pads[1][0],
    xShape: x,
    yShape,
  };
}

/** Counts the pixels before and after along one axis. */
export function padsAlong(
  action: string,
  padding: Padding,
  axis: number,
  size: number,
  reach: number,
  stride: number,
): readonly [number, number] {
  if (padding === "valid") return [0, 0];
  if (padding === "full") return [reach - 1, reach - 1];
  if (padding === "same") {
    const total = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
    const before = Math.floor(total / 2);
    return [before, total - before];
  }
  const sides = typeof padding === "number" ? [[padding, padding], [padding, padding]] : padding;
  const pads = sides?.length === 2 ? sides[axis] : undefined;
  if (
    !Array.isArray(pads) || pads.length !== 2 || !pads.every((n) => Number.isInteger(n) && n >= 0)
  ) {
    throw new RangeError(
      `Cannot ${action}: padding must be "valid", "same", "full", an integer of at least 0 or ` +
        `[[top, bottom], [left, right]]: got ${formatValue(padding)}`,
    );
  }
  checkExtent(action, "padding", pads);
  return [pads[0], pads[1]];
}

/** Throws unless x is a batch of images. */
export function checkImages({ action, images, x: given }: Wording, x: Shape): void {
  if (x.length !== 4) {
    throw new ShapeError(
      `Cannot ${action}: x must be ${images}: x is ${formatShape(given)}`,
    );
  }
}

function checkFilters(words: Wording, x: Shape, w: Shape, groups: number): void {
  const { action } = words;
  const [givenX, givenW] = [formatShape(words.x), formatShape(words.w)];
  if (w.length !== 4 || w[0] < 1 || w[1] < 1) {
    throw new ShapeError(
      `Cannot ${action}: w must be ${words.filters}: w is ${givenW}`,
    );
  }
  if (!Number.isInteger(groups) || groups < 1) {
    throw new RangeError(
      `Cannot ${action}: groups must be an integer of at least 1: got ${groups}`,
    );
  }
  const [channels, outChannels] = [x[3], w[3]];
  const most = Math.max(channels, outChannels, 1);
  if (groups > most || channels % groups !== 0 || outChannels % groups !== 0) {
    throw new ShapeError(
      `Cannot ${action}: groups must divide the channels of x and the filters of w: groups is ` +
        `${groups}, x is ${givenX}, w is ${givenW}`,
    );
  }
  if (channels !== w[2] * groups) {
    const per = groups === 1 ? "" : ` (${w[2]} in each of ${groups} groups)`;
    throw new ShapeError(
      `Cannot ${action}: x has ${channels} channels but w expects ${w[2] * groups}${per}: ` +
        `x is ${givenX}, w is ${givenW}${layoutHint(words, w[2] * groups)}`,
    );
  }
}

/** Refuses windows that lie wholly in padding: a pool of nothing has no value. */
function checkNoEmptyWindow(
  { action, x }: Wording,
  g: WindowGeometry,
  options: Pool2dWindow,
): void {
  const lastTop = (g.outHeight - 1) * g.strideHeight - g.padTop;
  const lastLeft = (g.outWidth - 1) * g.strideWidth - g.padLeft;
  const empty = g.height < 1 || g.width < 1 || g.padTop >= g.windowHeight ||
    g.padLeft >= g.windowWidth ||
    lastTop >= g.height || lastLeft >= g.width;
  if (empty) {
    throw new ShapeError(
      `Cannot ${action}: every window must hold at least one pixel of x: size is ` +
        `${formatShape([g.windowHeight, g.windowWidth])}, padding is ` +
        `${formatValue(options.padding ?? "valid")}, x is ${formatShape(x)}`,
    );
  }
}

/** Reads a positive integer along both axes. */
export function pair(action: string, name: string, value: Pair): readonly [number, number] {
  const sizes: readonly number[] = typeof value === "number"
    ? [value, value]
    : Array.isArray(value)
    ? value
    : [];
  if (sizes.length !== 2 || !sizes.every((n) => Number.isInteger(n) && n >= 1)) {
    throw new RangeError(
      `Cannot ${action}: ${name} must be an integer of at least 1 or [height, width]: got ${
        formatValue(value)
      }`,
    );
  }
  checkExtent(action, name, sizes);
  return [sizes[0], sizes[1]];
}
