/**
 * Options of augmentation, checked and made into ranges.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { checkInteger } from "../../core/check_integer.ts";
import { checkRange } from "../dataset/checks.ts";
import type { Fill } from "./resample.ts";

/** A number n for the range from -n to n, or the range itself. */
export type AugmentRange = number | readonly [low: number, high: number];

/** A part of each image. */
export interface CropOptions {
  /** Side in pixels, or height and width, of the part that is cut out. */
  readonly size: number | readonly [height: number, width: number];
  /** Pixels that are added around the image first; 0 by default. */
  readonly padding?: number;
}

/** Changes to make to images. No change is made where an option is left out. */
export interface AugmentOptions {
  /** Decides all random numbers, with the epoch; that of the pass by default. */
  readonly seed?: number;
  /** The field of the images; `"x"` by default. */
  readonly field?: string;
  /** Degrees, anticlockwise, about the centre. */
  readonly rotate?: AugmentRange;
  /** Pixels, in fractions too: up and down, and to the sides; or a list of the two. */
  readonly shift?: number | readonly [vertical: number, horizontal: number];
  /** Factor of the size: n for the range from 1 - n to 1 + n, or the range itself. */
  readonly scale?: AugmentRange;
  /** Degrees by which vertical lines lean, their upper ends to the right. */
  readonly shear?: AugmentRange;
  /** Mirrored one time in two: left to right, upside down, or each of them. */
  readonly flip?: "horizontal" | "vertical" | "both";
  /** A random part of the image, of a given size. */
  readonly crop?: CropOptions;
  /** Pixels beyond the border: a number, `"edge"` or `"reflect"`. 0 by default. */
  readonly fill?: Fill;
  /** Factor of all values: n for the range from 1 - n to 1 + n, or the range itself. */
  readonly brightness?: AugmentRange;
  /** Factor of the distance from the mean grey of the image, like `brightness`. */
  readonly contrast?: AugmentRange;
  /** Factor of the distance of each pixel from its grey, like `brightness`. */
  readonly saturation?: AugmentRange;
  /** Side in pixels of a square that is filled, with `fill` where that is a number, else 0. */
  readonly cutout?: number;
}

const KNOWN =
  "seed# field rotate shift scale shear flip crop fill brightness contrast saturation cutout#";

/** A range of numbers; null where nothing is random. */
export type Interval = readonly [low: number, high: number] | null;

/** The options with every range spelled out. */
export interface Augmentation {
  readonly rotate: Interval;
  readonly shift: readonly [vertical: number, horizontal: number] | null;
  readonly scale: Interval;
  readonly shear: Interval;
  readonly flipsColumns: boolean;
  readonly flipsRows: boolean;
  readonly crop: { readonly size: readonly [number, number]; readonly padding: number } | null;
  readonly fill: Fill;
  readonly brightness: Interval;
  readonly contrast: Interval;
  readonly saturation: Interval;
  readonly cutout: number;
}

const ACTION = "augment dataset";

/** Checks options and spells them out. */
export function resolveAugmentation(options: AugmentOptions): Augmentation {
  options = checkOptions(ACTION, options, KNOWN);
  const { seed, shift, flip, crop, fill = 0, cutout = 0 } = options;
  if (seed !== undefined) checkInteger(ACTION, "seed", seed);
  checkInteger(ACTION, "cutout", cutout, 0);
  checkFlip(flip);
  checkFill(fill);
  return {
    rotate: interval("rotate", options.rotate, 0, [-Infinity, Infinity]),
    shift: shift === undefined
      ? null
      : pair("shift", shift, (name, v) => checkRange(ACTION, name, v, 0)),
    scale: interval("scale", options.scale, 1, [MIN_SCALE, Infinity]),
    shear: interval("shear", options.shear, 0, [-MAX_SHEAR, MAX_SHEAR]),
    flipsColumns: flip === "horizontal" || flip === "both",
    flipsRows: flip === "vertical" || flip === "both",
    crop: crop === undefined ? null : resolveCrop(crop),
    fill,
    brightness: interval("brightness", options.brightness, 1, [0, Infinity]),
    contrast: interval("contrast", options.contrast, 1, [0, Infinity]),
    saturation: interval("saturation", options.saturation, 1, [0, Infinity]),
    cutout,
  };
}

/** Smaller images would be points. */
const MIN_SCALE = 0.01;
/** Largest shear in degrees: at 90 nothing is left to see. */
const MAX_SHEAR = 89;

function interval(
  name: string,
  range: AugmentRange | undefined,
  middle: number,
  [least, most]: readonly [number, number],
): Interval {
  if (range === undefined) return null;
  const [low, high] = typeof range === "number" ? [middle - range, middle + range] : range;
  if (
    !(Number.isFinite(low) && Number.isFinite(high) && low <= high && low >= least && high <= most)
  ) {
    const limits = least === -Infinity
      ? ""
      : most === Infinity
      ? `, of at least ${least}`
      : `, from ${least} to ${most}`;
    const got = typeof range === "number" ? `${range} for [${low}, ${high}]` : `[${low}, ${high}]`;
    throw new RangeError(
      `Cannot ${ACTION}: ${name} must be a range of finite numbers${limits}, the lower first: got ${got}`,
    );
  }
  return [low, high];
}

function pair(
  name: string,
  value: number | readonly [number, number],
  check: (name: string, value: number) => void,
): readonly [number, number] {
  const [first, second] = typeof value === "number" ? [value, value] : value;
  check(name, first);
  check(name, second);
  return [first, second];
}

function resolveCrop(crop: CropOptions): Augmentation["crop"] {
  crop = checkOptions(`${ACTION} with crop`, crop, "size padding#");
  const { size, padding = 0 } = crop;
  checkInteger(ACTION, "crop.padding", padding, 0);
  return { size: pair("crop.size", size, (name, v) => checkInteger(ACTION, name, v, 1)), padding };
}

function checkFlip(flip: unknown): void {
  if (flip === undefined || flip === "horizontal" || flip === "vertical" || flip === "both") return;
  throw new RangeError(
    `Cannot ${ACTION}: flip must be "horizontal", "vertical" or "both": got ${String(flip)}`,
  );
}

function checkFill(fill: unknown): void {
  if (fill === "edge" || fill === "reflect" || Number.isFinite(fill)) return;
  throw new RangeError(
    `Cannot ${ACTION}: fill must be a finite number, "edge" or "reflect": got ${String(fill)}`,
  );
}
