/**
 * `jvp`: a function's value, and the product of its Jacobian with a vector.
 *
 * @module
 */
import { isFloat } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { scoped } from "../core/scoped.ts";
import { formatShape } from "../core/shape.ts";
import { type Leaf, leavesOf, mapStructure } from "../core/structure.ts";
import { Tape } from "../core/tape.ts";
import { internals, type Tensor } from "../core/tensor.ts";
import { type Pair, pairPartners } from "../core/paired_leaves.ts";
import { pullBack, type TensorFunction, trace } from "./traced.ts";

/**
 * Computes the value of a function and its derivative along a direction: forward mode.
 *
 * - **Formula**: `y = f(params)`, `dy = J tangents`.
 * - **Shapes**: any; tangents are like params, the derivative is like y.
 * - **Gradient**: both results have gradients of any order where a tape around tracks the
 *   parameters (or, for the derivative, the tangents).
 * - **Edge cases**: an absent tangent (`undefined`, `null`) counts as zeros; what does not depend
 *   on the parameters has a derivative of zeros.
 *
 * It is made of two backward passes. The first computes `Jᵀ u` for some u, which is linear in u; the
 * second differentiates that with respect to u, and so transposes it back. No operation needs a
 * forward rule of its own; the cost is that of `f` and about two backward passes, in memory too.
 *
 * - **Source**: J. Townsend, "A new trick for calculating Jacobian vector products" (2017).
 *
 * @example
 * ```ts
 * import { jvp, square, type Tensor, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const [y, dy] = jvp((x: Tensor) => square(x), tensor([1, 2]), tensor([10, 1]));
 * assertEquals(y.toArray(), [1, 4]);
 * assertEquals(dy.toArray(), [20, 4]); // 2 x · tangent
 * ```
 *
 * @param f the function; its result is a tensor, or nested objects and arrays of tensors.
 * @param params where to differentiate: its first argument.
 * @param tangents the direction, in the structure of params.
 * @param rest its other arguments; constants.
 * @returns the value and the derivative, both in the structure of f's result; yours to dispose of,
 * unless a tape or an arena around knows what they are made of.
 * @throws {ShapeError} if a tangent does not fit its parameter, or a result is of integers.
 * @throws {TypeError} if f returns anything but tensors.
 */
export function jvp<P, Rest extends unknown[], Y>(
  f: TensorFunction<P, Rest, Y>,
  params: P,
  tangents: P,
  ...rest: Rest
): [y: Y, dy: Y] {
  const names = { action: "compute jvp", structure: "params", partners: "tangents" };
  const directions = pairPartners(params, tangents, names);
  return scoped(new Tape(), (outer) =>
    scoped(new Tape(), (inner) => {
      const { params: watched, y } = trace(inner, "compute jvp", f, params, rest);
      const results = leavesOf("compute jvp", y).map(withCotangent);
      const cotangents = results.map(({ partner }) => partner);
      outer.watch(cotangents);
      for (const cotangent of cotangents) internals.setOwner(cotangent, outer);
      const dx = leavesOf("compute jvp", pullBack(inner, results, watched));
      const weighed = dx.map(({ tensor }, i) => ({ ...directions[i], tensor }));
      const dy = pullBack(outer, weighed, cotangents);
      let next = 0;
      return [
        inner.keep(y),
        mapStructure("compute jvp", y, () => outer.keep(dy[next++])),
      ];
    }));
}

/** Pairs a result with zeros to pull back: only what the pullback does to them counts. */
function withCotangent({ path, tensor }: Leaf): Pair & { readonly partner: Tensor } {
  const { backend, shape, dtype } = tensor;
  if (!isFloat(dtype)) {
    throw new ShapeError(
      `Cannot compute jvp: results must be float32 or float64: ${path || "the result"} is ` +
        `${dtype} ${formatShape(shape)}`,
    );
  }
  const partner = internals.create(backend, backend.kernels.fill(shape, dtype, 0));
  return { path, tensor, partner };
}
