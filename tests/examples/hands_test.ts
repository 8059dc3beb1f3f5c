// The drawn hands: reproducible, balanced, with the fingers that the label says, in sane pictures.

import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { drawHand, handSigns, SIDE } from "../../examples/signs/hands.ts";
import { FINGERS, raisedCount, samplePose } from "../../examples/signs/pose.ts";
import { seededSource, shuffle, type UniformSource } from "../../examples/shared/random.ts";
import { sampleScene } from "../../examples/signs/scene.ts";
import { contactSheet, rowsByClass } from "../../examples/signs/sheet.ts";
import { buildBody } from "../../examples/signs/skeleton.ts";
import { cosine, sine } from "../../examples/signs/vectors.ts";

const IMAGE = SIDE * SIDE * 3;

/** Computes FNV-1a: a checksum that any language can compute. */
function checksum(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** Computes the checksum of every image of a set. */
function checksums(images: Uint8Array): string[] {
  return Array.from(
    { length: images.length / IMAGE },
    (_, i) => checksum(images.subarray(i * IMAGE, (i + 1) * IMAGE)),
  );
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

function deviation(values: ArrayLike<number>): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - centre) ** 2;
  return Math.sqrt(sum / values.length);
}

Deno.test("hands: shapes, types and classes", () => {
  const set = handSigns({ train: 12, test: 6 });
  assert(set.xTrain instanceof Uint8Array && set.xTest instanceof Uint8Array);
  assert(set.yTrain instanceof Int32Array && set.yTest instanceof Int32Array);
  assertEquals(set.imageShape, [64, 64, 3]);
  assertEquals([set.xTrain.length, set.yTrain.length], [12 * IMAGE, 12]);
  assertEquals([set.xTest.length, set.yTest.length], [6 * IMAGE, 6]);
  assertEquals(set.classes, ["0", "1", "2", "3", "4", "5"]);
});

Deno.test("hands: a seed means the same bytes, on every platform", () => {
  const set = handSigns({ train: 24, test: 12, seed: 7 });
  const again = handSigns({ train: 24, test: 12, seed: 7 });
  assertEquals(again.yTrain, set.yTrain);
  assertEquals(checksums(again.xTrain), checksums(set.xTrain));
  // Only operations that IEEE 754 fixes are used, so this is exact. It changes with the drawing.
  assertEquals(checksum(set.xTrain), "edd54404");
  assertEquals(checksum(set.xTest), "cbc2d220");
});

Deno.test("hands: another seed means other pictures and another order", () => {
  const [a, b] = [0, 1].map((seed) => handSigns({ train: 24, test: 0, seed }));
  assertNotEquals(a.yTrain, b.yTrain);
  assertEquals(checksums(a.xTrain).filter((sum) => checksums(b.xTrain).includes(sum)), []);
});

Deno.test("hands: seeds beyond 32 bits and below zero are seeds of their own", () => {
  const seeds = [0, -1, 2 ** 32 - 1, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER];
  const first = seeds.map((seed) => seededSource(seed).uniform());
  assertEquals(new Set(first).size, seeds.length);
});

Deno.test("hands: no picture is both in train and in test, and none is there twice", () => {
  const { xTrain, xTest } = handSigns({ train: 60, test: 60, seed: 3 });
  const sums = [...checksums(xTrain), ...checksums(xTest)];
  assertEquals(new Set(sums).size, 120);
});

Deno.test("hands: the test set does not depend on how many pictures there are to train on", () => {
  const [few, more] = [0, 6].map((train) => handSigns({ train, test: 6 }));
  assertEquals(few.xTest, more.xTest);
  assertEquals(few.yTest, more.yTest);
});

Deno.test("hands: classes are balanced to one picture, and shuffled", () => {
  for (const [train, counts] of [[36, [6, 6, 6, 6, 6, 6]], [8, [2, 2, 1, 1, 1, 1]]] as const) {
    const { yTrain } = handSigns({ train, test: 0 });
    assertEquals(counts.map((_, label) => yTrain.filter((y) => y === label).length), [...counts]);
    assertNotEquals(yTrain, yTrain.toSorted());
  }
});

