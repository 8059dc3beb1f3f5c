/**
 * Images with a class each, from arrays that may hold anything.
 *
 * @module
 */
import type { HostArray } from "@tapegrad/tapegrad/data";
import { UsageError } from "./usage_error.ts";

/** Images with a class each. */
export interface Labelled {
  /** `[N, H, W, C]`: bytes, or floats from 0 to 1. */
  readonly images: HostArray;
  /** Class indices. */
  readonly labels: Int32Array;
}

/** Images to train on and images to test with, as files hold them. */
export interface Arrays {
  readonly xTrain: HostArray;
  readonly yTrain: HostArray;
  readonly xTest: HostArray;
  readonly yTest: HostArray;
}

/** Checks that images and labels are what they are taken for. */
export function labelledSets({ xTrain, yTrain, xTest, yTest }: Arrays): {
  readonly train: Labelled;
  readonly test: Labelled;
  /** One more than the largest label. */
  readonly classes: number;
} {
  const train = labelled("train", xTrain, yTrain);
  const test = labelled("test", xTest, yTest);
  checkSameImages(train.images, test.images);
  const highest = (labels: Int32Array) => labels.reduce((a, b) => Math.max(a, b), 0);
  return { train, test, classes: 1 + Math.max(highest(train.labels), highest(test.labels)) };
}

/** Finds the divisor that brings the numbers of an image to 0 to 1. */
export function scaleOf({ dtype }: HostArray): number {
  return dtype === "uint8" || dtype === "int32" ? 255 : 1;
}

function labelled(name: string, x: HostArray, y: HostArray): Labelled {
  const images = x.shape.length === 3 ? { ...x, shape: [...x.shape, 1] } : x;
  const show = (a: HostArray) => `${a.dtype} [${a.shape.join(", ")}]`;
  if (images.shape.length !== 4 || images.shape.includes(0)) {
    throw new UsageError(
      `Cannot use x_${name}: it must be images [N, H, W, C] or [N, H, W]: it is ${show(x)}`,
    );
  }
  if (y.data.length !== images.shape[0] || y.shape.filter((n) => n !== 1).length > 1) {
    throw new UsageError(
      `Cannot use y_${name}: it must hold one class for each of the ${images.shape[0]} images: ` +
        `it is ${show(y)}`,
    );
  }
  checkPixels(name, images);
  const wrong = y.data.findIndex((label) => !Number.isInteger(label) || label < 0);
  if (wrong >= 0) {
    throw new UsageError(
      `Cannot use y_${name}: classes must be integers of at least 0: ` +
        `that of image ${wrong} is ${y.data[wrong]}`,
    );
  }
  return { images, labels: Int32Array.from(y.data) };
}

/** Checks pixels: bytes are divided by 255 later; floats must be in [0, 1] already. */
function checkPixels(name: string, images: HostArray): void {
  const { dtype, data } = images;
  const high = scaleOf(images);
  const wrong = data.findIndex((value) => !(value >= 0 && value <= high));
  if (wrong >= 0) {
    throw new UsageError(
      `Cannot use x_${name}: pixels of ${dtype} must be from 0 to ${high}: ` +
        `the one at offset ${wrong} is ${data[wrong]}`,
    );
  }
}

function checkSameImages(train: HostArray, test: HostArray): void {
  if (train.shape.slice(1).join() !== test.shape.slice(1).join()) {
    throw new UsageError(
      `Cannot use x_test: its images must have the size of x_train's: ` +
        `x_train is [${train.shape.join(", ")}], x_test is [${test.shape.join(", ")}]`,
    );
  }
}
