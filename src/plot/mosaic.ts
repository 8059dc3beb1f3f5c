/**
 * Many small images of one size as one, with gaps between: one file in a picture, not hundreds.
 *
 * @module
 */
import { drawBitmap } from "./bitmap.ts";
import { element, escapeXml } from "./svg.ts";
import { GAP_PLACE } from "./value_colours.ts";

/** Images of one size, and how they stand. */
export interface Mosaic {
  readonly count: number;
  readonly columns: number;
  readonly height: number;
  readonly width: number;
  /** Pixels of the picture for one of an image. */
  readonly scale: number;
  /** Bytes of a pixel: 1 (a place in the palette) or 4 (RGBA). */
  readonly channels: 1 | 4;
  readonly palette?: Uint8Array;
  /** Returns the bytes of an image. */
  at(i: number): Uint8Array;
  /** Writes the text that a pointer shows over an image. */
  titleOf(i: number): string;
}

/** Places of images and the size of all of them, in pixels of the picture. */
export interface MosaicSize {
  readonly width: number;
  readonly height: number;
  /** Distance from one image to the next. */
  readonly stepX: number;
  readonly stepY: number;
}

/** Between images, in pixels of the picture, nearly. */
const GAP = 3;
/** Of what is drawn below images, round them all. */
const FRAME = 1;

/**
 * Chooses the pixels of a file for one of the picture. They are few, so that the file is small;
 * where images are enlarged, one pixel of theirs is several of the file, so that gaps need not be
 * as wide.
 */
function gridOf(scale: number): { shown: number; repeat: number; gap: number } {
  if (scale < 1) return { shown: scale, repeat: 1, gap: Math.ceil(GAP / scale) };
  const shown = [3, 2].find((size) => scale % size === 0) ?? 1;
  // Of others the pixels of the file are near 2 of the picture, so that all gaps look alike.
  const repeat = Number.isInteger(scale) ? scale / shown : Math.max(1, Math.round(scale / 2));
  return { shown: scale / repeat, repeat, gap: Math.max(1, Math.round(GAP * repeat / scale)) };
}

/** Measures a mosaic. */
export function mosaicSize(
  { count, columns, height, width, scale }: Pick<
    Mosaic,
    "count" | "columns" | "height" | "width" | "scale"
  >,
): MosaicSize {
  const { shown, gap } = gridOf(scale);
  const [stepX, stepY] = [width * scale + gap * shown, height * scale + gap * shown];
  const rows = Math.ceil(count / columns);
  return {
    width: Math.min(columns, count) * stepX - gap * shown,
    height: rows * stepY - gap * shown,
    stepX,
    stepY,
  };
}

/** Counts the images of a width that fit in a row. */
export function columnsIn(room: number, width: number, scale: number): number {
  const { shown, gap } = gridOf(scale);
  return Math.max(1, Math.floor((room + gap * shown) / (width * scale + gap * shown)));
}

/** Draws a mosaic; gaps in `gapColour`, where it is given, else of the colour that is below. */
export function drawMosaic(mosaic: Mosaic, x: number, y: number, gapColour?: string): string {
  const { count, columns, height, width, scale, channels, palette } = mosaic;
  if (count === 0 || height === 0 || width === 0) return "";
  const { stepX, stepY } = mosaicSize(mosaic);
  const below = gapColour === undefined ? "" : drawBelow(mosaic, x, y, gapColour);
  const titles = Array.from({ length: count }, (_, i) =>
    element(
      "rect",
      {
        x: x + (i % columns) * stepX,
        y: y + Math.floor(i / columns) * stepY,
        width: width * scale,
        height: height * scale,
        fill: "none",
        "pointer-events": "all",
      },
      element("title", {}, escapeXml(mosaic.titleOf(i))),
    ));
  const transparent = palette === undefined ? undefined : GAP_PLACE;
  const pixels = { ...fill(mosaic), channels, palette, transparent };
  return below + drawBitmap(pixels, { x, y, scale: gridOf(scale).shown }) + titles.join("");
}

/** Draws what shows through the gaps, with a frame: rows that are full, the last. */
function drawBelow(mosaic: Mosaic, x: number, y: number, fill: string): string {
  const { stepX, stepY } = mosaicSize(mosaic);
  const gap = stepX - mosaic.width * mosaic.scale;
  const [full, rest] = [Math.floor(mosaic.count / mosaic.columns), mosaic.count % mosaic.columns];
  const rows = [
    { first: 0, rows: full, columns: mosaic.columns },
    { first: full, rows: Math.sign(rest), columns: rest },
  ];
  return rows.filter((part) => part.rows > 0).map((part) => {
    const above = part.first > 0 ? gap : FRAME; // no line between the last row and the others
    return element("rect", {
      x: x - FRAME,
      y: y + part.first * stepY - above,
      width: part.columns * stepX - gap + 2 * FRAME,
      height: part.rows * stepY - gap + above + FRAME,
      fill,
    });
  }).join("");
}

/** Fills in the pixels of the file. */
function fill(mosaic: Mosaic): { width: number; height: number; data: Uint8Array } {
  const { count, columns, channels } = mosaic;
  const { repeat, gap } = gridOf(mosaic.scale);
  const [cellX, cellY] = [mosaic.width * repeat, mosaic.height * repeat];
  const width = Math.min(columns, count) * (cellX + gap) - gap;
  const height = Math.ceil(count / columns) * (cellY + gap) - gap;
  const data = new Uint8Array(width * height * channels);
  if (mosaic.palette !== undefined) data.fill(GAP_PLACE);
  for (let i = 0; i < count; i++) {
    const bytes = mosaic.at(i);
    const [left, top] = [(i % columns) * (cellX + gap), Math.floor(i / columns) * (cellY + gap)];
    for (let row = 0; row < cellY; row++) {
      const from = Math.floor(row / repeat) * mosaic.width;
      for (let column = 0; column < cellX; column++) {
        const source = (from + Math.floor(column / repeat)) * channels;
        const to = ((top + row) * width + left + column) * channels;
        for (let c = 0; c < channels; c++) data[to + c] = bytes[source + c];
      }
    }
  }
  return { width, height, data };
}