Deno.test("hands: an empty set is a set", () => {
  const { xTrain, yTrain, xTest } = handSigns({ train: 0, test: 0 });
  assertEquals([xTrain.length, yTrain.length, xTest.length], [0, 0, 0]);
});

Deno.test("hands: a pose raises as many fingers as asked, in several natural ways", () => {
  const random = seededSource(1);
  for (let count = 0; count <= 5; count++) {
    const ways = new Set<string>();
    for (let i = 0; i < 200; i++) {
      const pose = samplePose(random, count);
      assertEquals(raisedCount(pose), count);
      const fingers = [pose.thumb, ...pose.fingers];
      ways.add(FINGERS.filter((_, i) => fingers[i].raised).join(" "));
    }
    assertEquals(ways.size, [1, 3, 4, 3, 2, 1][count]);
    assert(!ways.has("middle"), "nobody counts like that");
  }
});

Deno.test("hands: raised fingers reach farther from the wrist than folded ones", () => {
  const random = seededSource(2);
  for (let i = 0; i < 120; i++) {
    const pose = samplePose(random, i % 6);
    const { cones } = buildBody({ ...pose, yaw: 0, pitch: 0, roll: 0 });
    FINGERS.slice(1).forEach((name, finger) => {
      const tip = Math.max(...cones.filter(({ part }) => part === name).map(({ b }) => b[1]));
      const knuckle = cones.find(({ part }) => part === name)!.a[1];
      const reach = (tip - knuckle) / pose.build.length;
      assertEquals(reach > 4, pose.fingers[finger].raised, `${name} reaches ${reach} cm`);
    });
  }
});

Deno.test("hands: both sides of both hands are shown", () => {
  const random = seededSource(4);
  const poses = Array.from({ length: 300 }, () => samplePose(random, 5));
  const sides = new Set(poses.map(({ backView, mirrored }) => `${backView} ${mirrored}`));
  assertEquals(sides.size, 4);
});

Deno.test("hands: pictures are neither flat nor burnt out, and differ from each other", () => {
  const { xTrain } = handSigns({ train: 60, test: 0, seed: 5 });
  assert(Math.abs(mean(xTrain) - 90) < 50, `mean ${mean(xTrain)}`);
  assert(deviation(xTrain) > 30, `deviation ${deviation(xTrain)}`);
  const means: number[] = [];
  for (let i = 0; i < 60; i++) {
    const image = xTrain.subarray(i * IMAGE, (i + 1) * IMAGE);
    means.push(mean(image));
    assert(deviation(image) > 10, `image ${i} has deviation ${deviation(image)}`);
    const burnt = image.filter((value) => value === 255).length;
    assert(burnt < 0.75 * IMAGE, `image ${i} has ${burnt} values of 255`);
  }
  assert(deviation(means) > 10, `means deviate by ${deviation(means)}`);
});

Deno.test("hands: the whole hand is in the picture, and the arm leaves it", () => {
  const random = seededSource(6);
  for (let i = 0; i < 18; i++) {
    const scene = sampleScene(random, i % 6);
    const still: UniformSource = { uniform: () => 0.5 };
    const dark = { ...scene.wall, colour: [0, 0, 0] as const, patches: [] };
    const camera = { ...scene.camera, noise: 0, blur: 0 };
    const image = drawHand({ ...scene, wall: dark, camera }, still);
    const lit = (row: number, column: number) => image[3 * (row * SIDE + column)] > 0;
    const all = Array.from({ length: SIDE }, (_, i) => i);
    assert(!all.some((column) => lit(0, column)), "nothing is cut off at the top");
    assert(all.some((at) => lit(SIDE - 1, at) || lit(at, 0) || lit(at, SIDE - 1)), "an arm");
    const covered = all.flatMap((row) => all.map((column) => lit(row, column))).filter(Boolean);
    const share = covered.length / SIDE ** 2;
    assert(share > 0.05 && share < 0.7, `the hand covers ${share}`);
  }
});

