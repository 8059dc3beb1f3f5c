/**
 * `norm`: the length of the elements along axes, in the sense of a number p.
 *
 * Made of other ops. The length has a kink at 0, where its gradient is 0.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import { reduceGeometry, type ReduceOptions } from "../../src/core/geometry/mod.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { abs } from "../elementwise/abs.ts";
import { equal } from "../elementwise/compare.ts";
import { pow } from "../elementwise/pow.ts";
import { square } from "../elementwise/square.ts";
import { where } from "../elementwise/where.ts";
import { checkCount } from "./check_count.ts";
import { max } from "./max.ts";
import { safeSqrt } from "./safe_sqrt.ts";
import { sum } from "./sum.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link norm}. */
export interface NormOptions extends ReduceOptions {
  /** Order of the norm, at least 1; 2 (Euclid's) by default, Infinity for the largest magnitude. */
  readonly p?: number;
}

const KNOWN = "axis keepDims? p#";

/**
 * Computes the norm of elements along axes.
 *
 * - **Formula**: `y = (sum_i |x_i|^p)^(1/p)`, `max_i |x_i|` where p is Infinity.
 * - **Shapes**: the reduced dimensions vanish, or stay with size 1 with `keepDims`.
 * - **Gradient**: `dx = dy · sign(x) · (|x| / y)^(p - 1)`, and 0 where all elements are 0; with p =
 *   1 `dy · sign(x)`, with p = Infinity to the first largest one.
 * - **Edge cases**: the norm of nothing is 0 (refused where p is Infinity); powers may overflow;
 *   NaN wins.
 *
 * @example
 * ```ts
 * import { norm, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(norm(tensor([3, -4])).item(), 5);
 * assertEquals(norm(tensor([3, -4]), { p: 1 }).item(), 7);
 * assertEquals(norm(tensor([3, -4]), { p: Infinity }).item(), 4);
 * ```
 *
 * @param x a float tensor.
 * @param options `p`, `axis` or axes to reduce (all by default), `keepDims`.
 * @returns the reduced tensor; a scalar by default.
 * @throws {ShapeError} if an axis does not exist or occurs twice, or x has an integer dtype.
 * @throws {RangeError} if p is not a number of at least 1.
 */
export function norm(x: Tensor, options: NormOptions = {}): Tensor {
  const action = "apply norm";
  options = checkOptions(action, options, KNOWN);
  checkFloats(action, { x });
  const { p = 2, ...reduction } = options;
  if (!(typeof p === "number" && p >= 1)) {
    throw new RangeError(`Cannot ${action}: p must be a number of at least 1: got ${String(p)}`);
  }
  const g = reduceGeometry(action, x.shape, reduction);
  if (p === 1) return sum(abs(x), reduction);
  if (p === 2) return safeSqrt(sum(square(x), reduction));
  if (p === Infinity) {
    checkCount(action, g);
    return max(abs(x), reduction);
  }
  const total = sum(pow(abs(x), p), reduction);
  const isZero = equal(total, 0);
  return where(isZero, 0, pow(where(isZero, 1, total), 1 / p));
}
