/**
 * Picture of the activations of a network's layers for one image.
 *
 * @module
 */
import { quoted } from "../core/printable.ts";
import { checkInteger } from "../core/check_integer.ts";
import { ShapeError } from "../core/errors.ts";
import { formatShape } from "../core/shape.ts";
import { type Images, readArray } from "./image_values.ts";
import { columnsIn, drawMosaic, type Mosaic, mosaicSize } from "./mosaic.ts";
import { checkPicture } from "./options.ts";
import { finish, MARGIN, textAt, themeOf } from "./page.ts";
import type { Picture, PictureOptions } from "./picture.ts";
import { fitText, FONT_SIZE, textWidth, widest } from "./text.ts";
import type { Theme } from "./theme.ts";
import {
  colourBarWidth,
  coloursFor,
  drawColourBar,
  type Extent,
  extentOf,
  formatEnd,
  GAP_PLACE,
  notFiniteNote,
  type ValueColours,
} from "./value_colours.ts";

/** Options of {@link featureMaps}. */
export interface FeatureMapsOptions extends PictureOptions {
  /** Index of the image in the batch; 0, the first, by default. */
  readonly image?: number;
  /** The most channels that are drawn of a layer; 32 by default. The others are counted. */
  readonly limit?: number;
  /** Names of the classes, for the values of the last layer where it has as many; none by default. */
  readonly classes?: readonly string[];
  /** Width of the picture; 640 by default. */
  readonly width?: number;
}

const ACTION = "draw feature maps";
/** The longer side of every map. */
const MAP_SIZE = 60;
const HEAD = 22;
const SPACE = 14;
/** Values of a vector in a row, at most. */
const IN_ROW = 64;
/** Pixels of the picture for a value of a vector. */
const CELL = 9;
const SMALL = 11;
/** Height of a name above a value, and the middle of the name. */
const NAMED_ROW = 34;
const LINE_MIDDLE = 10;

/** Activations of a layer for the image: maps of one size, or one of them for a vector. */
interface LayerMaps {
  readonly name: string;
  readonly shape: readonly number[];
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly scale: number;
  /** Returns the values of a channel. */
  at(channel: number): ArrayLike<number>;
}

/**
 * Draws what the layers of a network make of one image, one layer below the other.
 *
 * Layers are named, with the shape of what they make, and have a range of colours of their own:
 * from 0 to the largest value, or to both sides of 0 where some are negative. So channels of one
 * layer can be compared.
 *
 * - **Shapes**: of each layer `[N, H, W, C]` (a map a channel), `[N, H, W]`, or `[N, K]` (values,
 *   up to 64 to a line).
 * - **Edge cases**: of more than `limit` channels the first are shown; channels that are 0
 *   everywhere are counted; NaN and infinities are magenta, and counted.
 *
 * @example
 * ```ts
 * import { ones, Random, relu } from "@tapegrad/tapegrad";
 * import { activations, Conv2d, Sequential } from "@tapegrad/tapegrad/nn";
 * import { featureMaps } from "@tapegrad/tapegrad/plot";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const model = Sequential({ conv: Conv2d({ filters: 8, size: 3 }), relu });
 * const params = model.init(new Random(0), [16, 16, 1]);
 * const picture = featureMaps(activations(model, params, ones([1, 16, 16, 1])));
 * assertStringIncludes(picture.svg(), "conv, channel 7");
 * ```
 *
 * @param maps what layers make of a batch, by name: from `activations`.
 * @param options `image`, `limit`, `classes`, `width`; `title`, `theme`.
 * @returns the picture.
 * @throws {ShapeError} if a tensor has another shape.
 * @throws {RangeError} if there is no such image, or an option is out of range.
 * @throws {TypeError} if a value is neither a tensor nor an array with its shape.
 */
export function featureMaps(
  maps: Readonly<Record<string, Images>>,
  options: FeatureMapsOptions = {},
): Picture {
  options = checkPicture(ACTION, options, "title theme image# limit# classes width#");
  const { image = 0, limit = 32, classes = [], width = 640, theme = "light" } = options;
  checkInteger(ACTION, "limit", limit, 1);
  const room = width - 2 * MARGIN;
  const layers = Object.entries(maps).map(([name, value]) => readLayer(name, value, image, room));
  let [body, y, notFinite] = ["", 0, 0];
  for (const layer of layers) {
    const shown = Math.min(layer.channels, limit);
    const lists = Array.from({ length: shown }, (_, channel) => layer.at(channel));
    const extent = extentOf(lists);
    const colours = coloursFor(extent, theme);
    const mosaic = mosaicOf(layer, lists, colours, room);
    const text = describe(layer, lists, extent);
    // Zero is as bright as the background only where colours go to both sides of it.
    const hasGaps = extent.low < 0 && layer.shape.length > 2;
    body += drawHead(text, colours, y + HEAD / 2, width, options) +
      drawMosaic(mosaic, MARGIN, y + HEAD, hasGaps ? themeOf(options).gap : undefined);
    y += HEAD + Math.max(mosaicSize(mosaic).height, 0) + SPACE;
    notFinite += extent.notFinite;
    const isNamed = layer === layers.at(-1) && isVectorOf(layer, classes.length);
    if (isNamed) {
      const named = drawNamed(lists[0], classes, y - SPACE + 4, room, themeOf(options));
      body += named.svg;
      y += named.height;
    }
  }
  const empty = textAt(MARGIN, 12, "no layers", { fill: themeOf(options).muted });
  const page = {
    width,
    height: layers.length === 0 ? 24 : y - SPACE + 6,
    body: layers.length === 0 ? empty : body,
    notes: notFiniteNote(notFinite),
    label: layers.length === 0
      ? "feature maps"
      : `feature maps of ${layers.map(({ name }) => name).join(", ")}`,
  };
  return finish(page, options);
}

