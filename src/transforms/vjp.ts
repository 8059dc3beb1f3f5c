/**
 * `vjp`: a function's value, and the product of its Jacobian's transpose with any vector.
 *
 * @module
 */
import { arenasOf, innermostOf } from "../core/arena.ts";
import { mapStructure, tensorsIn } from "../core/structure.ts";
import { Tape } from "../core/tape.ts";
import { internals, type Tensor } from "../core/tensor.ts";
import { pairPartners } from "../core/paired_leaves.ts";
import { pullBack, type TensorFunction, trace } from "./traced.ts";

/** Takes a gradient of the results back to the parameters, as often as it is called. */
export interface Pullback<Y, P> extends Disposable {
  /**
   * The product of the Jacobian's transpose with a vector.
   *
   * @param dy the gradient of something with respect to the results, in their structure; what is
   * absent (`undefined`, `null`) counts as zeros.
   * @returns its gradient with respect to the parameters, in their structure; yours to dispose of,
   * unless a tape or an arena around knows the parameters.
   * @throws {ShapeError} if a tensor of dy has not the shape and dtype of its result.
   * @throws {TypeError} if dy has a tensor where there is no result, or the record has been freed.
   */
  (dy: Y): P;
  /**
   * Frees what was recorded; the pullback cannot be called any more. Doing it twice does nothing.
   */
  dispose(): void;
}

/**
 * Runs a function and returns its value together with its pullback, the function that multiplies a
 * vector with the transpose of the Jacobian.
 *
 * - **Formula**: `y = f(params)`, `pullback(dy) = Jᵀ dy`.
 * - **Shapes**: any; parameters and results are tensors in nested objects and arrays.
 * - **Gradient**: both have gradients of any order where a tape around tracks the parameters.
 * - **Edge cases**: a parameter that no result depends on gets zeros; a result of integers takes no
 *   `dy`; an absent `dy` counts as zeros.
 *
 * The record lives until the pullback is disposed of, or the tape or arena around that knows the
 * parameters ends, or the garbage collector finds it.
 *
 * - **Source**: reverse mode, Griewank and Walther, Evaluating Derivatives (2008), section 3.2; the
 *   form is that of `jax.vjp`.
 *
 * @example
 * ```ts
 * import { mul, sum, type Tensor, tensor, vjp } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const f = ({ a, b }: { a: Tensor; b: Tensor }) => ({ product: mul(a, b), total: sum(a) });
 * const [y, pullback] = vjp(f, { a: tensor([1, 2]), b: tensor([3, 4]) });
 * assertEquals(y.product.toArray(), [3, 8]);
 * const { a, b } = pullback({ product: tensor([1, 10]), total: tensor(100) });
 * assertEquals([a.toArray(), b.toArray()], [[103, 140], [1, 20]]);
 * pullback.dispose();
 * ```
 *
 * @param f the function; its result is a tensor, or nested objects and arrays of tensors.
 * @param params what to differentiate with respect to: its first argument.
 * @param rest its other arguments; constants.
 * @returns the value and the pullback.
 * @throws {TypeError} if f returns anything else.
 */
export function vjp<P, Rest extends unknown[], Y>(
  f: TensorFunction<P, Rest, Y>,
  params: P,
  ...rest: Rest
): [y: Y, pullback: Pullback<Y, P>] {
  const tape = new Tape();
  try {
    const traced = trace(tape, "compute vjp", f, params, rest);
    const around = arenasOf(tensorsIn(params)).at(-1);
    around?.ownArena(tape);
    const pull = (dy: Y): P => {
      if (tape.isDisposed) {
        throw new TypeError("Cannot compute vjp: the pullback must not be disposed of: it was");
      }
      const names = { action: "compute vjp", structure: "y", partners: "dy" };
      return tape.keep(pullBack(tape, pairPartners(traced.y, dy, names), traced.params));
    };
    const dispose = () => {
      around?.disownArena(tape);
      tape.dispose();
    };
    const y = mapStructure("compute vjp", traced.y, (t) => handOut(tape, t));
    return [y, Object.assign(pull, { dispose, [Symbol.dispose]: dispose })];
  } catch (error) {
    tape.dispose();
    throw error;
  }
}

/** Makes another tensor of the same memory: whoever disposes of it leaves what the tape reads. */
function handOut(tape: Tape, tensor: Tensor): Tensor {
  const tracks = internals.tracks(tensor).filter(({ ref }) => ref !== tape.ref);
  return internals.alias(tensor, { tracks, owner: innermostOf(tracks) });
}
