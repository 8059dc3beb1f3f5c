// Pictures of pixels: what must hold for them, and what is refused.

import { featureMaps, filters, imageGrid, overlay, sideBySide } from "@tapegrad/tapegrad/plot";
import * as plot from "@tapegrad/tapegrad/plot";
import { ShapeError, tensor, zeros } from "@tapegrad/tapegrad";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { mapChecks } from "../support/map_checks.ts";
import { pictureChecks } from "../support/picture_checks.ts";

for (const [name, check] of Object.entries({ ...pictureChecks, ...mapChecks })) {
  Deno.test(`pictures: ${name}`, () => check(plot));
}

Deno.test("pictures: an image grid of tensors, of nothing, of one class", () => {
  const images = zeros([2, 3, 3, 1]);
  assertStringIncludes(imageGrid(images, { labels: tensor([1, 0]) }).svg(), ">1</text>");
  const scores = imageGrid(zeros([4, 3, 3, 1]), { scores: [1, 0.9999, 0.994, 0.5] }).svg();
  assertEquals(scores.match(/>[\d.]+ %</g), [">50 %<", ">99 %<", ">99.9 %<", ">100 %<"]);
  assertStringIncludes(imageGrid(zeros([0, 3, 3, 1])).svg(), ">no images<");
  assertStringIncludes(imageGrid(images, { predictions: [4, 4] }).svg(), "image 1, predicted 4");
  assertEquals(imageGrid(zeros([1, 3, 3, 1])).toString(), "Picture 280 x 124 (1 image)");
});

type Refusal = [draw: () => unknown, kind: new () => Error, message: string];

Deno.test("pictures: what cannot be drawn as an image grid is refused", () => {
  const images = zeros([2, 3, 3, 1]);
  const broken = new Float32Array(18).fill(0.5);
  broken[11] = NaN;
  const refusals: Refusal[] = [
    [
      () => imageGrid(zeros([3, 3, 1])),
      ShapeError,
      "images must be [N, H, W, C] with 1, 3 or 4 channels: got [3, 3, 1]",
    ],
    [
      () => imageGrid(zeros([2, 3, 3, 2])),
      ShapeError,
      "images must be [N, H, W, C] with 1, 3 or 4 channels: got [2, 3, 3, 2]",
    ],
    [
      () => imageGrid([[1]] as never),
      TypeError,
      "images must be a tensor, or { shape, dtype, data }: got an array",
    ],
    [
      () => imageGrid({ shape: [1, 2, 2, 1], dtype: "float32", data: new Float32Array(3) }),
      ShapeError,
      "images must have an element for every position: its shape is [1, 2, 2, 1], its data has 3",
    ],
    [
      () => imageGrid(tensor(broken, { shape: [2, 3, 3, 1] })),
      RangeError,
      "pixels must be finite: images[1][0][2][0] is NaN",
    ],
    [
      () => imageGrid(images, { labels: [1] }),
      ShapeError,
      "there must be one of labels for each of images: got 1 for 2",
    ],
    [
      () => imageGrid(images, { labels: [0, 3], classes: ["a", "b", "c"] }),
      RangeError,
      "labels must be integers from 0 to 2: labels[1] is 3",
    ],
    [
      () => imageGrid(images, { predictions: [0, -1] }),
      RangeError,
      "predictions must be integers of at least 0: predictions[1] is -1",
    ],
    [
      () => imageGrid(images, { labels: 3 as never }),
      TypeError,
      "labels must be a tensor or a list of numbers: got number",
    ],
    [
      () => imageGrid(images, { scores: [0.5, 1.5] }),
      RangeError,
      "scores must be numbers from 0 to 1: scores[1] is 1.5",
    ],
    [
      () => imageGrid(images, { limit: 0 }),
      RangeError,
      "limit must be an integer of at least 1: got 0",
    ],
    [
      () => imageGrid(images, { scale: 100 }),
      RangeError,
      "scale must be a number from 0.05 to 64: got 100",
    ],
  ];
  for (const [draw, kind, message] of refusals) {
    assertEquals(assertThrows(draw, kind).message, `Cannot draw image grid: ${message}`);
  }
});

Deno.test("pictures: what cannot be drawn as maps is refused", () => {
  const refusals: Refusal[] = [
    [
      () => filters(zeros([3, 3, 8])),
      ShapeError,
      "Cannot draw filters: w must be [KH, KW, I, O], not empty: got [3, 3, 8]",
    ],
    [
      () => filters(zeros([3, 3, 1, 8]), { limit: 1.5 }),
      RangeError,
      "Cannot draw filters: limit must be an integer of at least 1: got 1.5",
    ],
    [
      () => filters(zeros([3, 3, 1, 8]), { theme: "blue" as never }),
      RangeError,
      "Cannot draw filters: theme must be one of light, dark, auto: got blue",
    ],
    [
      () => featureMaps({ conv: zeros([3]) }),
      ShapeError,
      "Cannot draw feature maps: maps must be [N, H, W, C], [N, H, W] or [N, K]: conv is [3]",
    ],
    [
      () => featureMaps({ conv: zeros([3, 2]) }, { image: 3 }),
      RangeError,
      "Cannot draw feature maps: image must be an integer from 0 to 2, the images of conv: got 3",
    ],
    [
      () => featureMaps({ conv: null as never }),
      TypeError,
      'Cannot draw feature maps: maps["conv"] must be a tensor, or { shape, dtype, data }: got null',
    ],
    [
      () => overlay(zeros([2, 3, 4, 1]), zeros([2, 4, 3])),
      ShapeError,
      "Cannot draw overlay: maps must be [N, H, W] of images: images have [2, 3, 4], " +
      "maps are [2, 4, 3]",
    ],
    [
      () => overlay(zeros([2, 3, 4, 1]), zeros([2, 3, 4]), { predictions: [1] }),
      ShapeError,
      "Cannot draw overlay: there must be one of predictions for each of images: got 1 for 2",
    ],
    [
      () => sideBySide({ a: zeros([2, 3, 4, 2]) }),
      ShapeError,
      'Cannot draw side by side: images["a"] must be [N, H, W, C] or [H, W, C] with 1, 3 or 4 ' +
      "channels: got [2, 3, 4, 2]",
    ],
    [
      () => sideBySide({ a: zeros([2, 3, 4, 1]), b: zeros([3, 3, 4, 1]) }),
      ShapeError,
      "Cannot draw side by side: there must be as many images of each: a has 2, b 3",
    ],
    [
      () => sideBySide({ a: tensor([0, NaN, 1], { shape: [1, 1, 3] }) }),
      RangeError,
      'Cannot draw side by side: pixels must be finite: images["a"][0][0][1] is NaN',
    ],
  ];
  for (const [draw, kind, message] of refusals) {
    assertEquals(assertThrows(draw, kind).message, message);
  }
});
