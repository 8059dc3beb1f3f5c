/**
 * Gradients of functions: `grad` and `valueAndGrad`.
 *
 * @module
 */
import { checkFunctionAlone } from "./extra_arguments.ts";
import { checkDifferentiable, zerosLike } from "./backward.ts";
import { ShapeError } from "./errors.ts";
import { scoped } from "./scoped.ts";
import { formatShape } from "./shape.ts";
import { mapStructure, tensorsIn } from "./structure.ts";
import { Tape } from "./tape.ts";
import { internals, Tensor } from "./tensor.ts";
import { UNRECORDED } from "./track.ts";

/** A function of parameters and anything else, with a scalar result. */
export type ScalarFunction<P, Rest extends unknown[]> = (params: P, ...rest: Rest) => Tensor;

/**
 * Makes of a function one that also computes its gradient.
 *
 * The gradient is with respect to the first argument: a tensor, or nested objects and arrays of
 * tensors. Other arguments are constants. Intermediates are freed before it returns.
 *
 * @example
 * ```ts
 * import { mul, sum, type Tensor, tensor, valueAndGrad } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const loss = (p: { w: Tensor }, x: Tensor) => sum(mul(p.w, x));
 * const [value, grads] = valueAndGrad(loss)({ w: tensor([1, 2]) }, tensor([3, 4]));
 * assertEquals(value.item(), 11);
 * assertEquals(grads.w.toArray(), [3, 4]);
 * ```
 *
 * @param f the function; its result must be a scalar (a tensor of one element) of a float dtype.
 * @returns a function of the same arguments that returns value and gradients. Both are yours to
 * dispose of, unless a tape around tracks them. It throws a {@link ShapeError} where the result is
 * no scalar or of integers.
 */
export function valueAndGrad<P, Rest extends unknown[]>(
  f: ScalarFunction<P, Rest>,
): (params: P, ...rest: Rest) => [value: Tensor, grads: P] {
  checkFunctionAlone("make valueAndGrad", arguments, "(params) => loss", "gradients");
  return (params, ...rest) =>
    differentiate(f, params, rest, (tape, value, grads) => tape.keep([value, grads]));
}

/**
 * Makes of a function its gradient.
 *
 * It nests: `grad(grad(f))` is the second derivative of a function of a scalar.
 *
 * @example
 * ```ts
 * import { grad, mul, type Tensor, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const cube = (x: Tensor) => mul(x, mul(x, x));
 * assertEquals(grad(cube)(tensor(2)).item(), 12);
 * assertEquals(grad(grad(cube))(tensor(2)).item(), 12);
 * assertEquals(grad(grad(grad(cube)))(tensor(2)).item(), 6);
 * ```
 *
 * @param f the function; its result must be a scalar (a tensor of one element) of a float dtype.
 * @returns a function of the same arguments that returns gradients in the structure of the first.
 * It throws a {@link ShapeError} where the result is no scalar or of integers.
 */
export function grad<P, Rest extends unknown[]>(
  f: ScalarFunction<P, Rest>,
): (params: P, ...rest: Rest) => P {
  checkFunctionAlone("make grad", arguments, "(params) => loss", "gradients");
  return (params, ...rest) =>
    differentiate(f, params, rest, (tape, _value, grads) => tape.keep(grads));
}

/** Runs f on a tape and hands value and gradients to `finish` before the tape ends. */
function differentiate<P, Rest extends unknown[], Result>(
  f: ScalarFunction<P, Rest>,
  params: P,
  rest: Rest,
  finish: (tape: Tape, value: Tensor, grads: P) => Result,
): Result {
  return scoped(new Tape(), (tape) => {
    const watched = watchAliases(tape, "compute gradient", params);
    followConstants(tape, rest);
    const value: unknown = f(watched, ...rest);
    checkScalar(value);
    const grads = tape.slotOf(value) === UNRECORDED
      ? mapStructure("compute gradient", watched, zerosLike)
      : tape.gradient(value, watched);
    return finish(tape, value, grads);
  });
}

function checkScalar(value: unknown): asserts value is Tensor {
  checkIsTensor("compute gradient", value);
  checkDifferentiable(value);
  if (value.size !== 1) {
    throw new ShapeError(
      `Cannot compute gradient: the function must return a scalar: its result is ` +
        `${formatShape(value.shape)}; reduce it with sum(y) or mean(y), or take ` +
        "jacobian(f) or vjp(f, x)",
    );
  }
}

/** Throws unless a function returned a tensor. */
export function checkIsTensor(action: string, result: unknown): asserts result is Tensor {
  if (result instanceof Tensor) return;
  throw new TypeError(
    `Cannot ${action}: the function must return a tensor: got ${
      result instanceof Promise ? "a promise; it must not be async" : typeof result
    }`,
  );
}

/**
 * Watches stand-ins, not the tensors themselves: a function that also reads a parameter from
 * outside must see a constant there, or nested gradients would mix up what they differentiate.
 */
export function watchAliases<P>(tape: Tape, action: string, params: P): P {
  return tape.watch(mapStructure(action, params, (t) => internals.alias(t, { owner: tape })));
}

/** Lets a tape own the results of ops on the other arguments of a function. */
export function followConstants(tape: Tape, rest: unknown): void {
  for (const constant of tensorsIn(rest)) tape.follow(constant);
}
