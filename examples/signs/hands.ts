/**
 * The default data set of the sign classifier: drawn pictures of hands that show 0 to 5 raised
 * fingers, with the label. It stands in for photos, which a fresh machine does not have.
 *
 * A hand is a skeleton with joints (`pose.ts`, `skeleton.ts`) that is fleshed out with round cones
 * (`relief.ts`), lit (`shading.ts`), put before a wall (`background.ts`) and photographed
 * (`photo.ts`). Everything is drawn from a seed with operations that IEEE 754 fixes, so the same
 * seed gives the same bytes on every platform.
 *
 * @module
 */

import { drawHand, newRelief, SIDE } from "./picture.ts";
import { COUNTS } from "./pose.ts";
import { seededSource, shuffle, type UniformSource } from "../shared/random.ts";
import { sampleScene } from "./scene.ts";

export { drawHand, SIDE };

const MOST_IMAGES = 100_000;

/** Number of pictures to draw, and the seed of their random numbers. */
export interface HandSignsOptions {
  /** Pictures to train on. */
  train?: number;
  /** Pictures to test on; they share no picture with those to train on. */
  test?: number;
  seed?: number;
}

/** Pictures as `[N, height, width, channels]` bytes, row by row, and a class for each. */
export interface HandSigns {
  xTrain: Uint8Array;
  yTrain: Int32Array;
  xTest: Uint8Array;
  yTest: Int32Array;
  /** `[height, width, channels]` of one picture. */
  imageShape: [number, number, number];
  /** The class names, by label. */
  classes: string[];
}

/** Draws the data set: shuffled, and with equally many pictures of every class (or one more). */
export function handSigns(options: HandSignsOptions = {}): HandSigns {
  const { train = 1080, test = 120, seed = 0 } = options;
  checkWhole("train", train, MOST_IMAGES);
  checkWhole("test", test, MOST_IMAGES);
  checkSeed(seed);
  const [xTrain, yTrain] = drawHands(train, seededSource(seed, 1));
  const [xTest, yTest] = drawHands(test, seededSource(seed, 2));
  const classes = Array.from({ length: COUNTS }, (_, count) => String(count));
  return { xTrain, yTrain, xTest, yTest, imageShape: [SIDE, SIDE, 3], classes };
}

function drawHands(count: number, random: UniformSource): [Uint8Array, Int32Array] {
  const labels = Int32Array.from({ length: count }, (_, i) => i % COUNTS);
  shuffle(random, labels);
  const imageSize = SIDE * SIDE * 3;
  const images = new Uint8Array(count * imageSize);
  const relief = newRelief();
  for (let i = 0; i < count; i++) {
    images.set(drawHand(sampleScene(random, labels[i]), random, relief), i * imageSize);
  }
  return [images, labels];
}

function checkWhole(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= most) return;
  throw new RangeError(
    `Cannot draw hands: ${name} must be a whole number from 0 to ${most}: got ${value}`,
  );
}

function checkSeed(seed: number): void {
  if (Number.isSafeInteger(seed)) return;
  throw new RangeError(`Cannot draw hands: seed must be a safe integer: got ${seed}`);
}
