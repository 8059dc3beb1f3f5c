// Comparing arrays: to the last bit, or within a bound that says why it is that large.

import { AssertionError } from "@std/assert";
import type { Shape } from "../../src/core/shape.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { largest } from "./oracles/arrays.ts";
import type { Results } from "./derivatives.ts";
import type { Values } from "./grids.ts";

/** Half the distance of 1 and the next float32: the largest error of one rounding. */
export const ROUNDING = 2 ** -24;

/** Fails unless all elements are equal; NaN equals NaN, 0 equals -0. */
export function assertSame(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
): void {
  assertWithin(actual, expected, () => 0, what);
}

/** Fails unless a tensor has the shape and exactly the elements expected. */
export function assertTensor(actual: Tensor, expected: Values, what: string): void {
  assertShape(actual, expected.shape, what);
  assertSame(actual.dataSync(), expected.data, what);
}

/** Fails unless a tensor has the shape expected. */
export function assertShape(actual: Tensor, shape: Shape, what: string): void {
  const [is, should] = [actual.shape, shape].map((sizes) => `[${sizes.join(", ")}]`);
  if (is !== should) throw new AssertionError(`${what}: the shape is ${is}, not ${should}`);
}

/** Fails unless each element is within its bound of the one expected. */
export function assertWithin(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: (i: number) => number,
  what: string,
): void {
  if (actual.length !== expected.length) {
    throw new AssertionError(`${what}: ${actual.length} elements, not ${expected.length}`);
  }
  for (let i = 0; i < actual.length; i++) {
    const [is, should] = [actual[i], expected[i]];
    if (is === should || (Number.isNaN(is) && Number.isNaN(should))) continue;
    // Written so that NaN, which is within no bound, fails.
    if (Math.abs(is - should) <= bound(i)) continue;
    const rule = bound(i) === 0 ? "" : ` within ${bound(i)}`;
    throw new AssertionError(`${what}: element ${i} is ${is}, not ${should}${rule}`);
  }
}

/** Fails unless results are equal, or within `relative` of the largest of each array (or of 1). */
export function assertResults(actual: Results, expected: Results, relative: number): void {
  for (const [name, values] of expected) {
    const scale = Math.max(1, largest(values));
    assertWithin(actual.get(name) ?? [], values, () => relative * scale, name);
  }
}
