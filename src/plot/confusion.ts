/**
 * The confusion matrix: which class was taken for which.
 *
 * @module
 */
import { formatCount } from "../display/amounts.ts";
import { ShapeError } from "../core/errors.ts";
import { checkLength, checkPicture } from "./options.ts";
import { finish, MARGIN, textAt, themeOf } from "./page.ts";
import type { Picture, SizedPictureOptions } from "./picture.ts";
import { element, escapeXml } from "./svg.ts";
import { fitText, FONT_SIZE, textWidth, widest } from "./text.ts";
import { type Colour, mix, parseColour, textOn, type Theme, toCss } from "./theme.ts";

const ACTION = "draw confusion matrix";
/** The smallest text in a cell. */
const LEAST_FONT = 11;
const LABEL_SHARE = 0.25;
const LEGEND_HEIGHT = 46;
const AXIS_ROW = 20;
/** The recall of a class, to the right of its row. */
const RECALL = "recall";

/**
 * Draws a confusion matrix: true classes down, predicted ones across.
 *
 * A cell's colour is its share of the true class: blue on the diagonal, vermilion beside it, so
 * that mistakes stand out. Counts are written where they fit, and always shown by a pointer; where
 * classes are many, only some are named.
 *
 * - **Edge cases**: a class without examples has no recall.
 *
 * @example
 * ```ts
 * import { confusion } from "@tapegrad/tapegrad/plot";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const picture = confusion([[8, 2], [1, 9]], ["cat", "dog"], { title: "Test images" });
 * assertStringIncludes(picture.svg(), "true cat, predicted dog: 2 of 10 (20 %)");
 * ```
 *
 * @param matrix counts, from `confusionMatrix`: rows are true classes, columns predicted ones.
 * @param classes a name per class; numbers from 0 by default.
 * @param options `title`, `theme`, `width`; the height follows from them.
 * @returns the picture.
 * @throws {ShapeError} if the matrix is not square, or there is not a name per class.
 * @throws {RangeError} if a count is negative or not finite, or an option is out of range.
 */
export function confusion(
  matrix: readonly ArrayLike<number>[],
  classes: readonly string[] = matrix.map((_, i) => String(i)),
  options: Omit<SizedPictureOptions, "height"> = {},
): Picture {
  options = checkPicture(ACTION, options, "title theme width#");
  checkMatrix(matrix);
  checkLength(ACTION, "classes", classes, matrix.length, "the rows of matrix");
  const { width = 640 } = options;
  const theme = themeOf(options);
  const rows = matrix.map((row) => Array.from(row));
  const layout = layOut(rows, classes, width);
  const { cell, left, top, size } = layout;
  const cells = rows.map((row, i) => drawRow(row, i, classes, layout, theme)).join("");
  const frame = element("rect", {
    x: left,
    y: top,
    width: size,
    height: size,
    fill: "none",
    stroke: theme.muted,
  });
  const body = [
    cells,
    frame,
    drawNames(classes, layout, theme),
    cell >= FONT_SIZE + 2 ? drawRecalls(rows, layout, theme) : "",
    drawLegend(layout, theme),
  ].join("");
  const total = rows.flat().reduce((a, b) => a + b, 0);
  const right = rows.reduce((sum, row, i) => sum + row[i], 0);
  const notes = [
    total === 0
      ? "No examples"
      : `${format(right)} of ${format(total)} right (${percent(right / total)})`,
  ];
  const height = top + size + LEGEND_HEIGHT;
  const label = `confusion matrix of ${matrix.length} classes, ${notes[0].toLowerCase()}`;
  return finish({ width, height, body, notes, label }, options);
}

function checkMatrix(matrix: readonly ArrayLike<number>[]): void {
  if (!Array.isArray(matrix)) {
    throw new TypeError(`Cannot ${ACTION}: matrix must be a list of rows: got ${typeof matrix}`);
  }
  matrix.forEach((row, i) => {
    if (row.length !== matrix.length) {
      throw new ShapeError(
        `Cannot ${ACTION}: matrix must have as many columns as rows: ` +
          `row ${i} has ${row.length} of ${matrix.length}`,
      );
    }
    for (let j = 0; j < row.length; j++) {
      if (row[j] >= 0 && row[j] < Infinity) continue;
      throw new RangeError(
        `Cannot ${ACTION}: counts must be finite and at least 0: matrix[${i}][${j}] is ${row[j]}`,
      );
    }
  });
}

interface Layout {
  /** Pixels of a cell, not always whole. */
  readonly cell: number;
  readonly left: number;
  readonly top: number;
  /** Pixels of all cells together. */
  readonly size: number;
  /** Width for the names of rows. */
  readonly names: number;
  /** Every which class has a name. */
  readonly every: number;
  /** True if the names of columns stand upright. */
  readonly upright: boolean;
  /** Size of the counts in cells; 0 where they do not fit. */
  readonly font: number;
}

