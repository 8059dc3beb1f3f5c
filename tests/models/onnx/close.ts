// Results of two engines, in float32, whose sums are in different orders.

import { assert } from "@std/assert";

/** Fails unless elements differ by at most 1e-5, of the largest one where that is more than 1. */
export function assertClose(found: ArrayLike<number>, expected: ArrayLike<number>, what: string) {
  let largest = 1;
  for (const v of Array.from(expected)) largest = Math.max(largest, Math.abs(v));
  for (let i = 0; i < expected.length; i++) {
    const isSame = Object.is(found[i], expected[i]) ||
      Math.abs(found[i] - expected[i]) <= 1e-5 * largest;
    assert(isSame, `${what}: element ${i} is ${found[i]}, expected ${expected[i]}`);
  }
}
