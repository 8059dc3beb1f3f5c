/**
 * Colours: light and dark themes, series.
 *
 * Series follow the palette of M. Okabe and K. Ito, "Color Universal Design" (2008), which people
 * with any kind of colour vision can tell apart; darkened or lightened until each has a contrast of
 * 3 to 1 with the background, as WCAG 2.1 asks of graphics.
 *
 * @module
 */

/** Display red, green and blue: 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** What background a picture is for. */
export type ThemeName = "light" | "dark";

/** The colours of a picture, as CSS has them. */
export interface Theme {
  readonly background: string;
  readonly text: string;
  /** Of less important text. */
  readonly muted: string;
  /** Of grid lines. */
  readonly grid: string;
  /** Of surfaces that stand out from the background a little. */
  readonly surface: string;
  /** Of series, in this order. */
  readonly series: readonly string[];
  /** Of what is right, and of what is wrong: blue and vermilion, which all can tell apart. */
  readonly right: string;
  readonly wrong: string;
}

/** The themes by name. */
export const THEMES: Readonly<Record<ThemeName, Theme>> = {
  light: {
    background: "#ffffff",
    text: "#1b2430",
    muted: "#566170",
    grid: "#e1e5ea",
    surface: "#f3f5f8",
    series: ["#0072b2", "#d55e00", "#00815d", "#b5508b", "#a87000", "#2f8fca", "#555c66"],
    right: "#0072b2",
    wrong: "#d55e00",
  },
  dark: {
    background: "#14181d",
    text: "#e7ebf0",
    muted: "#a2adba",
    grid: "#2d343d",
    surface: "#1e242b",
    series: ["#56b4e9", "#f5813f", "#2fc598", "#e08fbd", "#e6b022", "#8fa6ff", "#bcc4ce"],
    right: "#56b4e9",
    wrong: "#f5813f",
  },
};

/** Dashes of lines, for series that come after the last colour, and for the second of a pair. */
export const DASHES: readonly (string | undefined)[] = [undefined, "6 3", "2 3", "8 3 2 3"];

/** The colour and dash of series `i`: no two of the first 28 look the same. */
export function seriesStyle(theme: Theme, i: number): { colour: string; dash?: string } {
  const { series } = theme;
  const round = Math.floor(i / series.length) % DASHES.length;
  return { colour: series[i % series.length], dash: DASHES[round] };
}

/** A colour of CSS, `#rrggbb`, as numbers. */
export function parseColour(css: string): Rgb {
  const bits = parseInt(css.slice(1), 16);
  return [bits >> 16, (bits >> 8) & 255, bits & 255];
}

/** Numbers as a colour of CSS. */
export function toCss(colour: Rgb): string {
  return `#${colour.map((c) => Math.round(c).toString(16).padStart(2, "0")).join("")}`;
}

/** A colour between two: `share` 0 is the first, 1 the second. */
export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (c: number) => from[c] + (to[c] - from[c]) * share;
  return [at(0), at(1), at(2)];
}

/** How much two colours differ in luminance, 1 to 21, as WCAG 2.1 defines the contrast ratio. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((c) =>
    c <= 10.31475 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Black or white, whichever is easier to read on a colour. */
export function textOn(colour: Rgb): string {
  const [black, white]: Rgb[] = [[17, 21, 26], [255, 255, 255]];
  return toCss(contrast(colour, black) >= contrast(colour, white) ? black : white);
}
