/**
 * `customGrad`: a function of tensors with a gradient of the user's own.
 *
 * @module
 */
import { printable } from "../core/printable.ts";
import { kindOf } from "../core/kind_of.ts";
import { leavesOf } from "../core/structure.ts";
import type { Tensor } from "../core/tensor.ts";
import { applyOpaque, ENTRY_OPTIONS, type EntryOptions, tensorLeaves } from "./opaque.ts";
import { checkOptions } from "../core/options.ts";

/**
 * Gradients of the arguments, each in the structure of its argument, or null (or nothing) where
 * there is none.
 */
export type ArgumentGradients<Args extends readonly unknown[]> = readonly [
  ...{ [K in keyof Args]?: Args[K] | null },
];

/** Computes gradients from dy, the gradient of the result; from the arguments; from the result. */
export type CustomBackward<Args extends readonly unknown[]> = (
  dy: Tensor,
  args: Args,
  y: Tensor,
) => ArgumentGradients<Args>;

/**
 * Gives a function another gradient than the one its operations have: straight-through estimators,
 * reversed or clipped gradients, formulas that are more stable than what the chain rule makes.
 *
 * - **Formula**: `y = f(args)`.
 * - **Shapes**: those of f.
 * - **Gradient**: what `backward` returns; where it returns nothing, none (zeros). It is made of
 *   operations, so it has gradients of its own to any order: the second derivative is that of
 *   `backward`.
 * - **Edge cases**: those of f and of backward.
 *
 * f is not recorded, so its intermediates are freed when it returns. For an operation with a kernel
 * of its own use `defineOp`.
 *
 * - **Source**: `jax.custom_vjp`, `tf.custom_gradient`; the straight-through estimator of the
 *   example is from Y. Bengio et al., "Estimating or propagating gradients through stochastic
 *   neurons" (2013).
 *
 * @example Rounding that lets gradients through
 * ```ts
 * import { cast, customGrad, grad, mul, sum, type Tensor, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const truncate = customGrad(
 *   (x: Tensor) => cast(cast(x, "int32"), "float32"),
 *   (dy) => [dy],
 * );
 * const f = (x: Tensor) => sum(mul(truncate(x), 3));
 * assertEquals(truncate(tensor([1.5, -0.5])).toArray(), [1, 0]);
 * assertEquals(grad(f)(tensor([1.5, -0.5])).toArray(), [3, 3]);
 * ```
 *
 * @param f the function: of tensors in nested objects and arrays, and of anything else. It returns
 * one tensor. Watched tensors must be arguments: one that it reads from elsewhere is an error.
 * @param backward returns a list with the gradient of each argument, in the argument's structure.
 * @param options `name`: what drawings, tables and errors call it.
 * @returns a function of the same arguments. It throws a `TypeError` where f does not return a
 * tensor, or reads a watched tensor that is not among its arguments.
 */
export function customGrad<Args extends readonly unknown[]>(
  f: (...args: Args) => Tensor,
  backward: CustomBackward<Args>,
  options: EntryOptions = {},
): (...args: Args) => Tensor {
  const { name = f.name === "" ? "customGrad" : f.name } = checkOptions(
    "make customGrad",
    options,
    ENTRY_OPTIONS,
  );
  return (...args) => {
    const paths = tensorLeaves(args).map(({ path }) => path);
    return applyOpaque(f, args, {
      name,
      readsResult: true,
      backward: (dy, saved, y) => rulesOf(name, paths, backward(dy, saved as unknown as Args, y!)),
    });
  };
}

/** Returns the gradients by path; throws where one stands for no tensor. */
function rulesOf(
  name: string,
  paths: readonly string[],
  gradients: unknown,
): Record<string, () => Tensor> {
  const action = "compute gradient";
  if (!Array.isArray(gradients)) {
    throw new TypeError(
      `Cannot ${action}: backward of ${name} must return a list with a gradient or null for each ` +
        `argument: got ${kindOf(gradients)}`,
    );
  }
  const leaves = leavesOf(action, gradients);
  const extra = leaves.find(({ path }) => !paths.includes(path));
  if (extra !== undefined) {
    throw new TypeError(
      `Cannot ${action}: backward of ${name} must return gradients in the structure of the ` +
        `arguments: there is one at ${printable(extra.path)}, where no argument is a tensor`,
    );
  }
  return Object.fromEntries(leaves.map(({ path, tensor }) => [path, () => tensor]));
}
