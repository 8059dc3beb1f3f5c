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

/**
 * Background that a picture is for. One that is `auto` follows the page or the reader's settings:
 * its colours are `light-dark(…)` of CSS.
 */
export type ThemeName = "light" | "dark" | "auto";

/** A colour; or two, of a light background and of a dark one. */
export type Colour = Rgb | { readonly light: Rgb; readonly dark: Rgb };

/** The colours of a picture, as CSS has them. */
export interface Theme {
  readonly background: string;
  readonly text: string;
  /** Colour of less important text. */
  readonly muted: string;
  /** Colour of grid lines. */
  readonly grid: string;
  /** Colour between images whose colours are those of the background near 0. */
  readonly gap: string;
  /** Colour of surfaces that stand out from the background a little. */
  readonly surface: string;
  /** Colours of series, in this order. */
  readonly series: readonly string[];
  /**
   * Colours of what is right, and of what is wrong: blue and vermilion, which all can tell apart.
   */
  readonly right: string;
  readonly wrong: string;
}

const LIGHT: Theme = {
  background: "#ffffff",
  text: "#1b2430",
  muted: "#566170",
  grid: "#e1e5ea",
  gap: "#9aa4b0",
  surface: "#f3f5f8",
  series: ["#0072b2", "#d55e00", "#00815d", "#b5508b", "#a87000", "#2f8fca", "#555c66"],
  right: "#0072b2",
  wrong: "#d55e00",
};

const DARK: Theme = {
  background: "#14181d",
  text: "#e7ebf0",
  muted: "#a2adba",
  grid: "#2d343d",
  gap: "#77828f",
  surface: "#1e242b",
  series: ["#56b4e9", "#f5813f", "#2fc598", "#e08fbd", "#e6b022", "#8fa6ff", "#bcc4ce"],
  right: "#56b4e9",
  wrong: "#f5813f",
};

/** The themes by name. */
export const THEMES: Readonly<Record<ThemeName, Theme>> = {
  light: LIGHT,
  dark: DARK,
  auto: both(),
};

/** Makes the theme whose colours are those of both others. */
function both(): Theme {
  const pair = (name: Exclude<keyof Theme, "series">) => lightDark(LIGHT[name], DARK[name]);
  return {
    background: pair("background"),
    text: pair("text"),
    muted: pair("muted"),
    grid: pair("grid"),
    gap: pair("gap"),
    surface: pair("surface"),
    series: LIGHT.series.map((light, i) => lightDark(light, DARK.series[i])),
    right: pair("right"),
    wrong: pair("wrong"),
  };
}

/** Writes a colour of CSS that is one on a light page and another on a dark one. */
export function lightDark(light: string, dark: string): string {
  return light === dark ? light : `light-dark(${light},${dark})`;
}

/**
 * Turns a picture of the theme `auto` into one of the theme `light`, for readers that know little
 * CSS.
 */
export function lightOnly(svg: string): string {
  return svg.replaceAll(/light-dark\((#[0-9a-f]{6}),#[0-9a-f]{6}\)/g, "$1");
}

/** Dashes of lines, for series that come after the last colour, and for the second of a pair. */
export const DASHES: readonly (string | undefined)[] = [undefined, "6 3", "2 3", "8 3 2 3"];

/** Chooses the colour and dash of series `i`: no two of the first 28 look the same. */
export function seriesStyle(theme: Theme, i: number): { colour: string; dash?: string } {
  const { series } = theme;
  const round = Math.floor(i / series.length) % DASHES.length;
  return { colour: series[i % series.length], dash: DASHES[round] };
}

/** Reads a colour of CSS, `#rrggbb`, as numbers. */
export function parseRgb(css: string): Rgb {
  const bits = parseInt(css.slice(1), 16);
  return [bits >> 16, (bits >> 8) & 255, bits & 255];
}

/** Reads a colour of a theme as numbers. */
export function parseColour(css: string): Colour {
  const [light, dark] = (css.match(/#[0-9a-f]{6}/g) ?? []).map(parseRgb);
  return dark === undefined ? light : { light, dark };
}

/** Numbers as a colour of CSS. */
export function toCss(colour: Colour): string {
  if ("light" in colour) return lightDark(toCss(colour.light), toCss(colour.dark));
  return `#${colour.map((c) => Math.round(c).toString(16).padStart(2, "0")).join("")}`;
}

/** Mixes two colours: `share` 0 is the first, 1 the second. */
export function mix(from: Rgb, to: Rgb, share: number): Rgb;
export function mix(from: Colour, to: Colour, share: number): Colour;
export function mix(from: Colour, to: Colour, share: number): Colour {
  return eachOf(from, to, (a, b) => {
    const at = (c: number) => a[c] + (b[c] - a[c]) * share;
    return [at(0), at(1), at(2)];
  });
}

/** Combines two colours into one, on each background that they are for. */
function eachOf(a: Colour, b: Colour, combine: (a: Rgb, b: Rgb) => Rgb): Colour {
  if (!("light" in a) && !("light" in b)) return combine(a, b);
  const [from, to] = [pairOf(a), pairOf(b)];
  return { light: combine(from.light, to.light), dark: combine(from.dark, to.dark) };
}

function pairOf(colour: Colour): { readonly light: Rgb; readonly dark: Rgb } {
  return "light" in colour ? colour : { light: colour, dark: colour };
}

/** Computes the contrast ratio of two colours, 1 to 21, as WCAG 2.1 defines it. */
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

/** Chooses black or white, whichever is easier to read on a colour. */
export function textOn(colour: Colour): string {
  const [black, white]: Rgb[] = [[17, 21, 26], [255, 255, 255]];
  const better = (rgb: Rgb) => contrast(rgb, black) >= contrast(rgb, white) ? black : white;
  return toCss(eachOf(colour, colour, better));
}
