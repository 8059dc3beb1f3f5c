// Checks of pictures of values: filters, feature maps, results next to images. Like those of
// `picture_checks.ts`, the checks take the functions that draw.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Picture } from "../../src/plot/mod.ts";
import { colourAt, diverging, sequential } from "../../src/plot/colour_map.ts";
import type { Rgb } from "../../src/plot/theme.ts";
import { type Box, elementsOf, imagesOf, isInside, overlap } from "./embedded_images.ts";
import { assertLegible } from "./legible.ts";
import type { Drawing } from "./picture_checks.ts";

type Check = (plot: Drawing) => void;

/** Makes an array of the host with elements that are all different. */
export function values(shape: number[], f = (i: number) => Math.sin(i * i) * (1 + i % 5)) {
  const length = shape.reduce((a, b) => a * b, 1);
  return { shape, dtype: "float32" as const, data: Float32Array.from({ length }, (_, i) => f(i)) };
}

/** Finds the tiles with a text for a pointer, by that text. */
function tilesOf(picture: Picture): Map<string, Box> {
  return new Map(
    elementsOf(picture, "rect").flatMap(({ content, box }) => {
      const title = content.match(/<title>(.*?)<\/title>/)?.[1];
      return title === undefined ? [] : [[title, box]];
    }),
  );
}

/**
 * Finds the colour of a picture's images at a place; undefined beside them and where they have
 * none.
 */
function colourIn(images: ReturnType<typeof imagesOf>, x: number, y: number): Rgb | undefined {
  const image = images.find((image) =>
    x >= image.x && x < image.x + image.width && y >= image.y && y < image.y + image.height
  );
  if (image === undefined) return undefined;
  const { width, channels, data } = image.pixels;
  const [column, row] = [(x - image.x) / image.scale, (y - image.y) / image.scale].map(Math.floor);
  const at = (row * width + column) * channels;
  if (channels === 4 && data[at + 3] === 0) return undefined;
  return channels === 1 ? [data[at], data[at], data[at]] : [data[at], data[at + 1], data[at + 2]];
}

/** Fails unless a tile shows `height` x `width` colours, each over all of its square. */
function assertShows(
  images: ReturnType<typeof imagesOf>,
  tile: Box,
  [height, width]: [number, number],
  expected: (row: number, column: number) => Rgb | undefined,
): void {
  const [cellX, cellY] = [tile.width / width, tile.height / height];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (const [dx, dy] of [[0.2, 0.2], [0.8, 0.8]]) {
        const found = colourIn(
          images,
          tile.x + (column + dx) * cellX,
          tile.y + (row + dy) * cellY,
        );
        assertEquals(found, expected(row, column), `row ${row}, column ${column}`);
      }
    }
  }
}

function assertApart(picture: Picture): void {
  const tiles = [...tilesOf(picture)];
  for (const [i, [name, box]] of tiles.entries()) {
    assert(isInside(box, picture), `${name} leaves the picture`);
    for (const [other, there] of tiles.slice(i + 1)) {
      assert(!overlap(box, there), `${name} overlaps ${other}`);
    }
  }
}

