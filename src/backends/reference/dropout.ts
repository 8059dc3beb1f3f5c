/**
 * The reference loop of dropout.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import { threefry2x32 } from "../../random/threefry.ts";
import type { DropoutGeometry } from "../../core/geometry/mod.ts";

/** Computes `y = x / (1 - rate)`, or 0 where the element's random word is below `rate 2^32`. */
export function dropout(x: TypedArray, y: TypedArray, { key, rate }: DropoutGeometry): void {
  const threshold = rate * 2 ** 32;
  for (let start = 0; start < y.length; start += 8) {
    for (let lane = 0; lane < 4; lane++) {
      const words = threefry2x32(key, [start / 2 + lane, 0]);
      for (const [half, word] of words.entries()) {
        const i = start + 4 * half + lane;
        if (i < y.length) y[i] = word < threshold ? 0 : x[i] / (1 - rate);
      }
    }
  }
}
