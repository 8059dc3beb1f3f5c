/**
 * Series of values: checked, smoothed, and thinned out to what a picture can show.
 *
 * @module
 */
import { kindOf } from "../core/kind_of.ts";
import { ShapeError } from "../core/errors.ts";

/** Values of a curve, one after the other; or with where they are. */
export type Series = ArrayLike<number> | {
  /** Positions of the values; must not decrease. 1, 2, 3, … by default. */
  readonly x?: ArrayLike<number>;
  /** The values. */
  readonly y: ArrayLike<number>;
  /** Dash the line, in the colour of the series before: for a validation loss. */
  readonly dashed?: boolean;
};

/** A series with everything filled in. */
export interface Curve {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly dashed: boolean;
}

/** Reads series by name, checked. */
export function toCurves(action: string, series: Readonly<Record<string, Series>>): Curve[] {
  if (typeof series !== "object" || series === null) {
    throw new TypeError(
      `Cannot ${action}: series must be an object of series by name: got ${kindOf(series)}`,
    );
  }
  return Object.entries(series).map(([name, value]) => toCurve(action, name, value));
}

function toCurve(action: string, name: string, value: Series): Curve {
  const given = isList(value) ? { y: value } : value;
  const { y, x = Array.from({ length: y?.length ?? 0 }, (_, i) => i + 1) } = given;
  if (!isList(y) || !isList(x)) {
    throw new TypeError(
      `Cannot ${action}: a series must be a list of numbers, or { x, y } of two: ` +
        `${name} is not`,
    );
  }
  if (x.length !== y.length) {
    throw new ShapeError(
      `Cannot ${action}: x and y of a series must have one length: ` +
        `${name} has ${x.length} x and ${y.length} y`,
    );
  }
  for (let i = 0; i < y.length; i++) {
    if (typeof y[i] === "number") continue;
    throw new TypeError(
      `Cannot ${action}: a series must be a list of numbers: ${name}[${i}] is ${kindOf(y[i])}`,
    );
  }
  for (let i = 0; i < x.length; i++) {
    if (Number.isFinite(x[i]) && !(x[i] < x[i - 1])) continue;
    throw new RangeError(
      `Cannot ${action}: x of a series must be finite and must not decrease: ` +
        `${name} has x[${i}] = ${x[i]}${i > 0 ? ` after ${x[i - 1]}` : ""}`,
    );
  }
  return { name, x, y, dashed: !isList(value) && value.dashed === true };
}

function isList(value: unknown): value is ArrayLike<number> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

/**
 * Computes the exponential moving average of values: `m_i = s m_(i-1) + (1 - s) y_i`, divided by `1
 * - s^i`, so that it does not begin near 0. Values that are not finite stay as they are, and leave
 * the average alone.
 */
export function smooth(values: ArrayLike<number>, smoothing: number): Float64Array {
  const smoothed = new Float64Array(values.length);
  let [average, weight] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      smoothed[i] = values[i];
      continue;
    }
    average = smoothing * average + (1 - smoothing) * values[i];
    weight = smoothing * weight + (1 - smoothing);
    smoothed[i] = average / weight;
  }
  return smoothed;
}

/** A point in pixels, or null for a gap. */
export type Point = readonly [x: number, y: number] | null;

/**
 * Points for a line: of those in one column of pixels only the first, the lowest, the highest and
 * the last, which paint the same pixels. Values that `isShown` refuses become gaps.
 */
export function thinOut(
  length: number,
  pixelX: (i: number) => number,
  pixelY: (i: number) => number,
  isShown: (i: number) => boolean,
): Point[] {
  const points: Point[] = [];
  let column: [x: number, y: number][] = [];
  const flush = () => {
    points.push(...extremes(column));
    column = [];
  };
  for (let i = 0; i < length; i++) {
    if (!isShown(i)) {
      flush();
      if (points.length > 0 && points.at(-1) !== null) points.push(null);
      continue;
    }
    const point: [number, number] = [pixelX(i), pixelY(i)];
    if (column.length > 0 && Math.floor(column[0][0]) !== Math.floor(point[0])) flush();
    column.push(point);
    if (column.length > MOST_IN_COLUMN) column = extremes(column);
  }
  flush();
  return points;
}

/** Points of a column that are kept until its extremes are looked for. */
const MOST_IN_COLUMN = 64;

function extremes(column: [x: number, y: number][]): [x: number, y: number][] {
  if (column.length <= 4) return column;
  let [low, high] = [0, 0];
  for (let i = 1; i < column.length; i++) {
    if (column[i][1] < column[low][1]) low = i;
    if (column[i][1] > column[high][1]) high = i;
  }
  const kept = [...new Set([0, low, high, column.length - 1])].sort((a, b) => a - b);
  return kept.map((i) => column[i]);
}