function layOut(
  rows: readonly (readonly number[])[],
  classes: readonly string[],
  width: number,
): Layout {
  const n = Math.max(rows.length, 1);
  const names = Math.min(widest(classes), width * LABEL_SHARE);
  const left = MARGIN + AXIS_ROW + names + 8;
  const recallWidth = textWidth(RECALL) + 12;
  const cell = Math.min((width - left - recallWidth - MARGIN) / n, 72);
  const every = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((k) => k * cell >= FONT_SIZE + 1) ??
    n;
  const upright = widest(classes) + 6 > cell * every;
  const top = AXIS_ROW + (upright ? names : FONT_SIZE) + 8;
  return {
    cell,
    left,
    top,
    size: cell * rows.length,
    names,
    every,
    upright,
    font: fontOf(rows, cell),
  };
}

/** Finds the largest size of text at which every count fits its cell; 0 for none. */
function fontOf(rows: readonly (readonly number[])[], cell: number): number {
  const longest = widest(rows.flat().map(format), 1);
  const font = Math.min(FONT_SIZE, Math.floor((cell - 4) / Math.max(longest, 1)), cell - 4);
  return font >= LEAST_FONT ? font : 0;
}

function drawRow(
  row: readonly number[],
  i: number,
  classes: readonly string[],
  { cell, left, top, font }: Layout,
  theme: Theme,
): string {
  const total = row.reduce((a, b) => a + b, 0);
  return row.map((count, j) => {
    if (count === 0 && i !== j) return "";
    const [x, y] = [left + j * cell, top + i * cell];
    const share = total === 0 ? 0 : count / total;
    const fill = colourOf(share, i === j, theme);
    const what = `true ${classes[i]}, predicted ${classes[j]}: ` +
      `${format(count)} of ${format(total)}${total === 0 ? "" : ` (${percent(share)})`}`;
    const square = element(
      "rect",
      { x, y, width: cell, height: cell, fill: toCss(fill) },
      element("title", {}, escapeXml(what)),
    );
    const text = font === 0 ? "" : textAt(x + cell / 2, y + cell / 2, format(count), {
      anchor: "middle",
      size: font,
      fill: textOn(fill),
    });
    return square + text;
  }).join("");
}

function colourOf(share: number, isRight: boolean, theme: Theme): Colour {
  const full = parseColour(isRight ? theme.right : theme.wrong);
  // A single mistake among many is to be seen.
  const strength = share === 0 ? 0 : 0.12 + 0.88 * share;
  return mix(parseColour(theme.surface), full, strength);
}

function drawNames(classes: readonly string[], layout: Layout, theme: Theme): string {
  const { cell, left, top, size, names, every, upright } = layout;
  const shown = classes.map((name, i) => i % every === 0 ? fitText(name, names + 0.01) : "");
  const rows = shown.map((name, i) =>
    textAt(left - 6, top + (i + 0.5) * cell, name, { anchor: "end", full: classes[i] })
  );
  const columns = shown.map((name, i) =>
    upright
      ? textAt(left + (i + 0.5) * cell, top - 6, name, { turn: -90, full: classes[i] })
      : textAt(left + (i + 0.5) * cell, top - 6 - FONT_SIZE / 2, name, {
        anchor: "middle",
        full: classes[i],
      })
  );
  const style = { anchor: "middle", fill: theme.muted } as const;
  const across = textAt(left + size / 2, AXIS_ROW / 2 - 2, "predicted", style);
  const down = textAt(MARGIN + 4, top + size / 2, "true", { ...style, turn: -90 });
  return [...rows, ...columns, across, down].join("");
}

function drawRecalls(
  rows: readonly (readonly number[])[],
  { cell, left, top, size }: Layout,
  theme: Theme,
): string {
  const style = { fill: theme.muted } as const;
  const recalls = rows.map((row, i) => {
    const total = row.reduce((a, b) => a + b, 0);
    const recall = total === 0 ? "–" : percent(row[i] / total);
    return textAt(left + size + 8, top + (i + 0.5) * cell, recall, style);
  });
  return textAt(left + size + 8, top - 6 - FONT_SIZE / 2, RECALL, style) + recalls.join("");
}

/** Draws two bars from 0 to 100 %: of right predictions, and of wrong ones. */
function drawLegend({ top, size }: Layout, theme: Theme): string {
  const [steps, bar] = [10, 80];
  const draw = (y: number, isRight: boolean, name: string) => {
    const samples = Array.from({ length: steps }, (_, i) =>
      element("rect", {
        x: MARGIN + i * bar / steps,
        y: y - 5,
        width: bar / steps,
        height: 10,
        fill: toCss(colourOf((i + 0.5) / steps, isRight, theme)),
      }));
    return samples.join("") +
      textAt(MARGIN + bar + 6, y, name, { size: 11, fill: theme.muted });
  };
  const y = top + size + 15;
  return draw(y, true, "right, 0 to 100 % of the true class") + draw(y + 17, false, "wrong");
}

function format(count: number): string {
  return Number.isInteger(count) ? formatCount(count) : String(Number(count.toFixed(2)));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share === 1 || share === 0 ? 0 : 1).replace(/\.0$/, "")} %`;
}