function readLayer(name: string, value: unknown, image: number, room: number): LayerMaps {
  const { shape, data } = readArray(ACTION, `maps[${quoted(name)}]`, value);
  if (shape.length < 2 || shape.length > 4) {
    throw new ShapeError(
      `Cannot ${ACTION}: maps must be [N, H, W, C], [N, H, W] or [N, K]: ${name} is ` +
        formatShape(shape),
    );
  }
  if (!Number.isInteger(image) || image < 0 || image >= shape[0]) {
    throw new RangeError(
      `Cannot ${ACTION}: image must be an integer from 0 to ${shape[0] - 1}, the images of ` +
        `${name}: got ${image}`,
    );
  }
  const own = data.subarray(image * data.length / shape[0], (image + 1) * data.length / shape[0]);
  if (shape.length === 2) return vectorOf(name, shape, own, room);
  const [, height, width, channels = 1] = shape;
  const at = (channel: number) =>
    Float64Array.from({ length: height * width }, (_, i) => own[i * channels + channel]);
  return { name, shape, height, width, channels, scale: MAP_SIZE / Math.max(height, width, 1), at };
}

/** Lays out a vector as lines of one map. */
function vectorOf(
  name: string,
  shape: readonly number[],
  own: ArrayLike<number>,
  room: number,
): LayerMaps {
  const width = Math.min(own.length, IN_ROW, Math.floor(room / CELL));
  const height = width === 0 ? 0 : Math.ceil(own.length / width);
  return { name, shape, height, width, channels: 1, scale: CELL, at: () => own };
}

function mosaicOf(
  { name, shape, height, width, scale }: LayerMaps,
  lists: readonly ArrayLike<number>[],
  { placeOf, palette }: ValueColours,
  room: number,
): Mosaic {
  const isVector = shape.length === 2;
  return {
    count: lists.length,
    columns: columnsIn(room, width, scale),
    height,
    width,
    scale,
    channels: 1,
    palette,
    at(i) {
      // A vector does not fill its last line.
      const places = new Uint8Array(height * width).fill(GAP_PLACE);
      for (let j = 0; j < lists[i].length; j++) places[j] = placeOf(lists[i][j]);
      return places;
    },
    titleOf: (i) => isVector ? `${name}, ${lists[i].length} values` : `${name}, channel ${i}`,
  };
}

function describe(
  { name, shape, channels }: LayerMaps,
  lists: readonly ArrayLike<number>[],
  { notFinite }: Extent,
): { name: string; about: string } {
  const parts = [shape.slice(1).join(" × ")];
  if (lists.length < channels) parts.push(`the first ${lists.length} channels`);
  const isDead = (list: ArrayLike<number>) => Array.prototype.every.call(list, (v) => v === 0);
  const dead = shape.length === 2 ? 0 : lists.filter(isDead).length;
  if (dead > 0) parts.push(`${dead} all 0`);
  if (notFinite > 0) parts.push(`${notFinite} not finite`);
  return { name, about: parts.join(", ") };
}

/** Returns true for a layer of `count` values. */
function isVectorOf({ shape }: LayerMaps, count: number): boolean {
  return shape.length === 2 && shape[1] === count && count > 0;
}

/** Writes the values of classes under their names, in columns that are wide enough for each. */
function drawNamed(
  values: ArrayLike<number>,
  classes: readonly string[],
  y: number,
  room: number,
  theme: Theme,
): { svg: string; height: number } {
  const texts = classes.map((name, i) => ({ name, value: formatEnd(values[i]) }));
  const needed = Math.max(
    widest(texts.map(({ name }) => name), SMALL),
    widest(texts.map(({ value }) => value), SMALL),
  );
  const step = Math.min(needed + 12, room);
  const columns = Math.max(1, Math.floor(room / step));
  const svg = texts.map(({ name, value }, i) => {
    const [left, top] = [MARGIN + (i % columns) * step, y + Math.floor(i / columns) * NAMED_ROW];
    const style = { size: SMALL, full: `${name}: ${value}` } as const;
    return textAt(left, top + LINE_MIDDLE, fitText(name, step - 6, SMALL), {
      ...style,
      fill: theme.muted,
    }) + textAt(left, top + LINE_MIDDLE + SMALL + 3, value, style);
  });
  return { svg: svg.join(""), height: Math.ceil(classes.length / columns) * NAMED_ROW + 4 };
}

/** Draws the name of a layer, facts on it, and its colours, from left to right. */
function drawHead(
  { name, about }: { readonly name: string; readonly about: string },
  colours: ValueColours,
  y: number,
  width: number,
  options: PictureOptions,
): string {
  const barWidth = colourBarWidth(colours);
  const room = width - 2 * MARGIN - barWidth - 16;
  const shown = fitText(name, room * 0.6);
  const left = MARGIN + textWidth(shown, FONT_SIZE * 1.08) + 10;
  const rest = fitText(about, MARGIN + room - left, SMALL);
  return textAt(MARGIN, y, shown, { weight: "bold", full: name }) +
    textAt(left, y, rest, { size: SMALL, fill: themeOf(options).muted, full: about }) +
    drawColourBar(colours, width - MARGIN - barWidth, y, options.theme ?? "light");
}
