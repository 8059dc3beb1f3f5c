// Augmentation and mixup: what is refused, in which words.

import { ShapeError } from "../../../mod.ts";
import { arrayDataset, type AugmentOptions, type HostArray } from "../../../src/data/mod.ts";
import { generatedDataset, type MixupOptions } from "../../../src/data/mod.ts";
import { assertExactError, assertExactRejection } from "../../support/exact_error.ts";

const bytes: HostArray = { shape: [1, 2, 3, 1], dtype: "uint8", data: new Uint8Array(6) };

Deno.test("augment errors: options", () => {
  const range = (name: string, limits: string, got: string) =>
    `${name} must be a range of finite numbers${limits}, the lower first: got ${got}`;
  const cases: [AugmentOptions, string][] = [
    [{ rotate: -5 }, range("rotate", "", "-5 for [5, -5]")],
    [{ rotate: [0, Infinity] }, range("rotate", "", "[0, Infinity]")],
    [{ scale: 1 }, range("scale", ", of at least 0.01", "1 for [0, 2]")],
    [{ scale: [2, 1] }, range("scale", ", of at least 0.01", "[2, 1]")],
    [{ shear: 90 }, range("shear", ", from -89 to 89", "90 for [-90, 90]")],
    [{ brightness: 2 }, range("brightness", ", of at least 0", "2 for [-1, 3]")],
    [{ contrast: [-1, 0] }, range("contrast", ", of at least 0", "[-1, 0]")],
    [{ saturation: NaN }, range("saturation", ", of at least 0", "NaN for [NaN, NaN]")],
    [{ shift: -1 }, "shift must be a number of at least 0: got -1"],
    [{ shift: [1, Infinity] }, "shift must be a number of at least 0: got Infinity"],
    [{ crop: { size: 0 } }, "crop.size must be an integer of at least 1: got 0"],
    [{ crop: { size: [2, 1.5] } }, "crop.size must be an integer of at least 1: got 1.5"],
    [{ crop: { size: 1, padding: -1 } }, "crop.padding must be an integer of at least 0: got -1"],
    [{ cutout: -2 }, "cutout must be an integer of at least 0: got -2"],
    [{ fill: NaN }, 'fill must be a finite number, "edge" or "reflect": got NaN'],
    [{ fill: "wrap" as "edge" }, 'fill must be a finite number, "edge" or "reflect": got wrap'],
    [
      { flip: "left" as "both" },
      'flip must be "horizontal", "vertical" or "both": got left',
    ],
    [{ seed: 0.5 }, "seed must be an integer: got 0.5"],
  ];
  const dataset = arrayDataset({ x: bytes });
  for (const [options, rule] of cases) {
    assertExactError(() => dataset.augment(options), RangeError, `Cannot augment dataset: ${rule}`);
  }
});

Deno.test("augment errors: images", async () => {
  const refused = (x: HostArray, options: AugmentOptions, type: typeof RangeError, rule: string) =>
    assertExactRejection(
      () => arrayDataset({ x }).augment(options).arrays(),
      type,
      `Cannot augment dataset: ${rule}`,
    );
  const images = "images must be [N, H, W, C] of uint8 or floats, none of H, W, C 0: x is";
  const Shape = ShapeError as unknown as typeof RangeError;
  await refused({ ...bytes, shape: [1, 6, 1] }, {}, Shape, `${images} uint8 [1, 6, 1]`);
  const none: HostArray = { shape: [1, 0, 3, 1], dtype: "float32", data: new Float32Array() };
  await refused(none, {}, Shape, `${images} float32 [1, 0, 3, 1]`);
  const ints: HostArray = { shape: [1, 1, 1, 1], dtype: "int32", data: Int32Array.of(1) };
  await refused(ints, {}, Shape, `${images} int32 [1, 1, 1, 1]`);
  await refused(
    bytes,
    { fill: 256 },
    RangeError,
    "fill must be a byte where images are, normalize() makes floats: got 256",
  );
  await refused(
    bytes,
    { crop: { size: [5, 3], padding: 1 } },
    Shape,
    "crop.size must fit into the image with its padding: " +
      "x is [1, 2, 3, 1], crop.size [5, 3], crop.padding 1",
  );
  await refused(
    bytes,
    { field: "z" },
    TypeError as typeof RangeError,
    "the field must exist: " +
      "there is no z among x",
  );
});

Deno.test("mixup errors", async () => {
  const x = Float32Array.of(1, 2);
  const y = Int32Array.of(0, 1);
  const dataset = arrayDataset({ x, y });
  const options: [MixupOptions, string][] = [
    [{ classes: 0 }, "classes must be an integer of at least 1: got 0"],
    [{ alpha: 0 }, "alpha must be a positive number: got 0"],
    [{ alpha: NaN }, "alpha must be a positive number: got NaN"],
    [{ seed: 1.5 }, "seed must be an integer: got 1.5"],
  ];
  for (const [given, rule] of options) {
    assertExactError(() => dataset.mixup(given), RangeError, `Cannot mix examples: ${rule}`);
  }
  const generated = generatedDataset({ size: 1, examples: () => [] });
  assertExactError(
    () => generated.mixup({ classes: 2 }),
    TypeError,
    "Cannot mix examples: examples must be at hand in any order: they come from a generator; " +
      "cache() keeps them in memory",
  );
  await assertExactRejection(
    () => arrayDataset({ x: y, y }).mixup({ classes: 2 }).arrays(),
    ShapeError,
    "Cannot mix examples: inputs must be floats, normalize() makes them: x is int32 [2]",
  );
  await assertExactRejection(
    () => dataset.mixup().arrays(),
    ShapeError,
    "Cannot mix examples: labels must be class indices [N], with the number of classes, or " +
      "distributions of floats: y is int32 [2], classes is undefined",
  );
  await assertExactRejection(
    () => dataset.mixup({ classes: 1 }).arrays(),
    RangeError,
    "Cannot mix examples: labels must be from 0 to 0: y has 1",
  );
});
