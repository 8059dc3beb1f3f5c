/**
 * Curves: losses and metrics over steps or epochs.
 *
 * @module
 */
import { type Axes, makeAxes } from "./axes.ts";
import { type LegendEntry, makeLegend } from "./legend.ts";
import { checkBetween, checkChoice, checkPicture } from "./options.ts";
import { finish, MARGIN, outerHeight, textAt, themeOf } from "./page.ts";
import type { Picture, SizedPictureOptions } from "./picture.ts";
import { makeScale, type Scale, type ScaleKind, withMargin } from "./scale.ts";
import { type Curve, type Series, smooth, thinOut, toCurves } from "./series.ts";
import { element, formatNumber, pathThrough } from "./svg.ts";
import { seriesStyle, type Theme } from "./theme.ts";

/** Options of {@link curves}. */
export interface CurvesOptions extends SizedPictureOptions {
  /** Name of the x axis, with its unit; `step` by default. */
  readonly xLabel?: string;
  /** Name of the y axis, with its unit; none by default. */
  readonly yLabel?: string;
  /** Scale of x: `linear` (the default) or `log`. */
  readonly xScale?: ScaleKind;
  /** Scale of y: `linear` (the default) or `log`. */
  readonly yScale?: ScaleKind;
  /** Share of the moving average that is kept per value: from 0, none (the default), to below 1. */
  readonly smoothing?: number;
}

const ACTION = "draw curves";
const HEIGHT = 400;
const LEGEND_ROWS = 4;

/**
 * Draws curves of one kind of value, several runs at once.
 *
 * Smoothing: `m_i = s m_(i-1) + (1 - s) y_i`, divided by `1 - s^i`; the values themselves are shown
 * pale behind it.
 *
 * - **Edge cases**: NaN and infinities make a gap in the curve, and a mark at its x: a cross at the
 *   lower edge for NaN, triangles at the edges for infinities; they are counted below, and so is
 *   what a log scale cannot show. An empty series is in the legend only. Of huge series the
 *   extremes of every column of pixels are drawn: 100,000 points look as they would in full.
 *
 * @example
 * ```ts
 * import { curves } from "@tapegrad/tapegrad/plot";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const picture = curves({
 *   training: [1.2, 0.6, 0.4],
 *   validation: { y: [1.3, 0.9, 0.8], dashed: true },
 * }, { title: "Loss", xLabel: "epoch", yLabel: "cross entropy (nats)", yScale: "log" });
 * assertStringIncludes(picture.svg(), "validation");
 * ```
 *
 * @param series values by name: lists, or `{ x, y, dashed }`.
 * @param options `xLabel`, `yLabel`, `xScale`, `yScale`, `smoothing`; `title`, `theme`, `width`,
 * `height`.
 * @returns the picture.
 * @throws {ShapeError} if x and y of a series differ in length.
 * @throws {RangeError} if x decreases or is not finite, or an option is out of range.
 */
export function curves(
  series: Readonly<Record<string, Series>>,
  options: CurvesOptions = {},
): Picture {
  checkCurves(options);
  const { width = 640, height = HEIGHT, xLabel = "step", yLabel = "" } = options;
  const all = toCurves(ACTION, series);
  const theme = themeOf(options);
  const styles = stylesOf(all, theme);
  const [x, y] = scalesOf(all, options);
  const notes = notesOf(all, y.kind, x.kind);

  const entries = all.map(({ name }, i): LegendEntry => ({ name, ...styles[i] }));
  const room = { left: MARGIN, width: width - 2 * MARGIN, most: LEGEND_ROWS };
  const legend = makeLegend(entries, theme, room);
  const inner = Math.max(height - outerHeight(options, notes) - legend.height, 60);
  const xIsWhole = x.kind === "linear" && all.every((curve) => isWhole(curve.x));
  const labels = { xLabel: labelOf(xLabel, x.kind), yLabel: labelOf(yLabel, y.kind) };
  const axes = makeAxes({ x, y, ...labels, width, height: inner, theme, xIsWhole });

  // Smoothed curves over all that is pale, so that they keep their colours.
  const parts = all.map((curve, i) => drawCurve(curve, styles[i], axes, [x, y], options));
  const drawn = [...parts.map(({ pale }) => pale), ...parts.map(({ front }) => front)];
  const isEmpty = all.every((curve) => curve.y.length === 0);
  const empty = isEmpty
    ? textAt(axes.left + axes.width / 2, axes.top + axes.height / 2, "no data", {
      anchor: "middle",
      fill: theme.muted,
    })
    : "";
  const plot = element(
    "g",
    { transform: `translate(0 ${formatNumber(legend.height)})` },
    [
      axes.svg,
      ...drawn,
      empty,
    ].join(""),
  );
  const label = all.length === 0 ? "curves" : `curves of ${all.map(({ name }) => name).join(", ")}`;
  return finish(
    { width, height: legend.height + inner, body: legend.svg + plot, notes, label },
    options,
  );
}

/** Writes what an axis shows, and that it is logarithmic if it is. */
export function labelOf(label: string, kind: ScaleKind): string {
  if (kind === "linear" || /\blog\b/.test(label)) return label;
  return label === "" ? "log scale" : `${label} (log scale)`;
}

