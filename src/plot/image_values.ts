/**
 * Images, labels and names from the user: checked, and turned into bytes and lists.
 *
 * @module
 */
import { kindOf } from "../core/kind_of.ts";
import { dtypeOf, type HostArray } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { formatShape, sizeOf } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import { checkLength } from "./options.ts";
import { formatValue } from "./scale.ts";

/** Images `[N, H, W, C]` with C = 1 (grey), 3 (RGB) or 4 (RGBA): bytes, or numbers from 0 to 1. */
export type Images = Tensor | HostArray;

/** A number per image or class: a tensor of one dimension, or a list. */
export type Numbers = Tensor | ArrayLike<number>;

/** Images as bytes. */
export interface ByteImages {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Returns the bytes of an image. */
  at(i: number): Uint8Array;
  /** Changes made to show them, for a note. */
  readonly notes: readonly string[];
}

/** Reads a tensor, or an array of the host whose shape and data belong together. */
export function readArray(action: string, name: string, value: unknown): HostArray {
  if (value instanceof Tensor) {
    return { shape: value.shape, dtype: value.dtype, data: value.dataSync() };
  }
  const { shape, dtype, data } = (value ?? {}) as Partial<HostArray>;
  if (!Array.isArray(shape) || dtype === undefined || dtypeOf(data) !== dtype) {
    throw new TypeError(
      `Cannot ${action}: ${name} must be a tensor, or { shape, dtype, data }: got ${kindOf(value)}`,
    );
  }
  if (sizeOf(shape) !== data!.length) {
    throw new ShapeError(
      `Cannot ${action}: ${name} must have an element for every position: its shape is ` +
        `${formatShape(shape)}, its data has ${data!.length}`,
    );
  }
  return value as HostArray;
}

/**
 * Reads images as bytes. Numbers beyond 0 to 1 are shown as black or white, and noted. `indexed` is
 * the shape that errors give places in, where it is not that of the images.
 */
export function readImages(
  action: string,
  name: string,
  images: unknown,
  indexed?: readonly number[],
): ByteImages {
  const { shape, dtype, data } = readArray(action, name, images);
  if (shape.length !== 4 || ![1, 3, 4].includes(shape[3])) {
    throw new ShapeError(
      `Cannot ${action}: ${name} must be [N, H, W, C] with 1, 3 or 4 channels: got ` +
        formatShape(shape),
    );
  }
  const [count, height, width, channels] = shape;
  const size = height * width * channels;
  checkFinite(action, name, indexed ?? shape, data);
  const isBytes = dtype === "uint8" || dtype === "int32";
  const white = isBytes ? 255 : 1;
  const at = (i: number) => {
    const bytes = new Uint8Array(size);
    for (let j = 0; j < size; j++) {
      bytes[j] = Math.round(Math.min(Math.max(data[i * size + j] / white, 0), 1) * 255);
    }
    return bytes;
  };
  return { count, height, width, channels, at, notes: notesOf(name, data, white) };
}

function checkFinite(
  action: string,
  name: string,
  shape: readonly number[],
  data: HostArray["data"],
): void {
  const i = data.findIndex((value: number) => !Number.isFinite(value));
  if (i < 0) return;
  let rest = i;
  const indices = shape.toReversed().map((size) => {
    const index = rest % size;
    rest = Math.floor(rest / size);
    return `[${index}]`;
  });
  throw new RangeError(
    `Cannot ${action}: pixels must be finite: ${name}${indices.toReversed().join("")} is ${
      data[i]
    }`,
  );
}

/** Rounding takes values so far beyond the ends: nothing to say about. */
const ROUNDING = 1e-3;

function notesOf(name: string, data: HostArray["data"], white: number): string[] {
  let [beyond, low, high] = [0, Infinity, -Infinity];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
    if (value < -ROUNDING * white || value > white + ROUNDING * white) beyond++;
  }
  if (beyond === 0) return [];
  const share = 100 * beyond / data.length;
  return [
    `${share < 1 ? "Less than 1" : Math.round(share)} % of the values of ${name} are beyond 0 to ` +
    `${white} (${formatValue(low)} to ${formatValue(high)}), shown as black or white`,
  ];
}

/** Numbers of a tensor or a list, one for each of something. */
export function readNumbers(
  action: string,
  name: string,
  values: Numbers,
  count: number,
  of = "images",
): number[] {
  const list = values instanceof Tensor ? values.dataSync() : values;
  const isList = Array.isArray(list) || dtypeOf(list) !== undefined;
  if (!isList) {
    throw new TypeError(
      `Cannot ${action}: ${name} must be a tensor or a list of numbers: got ${kindOf(list)}`,
    );
  }
  checkLength(action, name, list, count, of);
  return Array.from(list);
}

/** Reads classes by their numbers: from 0, and with a name where there are names. */
export function readClasses(
  action: string,
  name: string,
  values: Numbers,
  count: number,
  classes: readonly string[] | undefined,
): number[] {
  const numbers = readNumbers(action, name, values, count);
  const below = classes?.length ?? Infinity;
  numbers.forEach((value, i) => {
    if (Number.isInteger(value) && value >= 0 && value < below) return;
    throw new RangeError(
      `Cannot ${action}: ${name} must be ` +
        (classes === undefined ? "integers of at least 0" : `integers from 0 to ${below - 1}`) +
        `: ${name}[${i}] is ${value}`,
    );
  });
  return numbers;
}
