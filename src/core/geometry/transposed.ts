/**
 * Geometry of transposed convolution: the convolution whose gradient it is.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { formatValue } from "../format_value.ts";
import { checkSize, formatShape, type Shape } from "../shape.ts";
import { checkPadded, checkReach } from "./bounds.ts";
import { imagesIn, layoutHint, type Wording } from "./layout.ts";
import {
  checkImages,
  type Conv2dGeometry,
  type Conv2dWindow,
  padsAlong,
  type Pair,
  pair,
} from "./window.ts";

/** Window of the filters of a transposed convolution on its result. */
export interface Conv2dTransposeWindow extends Conv2dWindow {
  /**
   * Rows and columns that the result has at its end beyond what the windows need: which of the
   * sizes that a convolution with this stride maps to the same size; 0 by default.
   */
  readonly outputPadding?: Pair;
}

/** Sizes along one axis. */
interface Along {
  readonly out: number;
  readonly before: number;
  /** Size of the result, and what is around it. */
  readonly padded: number;
}

/**
 * Computes the sizes of the convolution that `conv2dTranspose(x, w, { bias, ...options })`
 * transposes.
 */
export function conv2dTransposeGeometry(
  x: Shape,
  w: Shape,
  bias: Shape | undefined,
  options: Conv2dTransposeWindow,
  words: Wording = imagesIn("NHWC", "apply conv2dTranspose", x, w),
): Conv2dGeometry {
  const { action } = words;
  const { groups = 1, padding = "valid" } = options;
  checkImages(words, x);
  checkTransposedFilters(words, x, w, groups);
  const channels = w[2] * groups;
  if (bias !== undefined && (bias.length !== 1 || bias[0] !== channels)) {
    throw new ShapeError(
      `Cannot ${action}: bias must have one element per output channel, [${channels}]: ` +
        `bias is ${formatShape(bias)}, w is ${formatShape(words.w)}`,
    );
  }
  const stride = pair(action, "stride", options.stride ?? 1);
  const dilation = pair(action, "dilation", options.dilation ?? 1);
  checkReach(action, [w[0], w[1]], dilation);
  const extra = outputPaddingOf(action, options, stride, dilation);
  const [vertical, horizontal] = [0, 1].map((axis): Along => {
    const reach = (w[axis] - 1) * dilation[axis] + 1;
    if (padding === "same") {
      const out = x[1 + axis] * stride[axis];
      const [before, after] = padsAlong(action, padding, axis, out, reach, stride[axis]);
      return { out, before, padded: before + out + after };
    }
    const [before, after] = padsAlong(action, padding, axis, 0, reach, stride[axis]);
    const out = (x[1 + axis] - 1) * stride[axis] + reach - before - after + extra[axis];
    return { out, before, padded: before + out + after };
  });
  const given = `padding is ${formatValue(padding)}, ` +
    `x is ${formatShape(words.x)}, w is ${formatShape(words.w)}`;
  if (vertical.out < 1 || horizontal.out < 1) {
    throw new ShapeError(
      `Cannot ${action}: the result must have at least one pixel: it would be ` +
        `${formatShape([vertical.out, horizontal.out])}, ${given}`,
    );
  }
  const padded = [vertical.padded, horizontal.padded];
  checkPadded(
    action,
    "the result, with its padding,",
    padded,
    `stride is ${formatShape(stride)}, ${given}`,
  );
  const xShape = [x[0], vertical.out, horizontal.out, channels];
  checkSize(action, xShape);
  return {
    batch: x[0],
    height: vertical.out,
    width: horizontal.out,
    channels,
    outHeight: x[1],
    outWidth: x[2],
    windowHeight: w[0],
    windowWidth: w[1],
    strideHeight: stride[0],
    strideWidth: stride[1],
    dilationHeight: dilation[0],
    dilationWidth: dilation[1],
    padTop: vertical.before,
    padLeft: horizontal.before,
    xShape,
    yShape: x,
    wShape: w,
    outChannels: w[3],
    groups,
  };
}

function checkTransposedFilters(words: Wording, x: Shape, w: Shape, groups: number): void {
  const { action } = words;
  const [givenX, givenW] = [formatShape(words.x), formatShape(words.w)];
  if (w.length !== 4 || w[0] < 1 || w[1] < 1) {
    throw new ShapeError(`Cannot ${action}: w must be ${words.filters}: w is ${givenW}`);
  }
  if (!Number.isInteger(groups) || groups < 1) {
    throw new RangeError(
      `Cannot ${action}: groups must be an integer of at least 1: got ${groups}`,
    );
  }
  if (x[3] !== w[3]) {
    throw new ShapeError(
      `Cannot ${action}: x has ${x[3]} channels but w expects ${w[3]}: ` +
        `x is ${givenX}, w is ${givenW}${layoutHint(words, w[3])}`,
    );
  }
  if (groups > Math.max(x[3], 1) || x[3] % groups !== 0) {
    throw new ShapeError(
      `Cannot ${action}: groups must divide the channels of x: groups is ${groups}, ` +
        `x is ${givenX}, w is ${givenW}`,
    );
  }
}

function outputPaddingOf(
  action: string,
  { outputPadding = 0, padding }: Conv2dTransposeWindow,
  stride: readonly [number, number],
  dilation: readonly [number, number],
): readonly [number, number] {
  const both: readonly number[] = typeof outputPadding === "number"
    ? [outputPadding, outputPadding]
    : Array.isArray(outputPadding)
    ? outputPadding
    : [];
  const most = [0, 1].map((i) => Math.max(stride[i], dilation[i]));
  const given = formatValue(outputPadding);
  if (both.length !== 2 || !both.every((n, i) => Number.isInteger(n) && n >= 0 && n < most[i])) {
    throw new RangeError(
      `Cannot ${action}: outputPadding must be an integer of at least 0, or [height, width], ` +
        `that is smaller than stride or dilation: got ${given}, stride is ` +
        `${formatShape(stride)}, dilation is ${formatShape(dilation)}`,
    );
  }
  if (padding === "same" && both.some((n) => n > 0)) {
    throw new RangeError(
      `Cannot ${action}: outputPadding must be 0 with padding "same", which makes sizes stride ` +
        `times as large: got ${given}`,
    );
  }
  return [both[0], both[1]];
}
