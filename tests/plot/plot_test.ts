// Pictures: their structure, that no two texts overlap, and what they say of odd data.

import * as plot from "@tapegrad/tapegrad/plot";
import { confusion, curves, histogram, type ThemeName } from "@tapegrad/tapegrad/plot";
import { ShapeError, tensor } from "@tapegrad/tapegrad";
import fc from "fast-check";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { makeScale, ticksOf } from "../../src/plot/scale.ts";
import { smooth, thinOut } from "../../src/plot/series.ts";
import { contrast, parseRgb, THEMES } from "../../src/plot/theme.ts";
import { chartChecks } from "../support/chart_checks.ts";
import { assertLegible } from "../support/legible.ts";

for (const [name, check] of Object.entries(chartChecks)) {
  Deno.test(`plot: ${name}`, () => check(plot));
}

function matrix(classes: number): number[][] {
  return Array.from(
    { length: classes },
    (_, i) =>
      Array.from({ length: classes }, (_, j) => i === j ? 1200 + i : (i * 7 + j * 3) % 11 ? 0 : i),
  );
}

for (const classes of [1, 6, 10, 100]) {
  Deno.test(`plot: no texts of a confusion matrix of ${classes} classes overlap`, () => {
    const names = Array.from({ length: classes }, (_, i) => `class number ${i}`);
    for (const width of [640, 360]) {
      assertLegible(confusion(matrix(classes), names, { title: "Test images", width }));
      assertLegible(confusion(matrix(classes), undefined, { theme: "dark", width }));
    }
  });

  Deno.test(`plot: no texts of ${classes} curves and histograms overlap`, () => {
    const named = Object.fromEntries(
      Array.from({ length: classes }, (_, i) => [`run number ${i}`, [1e5 + i, i, NaN, Infinity]]),
    );
    for (const yScale of ["linear", "log"] as const) {
      const options = { title: "Runs", yLabel: "loss", yScale, width: 420 };
      assertLegible(curves(named, options));
    }
    const first = Object.fromEntries(Object.entries(named).slice(0, 10));
    assertLegible(histogram(first, { title: "Weights", width: 420 }));
  });
}

Deno.test("plot: a confusion matrix shows counts, shares, recall and the whole", () => {
  const svg = confusion([[3, 1], [0, 0]], ["a<b", 'c"&'], { title: "T" }).svg();
  assertStringIncludes(svg, "true a&lt;b, predicted c&quot;&amp;: 1 of 4 (25 %)");
  assertStringIncludes(svg, ">75 %<");
  assertStringIncludes(svg, ">–<");
  assertStringIncludes(svg, "3 of 4 right (75 %)");
  assertStringIncludes(confusion([]).svg(), "No examples");
});

Deno.test("plot: curves show what they cannot draw", () => {
  const svg = curves({ a: [1, NaN, 2, Infinity, -1] }, { yScale: "log" }).svg();
  const note = "Not in the curves: 1 NaN (×); 1 infinite (▲▼); 1 at or below 0";
  assertStringIncludes(svg, note);
  assertEquals(svg.match(/<circle /g)?.length, 2); // points without neighbours
  assertStringIncludes(curves({}).svg(), ">no data<");
  assertEquals(curves({ a: [5] }).svg().match(/<circle /g)?.length, 1);
});

Deno.test("plot: of 100,000 points the extremes of each column are drawn", () => {
  const values = Float64Array.from({ length: 100_000 }, (_, i) => Math.sin(i));
  values[55_555] = 40;
  const column = (i: number) => i / 200;
  const points = thinOut(values.length, column, (i) => values[i], () => true);
  assert(points.length <= 4 * 501);
  assertEquals(points.some((point) => point?.[1] === 40), true);
  assert(curves({ values }).svg().length < 60_000);
});

Deno.test("plot: smoothing is a mean of what came before, and passes over NaN", () => {
  assertEquals(Array.from(smooth([4, NaN, 4, 8], 0.5)), [4, NaN, 4, (0.5 * 3 + 4) / 0.875]);
});

