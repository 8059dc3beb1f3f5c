/**
 * The filters of a convolution as images.
 *
 * @module
 */
import { checkInteger } from "../core/check_integer.ts";
import { ShapeError } from "../core/errors.ts";
import { formatShape } from "../core/shape.ts";
import { NOT_FINITE } from "./colour_map.ts";
import { type Images, readArray } from "./image_values.ts";
import { columnsIn, drawMosaic, type Mosaic, mosaicSize } from "./mosaic.ts";
import { checkPicture, checkScale } from "./options.ts";
import { finish, MARGIN, textAt, themeOf } from "./page.ts";
import type { Picture, PictureOptions } from "./picture.ts";
import { FONT_SIZE, textWidth } from "./text.ts";
import type { Theme } from "./theme.ts";
import {
  coloursRoundZero,
  drawColourBar,
  extentOf,
  formatEnd,
  notFiniteNote,
  type ValueColours,
} from "./value_colours.ts";

/** Options of {@link filters}. */
export interface FiltersOptions extends PictureOptions {
  /**
   * The most filters that are drawn; by default 64, or 32 where each has a row. A note says how
   * many are left out.
   */
  readonly limit?: number;
  /** The most input channels that are drawn of each; 16 by default. */
  readonly channels?: number;
  /** Pixels of the picture for one of a filter; a size at which it can be seen by default. */
  readonly scale?: number;
  /** Width of the picture; 640 by default. */
  readonly width?: number;
}

const ACTION = "draw filters";
const SMALL = 11;
const BAR_HEIGHT = 24;
/** Pixels of the picture for a filter of one pixel. */
const SINGLE = 14;

/** Filters that are checked: which are drawn, and their values. */
interface Shown {
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly allInputs: number;
  readonly allOutputs: number;
  /** Returns a weight by row, column, input channel, filter. */
  at(row: number, column: number, input: number, output: number): number;
}

/**
 * Draws the filters of a convolution.
 *
 * Filters of 3 input channels are drawn in colour, grey for 0: what they show is what they look
 * for. Of others every input channel is an image of its own, filters down, channels across; filters
 * of 1 channel follow one another. Colours are centred at zero: blue below, vermilion above, over a
 * range that all share.
 *
 * - **Shapes**: w `[KH, KW, I, O]`.
 * - **Edge cases**: of more than `limit` filters or `channels` channels the first are shown, and a
 *   note says so; NaN and infinities are magenta, and counted.
 *
 * @example
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { Conv2d } from "@tapegrad/tapegrad/nn";
 * import { filters } from "@tapegrad/tapegrad/plot";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const { w } = Conv2d({ filters: 8, size: 3 }).init(new Random(0), [28, 28, 32]);
 * const picture = filters(w, { title: "conv1.w" });
 * assertStringIncludes(picture.svg(), "16 of 32 input channels are shown, the first");
 * ```
 *
 * @param w the filters, a tensor or array.
 * @param options `limit`, `channels`, `scale`, `width`; `title`, `theme`.
 * @returns the picture.
 * @throws {ShapeError} if w has another shape.
 * @throws {RangeError} if an option is out of range.
 * @throws {TypeError} if w is neither a tensor nor an array with its shape.
 */
export function filters(w: Images, options: FiltersOptions = {}): Picture {
  options = checkPicture(ACTION, options, "title theme limit# channels# scale# width#");
  const { limit, channels = 16, width: room = 640, theme: name = "light" } = options;
  if (limit !== undefined) checkInteger(ACTION, "limit", limit, 1);
  checkInteger(ACTION, "channels", channels, 1);
  checkScale(ACTION, options.scale);
  const shown = readFilters(w, limit, channels);
  const extent = extentOf([allOf(shown)]);
  const colours = coloursRoundZero(extent, name);
  const isFlat = shown.inputs <= 1 || isColour(shown);
  const scale = options.scale ?? defaultScale(shown, isFlat ? 48 : 28);
  const inner = room - 2 * MARGIN;
  const drawn = isColour(shown)
    ? drawFlat(colourMosaic(shown, extent, scale), inner)
    : isFlat
    ? drawFlat(mapMosaic(shown, colours, scale), inner, themeOf(options).gap)
    : drawMatrix(shown, mapMosaic(shown, colours, scale), themeOf(options));
  const bar = isColour(shown)
    ? ""
    : drawColourBar(colours, MARGIN, drawn.height + 4 + BAR_HEIGHT / 2, name);
  const page = {
    width: Math.max(280, drawn.width + 2 * MARGIN),
    height: drawn.height + (bar === "" ? 6 : BAR_HEIGHT + 4),
    body: drawn.body + bar,
    notes: [...notesOf(shown, colours), ...notFiniteNote(extent.notFinite)],
    label: `${shown.allOutputs} filters of ${shown.height} x ${shown.width}, ` +
      `${shown.allInputs} input channels`,
  };
  return finish(page, options);
}

function readFilters(w: unknown, limit: number | undefined, channels: number): Shown {
  const { shape, data } = readArray(ACTION, "w", w);
  if (shape.length !== 4 || data.length === 0) {
    throw new ShapeError(
      `Cannot ${ACTION}: w must be [KH, KW, I, O], not empty: got ${formatShape(shape)}`,
    );
  }
  const [height, width, allInputs, allOutputs] = shape;
  return {
    height,
    width,
    inputs: allInputs === 3 ? 3 : Math.min(allInputs, channels),
    outputs: Math.min(allOutputs, limit ?? (allInputs === 1 || allInputs === 3 ? 64 : 32)),
    allInputs,
    allOutputs,
    at: (row, column, input, output) =>
      data[((row * width + column) * allInputs + input) * allOutputs + output],
  };
}

