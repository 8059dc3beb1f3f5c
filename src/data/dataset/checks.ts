/**
 * Checks of arguments that several stages of a dataset share.
 *
 * @module
 */
import type { ExampleSource, Pass } from "./source.ts";

/** Throws a RangeError unless a number is a whole one of at least `low`. */
export function checkCount(action: string, name: string, value: unknown, low: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < low) {
    throw new RangeError(
      `Cannot ${action}: ${name} must be an integer of at least ${low}: got ${String(value)}`,
    );
  }
}

/** Throws a RangeError unless a seed is one. */
export function checkSeed(action: string, seed: unknown): void {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Cannot ${action}: seed must be an integer: got ${String(seed)}`);
  }
}

/** Throws a RangeError unless a pass has an epoch and a seed. */
export function checkPass(action: string, { epoch, seed }: Pass): void {
  checkCount(action, "epoch", epoch, 1);
  checkSeed(action, seed);
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
