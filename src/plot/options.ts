/**
 * Checks of the options and values of pictures.
 *
 * @module
 */
import { checkNames, type Complete } from "../core/options.ts";
import { ShapeError } from "../core/errors.ts";
import type { SizedPictureOptions } from "./picture.ts";
import { THEMES } from "./theme.ts";

/**
 * Throws unless options are `known` ones, of which theme, width, height and title can be used; returns
 * them, each read once.
 */
export function checkPicture<Options extends SizedPictureOptions, List extends string>(
  action: string,
  options: Options,
  known: List & Complete<List, Options>,
): Options {
  const read = checkNames(action, options, known);
  const { theme, width, height, title } = read;
  if (theme !== undefined) checkChoice(action, "theme", theme, Object.keys(THEMES));
  if (width !== undefined) checkBetween(action, "width", width, 120, 8192);
  if (height !== undefined) checkBetween(action, "height", height, 80, 8192);
  if (title !== undefined && typeof title !== "string") {
    throw new TypeError(`Cannot ${action}: title must be text: got ${typeof title}`);
  }
  return read;
}

/** Throws unless a value is one of some texts. */
export function checkChoice(
  action: string,
  name: string,
  value: unknown,
  choices: readonly string[],
): void {
  if (choices.includes(value as string)) return;
  throw new RangeError(
    `Cannot ${action}: ${name} must be one of ${choices.join(", ")}: got ${String(value)}`,
  );
}

/** Throws unless a number is from `low` to `high`. */
export function checkBetween(
  action: string,
  name: string,
  value: number,
  low: number,
  high: number,
): void {
  if (typeof value === "number" && value >= low && value <= high) return;
  throw new RangeError(
    `Cannot ${action}: ${name} must be a number from ${low} to ${high}: got ${value}`,
  );
}

/** Throws unless pixels of the picture for one of an image, where that is given, make one. */
export function checkScale(action: string, scale: number | undefined): void {
  if (scale !== undefined) checkBetween(action, "scale", scale, 0.05, 64);
}

/** Throws unless there are as many of something as of something else. */
export function checkLength(
  action: string,
  name: string,
  values: ArrayLike<unknown>,
  expected: number,
  of: string,
): void {
  if (values.length === expected) return;
  throw new ShapeError(
    `Cannot ${action}: there must be one of ${name} for each of ${of}: ` +
      `got ${values.length} for ${expected}`,
  );
}
