/**
 * Histograms: how weights, gradients or activations are distributed.
 *
 * @module
 */
import { labelOf } from "./curves.ts";
import { checkInteger } from "../core/check_integer.ts";
import { checkTensors } from "../core/checks.ts";
import { Tensor } from "../core/tensor.ts";
import { type Axes, makeAxes } from "./axes.ts";
import { makeLegend } from "./legend.ts";
import { checkChoice, checkPicture } from "./options.ts";
import { finish, MARGIN, outerHeight, textAt, themeOf } from "./page.ts";
import type { Picture, SizedPictureOptions } from "./picture.ts";
import { formatValue, makeScale, type ScaleKind, withMargin } from "./scale.ts";
import { element, formatNumber } from "./svg.ts";
import { seriesStyle } from "./theme.ts";

/** Options of {@link histogram}. */
export interface HistogramOptions extends SizedPictureOptions {
  /** Number of bins; 40 by default. */
  readonly bins?: number;
  /** Name of the x axis, with its unit; `value` by default. */
  readonly xLabel?: string;
  /** Scale of counts: `linear` (the default) or `log`. */
  readonly yScale?: ScaleKind;
}

/** HistogramValues whose distribution is shown. */
export type HistogramValues = Tensor | ArrayLike<number>;

const ACTION = "draw histogram";

/**
 * Draws how values are distributed, several tensors over one another.
 *
 * Bins are of one width from the smallest to the largest finite value of all; a value at an edge
 * is in the bin above it, the largest in the last. NaN and infinite values are in no bin, and
 * counted below. HistogramValues that are all the same have one bin round them.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { histogram } from "@tapegrad/tapegrad/plot";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const w = tensor([-1, 0, 0.5, 2, NaN]);
 * const picture = histogram({ "dense.w": w }, { bins: 3, title: "Weights" });
 * assertStringIncludes(picture.svg(), "dense.w: mean 0.375, std 1.08, 5 values, 1 NaN");
 * ```
 *
 * @param values tensors or lists of numbers by name.
 * @param options `bins`, `xLabel`, `yScale`; `title`, `theme`, `width`, `height`.
 * @returns the picture.
 * @throws {TypeError} if something is neither a tensor nor a list of numbers.
 * @throws {RangeError} if an option is out of range.
 */
export function histogram(
  values: Readonly<Record<string, HistogramValues>>,
  options: HistogramOptions = {},
): Picture {
  options = checkPicture(ACTION, options, "title theme width# height# bins# xLabel yScale");
  const { bins = 40, xLabel = "value", yScale = "linear", width = 640, height = 360 } = options;
  checkInteger(ACTION, "bins", bins, 1);
  checkChoice(ACTION, "yScale", yScale, ["linear", "log"]);
  const theme = themeOf(options);
  const lists = Object.entries(values).map(([name, list]) => ({ name, data: read(name, list) }));
  const [low, high] = rangeOf(lists.map(({ data }) => data));
  const x = makeScale("linear", low, high);
  const counts = lists.map(({ data }) => count(data, x.low, x.high, bins));
  const most = Math.max(1, ...counts.map((list) => Math.max(...list)));
  const y = yScale === "log" ? makeScale("log", 0.5, most * 1.2) : withMarginAbove(most);

  const notes = lists.map(({ name, data }) => describe(name, data));
  const entries = lists.map(({ name }, i) => ({
    name,
    ...seriesStyle(theme, i),
    sample: "area" as const,
  }));
  const legend = makeLegend(entries, theme, { left: MARGIN, width: width - 2 * MARGIN, most: 4 });
  const inner = Math.max(height - outerHeight(options, notes) - legend.height, 60);
  const axes = makeAxes({
    x,
    y,
    xLabel,
    yLabel: labelOf("count", yScale),
    width,
    height: inner,
    theme,
  });
  const steps = counts.map((list, i) =>
    drawSteps(list, axes, [x.low, x.high], y.low, seriesStyle(theme, i).colour)
  );
  const isEmpty = lists.every(({ data }) => data.length === 0);
  const empty = isEmpty
    ? textAt(axes.left + axes.width / 2, axes.top + axes.height / 2, "no data", {
      anchor: "middle",
      fill: theme.muted,
    })
    : "";
  const shift = { transform: `translate(0 ${formatNumber(legend.height)})` };
  const body = legend.svg + element("g", shift, axes.svg, ...steps, empty);
  const label = `histogram of ${lists.map(({ name }) => name).join(", ")}`;
  return finish({ width, height: legend.height + inner, body, notes, label }, options);
}

/** Makes a scale of counts from 0, which needs no margin below. */
function withMarginAbove(most: number) {
  const { high } = withMargin(makeScale("linear", 0, most), 0.05);
  return makeScale("linear", 0, high);
}

function read(name: string, values: HistogramValues): ArrayLike<number> {
  if (values instanceof Tensor) return values.dataSync();
  if (Array.isArray(values) || ArrayBuffer.isView(values)) return values as ArrayLike<number>;
  checkTensors(ACTION, { [name]: values });
  return [];
}

function rangeOf(lists: readonly ArrayLike<number>[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const data of lists) {
    for (let i = 0; i < data.length; i++) {
      if (!Number.isFinite(data[i])) continue;
      if (data[i] < low) low = data[i];
      if (data[i] > high) high = data[i];
    }
  }
  return low <= high ? [low, high] : [0, 1];
}

/** Counts the finite values in each of `bins` equal parts of a range. */
export function count(
  data: ArrayLike<number>,
  low: number,
  high: number,
  bins: number,
): Uint32Array {
  const counts = new Uint32Array(bins);
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) continue;
    const bin = Math.floor((data[i] - low) / (high - low) * bins);
    counts[Math.min(Math.max(bin, 0), bins - 1)]++;
  }
  return counts;
}

function drawSteps(
  counts: Uint32Array,
  axes: Axes,
  [low, high]: [number, number],
  floor: number,
  colour: string,
): string {
  const edge = (i: number) => axes.x(low + (high - low) * i / counts.length);
  const bottom = axes.top + axes.height;
  const path = [`M${formatNumber(edge(0))} ${formatNumber(bottom)}`];
  counts.forEach((n, i) => {
    const y = n > floor ? axes.y(n) : bottom;
    path.push(`V${formatNumber(y)}`, `H${formatNumber(edge(i + 1))}`);
  });
  path.push(`V${formatNumber(bottom)}`);
  return element("path", {
    d: path.join(""),
    fill: colour,
    "fill-opacity": 0.3,
    stroke: colour,
    "stroke-width": 1.5,
  });
}

function describe(name: string, data: ArrayLike<number>): string {
  let [finite, sum, nan, infinite] = [0, 0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    if (Number.isNaN(data[i])) nan++;
    else if (!Number.isFinite(data[i])) infinite++;
    else [finite, sum] = [finite + 1, sum + data[i]];
  }
  const mean = sum / finite;
  let squares = 0;
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) squares += (data[i] - mean) ** 2;
  }
  const moments = finite === 0
    ? []
    : [`mean ${short(mean)}`, `std ${short(Math.sqrt(squares / finite))}`];
  const odd = [nan > 0 ? `${nan} NaN` : [], infinite > 0 ? `${infinite} infinite` : []].flat();
  return `${name}: ${[...moments, `${data.length} values`, ...odd].join(", ")}`;
}

function short(value: number): string {
  return formatValue(Number(value.toPrecision(3)));
}
