/**
 * Tiles in rows: drawings of one size with lines of text below each.
 *
 * @module
 */
import { MARGIN, textAt } from "./page.ts";
import { element, formatNumber } from "./svg.ts";
import { fitText, textWidth } from "./text.ts";
import type { Theme } from "./theme.ts";

/** A line below a tile. */
export interface TileLine {
  readonly text: string;
  /** A cross or a tick in front. */
  readonly sign?: "right" | "wrong";
  readonly isMuted?: boolean;
}

/** A drawing and its caption. */
export interface Tile {
  /** Draws it with its upper left corner at a place. */
  draw(x: number, y: number): string;
  readonly lines: readonly TileLine[];
  /** Frame the tile to mark a mistake. */
  readonly isWrong?: boolean;
}

/** The size of all tiles, and how many stand in a row. */
export interface TileLayout {
  /** Width of the drawings. */
  readonly width: number;
  readonly height: number;
  /** Number of tiles in a row; as many as `room` takes by default. */
  readonly columns?: number;
  /** Width for a row. */
  readonly room: number;
}

const TILE_FONT = 11;
const LINE_HEIGHT = 15;
const SIGN = 14;
/** Between tiles: frames stand in it. */
const GAP = 10;
/** Texts may make a tile so wide. */
const TEXT_ROOM = 124;
/** Width of the frame round a wrong one. */
const FRAME = 3;
/** Least width of a picture, for its title and notes. */
const LEAST_WIDTH = 280;

/** Draws tiles; `width` is that of the whole picture, `height` that of the rows. */
export function drawTiles(
  tiles: readonly Tile[],
  { width, height, columns, room }: TileLayout,
  theme: Theme,
): { width: number; height: number; body: string } {
  const cell = Math.max(width, Math.min(widestLine(tiles), TEXT_ROOM));
  const fitting = Math.max(1, Math.floor((room - 2 * MARGIN + GAP) / (cell + GAP)));
  const inRow = Math.max(1, Math.min(columns ?? fitting, tiles.length));
  const rows = Array.from(
    { length: Math.ceil(tiles.length / inRow) },
    (_, i) => tiles.slice(i * inRow, (i + 1) * inRow),
  );
  let [body, y] = ["", FRAME];
  for (const row of rows) {
    body += row.map((tile, i) => {
      const x = MARGIN + i * (cell + GAP);
      const frame = tile.isWrong ? drawFrame(x, y, width, height, theme.wrong) : "";
      return tile.draw(x, y) + frame + drawLines(tile.lines, x, y + height + 6, cell, theme);
    }).join("");
    const lines = Math.max(...row.map((tile) => tile.lines.length));
    y += height + 6 + lines * LINE_HEIGHT + GAP;
  }
  return {
    width: Math.max(LEAST_WIDTH, 2 * MARGIN + inRow * (cell + GAP) - GAP),
    height: y,
    body,
  };
}

/** Finds the largest scale, a whole number where it enlarges, at which images look like tiles. */
export function tileScale(height: number, width: number, room: number): number {
  const longer = Math.max(height, width, 1);
  const enlarged = Math.max(1, Math.round(80 / longer));
  const most = Math.min(room - 2 * MARGIN, 160);
  return enlarged * longer <= most ? enlarged : most / longer;
}

function widestLine(tiles: readonly Tile[]): number {
  const widthOf = ({ text, sign }: TileLine) =>
    textWidth(text, TILE_FONT) + (sign === undefined ? 0 : SIGN);
  return Math.ceil(Math.max(0, ...tiles.flatMap(({ lines }) => lines.map(widthOf))));
}

function drawFrame(x: number, y: number, width: number, height: number, stroke: string): string {
  const style = { fill: "none", stroke, "stroke-width": FRAME };
  return element("rect", {
    x: x - FRAME / 2,
    y: y - FRAME / 2,
    width: width + FRAME,
    height: height + FRAME,
    ...style,
  });
}

function drawLines(
  lines: readonly TileLine[],
  x: number,
  top: number,
  room: number,
  theme: Theme,
): string {
  return lines.map(({ text, sign, isMuted }, i) => {
    const y = top + (i + 0.5) * LINE_HEIGHT;
    const left = sign === undefined ? 0 : SIGN;
    return (sign === undefined ? "" : drawSign(sign, x + 5, y, theme)) +
      textAt(x + left, y, fitText(text, room - left + 0.01, TILE_FONT), {
        size: TILE_FONT,
        fill: isMuted ? theme.muted : undefined,
        full: text,
      });
  }).join("");
}

/** Draws a tick or a cross, because not every font has them. */
function drawSign(sign: "right" | "wrong", x: number, y: number, theme: Theme): string {
  const [left, middle] = [formatNumber(x), formatNumber(y)];
  const path = sign === "wrong"
    ? `M${left} ${middle}m-4 -4l8 8m0 -8l-8 8`
    : `M${left} ${middle}m-4 0l3 4l5 -8`;
  return element("path", {
    d: path,
    fill: "none",
    stroke: sign === "wrong" ? theme.wrong : theme.right,
    "stroke-width": 2,
    class: sign,
  });
}
