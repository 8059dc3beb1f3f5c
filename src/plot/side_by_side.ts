/**
 * Images before and after: the same ones, in columns by the changes made to them.
 *
 * @module
 */
import { quoted } from "../core/printable.ts";
import { checkInteger } from "../core/check_integer.ts";
import type { HostArray } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { formatShape } from "../core/shape.ts";
import { drawBitmap } from "./bitmap.ts";
import { type Images, readArray, readImages } from "./image_values.ts";
import { checkPicture, checkScale } from "./options.ts";
import { finish, MARGIN, textAt, themeOf } from "./page.ts";
import type { Picture, PictureOptions } from "./picture.ts";
import { fitText } from "./text.ts";
import type { ThemeName } from "./theme.ts";
import {
  colourBarWidth,
  coloursFor,
  drawColourBar,
  extentOf,
  notFiniteNote,
  type ValueColours,
} from "./value_colours.ts";

/** Options of {@link sideBySide}. */
export interface SideBySideOptions extends PictureOptions {
  /** The most images of each column; 8 by default. A note says how many are left out. */
  readonly limit?: number;
  /** Pixels of the picture for one of an image; a size at which images look alike by default. */
  readonly scale?: number;
  /** Width for columns; those that do not fit stand below. 640 by default. */
  readonly width?: number;
}

const ACTION = "draw side by side";
const HEAD = 22;
const GAP = 14;
const BETWEEN = 6;
const BAR_HEIGHT = 24;
/** Columns that fit the width by default. */
const IN_ROW = 4;
/** Pixels of an image's longer side by default, at most. */
const LARGEST = 200;

/** Column of images or maps. */
interface Column {
  readonly name: string;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** Colours of values that are no colours of an image. */
  readonly colours?: ValueColours;
  readonly notes: readonly string[];
  draw(i: number, x: number, y: number, scale: number): string;
}

/**
 * Draws images side by side: before and after.
 *
 * Columns have names; each row is one image of the batch. Bytes, numbers from 0 to 1, and images in
 * colour are drawn as they are. Other numbers of one channel are results, and drawn in colours: to
 * both sides of 0 where some are negative, else from 0 on; a bar below says which.
 *
 * - **Shapes**: `[N, H, W, C]` or `[H, W, C]`, C = 1, 3 or 4; N is the same for all, sizes may
 *   differ, and all are drawn at one scale.
 * - **Edge cases**: columns that do not fit the width stand below; NaN and infinities in results
 *   are magenta, and counted.
 *
 * @example Edges of an image
 * ```ts
 * import { conv2d, tensor } from "@tapegrad/tapegrad";
 * import { sideBySide } from "@tapegrad/tapegrad/plot";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const image = tensor([0, 1, 1, 0, 0, 1, 1, 0], { shape: [1, 2, 4, 1] });
 * const w = tensor([1, -1], { shape: [1, 2, 1, 1] });
 * const picture = sideBySide({ before: image, after: conv2d(image, w) });
 * assertStringIncludes(picture.svg(), ">−1<"); // the end of the bar
 * ```
 *
 * @param images tensors or arrays by name.
 * @param options `limit`, `scale`, `width`; `title`, `theme`.
 * @returns the picture.
 * @throws {ShapeError} if there are not as many of each, or their shape is another.
 * @throws {RangeError} if a pixel of an image is not finite, or an option is out of range.
 * @throws {TypeError} if something is neither a tensor nor an array with its shape.
 */
export function sideBySide(
  images: Readonly<Record<string, Images>>,
  options: SideBySideOptions = {},
): Picture {
  options = checkPicture(ACTION, options, "title theme limit# scale# width#");
  const { limit = 8, width = 640, theme = "light" } = options;
  checkInteger(ACTION, "limit", limit, 1);
  checkScale(ACTION, options.scale);
  const columns = Object.entries(images).map(([name, value]) => readColumn(name, value, theme));
  checkCounts(columns);
  const [height, widest] = [
    Math.max(0, ...columns.map((column) => column.height)),
    Math.max(0, ...columns.map((column) => column.width)),
  ];
  const scale = options.scale ?? scaleFor(Math.max(height, widest), columns.length, width);
  const count = Math.min(columns[0]?.count ?? 0, limit);
  const drawn = drawColumns(columns, count, scale, width, theme);
  const left = (columns[0]?.count ?? 0) - count;
  const empty = textAt(MARGIN, 12, "no images", { fill: themeOf(options).muted });
  const isEmpty = columns.length === 0 || count === 0;
  const page = {
    ...drawn,
    height: isEmpty ? 24 : drawn.height,
    body: isEmpty ? empty : drawn.body,
    notes: [
      ...(left > 0 ? [`${count} of ${count + left} images are shown, the first`] : []),
      ...columns.flatMap(({ notes }) => notes),
    ],
    label: `images side by side: ${columns.map(({ name }) => name).join(", ")}`,
  };
  return finish(page, options);
}

