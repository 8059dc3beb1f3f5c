// Pictures as a reader sees them: what an axis is, which tiles belong together, what each value is of.

import { assert, assertEquals } from "@std/assert";
import { Random, randomNormal, relu } from "@tapegrad/tapegrad";
import {
  curves,
  featureMaps,
  filters,
  histogram,
  type Picture,
  type ThemeName,
} from "../../src/plot/mod.ts";
import { THEMES } from "../../src/plot/theme.ts";
import { elementsOf } from "../support/embedded_images.ts";

const random = new Random(9);

/** Texts of a picture. */
function textsOf(picture: Picture): string[] {
  return elementsOf(picture, "text").map(({ content }) =>
    content.replace(/<title>.*<\/title>/, "")
  );
}

Deno.test("design: an axis says that it is logarithmic", () => {
  const series = { loss: [100, 10, 1] };
  const logs = (picture: Picture) => textsOf(picture).filter((text) => /log/.test(text));
  assertEquals(logs(curves(series)), []);
  assertEquals(logs(curves(series, { yScale: "log" })), ["log scale"]);
  assertEquals(logs(curves(series, { yScale: "log", yLabel: "loss" })), ["loss (log scale)"]);
  assertEquals(logs(curves(series, { xScale: "log", xLabel: "step" })), ["step (log scale)"]);
  assertEquals(logs(curves(series, { yScale: "log", yLabel: "log of it" })), ["log of it"]);
  const values = { w: [1, 1, 2] };
  assertEquals(logs(histogram(values, { yScale: "log" })), ["count (log scale)"]);
  assertEquals(logs(histogram(values)), []);
});

/** Tiles with a text for a pointer. */
function tilesOf(picture: Picture) {
  return elementsOf(picture, "rect").filter(({ attributes }) =>
    attributes["pointer-events"] === "all"
  ).map(({ box }) => box);
}

Deno.test("design: feature maps of all layers have one size, and nearly one distance", () => {
  const sizes = [3, 5, 7, 9, 12, 13, 14, 24, 28, 60, 64, 112];
  const maps = Object.fromEntries(
    sizes.map((n) => [`layer ${n}`, randomNormal(random, [1, n, n, 3])]),
  );
  const tiles = tilesOf(featureMaps(maps));
  assertEquals(tiles.length, 3 * sizes.length);
  for (let i = 0; i < tiles.length; i += 3) {
    const [first, second] = [tiles[i], tiles[i + 1]];
    for (const side of [first.width, first.height]) {
      assert(Math.abs(side - 60) < 0.01, `${sizes[i / 3]}: ${side}`);
    }
    const gap = second.x - first.x - first.width;
    assert(gap >= 2 && gap <= 4.5, `${sizes[i / 3]}: gap of ${gap}`);
  }
});

Deno.test("design: values of the last layer have the names of their classes", () => {
  const classes = ["cat", "dog", "a class with a long name"];
  const logits = { shape: [1, 3], dtype: "float32", data: Float32Array.of(0.5, -2, 0) } as const;
  const maps = { hidden: randomNormal(random, [1, 3]), logits };
  const texts = textsOf(featureMaps(maps, { classes }));
  for (const text of [...classes, "0.5", "−2", "0"]) assert(texts.includes(text), text);
  assertEquals(texts.filter((text) => text === "cat").length, 1); // of the last layer alone
  assert(!textsOf(featureMaps(maps, { classes: ["cat"] })).includes("cat"));
});

Deno.test("design: gaps have a colour of their own where that of 0 is like the background", () => {
  const isGap = (theme: ThemeName) => (picture: Picture) =>
    elementsOf(picture, "rect").filter(({ attributes }) => attributes.fill === THEMES[theme].gap);
  const w = randomNormal(random, [3, 3, 1, 13]);
  const maps = { conv: randomNormal(random, [1, 5, 5, 13]) };
  const positive = { conv: relu(maps.conv) };
  for (const theme of ["light", "dark", "auto"] as const) {
    for (const picture of [filters(w, { theme, width: 300 }), featureMaps(maps, { theme })]) {
      const gaps = isGap(theme)(picture).map(({ box }) => box);
      assertEquals(gaps.length, 2); // full rows, and the last one
      for (const tile of tilesOf(picture)) {
        assert(
          gaps.some(({ x, y, width, height }) =>
            tile.x > x && tile.y > y && tile.x + tile.width < x + width &&
            tile.y + tile.height < y + height
          ),
        );
      }
    }
    assertEquals(isGap(theme)(featureMaps(positive, { theme })), []); // 0 is dark there
  }
});
