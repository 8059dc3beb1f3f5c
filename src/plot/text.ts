/**
 * Widths of text without a font at hand: estimates that are never too small for common sans-serif
 * fonts, so that text laid out with them does not overlap.
 *
 * @module
 */

/** Fonts to show text in; the estimates hold for the widest of them. */
export const FONT = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', 'Liberation Sans', sans-serif";

/** Size of ordinary text, in pixels. */
export const FONT_SIZE = 12;

/** Height of a line of text, in sizes of the font. */
export const LINE = 1.25;

const NARROW = /^[ijlIftr.,:;'|!()[\]{}`/\\ ]$/;
const WIDE = /^[mwMW%@—]$/;
const CAPITAL = /^[A-Z&#+=<>~^−±×÷]$/;
/** Chinese, Japanese, Korean, emoji: as wide as they are high. */
const SQUARE = /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]$/;

function widthOf(char: string): number {
  if (NARROW.test(char)) return 0.42;
  if (WIDE.test(char) || SQUARE.test(char) || char.length > 1) return 1.05;
  return CAPITAL.test(char) ? 0.78 : 0.645;
}

/** Estimates the width of a line of text in pixels, rather too large than too small. */
export function textWidth(text: string, fontSize: number = FONT_SIZE): number {
  let width = 0;
  for (const char of text) width += widthOf(char);
  return width * fontSize;
}

/** Shortens a text to what fits a width, with an ellipsis. */
export function fitText(text: string, width: number, fontSize: number = FONT_SIZE): string {
  if (textWidth(text, fontSize) <= width) return text;
  const chars = [...text];
  while (chars.length > 0 && textWidth(`${chars.join("").trimEnd()}…`, fontSize) > width) {
    chars.pop();
  }
  return chars.length === 0 ? "" : `${chars.join("").trimEnd()}…`;
}

/** Shortens a text to whole words that fit a width, with an ellipsis; to a part of a long first one. */
export function fitWords(text: string, width: number, fontSize: number = FONT_SIZE): string {
  const cut = fitText(text, width, fontSize);
  if (cut === text || !cut.endsWith("…")) return cut;
  const isBetweenWords = text[cut.length - 1] === " ";
  const words = isBetweenWords ? -1 : cut.lastIndexOf(" ");
  return words > 0 ? `${cut.slice(0, words)}…` : cut;
}

/** Measures the width of the widest text; 0 for none. */
export function widest(texts: Iterable<string>, fontSize: number = FONT_SIZE): number {
  let width = 0;
  for (const text of texts) width = Math.max(width, textWidth(text, fontSize));
  return width;
}