/** Finds the largest scale, a whole number where it enlarges, at which up to four columns fit. */
function scaleFor(longer: number, columns: number, room: number): number {
  const across = Math.min(Math.max(columns, 1), IN_ROW);
  const most = Math.min((room - 2 * MARGIN + GAP) / across - GAP, LARGEST);
  return longer <= most ? Math.floor(most / Math.max(longer, 1)) : most / longer;
}

function checkCounts(columns: readonly Column[]): void {
  const odd = columns.find(({ count }) => count !== columns[0].count);
  if (odd === undefined) return;
  throw new ShapeError(
    `Cannot ${ACTION}: there must be as many images of each: ${columns[0].name} has ` +
      `${columns[0].count}, ${odd.name} ${odd.count}`,
  );
}

function readColumn(name: string, value: unknown, theme: ThemeName): Column {
  const label = `images[${quoted(name)}]`;
  const given = readArray(ACTION, label, value);
  const array = given.shape.length === 3 ? { ...given, shape: [1, ...given.shape] } : given;
  const { shape, dtype, data } = array;
  if (shape.length !== 4 || ![1, 3, 4].includes(shape[3])) {
    throw new ShapeError(
      `Cannot ${ACTION}: ${label} must be [N, H, W, C] or [H, W, C] with 1, 3 or 4 channels: got ` +
        formatShape(given.shape),
    );
  }
  const extent = extentOf([data]);
  const isImage = dtype === "uint8" || shape[3] > 1 ||
    (extent.low >= 0 && extent.high <= 1 && extent.notFinite === 0);
  return isImage ? imageColumn(name, label, array, given.shape) : resultColumn(name, array, theme);
}

function imageColumn(
  name: string,
  label: string,
  array: HostArray,
  given: readonly number[],
): Column {
  const { count, height, width, channels, at, notes } = readImages(ACTION, label, array, given);
  const draw = (i: number, x: number, y: number, scale: number) =>
    drawBitmap({ width, height, channels, data: at(i) }, { x, y, scale, title: titleOf(name, i) });
  return { name, count, height, width, notes, draw };
}

function resultColumn(name: string, { shape, data }: HostArray, theme: ThemeName): Column {
  const [count, height, width] = shape;
  const extent = extentOf([data]);
  const colours = coloursFor(extent, theme);
  const size = height * width;
  const draw = (i: number, x: number, y: number, scale: number) => {
    const places = Uint8Array.from(data.subarray(i * size, (i + 1) * size), colours.placeOf);
    const pixels = { width, height, channels: 1, data: places, palette: colours.palette };
    return drawBitmap(pixels, { x, y, scale, title: titleOf(name, i) });
  };
  return { name, count, height, width, colours, notes: notFiniteNote(extent.notFinite), draw };
}

function titleOf(name: string, i: number): string {
  return `${name}, image ${i}`;
}

/** Draws columns from left to right, and below where the width ends. */
function drawColumns(
  columns: readonly Column[],
  count: number,
  scale: number,
  room: number,
  theme: ThemeName,
): { width: number; height: number; body: string } {
  const rowHeight = Math.max(0, ...columns.map(({ height }) => height)) * scale + BETWEEN;
  const hasBar = columns.some(({ colours }) => colours !== undefined);
  const bandHeight = HEAD + count * rowHeight + (hasBar ? BAR_HEIGHT : 0) + GAP;
  let [x, y, right, body] = [MARGIN, 0, 0, ""];
  for (const column of columns) {
    const { name, colours } = column;
    const width = Math.max(
      column.width * scale,
      colours === undefined ? 0 : colourBarWidth(colours),
      60,
    );
    if (x > MARGIN && x + width > room - MARGIN) [x, y] = [MARGIN, y + bandHeight];
    body += textAt(x, y + HEAD / 2, fitText(name, width), { weight: "bold", full: name });
    for (let i = 0; i < count; i++) body += column.draw(i, x, y + HEAD + i * rowHeight, scale);
    if (colours !== undefined) {
      body += drawColourBar(colours, x, y + HEAD + count * rowHeight + BAR_HEIGHT / 2, theme);
    }
    right = Math.max(right, x + width);
    x += width + GAP;
  }
  return { width: Math.max(right + MARGIN, 280), height: y + bandHeight - GAP, body };
}
