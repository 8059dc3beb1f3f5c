/**
 * Gradient clipping: by value, and by the norm of all gradients together.
 *
 * @module
 */
import { add } from "../../ops/elementwise/add.ts";
import { clip } from "../../ops/elementwise/clip.ts";
import { div } from "../../ops/elementwise/div.ts";
import { minimum } from "../../ops/elementwise/minimum.ts";
import { mul } from "../../ops/elementwise/mul.ts";
import { sqrt } from "../../ops/elementwise/sqrt.ts";
import { square } from "../../ops/elementwise/square.ts";
import { sum } from "../../ops/reduce/sum.ts";
import { Arena } from "../core/arena.ts";
import { checkFloats } from "../core/checks.ts";
import { checkElements } from "../core/pending_checks.ts";
import { scoped } from "../core/scoped.ts";
import { leavesOf, mapStructure } from "../core/structure.ts";
import { internals, type Tensor } from "../core/tensor.ts";
import { checkOptions } from "../core/options.ts";

/** Options of {@link clipByGlobalNorm}. */
export interface ClipOptions {
  /**
   * Throw where the norm is NaN or infinite; false by default. It makes the call wait until the
   * norm is known; on a backend that takes time to answer the error comes with the next
   * `await tensor.data()`, or with the step of `fit`, which is not taken.
   */
  readonly errorIfNonFinite?: boolean;
}

const KNOWN = "errorIfNonFinite?";

/** Summand that keeps the quotient finite where all gradients are 0: PyTorch's number. */
const EPSILON = 1e-6;

/**
 * Limits every element of gradients to between `-limit` and `limit`.
 *
 * - **Formula**: `min(max(g, -limit), limit)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: that of {@link clip}.
 * - **Edge cases**: infinite elements become the limit; NaN stays NaN.
 * - **Source**: `clip_grad_value_` of PyTorch.
 *
 * @example
 * ```ts
 * import { clipByValue, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const grads = { w: tensor([-3, 0.5]), bias: tensor(9) };
 * const { w, bias } = clipByValue(grads, 1);
 * assertEquals([w.toArray(), bias.toArray()], [[-1, 0.5], 1]);
 * ```
 *
 * @param grads float tensors in nested objects and arrays; they stay as they are.
 * @param limit the largest magnitude, at least 0.
 * @returns new tensors in the same structure, which belong to the tape of the gradients.
 * @throws {RangeError} if limit is below 0 or NaN.
 */
export function clipByValue<G>(grads: G, limit: number): G {
  if (!(limit >= 0)) {
    throw new RangeError(`Cannot clip gradients: limit must be at least 0: got ${limit}`);
  }
  return mapStructure("clip gradients", grads, (g) => clip(g, -limit, limit));
}

/**
 * Computes the norm of all elements of a structure together, as if they were one vector.
 *
 * - **Formula**: `sqrt(sum g²)`.
 * - **Shapes**: a scalar.
 * - **Gradient**: `g / norm`.
 * - **Edge cases**: NaN where an element is NaN; squares overflow, so that a float32 norm above
 *   1.8e19 is infinite; at zeros the norm is 0 and its gradient NaN.
 *
 * @example
 * ```ts
 * import { globalNorm, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(globalNorm({ w: tensor([1, 2]), bias: tensor(2) }).item(), 3);
 * ```
 *
 * @param structure float tensors of one dtype in nested objects and arrays, one at least.
 * @returns a tensor of one element, which belongs to the tape that knows the structure.
 * @throws {ShapeError} if dtypes differ or are integers.
 * @throws {TypeError} if there is no tensor.
 */
export function globalNorm(structure: unknown): Tensor {
  return scoped(
    new Arena(),
    (arena) => arena.keep(normOf("compute global norm", arena.follow(structure))),
  );
}

/**
 * Scales gradients down together, where their norm is larger than `maxNorm`; returns that norm too,
 * which is worth watching.
 *
 * - **Formula**: `g · min(1, maxNorm / (norm + 1e-6))` with `norm = sqrt(sum g²)` over all
 *   gradients. Their direction stays.
 * - **Shapes**: any, kept.
 * - **Gradient**: of any order, the norm's included.
 * - **Edge cases**: with a NaN among the gradients the norm is NaN, and so is every result; with an
 *   infinite norm the finite ones become 0 and the infinite ones NaN; `errorIfNonFinite` throws
 *   instead.
 * - **Source**: `clip_grad_norm_` of PyTorch; R. Pascanu et al., "On the difficulty of training
 *   recurrent neural networks" (2013).
 *
 * Two passes over the gradients: squares and their sums, then the products.
 *
 * @example
 * ```ts
 * import { clipByGlobalNorm, tensor } from "@tapegrad/tapegrad";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const [{ w, bias }, norm] = clipByGlobalNorm({ w: tensor([3]), bias: tensor([4]) }, 1);
 * assertEquals(norm.item(), 5);
 * assertAlmostEquals(w.dataSync()[0], 0.6, 1e-6);
 * assertAlmostEquals(bias.dataSync()[0], 0.8, 1e-6);
 * ```
 *
 * @param grads float tensors of one dtype in nested objects and arrays; they stay as they are.
 * @param maxNorm the largest norm, above 0.
 * @param options `errorIfNonFinite`.
 * @returns new tensors in the same structure, and the norm before; they belong to the tape of the
 * gradients.
 * @throws {RangeError} if maxNorm is not above 0, or the norm is not finite and that is an error.
 * @throws {ShapeError} if dtypes differ or are integers.
 * @throws {TypeError} if there is no tensor.
 */
export function clipByGlobalNorm<G>(
  grads: G,
  maxNorm: number,
  options: ClipOptions = {},
): [grads: G, norm: Tensor] {
  const action = "clip gradients";
  const { errorIfNonFinite = false } = checkOptions(action, options, KNOWN);
  if (!(maxNorm > 0)) {
    throw new RangeError(`Cannot ${action}: maxNorm must be above 0: got ${maxNorm}`);
  }
  return scoped(new Arena(), (arena) => {
    const norm = normOf(action, arena.follow(grads));
    if (errorIfNonFinite) {
      checkElements(norm.backend, internals.array(norm), ([value]) => {
        if (Number.isFinite(value)) return;
        throw new RangeError(`Cannot ${action}: the norm must be finite: it is ${value}`);
      });
    }
    const scale = minimum(div(maxNorm, add(norm, EPSILON)), 1);
    return arena.keep([mapStructure(action, grads, (g) => mul(g, scale)), norm]);
  });
}

function normOf(action: string, structure: unknown): Tensor {
  const leaves = leavesOf(action, structure);
  if (leaves.length === 0) {
    throw new TypeError(`Cannot ${action}: there must be a tensor: there is none`);
  }
  checkFloats(action, Object.fromEntries(leaves.map(({ path, tensor }) => [path || "x", tensor])));
  return sqrt(leaves.map(({ tensor }) => sum(square(tensor))).reduce((a, b) => add(a, b)));
}