/** Collects every weight that is drawn, one filter after the other. */
function allOf({ height, width, inputs, outputs, at }: Shown): Float64Array {
  const values = new Float64Array(height * width * inputs * outputs);
  let i = 0;
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          values[i++] = at(row, column, input, output);
        }
      }
    }
  }
  return values;
}

function isColour({ allInputs, height, width }: Shown): boolean {
  // A single pixel has a colour, but no shape to look at.
  return allInputs === 3 && height * width > 1;
}

function defaultScale({ height, width }: Shown, target: number): number {
  if (height * width === 1) return SINGLE; // a matrix, nothing to see in each
  return Math.max(1, Math.round(target / Math.max(height, width)));
}

/** Draws one image for each filter and input channel. */
function mapMosaic(shown: Shown, { placeOf, palette }: ValueColours, scale: number): Mosaic {
  const { height, width, inputs, outputs } = shown;
  const values = allOf(shown);
  const size = height * width;
  return {
    count: inputs * outputs,
    columns: inputs,
    height,
    width,
    scale,
    channels: 1,
    palette,
    at: (i) => Uint8Array.from(values.subarray(i * size, (i + 1) * size), placeOf),
    titleOf: (i) =>
      inputs === 1
        ? `filter ${i}`
        : `filter ${Math.floor(i / inputs)}, input channel ${i % inputs}`,
  };
}

/** Draws one image for each filter, of the colours that it looks for. */
function colourMosaic(
  { height, width, outputs, at }: Shown,
  extent: { readonly low: number; readonly high: number },
  scale: number,
): Mosaic {
  const largest = Math.max(Math.abs(extent.low), Math.abs(extent.high)) || 1;
  const byte = (value: number) => Math.round((0.5 + 0.5 * value / largest) * 255);
  const imageOf = (output: number) => {
    const bytes: number[] = [];
    for (let pixel = 0; pixel < height * width; pixel++) {
      const [row, column] = [Math.floor(pixel / width), pixel % width];
      const colour = [0, 1, 2].map((input) => at(row, column, input, output));
      bytes.push(...(colour.every(Number.isFinite) ? colour.map(byte) : NOT_FINITE), 255);
    }
    return Uint8Array.from(bytes);
  };
  return {
    count: outputs,
    columns: outputs,
    height,
    width,
    scale,
    channels: 4,
    at: imageOf,
    titleOf: (i) => `filter ${i}`,
  };
}

interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly body: string;
}

/** Filters one after the other, in rows that fit. */
function drawFlat(mosaic: Mosaic, room: number, gapColour?: string): Drawn {
  const columns = columnsIn(room, mosaic.width, mosaic.scale);
  const rows = { ...mosaic, columns };
  const { width, height } = mosaicSize(rows);
  return { width, height, body: drawMosaic(rows, MARGIN, 0, gapColour) };
}

/** Filters down and input channels across, with their numbers. */
function drawMatrix({ inputs, outputs }: Shown, mosaic: Mosaic, theme: Theme): Drawn {
  const left = MARGIN + FONT_SIZE + 6 + textWidth(String(outputs - 1), SMALL) + 6;
  const top = FONT_SIZE + 6 + SMALL + 6;
  const { width, height, stepX, stepY } = mosaicSize(mosaic);
  const style = { size: SMALL, fill: theme.muted } as const;
  const columns = numbersAlong(inputs, stepX, textWidth(String(inputs - 1), SMALL) + 4);
  const rows = numbersAlong(outputs, stepY, SMALL + 3);
  const texts = [
    ...columns.map((i) =>
      textAt(left + i * stepX + mosaic.width * mosaic.scale / 2, top - 10, String(i), {
        ...style,
        anchor: "middle",
      })
    ),
    ...rows.map((i) =>
      textAt(left - 6, top + i * stepY + mosaic.height * mosaic.scale / 2, String(i), {
        ...style,
        anchor: "end",
      })
    ),
    textAt(left, FONT_SIZE / 2, "input channel", style),
    textAt(MARGIN + FONT_SIZE / 2, top + Math.max(height, 40) / 2, "filter", {
      ...style,
      anchor: "middle",
      turn: -90,
    }),
  ];
  const body = drawMosaic(mosaic, left, top, theme.gap) + texts.join("");
  return { width: left - MARGIN + Math.max(width, 90), height: top + Math.max(height, 40), body };
}

/** Chooses numbers at equal distances, far enough apart that none is over another. */
function numbersAlong(count: number, step: number, needed: number): number[] {
  const every = [1, 2, 5, 10, 20, 50].find((k) => k * step >= needed) ?? count;
  return Array.from({ length: Math.ceil(count / every) }, (_, i) => i * every);
}

function notesOf(shown: Shown, { high }: ValueColours): string[] {
  const { inputs, outputs, allInputs, allOutputs } = shown;
  const notes: string[] = [];
  if (isColour(shown)) {
    notes.push(`Grey is 0, white and black are ±${formatEnd(high)} in each channel`);
  }
  if (outputs < allOutputs) notes.push(`${outputs} of ${allOutputs} filters are shown, the first`);
  if (inputs < allInputs) {
    notes.push(`${inputs} of ${allInputs} input channels are shown, the first`);
  }
  return notes;
}
