/**
 * Colours of values: from low to high, and to both sides of zero.
 *
 * Between the colours that are given, ways are straight in OKLab, where equal distances look equal;
 * after B. Ottosson, "A perceptual color space for image processing" (2020). From low to high it is
 * viridis by S. van der Walt, N. Smith and E. Firing (2015, CC0), at eighths: it grows lighter all
 * the way, so that it reads in grey and with any kind of colour vision. To both sides of zero it is
 * blue and vermilion, which all can tell apart, alike in lightness, round the grey of the surface.
 *
 * @module
 */
import type { Rgb, ThemeName } from "./theme.ts";

/** Colours of a number of levels, as a palette. */
export interface ColourMap {
  /** Red, green, blue of each level. */
  readonly palette: Uint8Array;
  /** Finds the level of a share of the way through, 0 to 1; shares beyond are those of the ends. */
  levelOf(share: number): number;
}

/** The levels of a map: an odd number, so that zero has one of its own. */
export const LEVELS = 253;

const VIRIDIS: readonly Rgb[] = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
];

const DIVERGING: Readonly<Record<"light" | "dark", readonly Rgb[]>> = {
  light: [[0, 67, 130], [72, 151, 214], [245, 245, 243], [226, 128, 74], [140, 45, 4]],
  dark: [[150, 205, 255], [38, 117, 178], [38, 42, 48], [192, 88, 32], [255, 185, 140]],
};

/** Dark violet for 0 to light yellow for 1. */
export const sequential: ColourMap = makeMap(VIRIDIS);

const LIGHT = makeMap(DIVERGING.light);

/** Blue for 0, the surface for one half, vermilion for 1; pixels cannot follow a page. */
export const diverging: Readonly<Record<ThemeName, ColourMap>> = {
  light: LIGHT,
  dark: makeMap(DIVERGING.dark),
  auto: LIGHT,
};

/** Colour of NaN and infinities, which is in neither map. */
export const NOT_FINITE: Rgb = [255, 0, 200];

/** Returns a colour of a map. */
export function colourAt({ palette, levelOf }: ColourMap, share: number): Rgb {
  const at = 3 * levelOf(share);
  return [palette[at], palette[at + 1], palette[at + 2]];
}

function makeMap(stops: readonly Rgb[]): ColourMap {
  const points = stops.map(toOklab);
  const palette = new Uint8Array(3 * LEVELS);
  for (let level = 0; level < LEVELS; level++) {
    const place = level / (LEVELS - 1) * (points.length - 1);
    const i = Math.min(Math.floor(place), points.length - 2);
    const between = points[i].map((from, c) => from + (points[i + 1][c] - from) * (place - i));
    palette.set(fromOklab(between as unknown as Oklab), 3 * level);
  }
  const levelOf = (share: number) => Math.round(Math.min(Math.max(share, 0), 1) * (LEVELS - 1));
  return { palette, levelOf };
}

/** Lightness, 0 to 1, and two coordinates of colour. */
export type Oklab = readonly [lightness: number, a: number, b: number];

/** Converts a colour of a display to OKLab. */
export function toOklab(colour: Rgb): Oklab {
  const [r, g, b] = colour.map((c) =>
    c <= 10.31475 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4
  );
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([lightness, a, b]: Oklab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const [red, green, blue] = linear.map((c) => {
    const shown = c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055;
    return Math.round(Math.min(Math.max(shown, 0), 1) * 255);
  });
  return [red, green, blue];
}
