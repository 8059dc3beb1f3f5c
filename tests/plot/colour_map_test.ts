// Colours of values: even to the eye, known where viridis is, alike on both sides of zero.

import { assert, assertEquals } from "@std/assert";
import {
  colourAt,
  type ColourMap,
  diverging,
  LEVELS,
  sequential,
  toOklab,
} from "../../src/plot/colour_map.ts";
import { contrast, parseRgb, type Rgb, THEMES } from "../../src/plot/theme.ts";
import { coloursFor, extentOf, formatEnd } from "../../src/plot/value_colours.ts";

const lightness = (colour: Rgb) => toOklab(colour)[0];
const levels = (map: ColourMap) =>
  Array.from({ length: LEVELS }, (_, i) => colourAt(map, i / (LEVELS - 1)));
const distance = (a: Rgb, b: Rgb) => {
  const [from, to] = [toOklab(a), toOklab(b)];
  return Math.hypot(...from.map((value, i) => value - to[i]));
};

Deno.test("colour maps: viridis where its authors have it, to a level of rounding", () => {
  // As viridis(5) of the package for R has them.
  const table: [at: number, colour: Rgb][] = [
    [0, [68, 1, 84]],
    [0.25, [59, 82, 139]],
    [0.5, [33, 145, 140]],
    [0.75, [94, 201, 98]],
    [1, [253, 231, 37]],
  ];
  for (const [at, colour] of table) {
    const found = colourAt(sequential, at);
    found.forEach((c, i) => assert(Math.abs(c - colour[i]) <= 2, `${at}: ${found}, not ${colour}`));
  }
});

Deno.test("colour maps: from low to high ever lighter, in steps that look alike", () => {
  const colours = levels(sequential);
  const tenths = Array.from({ length: 11 }, (_, i) => colourAt(sequential, i / 10));
  for (let i = 1; i < colours.length; i++) {
    assert(lightness(colours[i]) >= lightness(colours[i - 1]) - 0.002, `level ${i}`);
  }
  const steps = tenths.slice(1).map((colour, i) => distance(tenths[i], colour));
  assert(Math.max(...steps) / Math.min(...steps) < 2, `steps ${steps.map((s) => s.toFixed(3))}`);
});

Deno.test("colour maps: zero is grey like the surface, both sides stand out alike", () => {
  for (const theme of ["light", "dark"] as const) {
    const map = diverging[theme];
    const background = parseRgb(THEMES[theme].background);
    const [, a, b] = toOklab(colourAt(map, 0.5));
    assert(Math.hypot(a, b) < 0.02, `${theme}: ${colourAt(map, 0.5)} is no grey`);
    assert(contrast(colourAt(map, 0.5), background) < 1.3);
    for (const end of [0, 1]) assert(contrast(colourAt(map, end), background) > 6);
    for (let i = 1; i <= 10; i++) {
      const [low, high] = [colourAt(map, 0.5 - i / 20), colourAt(map, 0.5 + i / 20)];
      assert(Math.abs(lightness(low) - lightness(high)) < 0.07, `${theme}, ${i}: ${low}, ${high}`);
      const nearer = colourAt(map, 0.5 + (i - 1) / 20);
      const grows = lightness(high) - lightness(nearer);
      assert(theme === "light" ? grows < 0 : grows > 0, `${theme}, step ${i}`);
    }
  }
});

Deno.test("colour maps: shares beyond the ends are those of the ends, the middle is a level", () => {
  assertEquals(colourAt(sequential, -3), colourAt(sequential, 0));
  assertEquals(colourAt(sequential, Infinity), colourAt(sequential, 1));
  assertEquals(sequential.levelOf(0.5), (LEVELS - 1) / 2);
});

Deno.test("values: zero keeps its colour, whatever the values are", () => {
  const place = (values: number[], of: number) => {
    const colours = coloursFor(extentOf([values]), "light");
    return [colours.placeOf(of), colours.low, colours.high];
  };
  const [middle, top] = [(LEVELS - 1) / 2, LEVELS - 1];
  assertEquals(place([-1, 3], 0), [middle, -3, 3]);
  assertEquals(place([-1, 3], 3), [top, -3, 3]);
  assertEquals(place([1, 3], 0), [0, 0, 3]);
  assertEquals(place([0, 0], 0), [0, 0, 0]);
  assertEquals(place([-0, 0], 0), [0, 0, 0]);
  assertEquals(place([NaN], NaN), [LEVELS, 0, 0]);
  assertEquals(place([-1.7e308, 1.7e308], 1.7e308), [top, -1.7e308, 1.7e308]);
  assertEquals(place([-5e-324, 0], 0), [middle, -5e-324, 5e-324]);
  assertEquals(formatEnd(0.123456), "0.123");
});
