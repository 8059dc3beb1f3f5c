/**
 * `hvp`: the product of a function's Hessian with a vector.
 *
 * @module
 */
import { grad, type ScalarFunction } from "../core/grad.ts";
import { scoped } from "../core/scoped.ts";
import { leavesOf } from "../core/structure.ts";
import { Tape } from "../core/tape.ts";
import { pairPartners } from "../core/paired_leaves.ts";
import { pullBack, trace } from "./traced.ts";

/**
 * Computes the product of the Hessian of a scalar function with a vector, without the Hessian.
 *
 * - **Formula**: `H v = ∇ <∇f(params), v>`.
 * - **Shapes**: `v` and the product are like params.
 * - **Gradient**: of any order where a tape around tracks the parameters or `v`.
 * - **Edge cases**: an absent part of `v` (`undefined`, `null`) counts as zeros; where the gradient
 *   is constant the product is zeros.
 *
 * Time and memory are a small multiple of those of a gradient, whatever the number of parameters.
 *
 * - **Source**: B. Pearlmutter, "Fast exact multiplication by the Hessian" (1994); reverse over
 *   reverse.
 *
 * @example
 * ```ts
 * import { hvp, mul, sum, type Tensor, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const cubes = (x: Tensor) => sum(mul(x, mul(x, x)));
 * assertEquals(hvp(cubes, tensor([2, 3]), tensor([1, 10])).toArray(), [12, 180]); // 6 x · v
 * ```
 *
 * @param f the function; its result must be a scalar (a tensor of one element).
 * @param params where to differentiate: its first argument.
 * @param v what to multiply with, in the structure of params.
 * @param rest its other arguments; constants.
 * @returns the product in the structure of params; yours to dispose of, unless a tape or an arena
 * around knows what it is made of.
 * @throws {ShapeError} if the result is no scalar, or v does not fit the parameters.
 */
export function hvp<P, Rest extends unknown[]>(
  f: ScalarFunction<P, Rest>,
  params: P,
  v: P,
  ...rest: Rest
): P {
  const names = { action: "compute hvp", structure: "params", partners: "v" };
  const pairs = pairPartners(params, v, names);
  return scoped(new Tape(), (tape) => {
    const { params: watched, y } = trace(tape, "compute hvp", grad(f), params, rest);
    const gradients = leavesOf("compute hvp", y);
    const weighed = pairs.map((pair, i) => ({ ...pair, tensor: gradients[i].tensor }));
    return tape.keep(pullBack(tape, weighed, watched));
  });
}
