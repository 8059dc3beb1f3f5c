// Checks of pictures of pixels. The checks take the functions that draw, so that they can be run on
// some with a mistake in them too.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type * as Plot from "../../src/plot/mod.ts";
import { colourAt, sequential } from "../../src/plot/colour_map.ts";
import { THEMES } from "../../src/plot/theme.ts";
import { elementsOf, imagesOf, isInside, overlap } from "./embedded_images.ts";
import { assertLegible } from "./legible.ts";

/** The functions that draw. */
export type Drawing = typeof Plot;

type Check = (plot: Drawing) => void;

/** Makes bytes that are all different for a while, in every direction. */
function byteImages(count: number, height: number, width: number, channels: number) {
  const data = Uint8Array.from(
    { length: count * height * width * channels },
    (_, i) => (i * 37 + Math.floor(i / 7) * 11) % 256,
  );
  return { shape: [count, height, width, channels], dtype: "uint8" as const, data };
}

function partOf({ shape, data }: { shape: number[]; data: ArrayLike<number> }, i: number) {
  const size = shape[1] * shape[2] * shape[3];
  return Array.from(data).slice(i * size, (i + 1) * size);
}

/** Fails unless boxes are in the picture and none is over another. */
function assertApart(picture: Plot.Picture, boxes: ReturnType<typeof imagesOf>): void {
  for (const [i, a] of boxes.entries()) {
    assert(isInside(a, picture), `${a.title} leaves the picture`);
    for (const b of boxes.slice(i + 1)) {
      assert(!overlap(a, b), `${a.title} overlaps ${b.title}`);
    }
  }
}

const CLASSES = 5;
const LABELS = [0, 1, 2, 3, 4, 0, 1];
const PREDICTIONS = [0, 1, 3, 3, 4, 2, 1];

