/**
 * `jacobian` and `hessian`: all derivatives of a function, as tensors.
 *
 * @module
 */
import { checkFunctionAlone } from "../core/extra_arguments.ts";
import { stack } from "../../ops/shape/concat.ts";
import { reshape } from "../../ops/shape/reshape.ts";
import { tensor, zeros } from "../core/create.ts";
import { allocate, isFloat } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { grad, type ScalarFunction } from "../core/grad.ts";
import { scoped } from "../core/scoped.ts";
import { formatShape } from "../core/shape.ts";
import { leavesOf, mapStructure } from "../core/structure.ts";
import { Tape } from "../core/tape.ts";
import type { Tensor } from "../core/tensor.ts";
import { pullBack, type TensorFunction, trace } from "./traced.ts";

/** The structure of results Y with the structure of parameters P in the place of each tensor. */
export type Jacobian<Y, P> = Y extends Tensor ? P
  : Y extends object ? { [K in keyof Y]: Jacobian<Y[K], P> }
  : Y;

/**
 * Makes of a function its Jacobian: the derivative of every element of its results with respect to
 * every element of its parameters.
 *
 * - **Formula**: `J[i, j] = ∂y[i] / ∂x[j]`.
 * - **Shapes**: for a result of shape `[...Y]` and a parameter of shape `[...X]` it is
 *   `[...Y, ...X]`.
 * - **Gradient**: of any order where a tape around tracks the parameters.
 * - **Edge cases**: results without elements give empty tensors; what does not depend on a
 *   parameter has derivatives of zeros; a derivative that multiplies with a NaN parameter is NaN in
 *   every row, for 0 · NaN is NaN; ties and kinks are those of the operations.
 *
 * f runs once, and one backward pass is made for every element of its results.
 *
 * @example
 * ```ts
 * import { jacobian, mul, type Tensor, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const f = ({ a, b }: { a: Tensor; b: Tensor }) => mul(a, b);
 * const { a, b } = jacobian(f)({ a: tensor([1, 2]), b: tensor([3, 4]) });
 * assertEquals(a.toArray(), [[3, 0], [0, 4]]);
 * assertEquals(b.toArray(), [[1, 0], [0, 2]]);
 * ```
 *
 * @param f the function; its result is a tensor, or nested objects and arrays of tensors.
 * @returns a function of the same arguments that returns, in the place of each tensor of the result,
 * derivatives in the structure of the first argument; yours to dispose of, unless a tape or an arena
 * around knows the parameters. It throws a {@link ShapeError} where a result is of integers.
 */
export function jacobian<P, Rest extends unknown[], Y>(
  f: TensorFunction<P, Rest, Y>,
): (params: P, ...rest: Rest) => Jacobian<Y, P> {
  checkFunctionAlone("make jacobian", arguments, "(params) => y", "derivatives");
  return (params, ...rest) => derivatives("compute jacobian", f, params, rest);
}

/**
 * Makes of a scalar function its Hessian: all its second derivatives.
 *
 * - **Formula**: `H[i, j] = ∂²f / ∂x[i] ∂x[j]`.
 * - **Shapes**: for a pair of parameters of shapes `[...A]` and `[...B]` it is `[...A, ...B]`;
 *   `hessian(f)({ a, b }).a.b` is that of a and b.
 * - **Gradient**: of any order where a tape around tracks the parameters.
 * - **Edge cases**: where f is linear it is zeros.
 *
 * It has as many elements as there are pairs of elements of the parameters, and takes a backward
 * pass for every element of the parameters. Where a product with a vector will do, take {@link hvp}.
 *
 * @example
 * ```ts
 * import { hessian, mul, square, sum, type Tensor, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const f = ({ a, b }: { a: Tensor; b: Tensor }) => sum(mul(square(a), b));
 * const h = hessian(f)({ a: tensor([1, 2]), b: tensor([3, 4]) });
 * assertEquals(h.a.a.toArray(), [[6, 0], [0, 8]]); // 2 b
 * assertEquals(h.a.b.toArray(), [[2, 0], [0, 4]]); // 2 a
 * assertEquals(h.b.b.toArray(), [[0, 0], [0, 0]]);
 * ```
 *
 * @param f the function; its result must be a scalar (a tensor of one element).
 * @returns a function of the same arguments that returns, in the place of each parameter, derivatives
 * in the structure of the parameters. It throws a {@link ShapeError} where the result is no scalar.
 */
export function hessian<P, Rest extends unknown[]>(
  f: ScalarFunction<P, Rest>,
): (params: P, ...rest: Rest) => Jacobian<P, P> {
  checkFunctionAlone("make hessian", arguments, "(params) => loss", "derivatives");
  return (params, ...rest) => derivatives("compute hessian", grad(f), params, rest);
}

function derivatives<P, Rest extends unknown[], Y>(
  action: string,
  f: TensorFunction<P, Rest, Y>,
  params: P,
  rest: Rest,
): Jacobian<Y, P> {
  return scoped(new Tape(), (tape) => {
    const { params: watched, y } = trace(tape, action, f, params, rest);
    for (const { path, tensor } of leavesOf(action, y)) checkFloat(action, path, tensor);
    const all = mapStructure(
      action,
      y,
      // In the place of a tensor comes a structure of tensors.
      (result) => derivativesOf(tape, action, result, watched) as unknown as Tensor,
    ) as unknown as Jacobian<Y, P>;
    return tape.keep(all);
  });
}

function checkFloat(action: string, path: string, { dtype, shape }: Tensor): void {
  if (isFloat(dtype)) return;
  throw new ShapeError(
    `Cannot ${action}: results must be float32 or float64: ${path || "the result"} is ${dtype} ` +
      formatShape(shape),
  );
}

/** Computes the derivatives of one result with respect to all parameters. */
function derivativesOf<P>(tape: Tape, action: string, y: Tensor, params: P): P {
  const rows = Array.from({ length: y.size }, (_, i) => {
    const partner = tape.adopt(oneHotLike(y, i));
    return leavesOf(action, pullBack(tape, [{ path: "", tensor: y, partner }], params));
  });
  let next = 0;
  return mapStructure(action, params, (param) => {
    const at = next++;
    const parts = rows.map((row) => row[at].tensor);
    const shape = [...y.shape, ...param.shape];
    const { dtype, backend } = param;
    return parts.length === 0
      ? tape.adopt(zeros(shape, { dtype, backend }))
      : reshape(stack(parts), shape);
  });
}

/** Makes zeros like y with a one at an offset. */
function oneHotLike({ shape, dtype, size, backend }: Tensor, at: number): Tensor {
  const values = allocate(dtype, size);
  values[at] = 1;
  return tensor(values, { shape, backend });
}