Deno.test("hands: arguments out of range are named", () => {
  const rules: [Parameters<typeof handSigns>[0], string][] = [
    [{ train: -1 }, "train must be a whole number from 0 to 100000: got -1"],
    [{ train: 1.5 }, "train must be a whole number from 0 to 100000: got 1.5"],
    [{ train: 100_001 }, "train must be a whole number from 0 to 100000: got 100001"],
    [{ test: NaN }, "test must be a whole number from 0 to 100000: got NaN"],
    [{ test: Infinity }, "test must be a whole number from 0 to 100000: got Infinity"],
    [{ seed: 0.5 }, "seed must be a safe integer: got 0.5"],
    [{ seed: 2 ** 53 }, "seed must be a safe integer: got 9007199254740992"],
  ];
  for (const [options, message] of rules) {
    const error = assertThrows(() => handSigns(options), RangeError);
    assertEquals(error.message, `Cannot draw hands: ${message}`);
  }
});

Deno.test("hands: the sine is the sine", () => {
  for (let degrees = -800; degrees <= 800; degrees += 7.3) {
    const radians = degrees * Math.PI / 180;
    assert(Math.abs(sine(degrees) - Math.sin(radians)) < 2e-9, `sine of ${degrees}`);
    assert(Math.abs(cosine(degrees) - Math.cos(radians)) < 2e-9, `cosine of ${degrees}`);
  }
});

Deno.test("hands: shuffling keeps the values", () => {
  const values = Int32Array.from({ length: 50 }, (_, i) => i);
  shuffle(seededSource(8), values);
  assertNotEquals(values, values.toSorted());
  assertEquals(values.toSorted(), Int32Array.from({ length: 50 }, (_, i) => i));
});

Deno.test("contact sheet: images lie in their places, with gaps and frames", () => {
  const images = Uint8Array.of(10, 11, 20, 21, 30, 31);
  const sheet = contactSheet(images, {
    imageShape: [1, 2, 1],
    columns: 2,
    order: [2, -1, 0],
    gap: 2,
    frame: (image) => image === 2 ? [1, 2, 3] : undefined,
  });
  const { data, ...form } = sheet;
  assertEquals(form, { width: 10, height: 8, channels: 3 });
  const red = Array.from(
    { length: 8 },
    (_, y) => Array.from({ length: 10 }, (_, x) => data[3 * (10 * y + x)]),
  );
  const o = 24;
  assertEquals(red, [
    [o, o, o, o, o, o, o, o, o, o],
    [o, 1, 1, 1, 1, o, o, o, o, o],
    [o, 1, 30, 31, 1, o, o, o, o, o],
    [o, 1, 1, 1, 1, o, o, o, o, o],
    [o, o, o, o, o, o, o, o, o, o],
    [o, o, 10, 11, o, o, o, o, o, o],
    [o, o, o, o, o, o, o, o, o, o],
    [o, o, o, o, o, o, o, o, o, o],
  ]);
});

Deno.test("contact sheet: colours are kept and pixels enlarged", () => {
  const images = Uint8Array.of(1, 2, 3, 99, 4, 5, 6, 99);
  const options = { imageShape: [1, 2, 4], columns: 1, gap: 0, scale: 2 } as const;
  const { data } = contactSheet(images, options);
  const row = [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6];
  assertEquals([...data], [...row, ...row]);
});

Deno.test("contact sheet: a row for every class", () => {
  assertEquals(rowsByClass([1, 0, 1, 1], 3, 2), [1, -1, 0, 2, -1, -1]);
});

Deno.test("contact sheet: options that do not fit are named", () => {
  const images = new Uint8Array(12);
  const sheet = (options: Partial<Parameters<typeof contactSheet>[1]>) => () =>
    contactSheet(images, { imageShape: [2, 2, 3], columns: 1, ...options });
  const rules: [() => unknown, string][] = [
    [sheet({ columns: 0 }), "columns must be a whole number of at least 1: got 0"],
    [sheet({ scale: 0.5 }), "scale must be a whole number of at least 1: got 0.5"],
    [sheet({ gap: -1 }), "gap must be a whole number of at least 0: got -1"],
    [sheet({ order: [1] }), "order must hold images from 0 to 0, or -1: got 1"],
    [
      sheet({ imageShape: [3, 3, 3] }),
      "images must be a whole number of images of imageShape, 27 bytes each: got 12 bytes",
    ],
  ];
  for (const [draw, message] of rules) {
    const error = assertThrows(draw, RangeError);
    assertEquals(error.message, `Cannot draw a contact sheet: ${message}`);
  }
});
