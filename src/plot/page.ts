/**
 * Frame of a picture round its drawing: a title above, notes below; and lines of text anywhere.
 *
 * @module
 */
import { Picture, type PictureOptions } from "./picture.ts";
import { type Attributes, element, escapeXml } from "./svg.ts";
import { fitText, FONT_SIZE } from "./text.ts";
import { type Theme, THEMES } from "./theme.ts";

/** Empty space at the border of a picture. */
export const MARGIN = 12;

const TITLE_SIZE = 15;
const TITLE_HEIGHT = 26;
const NOTE_SIZE = 11;
const NOTE_HEIGHT = 16;

/** Looks of a text, and the point of it that is given. */
export interface TextStyle {
  readonly size?: number;
  readonly anchor?: "start" | "middle" | "end";
  readonly fill?: string;
  readonly weight?: "bold";
  /** Degrees, clockwise, round the given point. */
  readonly turn?: number;
  /** The whole text, shown by a pointer, where the text itself is shortened. */
  readonly full?: string;
}

/** Draws a line of text; `y` is its middle. */
export function textAt(x: number, y: number, text: string, style: TextStyle = {}): string {
  const { size, anchor, fill, weight, turn, full } = style;
  if (text === "") return "";
  const attributes: Attributes = {
    x,
    y: y + (size ?? FONT_SIZE) * 0.36,
    "font-size": size,
    "text-anchor": anchor === "start" ? undefined : anchor,
    fill,
    "font-weight": weight,
    transform: turn === undefined ? undefined : `rotate(${turn} ${x} ${y})`,
  };
  const whole = full === undefined || full === text ? [] : [`<title>${escapeXml(full)}</title>`];
  return element("text", attributes, ...whole, escapeXml(text));
}

/** A picture under way: its size, and its drawing between title and notes. */
export interface Page {
  readonly width: number;
  /** Height of the drawing alone. */
  readonly height: number;
  /** The drawing, from its upper left corner. */
  readonly body: string;
  /** Notes below it. */
  readonly notes?: readonly string[];
  readonly label: string;
}

/** Finds the theme that options name. */
export function themeOf({ theme = "light" }: PictureOptions): Theme {
  return THEMES[theme];
}

/** Measures the height that title and notes take. */
export function outerHeight({ title }: PictureOptions, notes: readonly string[] = []): number {
  return (title ? TITLE_HEIGHT : 0) + notes.length * NOTE_HEIGHT + 2 * MARGIN;
}

/** Makes the picture of a page. */
export function finish(page: Page, options: PictureOptions): Picture {
  const { width, height, body, notes = [], label } = page;
  const { title, theme = "light" } = options;
  const { muted } = THEMES[theme];
  const top = MARGIN + (title ? TITLE_HEIGHT : 0);
  const room = width - 2 * MARGIN;
  const head = title
    ? textAt(MARGIN, MARGIN + TITLE_HEIGHT / 2 - 3, fitText(title, room * 0.95, TITLE_SIZE), {
      size: TITLE_SIZE,
      weight: "bold",
      full: title,
    })
    : "";
  const foot = notes.map((note, i) =>
    textAt(MARGIN, top + height + (i + 0.5) * NOTE_HEIGHT, fitText(note, room, NOTE_SIZE), {
      size: NOTE_SIZE,
      fill: muted,
      full: note,
    })
  );
  return new Picture({
    width,
    height: top + height + notes.length * NOTE_HEIGHT + MARGIN,
    theme,
    label: title ? `${title}: ${label}` : label,
    body: head + element("g", { transform: `translate(0 ${top})` }, body) + foot.join(""),
  });
}
