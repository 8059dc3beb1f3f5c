/**
 * Bar chart of the time that each operation of a tape took.
 *
 * @module
 */
import { checkList } from "../core/check_kinds.ts";
import { checkInteger } from "../core/check_integer.ts";
import { formatCount } from "../display/amounts.ts";
import type { ProfileRow } from "../core/profile.ts";
import { formatRate } from "../display/profile.ts";
import { formatShare, formatTime } from "./graph/format.ts";
import { makeLegend } from "./legend.ts";
import { checkPicture } from "./options.ts";
import { finish, MARGIN, textAt, themeOf } from "./page.ts";
import type { Picture, SizedPictureOptions } from "./picture.ts";
import { element, escapeXml } from "./svg.ts";
import { fitText, widest } from "./text.ts";
import type { Theme } from "./theme.ts";

/** Options of {@link profile}. */
export interface ProfileOptions extends Omit<SizedPictureOptions, "height"> {
  /** Number of operations with a bar of their own; the rest share one. 24 by default. */
  readonly maxOps?: number;
}

const ACTION = "draw profile";
const ROW = 22;
const BAR = 13;
const HEAD = 20;
const SPACE = 12;
const NAME_SHARE = 0.34;
const LEAST_BAR = 80;

/**
 * Draws what each operation took: a bar per op, the slowest first, its forward applications and those
 * in backward passes in two colours; next to it the time, its share of the total, and GFLOP/s (or
 * GB/s of inputs and outputs where an op counts no operations).
 *
 * - **Edge cases**: where the picture is narrow the rates are left out, and shown by a pointer
 *   only. More ops than `maxOps` share the last bar.
 *
 * @example
 * ```ts
 * import { dense, ones, sum, Tape } from "@tapegrad/tapegrad";
 * import { profile } from "@tapegrad/tapegrad/plot";
 * import { assertStringIncludes } from "@std/assert";
 *
 * using tape = new Tape({ profile: true });
 * const w = tape.watch(ones([64, 32]));
 * tape.gradient(sum(dense(ones([8, 64]), w)), w);
 * const picture = profile(tape.profiler!.rows, { title: "One step" });
 * assertStringIncludes(picture.svg(), ">dense<");
 * ```
 *
 * @param rows of a profiled tape: `tape.profiler.rows`.
 * @param options `maxOps`; `title`, `theme`, `width`; the height follows from the rows.
 * @returns the picture.
 * @throws {RangeError} if an option is out of range.
 */
export function profile(rows: readonly ProfileRow[], options: ProfileOptions = {}): Picture {
  options = checkPicture(ACTION, options, "title theme width# maxOps#");
  const { width = 640, maxOps = 24 } = options;
  checkList(ACTION, "rows", rows, "those of tape.profile().rows");
  checkInteger(ACTION, "maxOps", maxOps, 1);
  const theme = themeOf(options);
  const shown = withRest([...rows].sort((a, b) => b.milliseconds - a.milliseconds), maxOps);
  const total = sumOf(rows, "milliseconds");
  const layout = layOut(shown, total, width);
  const legend = makeLegend(
    [
      { name: "forward", colour: theme.series[0], sample: "area" },
      { name: "backward", colour: theme.series[1], sample: "area" },
    ],
    theme,
    { left: MARGIN, width: width - 2 * MARGIN, most: 1 },
  );
  const head = drawCells(
    { name: "", time: "time", share: "share", rate: "rate" },
    layout,
    HEAD / 2,
    {
      fill: theme.muted,
    },
  );
  const bars = shown.map((row, i) => drawRow(row, total, layout, HEAD + (i + 0.5) * ROW, theme));
  const empty = shown.length === 0
    ? textAt(width / 2, HEAD + ROW / 2, "no data", { anchor: "middle", fill: theme.muted })
    : "";
  const shift = { transform: `translate(0 ${legend.height})` };
  const body = legend.svg + element("g", shift, head, ...bars, empty);
  const height = legend.height + HEAD + Math.max(shown.length, 1) * ROW + 6;
  const label = `profile of ${rows.length} operations`;
  return finish({ width, height, body, notes: notesOf(rows), label }, options);
}

/** Returns the rows, those that are too many added up in the last. */
function withRest(rows: readonly ProfileRow[], most: number): readonly ProfileRow[] {
  if (rows.length <= most) return rows;
  const rest = rows.slice(most - 1);
  const others: ProfileRow = {
    op: `${rest.length} others`,
    calls: sumOf(rest, "calls"),
    milliseconds: sumOf(rest, "milliseconds"),
    backwardMilliseconds: sumOf(rest, "backwardMilliseconds"),
    flops: 0, // a rate over different ops would say nothing
    bytes: 0,
    fallbacks: sumOf(rest, "fallbacks"),
  };
  return [...rows.slice(0, most - 1), others];
}

