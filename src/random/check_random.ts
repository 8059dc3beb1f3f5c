/**
 * The check of generators of random numbers, where they are arguments.
 *
 * @module
 */
import { kindOf } from "../core/kind_of.ts";
import { Random } from "./random.ts";

/** Throws a `TypeError` unless a value is a generator. */
export function checkRandom(action: string, random: unknown): void {
  if (random instanceof Random) return;
  throw new TypeError(
    `Cannot ${action}: random must be a Random: got ${kindOf(random)}; make one with ` +
      "new Random(seed)",
  );
}
