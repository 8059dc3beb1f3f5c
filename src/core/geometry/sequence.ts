/**
 * Geometry of windows that slide over sequences: those of images of one row.
 *
 * @module
 */
import { ShapeError } from "../errors.ts";
import { formatValue } from "../format_value.ts";
import { formatShape, type Shape } from "../shape.ts";
import { checkExtent, checkReach } from "./bounds.ts";
import type { Wording } from "./layout.ts";
import {
  type Conv2dGeometry,
  conv2dGeometry,
  padsAlong,
  type Pool2dGeometry,
  pool2dGeometry,
} from "./window.ts";

/**
 * Zeros around a sequence: `"valid"` none; `"same"` as many as make the length
 * `ceil(input / stride)`, the odd one after; `"full"` all windows that touch an element; a number
 * on each side; or `[before, after]`.
 */
export type Padding1d =
  | "valid"
  | "same"
  | "full"
  | number
  | readonly [before: number, after: number];

/** Window of filters on sequences. */
export interface Conv1dWindow {
  /** Step between windows; 1 by default. */
  readonly stride?: number;
  /** Zeros around the sequence; `"valid"` by default. */
  readonly padding?: Padding1d;
  /** Distance between the taps of a filter; 1 by default. */
  readonly dilation?: number;
  /** Number of groups of channels that are convolved apart; 1 by default. */
  readonly groups?: number;
}

/** Windows of a sequence that a pooling takes. */
export interface Pool1dWindow {
  /** Length of a window. */
  readonly size: number;
  /** Step between windows; `size` by default. */
  readonly stride?: number;
  /** Elements around the sequence; `"valid"` by default. */
  readonly padding?: Padding1d;
}

/** Computes the sizes of `conv1d(x, w, { bias, ...options })`, as of images of one row. */
export function conv1dGeometry(
  x: Shape,
  w: Shape,
  bias: Shape | undefined,
  options: Conv1dWindow,
): Conv2dGeometry {
  const action = "apply conv1d";
  checkSequences(action, x);
  const filters = "filters [K, C / groups, O] of at least 1 tap";
  if (w.length !== 3 || w[0] < 1) {
    throw new ShapeError(`Cannot ${action}: w must be ${filters}: w is ${formatShape(w)}`);
  }
  const stride = step(action, "stride", options.stride ?? 1);
  const dilation = step(action, "dilation", options.dilation ?? 1);
  checkReach(action, [w[0]], [dilation]);
  const reach = (w[0] - 1) * dilation + 1;
  const padding = [[0, 0], padsOf(action, options.padding, x, reach, stride)] as const;
  const words: Wording = { action, images: "", filters, x, w };
  const resolved = {
    stride: [1, stride],
    dilation: [1, dilation],
    padding,
    groups: options.groups,
  } as const;
  return conv2dGeometry(asImages(x), [1, ...w], bias, resolved, words);
}

/** Computes the sizes of `maxPool1d` and `avgPool1d`, as of images of one row. */
export function pool1dGeometry(
  action: string,
  x: Shape,
  options: Pool1dWindow,
  countPadding: boolean,
): Pool2dGeometry {
  checkSequences(action, x);
  const size = step(action, "size", options.size);
  const stride = step(action, "stride", options.stride ?? size);
  const pads = padsOf(action, options.padding, x, size, stride);
  const last = Math.floor((x[1] + pads[0] + pads[1] - size) / stride) * stride - pads[0];
  if (pads[0] >= size || last >= x[1]) {
    throw new ShapeError(
      `Cannot ${action}: every window must hold at least one element of x: size is ${size}, ` +
        `padding is ${formatValue(options.padding ?? "valid")}, x is ${formatShape(x)}`,
    );
  }
  const resolved = {
    size: [1, size],
    stride: [1, stride],
    padding: [[0, 0], pads],
  } as const;
  return pool2dGeometry(action, asImages(x), resolved, countPadding);
}

/** Reads the shape of sequences as images of one row. */
function asImages([batch, length, channels]: Shape): Shape {
  return [batch, 1, length, channels];
}

function checkSequences(action: string, x: Shape): void {
  if (x.length !== 3) {
    throw new ShapeError(
      `Cannot ${action}: x must be sequences [N, L, C]: x is ${formatShape(x)}`,
    );
  }
}

/** Checks that a value is an integer of at least 1. */
function step(action: string, name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(
      `Cannot ${action}: ${name} must be an integer of at least 1: got ${formatValue(value)}`,
    );
  }
  checkExtent(action, name, [value]);
  return value;
}

/** Counts the elements before and after; refuses windows that do not fit between them. */
function padsOf(
  action: string,
  given: Padding1d | undefined,
  x: Shape,
  reach: number,
  stride: number,
): readonly [number, number] {
  const padding = given ?? "valid";
  const [before, after] = pairOf(action, padding, x[1], reach, stride);
  if (x[1] + before + after < reach) {
    throw new ShapeError(
      `Cannot ${action}: the window must fit into the padded sequence: the window reaches over ` +
        `${reach}, padding is ${formatValue(padding)}, x is ${formatShape(x)}`,
    );
  }
  return [before, after];
}

function pairOf(
  action: string,
  padding: Padding1d,
  length: number,
  reach: number,
  stride: number,
): readonly [number, number] {
  if (padding === "valid" || padding === "same" || padding === "full") {
    return padsAlong(action, padding, 1, length, reach, stride);
  }
  const pads: readonly number[] = typeof padding === "number" ? [padding, padding] : padding;
  const isPair = Array.isArray(pads) && pads.length === 2;
  if (!isPair || !pads.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new RangeError(
      `Cannot ${action}: padding must be "valid", "same", "full", an integer of at least 0 or ` +
        `[before, after]: got ${formatValue(padding)}`,
    );
  }
  checkExtent(action, "padding", pads);
  return [pads[0], pads[1]];
}
