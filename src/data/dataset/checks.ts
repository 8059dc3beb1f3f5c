/**
 * Checks of arguments that several stages of a dataset share.
 *
 * @module
 */
import { checkInteger } from "../../core/check_integer.ts";
import type { ExampleSource, Pass } from "./source.ts";

/** Throws a RangeError unless a pass has an epoch and a seed. */
export function checkPass(action: string, { epoch, seed }: Pass): void {
  checkInteger(action, "epoch", epoch, 1);
  checkInteger(action, "seed", seed);
}

/** Throws a RangeError unless a number is one from `low` to `high`. */
export function checkRange(
  action: string,
  name: string,
  value: unknown,
  low: number,
  high: number = Infinity,
): void {
  if (typeof value !== "number" || !(value >= low && value <= high) || value === Infinity) {
    const range = high === Infinity ? `a number of at least ${low}` : `from ${low} to ${high}`;
    throw new RangeError(`Cannot ${action}: ${name} must be ${range}: got ${String(value)}`);
  }
}

/** Throws a TypeError where examples can only be read in the order they come. */
export function checkAnyOrder(action: string, source: ExampleSource): void {
  if (!source.anyOrder) {
    throw new TypeError(
      `Cannot ${action}: examples must be at hand in any order: they come from a generator; ` +
        "cache() keeps them in memory",
    );
  }
}