/** The checks by what they say. */
export const pictureChecks = {
  "an image grid has every image, its pixels as they are": ({ imageGrid }) => {
    for (const channels of [1, 3, 4]) {
      const images = byteImages(7, 5, 8, channels);
      const picture = imageGrid(images, { columns: 3, scale: 4 });
      const found = imagesOf(picture);
      assertEquals(found.map(({ title }) => title), LABELS.map((_, i) => `image ${i}`));
      for (const [i, { pixels, scale, width, height }] of found.entries()) {
        assertEquals(pixels, { width: 8, height: 5, channels, data: partOf(images, i) });
        assertEquals([scale, width, height], [4, 32, 20]);
      }
      assertApart(picture, found);
      const [first, second, , fourth] = found;
      assertEquals([second.y, second.x > first.x], [first.y, true]);
      assertEquals([fourth.x, fourth.y > first.y], [first.x, true]);
    }
  },

  "an image grid takes 0 to 1 for black to white": ({ imageGrid }) => {
    const data = Float32Array.of(0, 1, 0.5, 0.2);
    const picture = imageGrid({ shape: [1, 2, 2, 1], dtype: "float32", data });
    assertEquals(imagesOf(picture)[0].pixels.data, [0, 255, 128, 51]);
    const beyond = Float32Array.of(-1, 2, 0.5, 1.0001);
    const odd = imageGrid({ shape: [1, 2, 2, 1], dtype: "float32", data: beyond });
    assertEquals(imagesOf(odd)[0].pixels.data, [0, 255, 128, 255]);
    const note =
      "50 % of the values of images are beyond 0 to 1 (−1 to 2), shown as black or white";
    assertStringIncludes(odd.svg(), note);
  },

  "an image grid marks wrong predictions, with a frame and a sign, and no others": (plot) => {
    for (const theme of ["light", "dark"] as const) {
      const classes = Array.from({ length: CLASSES }, (_, i) => `class ${i}`);
      const options = { labels: LABELS, predictions: PREDICTIONS, classes, theme, scale: 10 };
      const picture = plot.imageGrid(byteImages(7, 6, 6, 1), options);
      const images = imagesOf(picture);
      const wrong = LABELS.map((label, i) => label !== PREDICTIONS[i]);
      const frames = elementsOf(picture, "rect")
        .filter(({ attributes }) => attributes.stroke === THEMES[theme].wrong);
      const around = (image: (typeof images)[number]) =>
        frames.filter(({ box }) =>
          box.x < image.x && box.y < image.y && box.x + box.width > image.x + image.width &&
          box.y + box.height > image.y + image.height
        ).length;
      assertEquals(images.map(around), wrong.map(Number));
      const signs = elementsOf(picture, "path").map(({ attributes }) => attributes);
      assertEquals(signs.map((sign) => sign.class), wrong.map((is) => is ? "wrong" : "right"));
      const shapes = new Set(signs.map(({ d }) => d.replace(/^M\S+ [\d.]+/, "")));
      assertEquals(shapes.size, 2);
      assertEquals(picture.svg().match(/>is class \d</g), [">is class 2<", ">is class 0<"]);
      for (const i of wrong.keys()) {
        const says = `image ${i}, predicted class ${PREDICTIONS[i]}, true class ${LABELS[i]}`;
        assertEquals(images[i].title, says);
      }
      assertStringIncludes(picture.svg(), "2 of 7 wrong: framed, with a cross");
    }
  },

  "an image grid shows the worst first": ({ imageGrid }) => {
    const images = byteImages(7, 2, 2, 1);
    const order = (options: Plot.ImagesOptions) =>
      imagesOf(imageGrid(images, options)).map(({ title }) => Number(title.match(/\d+/)));
    const losses = [1, 3, NaN, 0, 3, Infinity, 2];
    assertEquals(order({ losses }), [2, 5, 1, 4, 6, 0, 3]);
    assertEquals(order({ losses, limit: 3 }), [2, 5, 1]);
    const scores = [0.9, 0.4, 0.6, 0.5, 1, 0.7, 0.4];
    const known = { labels: LABELS, predictions: PREDICTIONS, scores };
    assertEquals(order(known), [5, 2, 1, 6, 3, 0, 4]);
    assertEquals(order({ scores }), [1, 6, 3, 2, 5, 0, 4]);
    assertEquals(order({}), [0, 1, 2, 3, 4, 5, 6]);
    const note = "3 of 7 images are shown, the worst first";
    assertStringIncludes(imageGrid(images, { losses, limit: 3 }).svg(), note);
  },

  "an image grid can be read, with 6, 10 and 100 classes, in any size": ({ imageGrid }) => {
    for (const count of [6, 10, 100]) {
      const classes = Array.from({ length: count }, (_, i) => `a class with number ${i}`);
      const labels = classes.map((_, i) => i);
      const predictions = labels.map((label) => label % 3 === 0 ? count - 1 - label : label);
      const losses = labels.map((label) => label / 7);
      for (const [side, width] of [[4, 640], [28, 320], [count < 10 ? 300 : 40, 200]]) {
        const options = { labels, predictions, classes, losses, width, title: "Test images" };
        const picture = imageGrid(byteImages(count, side, side, 1), options);
        assertLegible(picture);
        assertApart(picture, imagesOf(picture));
        assert(picture.width <= Math.max(width, 280), `${picture.width} of ${width}`);
      }
    }
  },

  "an overlay has each image, and next to it grey with heat": ({ overlay }) => {
    const images = byteImages(2, 3, 4, 3);
    const heat = [0, 1, 2, 4, 0, 0, -3, NaN, 1, 0, 0, 3];
    const maps = { shape: [2, 3, 4], dtype: "float32" as const, data: new Float32Array(24) };
    maps.data.set(heat, 12);
    const picture = overlay(images, maps, { scale: 5, labels: [1, 0], predictions: [1, 1] });
    const found = imagesOf(picture);
    assertEquals(found.map(({ title }) => title), [
      "image 0, predicted 1, true 1",
      "image 0, predicted 1, true 1: heat up to 0",
      "image 1, predicted 1, true 0",
      "image 1, predicted 1, true 0: heat up to 4",
    ]);
    assertEquals([found[2].pixels.data, found[2].scale], [partOf(images, 1), 5]);
    assertEquals([found[3].y, found[3].x > found[2].x], [found[2].y, true]);
    const grey = (i: number, pixel: number) => {
      const [red, green, blue] = partOf(images, i).slice(3 * pixel);
      return 0.299 * red + 0.587 * green + 0.114 * blue;
    };
    for (let pixel = 0; pixel < 12; pixel++) {
      const plain = Math.floor(grey(0, pixel));
      assertEquals(found[1].pixels.data.slice(3 * pixel, 3 * pixel + 3), [plain, plain, plain]);
      const share = Math.max(heat[pixel], 0) / 4 || 0;
      const hot = colourAt(sequential, share);
      const expected = hot.map((c) =>
        Math.floor(grey(1, pixel) + (c - grey(1, pixel)) * 0.85 * share)
      );
      assertEquals(found[3].pixels.data.slice(3 * pixel, 3 * pixel + 3), expected);
    }
    assertApart(picture, found);
    assertStringIncludes(picture.svg(), "1 NaN or infinite: without heat");
    assertEquals(elementsOf(picture, "path").map(({ attributes }) => attributes.class), [
      "right",
      "wrong",
    ]);
    // One pixel in a hundred does not outshine the others.
    const large = { ...maps, shape: [1, 10, 20], data: new Float32Array(200).fill(1) };
    large.data[77] = 1000;
    const [, blended] = imagesOf(overlay(byteImages(1, 10, 20, 1), large));
    assertEquals(new Set(blended.pixels.data.slice(0, 3)).size, 3);
  },

  "an overlay can be read, with 6, 10 and 100 classes": ({ overlay }) => {
    for (const count of [6, 10, 100]) {
      const classes = Array.from({ length: count }, (_, i) => `a class with number ${i}`);
      const labels = classes.map((_, i) => i);
      const predictions = labels.map((label) => label % 3 === 0 ? count - 1 - label : label);
      const scores = labels.map((label) => label / count);
      const maps = {
        shape: [count, 12, 12],
        dtype: "float32" as const,
        data: new Float32Array(count * 144),
      };
      for (const width of [640, 240]) {
        const options = { labels, predictions, classes, scores, width, title: "Saliency" };
        const picture = overlay(byteImages(count, 12, 12, 1), maps, options);
        assertLegible(picture);
        assertApart(picture, imagesOf(picture));
      }
    }
  },
} satisfies Record<string, Check>;
