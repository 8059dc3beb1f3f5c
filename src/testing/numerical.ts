/**
 * Derivatives by differences alone, with which gradients are compared.
 *
 * @module
 */
import { tensor } from "../core/create.ts";
import { ShapeError } from "../core/errors.ts";
import { checkIsTensor } from "../core/grad.ts";
import { formatShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { hostValues, type Values, type Variables, variablesOf, withTensors } from "./variables.ts";
import { checkOptions } from "../core/options.ts";

/** Options of numerical differentiation. */
export interface NumericalOptions {
  /**
   * Distance of the points; by default 1e-5 for order 2, whose error is of the order of step², and
   * 1e-3 for order 4, whose error is of the order of step⁴. Rounding adds an error of the order of
   * ε / step, ε being 2⁻⁵².
   */
  readonly step?: number;
  /** 2 (the default) takes two points, 4 takes four. */
  readonly order?: 2 | 4;
}

const KNOWN = "step# order#";

/** Multiples of the step, and the weights of the values there. */
const STENCILS = {
  2: { step: 1e-5, points: [[1, 1 / 2], [-1, -1 / 2]] },
  4: { step: 1e-3, points: [[1, 2 / 3], [-1, -2 / 3], [2, -1 / 12], [-2, 1 / 12]] },
} as const;

/**
 * Computes the gradient of a scalar function by central differences, element by element, in
 * float64.
 *
 * - **Formula**: `dx[i] ≈ (f(x + h e[i]) - f(x - h e[i])) / 2 h`, or
 *   `(8 (f(x + h) - f(x - h)) - (f(x + 2 h) - f(x - 2 h))) / 12 h` for order 4.
 * - **Shapes**: as the inputs.
 *
 * @example
 * ```ts
 * import { exp, sum, type Tensor, tensor } from "@tapegrad/tapegrad";
 * import { numericalGradient } from "@tapegrad/tapegrad/testing";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const f = ({ x }: { x: Tensor }) => sum(exp(x));
 * const dx = numericalGradient(f, { x: tensor([0, 1]) }, { order: 4 }).x.dataSync();
 * assertAlmostEquals(dx[0], 1, 1e-12);
 * assertAlmostEquals(dx[1], Math.E, 1e-11);
 * ```
 *
 * @param f the function; its result must have one element.
 * @param inputs its argument: a tensor, or nested objects and arrays of tensors; copied to float64.
 * @param options `order`, `step`.
 * @returns float64 tensors in the structure of the inputs; yours to dispose of. Integer tensors are
 * left as they are.
 * @throws {ShapeError} if the result of f is no scalar.
 * @throws {TypeError} if inputs hold no float tensor.
 */
export function numericalGradient<P>(
  f: (inputs: P) => Tensor,
  inputs: P,
  options: NumericalOptions = {},
): P {
  const action = "compute numerical gradient";
  options = checkOptions(action, options, KNOWN);
  const all = variablesOf(action, inputs);
  const valueAt = scalarOf(action, f, all);
  const { step, points } = stencilOf(action, options);
  const gradients = all.variables.map(({ values, shape, backend }, i) => {
    const moved = all.variables.map((v) => v.values);
    const dx = values.map((value, at) =>
      points.reduce((sum, [times, weight]) => {
        moved[i] = values.with(at, value + times * step);
        return sum + weight * valueAt(moved);
      }, 0) / step
    );
    return tensor(dx, { shape, backend });
  });
  return all.rebuild(gradients) as P;
}

/**
 * Computes the derivative of a scalar function along a direction, by central differences in
 * float64: two (or four) calls of f, however many elements there are.
 *
 * - **Formula**: `(f(x + h v) - f(x - h v)) / 2 h`, or that of order 4; see
 *   {@link numericalGradient}.
 *
 * @example
 * ```ts
 * import { grad, mul, square, sum, type Tensor, tensor } from "@tapegrad/tapegrad";
 * import { numericalDerivative } from "@tapegrad/tapegrad/testing";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const f = (x: Tensor) => sum(square(x));
 * const [x, v] = [tensor([1, 2, 3]), tensor([1, 0, -1])];
 * assertAlmostEquals(numericalDerivative(f, x, v), sum(mul(grad(f)(x), v)).item(), 1e-8);
 * ```
 *
 * @param f the function; its result must have one element.
 * @param inputs its argument: a tensor, or nested objects and arrays of tensors; copied to float64.
 * @param direction in the structure of the inputs.
 * @param options `order`, `step`.
 * @returns the derivative.
 * @throws {ShapeError} if the result of f is no scalar, or the direction does not fit the inputs.
 * @throws {TypeError} if inputs hold no float tensor.
 */
export function numericalDerivative<P>(
  f: (inputs: P) => Tensor,
  inputs: P,
  direction: P,
  options: NumericalOptions = {},
): number {
  const action = "compute numerical derivative";
  options = checkOptions(action, options, KNOWN);
  const all = variablesOf(action, inputs);
  const along = variablesOf(action, direction).variables;
  const [shapes, others] = [all.variables, along].map(shapesOf);
  if (shapes !== others) {
    throw new ShapeError(
      `Cannot ${action}: direction must have the structure and shapes of inputs: ` +
        `direction has ${others}, inputs have ${shapes}`,
    );
  }
  const valueAt = scalarOf(action, f, all);
  const { step, points } = stencilOf(action, options);
  return points.reduce((sum, [times, weight]) => {
    const moved = all.variables.map(({ values }, i) =>
      values.map((value, at) => value + times * step * along[i].values[at])
    );
    return sum + weight * valueAt(moved);
  }, 0) / step;
}

function shapesOf(variables: Variables["variables"]): string {
  return variables.map(({ path, shape }) => `${path} ${formatShape(shape)}`).join(", ");
}

function stencilOf(action: string, { order = 2, step = STENCILS[order]?.step }: NumericalOptions) {
  if (order !== 2 && order !== 4) {
    throw new RangeError(`Cannot ${action}: order must be 2 or 4: got ${order}`);
  }
  if (!(step > 0 && step < Infinity)) {
    throw new RangeError(`Cannot ${action}: step must be a positive number: got ${step}`);
  }
  return { step, points: STENCILS[order].points as readonly (readonly [number, number])[] };
}

/** Computes the value of f as a number, for any values of the variables. */
function scalarOf<P>(
  action: string,
  f: (inputs: P) => Tensor,
  { variables, rebuild }: Variables,
): (values: Values) => number {
  return (values) =>
    withTensors(variables, values, (tensors) => {
      const y: unknown = f(rebuild(tensors) as P);
      checkIsTensor(action, y);
      if (y.size !== 1) {
        throw new ShapeError(
          `Cannot ${action}: the function must return a scalar: its result is ` +
            formatShape(y.shape),
        );
      }
      return hostValues(y)[0];
    });
}