Deno.test("plot: ticks are multiples of 1, 2 or 5 times a power of ten", () => {
  const labels = (low: number, high: number, wanted: number, kind: "linear" | "log" = "linear") =>
    ticksOf(makeScale(kind, low, high), wanted).map(({ label }) => label);
  assertEquals(labels(0, 1, 5), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
  assertEquals(labels(-30, 20, 5), ["−30", "−20", "−10", "0", "10", "20"]);
  assertEquals(labels(0, 20_000, 2), ["0", "10,000", "20,000"]);
  assertEquals(labels(0, 4e6, 2), ["0", "2e6", "4e6"]);
  assertEquals(labels(0.2, 1.95, 3), ["0.5", "1.0", "1.5"], "1 alone says little");
  assertEquals(labels(0.18, 0.9, 3), ["0.2", "0.4", "0.6", "0.8"]);
  assertEquals(labels(0.01, 100, 5, "log"), ["0.01", "0.1", "1", "10", "100"]);
  assert(labels(-Number.MAX_VALUE, Number.MAX_VALUE, 5).length > 0);
  assert(labels(3, 3, 5).length > 0);

  // One alone says little.
  const high = fc.integer({ min: 1, max: 999_999 });
  fc.assert(fc.property(high, fc.integer({ min: 2, max: 12 }), (high, wanted) => {
    const count = labels(high / 7, high, wanted).length;
    assert(count <= 2 * wanted && count >= (wanted < 3 ? 1 : 2), `${count} for ${wanted}`);
  }));
});

Deno.test("plot: a histogram counts every finite value, and says which are not", () => {
  const svg = histogram({ w: tensor([-1, 0, 0.5, 2, NaN, Infinity]) }, { bins: 3 }).svg();
  assertStringIncludes(svg, "w: mean 0.375, std 1.08, 6 values, 1 NaN, 1 infinite");
  assertStringIncludes(histogram({}).svg(), ">no data<");
});

Deno.test("plot: colours stand out from the background, 3 to 1, and text 4.5 to 1", () => {
  for (const theme of [THEMES.light, THEMES.dark]) {
    const ratio = (colour: string) => contrast(parseRgb(colour), parseRgb(theme.background));
    for (const colour of theme.series) assert(ratio(colour) >= 3, `${colour}: ${ratio(colour)}`);
    for (const colour of [theme.text, theme.muted]) assert(ratio(colour) >= 4.5, colour);
  }
});

Deno.test("plot: the theme auto is light and dark in one", async () => {
  const draw = (theme: ThemeName) =>
    confusion([[8, 2], [1, 9]], ["cat", "dog"], { title: "T", theme });
  const auto = draw("auto").svg();
  const only = (which: 1 | 2) => auto.replaceAll(/light-dark\((.{7}),(.{7})\)/g, `$${which}`);
  const plain = only(1).replace(' style="color-scheme:light dark"', "");
  assertEquals(plain, draw("light").svg());
  assertEquals(only(2).replace(' style="color-scheme:light dark"', ""), draw("dark").svg());
  const asked: string[] = [];
  await draw("auto").png({ rasterize: (svg) => (asked.push(svg), new Uint8Array()) });
  assertEquals(asked, [only(1)]);
});

Deno.test("plot: a notebook gets SVG and text", () => {
  const picture = curves({ loss: [2, 1] }, { title: "T" });
  const show = picture as unknown as Record<symbol, () => Record<string, string>>;
  const shown = show[Symbol.for("Jupyter.display")]();
  assertEquals(shown["image/svg+xml"], picture.svg());
  assertEquals(shown["text/plain"], "Picture 640 x 400 (T: curves of loss)");
});

Deno.test("plot: what cannot be drawn is refused", () => {
  const cases: [() => unknown, new () => Error, string][] = [
    [
      () => curves({ a: { x: [1], y: [1, 2] } }),
      ShapeError,
      "Cannot draw curves: x and y of a series must have one length: a has 1 x and 2 y",
    ],
    [
      () => curves({ a: { x: [2, 1], y: [1, 2] } }),
      RangeError,
      "Cannot draw curves: x of a series must be finite and must not decrease: " +
      "a has x[1] = 1 after 2",
    ],
    [
      () => curves({}, { smoothing: 1 }),
      RangeError,
      "Cannot draw curves: smoothing must be a number from 0 to 0.9999: got 1",
    ],
    [
      () => curves({}, { width: 1 }),
      RangeError,
      "Cannot draw curves: width must be a number from 120 to 8192: got 1",
    ],
    [
      () => confusion([[1, 2]]),
      ShapeError,
      "Cannot draw confusion matrix: matrix must have as many columns as rows: row 0 has 2 of 1",
    ],
    [
      () => confusion([[-1]]),
      RangeError,
      "Cannot draw confusion matrix: counts must be finite and at least 0: matrix[0][0] is -1",
    ],
    [
      () => confusion([[1]], []),
      ShapeError,
      "Cannot draw confusion matrix: there must be one of classes for each of the rows of " +
      "matrix: got 0 for 1",
    ],
    [
      () => histogram({}, { bins: 0 }),
      RangeError,
      "Cannot draw histogram: bins must be an integer of at least 1: got 0",
    ],
  ];
  for (const [draw, kind, message] of cases) {
    assertEquals(assertThrows(draw, kind).message, message);
  }
});