function checkCurves(options: CurvesOptions): void {
  options = checkPicture(
    ACTION,
    options,
    "title theme width# height# xLabel yLabel xScale yScale smoothing#",
  );
  const { xScale = "linear", yScale = "linear", smoothing = 0 } = options;
  checkChoice(ACTION, "xScale", xScale, ["linear", "log"]);
  checkChoice(ACTION, "yScale", yScale, ["linear", "log"]);
  checkBetween(ACTION, "smoothing", smoothing, 0, 0.9999);
}

interface Style {
  readonly colour: string;
  readonly dash?: string;
}

/** Chooses styles; a dashed series has the colour of the one before it. */
function stylesOf(all: readonly Curve[], theme: Theme): Style[] {
  let next = 0;
  return all.map(({ dashed }) => {
    if (!dashed) return seriesStyle(theme, next++);
    return { colour: seriesStyle(theme, Math.max(next - 1, 0)).colour, dash: "6 3" };
  });
}

function scalesOf(all: readonly Curve[], options: CurvesOptions): [x: Scale, y: Scale] {
  const { xScale = "linear", yScale = "linear" } = options;
  const x = rangeOf(all.map((curve) => curve.x), xScale);
  const y = rangeOf(all.map((curve) => curve.y), yScale);
  return [makeScale(xScale, ...x), withMargin(makeScale(yScale, ...y), 0.04)];
}

function rangeOf(lists: readonly ArrayLike<number>[], kind: ScaleKind): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      if (!isShowable(list[i], kind)) continue;
      if (list[i] < low) low = list[i];
      if (list[i] > high) high = list[i];
    }
  }
  if (low <= high) return [low, high];
  return kind === "log" ? [1, 10] : [0, 1];
}

function isShowable(value: number, kind: ScaleKind): boolean {
  return Number.isFinite(value) && (kind === "linear" || value > 0);
}

function isWhole(values: ArrayLike<number>): boolean {
  return Array.prototype.every.call(values, Number.isInteger);
}

/** Writes notes on values that the curves cannot show. */
function notesOf(all: readonly Curve[], yKind: ScaleKind, xKind: ScaleKind): string[] {
  const count = (is: (y: number, x: number) => boolean) =>
    all.reduce((sum, { x, y }) => {
      for (let i = 0; i < y.length; i++) if (is(y[i], x[i])) sum++;
      return sum;
    }, 0);
  const missing: [number: number, what: string][] = [
    [count((y) => Number.isNaN(y)), "NaN (×)"],
    [count((y) => Math.abs(y) === Infinity), "infinite (▲▼)"],
    [
      count((y, x) =>
        (yKind === "log" && y <= 0 && y !== -Infinity) || (xKind === "log" && x <= 0)
      ),
      "at or below 0, which a log scale cannot show",
    ],
  ];
  const said = missing.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
  return said.length === 0 ? [] : [`Not in the curves: ${said.join("; ")}`];
}

function drawCurve(
  curve: Curve,
  style: Style,
  axes: Axes,
  [x, y]: [Scale, Scale],
  { smoothing = 0 }: CurvesOptions,
): { pale: string; front: string } {
  const draw = (values: ArrayLike<number>, opacity?: number, width = 2) => {
    const points = thinOut(
      values.length,
      (i) => axes.x(curve.x[i]),
      (i) => axes.y(values[i]),
      (i) => isShowable(values[i], y.kind) && isShowable(curve.x[i], x.kind),
    );
    const line = element("path", {
      d: pathThrough(points),
      fill: "none",
      stroke: style.colour,
      "stroke-width": width,
      "stroke-linejoin": "round",
      "stroke-dasharray": style.dash,
      opacity,
    });
    const alone = points.filter((point, i) =>
      point !== null && (points[i - 1] ?? null) === null && (points[i + 1] ?? null) === null
    );
    const dots = alone.map((point) =>
      element("circle", { cx: point![0], cy: point![1], r: 3.5, fill: style.colour, opacity })
    );
    return line + dots.join("");
  };
  const marks = drawMarks(curve, style.colour, axes, x.kind);
  if (smoothing === 0) return { pale: "", front: draw(curve.y) + marks };
  return { pale: draw(curve.y, 0.3, 1.2), front: draw(smooth(curve.y, smoothing)) + marks };
}

/**
 * Draws crosses and triangles at the edges where values are not finite, one for a column of pixels.
 */
function drawMarks(curve: Curve, colour: string, axes: Axes, xKind: ScaleKind): string {
  const drawn = new Set<string>();
  let marks = "";
  for (let i = 0; i < curve.y.length; i++) {
    const value = curve.y[i];
    if (Number.isFinite(value) || !isShowable(curve.x[i], xKind)) continue;
    const at = axes.x(curve.x[i]);
    const key = `${value} ${Math.floor(at)}`;
    if (drawn.has(key)) continue;
    drawn.add(key);
    marks += drawMark(value, at, axes, colour);
  }
  return marks;
}

function drawMark(value: number, x: number, { top, height }: Axes, stroke: string): string {
  const bottom = top + height;
  const path = Number.isNaN(value)
    ? `M${n(x - 4)} ${n(bottom - 9)}l8 8m0 -8l-8 8`
    : value > 0
    ? `M${n(x - 5)} ${n(top + 9)}h10l-5 -8z`
    : `M${n(x - 5)} ${n(bottom - 9)}h10l-5 8z`;
  const fill = Number.isNaN(value) ? "none" : stroke;
  return element("path", { d: path, fill, stroke, "stroke-width": 2 });
}

const n = formatNumber;