/** The checks by what they say. */
export const mapChecks = {
  "filters: every weight where it is, blue below zero and vermilion above": ({ filters }) => {
    for (const theme of ["light", "dark"] as const) {
      for (const inputs of [1, 4]) {
        const w = values([3, 2, inputs, 5]);
        const picture = filters(w, { theme });
        const tiles = tilesOf(picture);
        const images = imagesOf(picture);
        const largest = Math.max(...w.data.map(Math.abs));
        assertEquals(tiles.size, inputs * 5);
        for (let o = 0; o < 5; o++) {
          for (let i = 0; i < inputs; i++) {
            const title = inputs === 1 ? `filter ${o}` : `filter ${o}, input channel ${i}`;
            assertShows(images, tiles.get(title)!, [3, 2], (row, column) => {
              const weight = w.data[((row * 2 + column) * inputs + i) * 5 + o];
              return colourAt(diverging[theme], 0.5 + 0.5 * weight / largest);
            });
          }
        }
        assertApart(picture);
      }
    }
  },

  "filters of three channels are colours, grey for zero": ({ filters }) => {
    const w = values([2, 2, 3, 2], (i) => [0, 1, -1, 0.5, -0.5, 0.25][i % 6]);
    const picture = filters(w);
    const [tiles, images] = [tilesOf(picture), imagesOf(picture)];
    for (const o of [0, 1]) {
      assertShows(images, tiles.get(`filter ${o}`)!, [2, 2], (row, column) => {
        const at = (c: number) => w.data[((row * 2 + column) * 3 + c) * 2 + o];
        const byte = (c: number) => Math.round((0.5 + at(c) / 2) * 255);
        return [byte(0), byte(1), byte(2)];
      });
    }
    assertStringIncludes(picture.svg(), "Grey is 0, white and black are ±1 in each channel");
    assertApart(picture);
  },

  "filters: what is left out or no number is said": ({ filters }) => {
    const many = filters(values([1, 1, 40, 70])).svg();
    assertStringIncludes(many, "32 of 70 filters are shown, the first");
    assertStringIncludes(many, "16 of 40 input channels are shown, the first");
    assertStringIncludes(filters(values([3, 3, 1, 65])).svg(), "64 of 65 filters");
    const odd = filters(values([1, 2, 1, 1], (i) => i === 0 ? NaN : -2));
    assertStringIncludes(odd.svg(), "1 NaN or infinite: magenta");
    const [image] = imagesOf(odd);
    assertEquals(image.pixels.data.slice(0, 3), [255, 0, 200]);
    assertStringIncludes(odd.svg(), ">−2<");
  },

  "feature maps: every value of the image that is asked for, in colours of its layer": (plot) => {
    const maps = {
      conv: values([2, 4, 3, 5], (i) => i % 7 === 0 ? 0 : Math.sin(i) ** 2),
      signed: values([2, 2, 6, 3]),
      plain: values([2, 3, 3], (i) => i),
    };
    const picture = plot.featureMaps(maps, { image: 1 });
    const [tiles, images] = [tilesOf(picture), imagesOf(picture)];
    assertEquals(tiles.size, 5 + 3 + 1);
    for (const [name, { shape, data }] of Object.entries(maps)) {
      const [, height, width, channels = 1] = shape;
      const own = data.slice(data.length / 2);
      const largest = Math.max(...own.map(Math.abs));
      for (let c = 0; c < channels; c++) {
        assertShows(images, tiles.get(`${name}, channel ${c}`)!, [height, width], (row, column) => {
          const share = own[(row * width + column) * channels + c] / largest;
          return name === "signed"
            ? colourAt(diverging.light, 0.5 + 0.5 * share)
            : colourAt(sequential, share);
        });
      }
    }
    assertApart(picture);
  },

  "feature maps: vectors in lines of 64, dead channels, channels left out": ({ featureMaps }) => {
    const vector = values([1, 70], (i) => i);
    const dead = values([1, 2, 2, 3], (i) => i % 3 === 1 ? 0 : 1);
    const maps = { vector, dead, many: values([1, 2, 2, 100]) };
    const picture = featureMaps(maps, { limit: 20 });
    assertShows(
      imagesOf(picture),
      tilesOf(picture).get("vector, 70 values")!,
      [2, 64],
      (row, column) => {
        const i = row * 64 + column;
        return i < 70 ? colourAt(sequential, i / 69) : undefined;
      },
    );
    assertStringIncludes(picture.svg(), ">2 × 2 × 3, 1 all 0<");
    assertStringIncludes(picture.svg(), ">2 × 2 × 100, the first 20 channels<");
    const odd = featureMaps({ odd: values([1, 2], (i) => i === 0 ? NaN : Infinity) });
    assertStringIncludes(odd.svg(), ">2, 2 not finite<");
  },

  "maps can be read: many layers, long names, small pictures, all sizes": (plot) => {
    const long = "block.body.a convolution with a long name indeed.conv2d_12";
    for (const width of [640, 240]) {
      const maps = Object.fromEntries(
        [[1, 1, 1, 1], [1, 200, 100, 3], [1, 7, 7, 512], [1, 1000], [1, 33, 9]].map((
          shape,
          i,
        ) => [`${long} ${i}`, values(shape, (j) => 1e5 * Math.sin(j))]),
      );
      const picture = plot.featureMaps(maps, { width, title: long, limit: 12 });
      assertLegible(picture);
      assertApart(picture);
      for (const image of imagesOf(picture)) assert(isInside(image, picture));
    }
    for (
      const shape of [[1, 1, 1, 1], [11, 11, 3, 96], [3, 3, 16, 100], [1, 1, 12, 120], [1, 9, 2, 3]]
    ) {
      const picture = plot.filters(values(shape), { title: "first.w" });
      assertLegible(picture);
      assertApart(picture);
    }
  },

  "side by side: images as they are, results in colours, at one scale": ({ sideBySide }) => {
    const before = values([2, 4, 5, 1], (i) => (i % 21) / 20);
    const bytes = {
      shape: [2, 3, 3, 3],
      dtype: "uint8" as const,
      data: Uint8Array.from({ length: 54 }, (_, i) => 3 * i),
    };
    const after = values([2, 3, 4, 1]);
    const positive = values([2, 4, 4, 1], (i) => i);
    const picture = sideBySide({ before, bytes, after, positive }, { scale: 7 });
    const images = imagesOf(picture);
    assertEquals(images.map(({ title }) => title), [
      "before, image 0",
      "before, image 1",
      "bytes, image 0",
      "bytes, image 1",
      "after, image 0",
      "after, image 1",
      "positive, image 0",
      "positive, image 1",
    ]);
    for (const { scale } of images) assertEquals(scale, 7);
    assertEquals(
      images[0].pixels.data,
      Array.from(before.data.slice(0, 20), (v) => Math.round(v * 255)),
    );
    assertEquals(images[3].pixels.data, Array.from(bytes.data.slice(27)));
    const largest = Math.max(...after.data.map(Math.abs));
    assertShows(
      images,
      images[5],
      [3, 4],
      (row, column) =>
        colourAt(diverging.light, 0.5 + 0.5 * after.data[12 + row * 4 + column] / largest),
    );
    assertShows(
      images,
      images[7],
      [4, 4],
      (row, column) => colourAt(sequential, positive.data[16 + row * 4 + column] / 31),
    );
    // Rows are level, columns straight, and nothing is over anything.
    for (const i of [0, 1]) assertEquals(new Set([0, 2, 4, 6].map((j) => images[i + j].y)).size, 1);
    for (const j of [0, 2, 4, 6]) assertEquals(images[j].x, images[j + 1].x);
    for (const [i, a] of images.entries()) {
      assert(isInside(a, picture));
      for (const b of images.slice(i + 1)) assert(!overlap(a, b), `${a.title} overlaps ${b.title}`);
    }
    assertLegible(picture);
  },

  "side by side: columns that do not fit stand below; images left out are counted": (plot) => {
    const names = Array.from({ length: 9 }, (_, i) => `what was done as number ${i}`);
    const images = Object.fromEntries(names.map((name) => [name, values([10, 16, 16, 1])]));
    const picture = plot.sideBySide(images, { width: 400, limit: 3, title: "Edges" });
    assert(picture.width <= 400);
    assertLegible(picture);
    assertEquals(imagesOf(picture).length, 27);
    assertStringIncludes(picture.svg(), "3 of 10 images are shown, the first");
    assertStringIncludes(plot.sideBySide({}).svg(), ">no images<");
    assertEquals(imagesOf(plot.sideBySide({ a: values([2, 2, 1]) })).length, 1);
  },

  "between images the background shows": ({ filters }) => {
    for (const inputs of [1, 3]) {
      const picture = filters(values([3, 3, inputs, 2]));
      const [first, second] = tilesOf(picture).values();
      const gap = (first.x + first.width + second.x) / 2;
      assertEquals(colourIn(imagesOf(picture), gap, first.y + 5), undefined);
    }
  },
} satisfies Record<string, Check>;