function sumOf(rows: readonly ProfileRow[], key: Exclude<keyof ProfileRow, "op">): number {
  return rows.reduce((sum, row) => sum + row[key], 0);
}

/** The columns of a row. */
interface Cells {
  readonly name: string;
  readonly time: string;
  readonly share: string;
  readonly rate: string;
}

interface Layout {
  /** Ends of the names, and of the bars. */
  readonly names: number;
  readonly from: number;
  readonly to: number;
  /** Right ends of the numbers; 0 for a column that is left out. */
  readonly time: number;
  readonly share: number;
  readonly rate: number;
  /** Milliseconds of the longest bar. */
  readonly longest: number;
}

function cellsOf(row: ProfileRow, total: number): Cells {
  const { op, calls, milliseconds } = row;
  return {
    name: calls === 1 ? op : `${op} × ${formatCount(calls)}`,
    time: formatTime(milliseconds),
    share: formatShare(total === 0 ? 0 : milliseconds / total),
    rate: row.flops + row.bytes === 0 ? "" : formatRate(row),
  };
}

function layOut(rows: readonly ProfileRow[], total: number, width: number): Layout {
  const cells = rows.map((row) => cellsOf(row, total));
  const columnOf = (key: keyof Cells) => widest([key, ...cells.map((cell) => cell[key])]) + SPACE;
  const names = MARGIN + Math.min(widest(cells.map(({ name }) => name)), width * NAME_SHARE);
  const right = width - MARGIN;
  const rates = columnOf("rate");
  const numbers = columnOf("time") + columnOf("share");
  const hasRates = right - rates - numbers - names - SPACE >= LEAST_BAR;
  const share = hasRates ? right - rates : right;
  const time = share - columnOf("share");
  return {
    names,
    from: names + SPACE / 2,
    to: Math.max(time - columnOf("time"), names + SPACE),
    time,
    share,
    rate: hasRates ? right : 0,
    longest: Math.max(0, ...rows.map(({ milliseconds }) => milliseconds)),
  };
}

function drawCells(
  { name, time, share, rate }: Cells,
  layout: Layout,
  y: number,
  style: { readonly fill?: string },
): string {
  const right = { ...style, anchor: "end" } as const;
  const shown = fitText(name, layout.names - MARGIN + 0.01);
  return [
    textAt(layout.names, y, shown, { ...right, full: name }),
    textAt(layout.time, y, time, right),
    textAt(layout.share, y, share, right),
    layout.rate === 0 ? "" : textAt(layout.rate, y, rate, right),
  ].join("");
}

function drawRow(
  row: ProfileRow,
  total: number,
  layout: Layout,
  y: number,
  { series, surface }: Theme,
): string {
  const { from, to, longest } = layout;
  const cells = cellsOf(row, total);
  const { milliseconds, backwardMilliseconds } = row;
  const widthOf = (time: number) => longest === 0 ? 0 : (to - from) * time / longest;
  const forward = widthOf(milliseconds - backwardMilliseconds);
  const bar = (x: number, width: number, fill: string) =>
    width > 0 ? element("rect", { x, y: y - BAR / 2, width, height: BAR, fill }) : "";
  const says = `${cells.name}: ${cells.time} (${cells.share})` +
    `${cells.rate === "" ? "" : `, ${cells.rate}`}, of it ` +
    `${formatTime(backwardMilliseconds)} in backward passes`;
  return element(
    "g",
    {},
    `<title>${escapeXml(says)}</title>`,
    bar(from, to - from, surface),
    bar(from, forward, series[0]),
    bar(from + forward, widthOf(backwardMilliseconds), series[1]),
    drawCells(cells, layout, y, {}),
  );
}

function notesOf(rows: readonly ProfileRow[]): string[] {
  if (rows.length === 0) return [];
  const [total, backward] = [sumOf(rows, "milliseconds"), sumOf(rows, "backwardMilliseconds")];
  const calls = formatCount(sumOf(rows, "calls"));
  const inLoops = formatCount(sumOf(rows, "fallbacks"));
  return [
    `Total ${formatTime(total)} in ${calls} calls`,
    `forward ${formatTime(total - backward)}, backward ${formatTime(backward)}`,
    ...inLoops === "0" ? [] : [`kernels in plain loops: ${inLoops}`],
  ];
}
