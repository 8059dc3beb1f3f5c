/**
 * Checks gradients against numerical differentiation: for the library's ops and for yours.
 *
 * A function with any output is made a scalar by weighing its outputs with a random cotangent
 * c: `L = <c, f(inputs)>`. The second order checks the gradient of `<v, dL/dinputs>` with respect
 * to the inputs and to c, for a random v: the whole backward of the backward.
 *
 * Random weights are multiples of 1/4 up to 3, so that on inputs of the same kind the central
 * difference of a linear function with step 1 is exact to the last bit: see `exact`.
 *
 * @module
 */
import type { Backend } from "../backends/kernels.ts";
import { Arena } from "./arena.ts";
import { tensor } from "./create.ts";
import { isFloat } from "./dtype.ts";
import { Random } from "./random.ts";
import { formatShape, indexOf, type Shape, sizeOf } from "./shape.ts";
import { leavesOf, mapStructure } from "./structure.ts";
import { Tape } from "./tape.ts";
import { Tensor } from "./tensor.ts";

/** How to check a gradient. */
export interface CheckGradOptions {
  /** 1 (the default) checks the gradient, 2 also the gradient of the gradient. */
  readonly order?: 1 | 2;
  /** Half the distance of the two points of a central difference; 1e-5 by default, 1 if exact. */
  readonly step?: number;
  /** Error allowed, relative to the largest gradient of the input or to 1; 1e-6 by default. */
  readonly tolerance?: number;
  /**
   * Demand equality to the last bit. It holds for linear functions (of each input) whose inputs
   * are small multiples of 1/4, with step 1; for piecewise linear ones with a step that crosses
   * no kink. False by default.
   */
  readonly exact?: boolean;
  /** Seed of the random weights; 0 by default. */
  readonly seed?: number;
}

/** A gradient that differs from the numerical one. */
export class GradientError extends RangeError {
  /** The name shown in stack traces. */
  override name = "GradientError";

  /**
   * Describes the worst element.
   *
   * @param order 1 for a wrong gradient, 2 for a wrong gradient of the gradient.
   * @param input path of the input: `[0]`, `w`; `dy` for the cotangent.
   * @param index index of the element in the input.
   * @param analytic what the gradient says.
   * @param numerical what the central difference says.
   * @param bound the error that was allowed.
   */
  constructor(
    order: number,
    input: string,
    index: readonly number[],
    analytic: number,
    numerical: number,
    bound: number,
  ) {
    const which = order === 1 ? "gradient" : "gradient of the gradient";
    const rule = bound === 0 ? "equal" : `be within ${bound.toPrecision(3)} of`;
    super(
      `Cannot accept ${which}: the analytic value must ${rule} the numerical one: ` +
        `d/d ${input}${formatShape(index)} is ${analytic}, numerically ${numerical}`,
    );
    this.order = order;
    this.input = input;
    this.index = index;
    this.analytic = analytic;
    this.numerical = numerical;
  }

  /** 1 for a wrong gradient, 2 for a wrong gradient of the gradient. */
  readonly order: number;
  /** Path of the input: `[0]`, `w`; `dy` for the cotangent. */
  readonly input: string;
  /** Index of the element in the input. */
  readonly index: readonly number[];
  /** What the gradient says. */
  readonly analytic: number;
  /** What the central difference says. */
  readonly numerical: number;
}

/**
 * Throws unless the gradients of a function agree with numerical ones.
 *
 * Every element of every input is moved both ways: it is meant for small inputs. Inputs are
 * copied to float64; integer tensors among them are left alone.
 *
 * @example
 * ```ts
 * import { checkGrad, mul, tanh, tensor } from "@tapegrad/tapegrad";
 *
 * const [a, b] = [tensor([0.5, -1]), tensor([2, 0.25])];
 * checkGrad((x, y) => tanh(mul(x, y)), [a, b], { order: 2 });
 * checkGrad(({ x, y }) => mul(x, y), { x: a, y: b }, { exact: true });
 * ```
 *
 * @param f the function; its result may have any shape.
 * @param inputs the list of its arguments, or its only one: a tensor or an object of tensors.
 * @param options order, step, tolerance, exactness, seed.
 * @throws {GradientError} naming the input, the worst element and both values.
 * @throws {TypeError} if there is nothing to differentiate.
 */
export function checkGrad<Arguments extends readonly unknown[]>(
  f: (...inputs: Arguments) => Tensor,
  inputs: readonly [...Arguments],
  options?: CheckGradOptions,
): void;
/**
 * Throws unless the gradients of a function of one argument agree with numerical ones.
 *
 * @param f the function; its result may have any shape.
 * @param inputs its argument: a tensor or an object of tensors.
 * @param options order, step, tolerance, exactness, seed.
 * @throws {GradientError} naming the input, the worst element and both values.
 */
export function checkGrad<Input extends object>(
  f: (input: Input) => Tensor,
  inputs: Input,
  options?: CheckGradOptions,
): void;
export function checkGrad(
  f: (...inputs: never[]) => Tensor,
  inputs: unknown,
  options: CheckGradOptions = {},
): void {
  const call = f as (...args: unknown[]) => Tensor;
  const run = Array.isArray(inputs)
    ? (s: unknown) => call(...s as unknown[])
    : (s: unknown) => call(s);
  const random = new Random(options.seed ?? 0);
  const first = firstOrder(run, inputs, random);
  compare(1, first, options);
  if (options.order === 2) compare(2, secondOrder(first, random), options);
}

/** One input: its path, its place in the structure and its values. */
interface Variable {
  readonly path: string;
  readonly shape: Shape;
  readonly values: Float64Array;
  readonly backend: Backend;
}

/** Tensors of one gradient per variable. */
type Values = readonly Float64Array[];

/** A weighted function of variables with both of its derivatives at hand. */
interface Problem {
  readonly variables: readonly Variable[];
  /** The outputs at given values of the variables, on the host, one after the other. */
  outputs(values: Values): Float64Array;
  /** What the outputs are weighed with. */
  readonly weights: Float64Array;
  /** The gradient of the weighted outputs with respect to each variable. */
  analytic(): Values;
}

interface FirstOrder extends Problem {
  readonly run: (tensors: readonly Tensor[]) => Tensor;
  readonly cotangent: Variable;
}

/** `L = <c, f(inputs)>`. */
function firstOrder(
  f: (inputs: unknown) => Tensor,
  inputs: unknown,
  random: Random,
): FirstOrder {
  const { variables, rebuild } = variablesOf(inputs);
  const run = (tensors: readonly Tensor[]) => f(rebuild(tensors));
  const shape = withTensors(variables, variables.map((v) => v.values), (tensors) => {
    const y: unknown = run(tensors);
    if (y instanceof Tensor && y.dtype === "float64") return y.shape;
    const got = y instanceof Tensor ? `a tensor of ${y.dtype}` : typeof y;
    throw new TypeError(`Cannot check gradient: f must return a float64 tensor: got ${got}`);
  });
  const { backend } = variables[0];
  const cotangent = { path: "dy", shape, values: randomWeights(shape, random), backend };
  const outputs = (values: Values) =>
    withTensors(variables, values, (tensors) => run(tensors).dataSync() as Float64Array);
  const analytic = () =>
    withTensors([...variables, cotangent], undefined, (tensors) => {
      const seed = tensors[variables.length];
      return gradients(run, tensors.slice(0, -1), seed).map(hostValues);
    });
  return { variables, outputs, weights: cotangent.values, analytic, run, cotangent };
}

/** `<v, dL/dinputs>` as a function of the inputs and of c. */
function secondOrder({ variables, run, cotangent }: FirstOrder, random: Random): Problem {
  const all = [...variables, cotangent];
  const directions = variables.map(({ shape }) => randomWeights(shape, random));
  const innerGradients = (tensors: readonly Tensor[]) =>
    gradients(run, tensors.slice(0, -1), tensors[variables.length]);
  return {
    variables: all,
    weights: concat(directions),
    outputs: (values) =>
      withTensors(all, values, (tensors) => concat(innerGradients(tensors).map(hostValues))),
    analytic: () =>
      withTensors(all, undefined, (tensors) => {
        using tape = new Tape();
        tape.watch(tensors);
        const inner = innerGradients(tensors);
        const totals = all.map(({ values }) => new Float64Array(values.length));
        inner.forEach((dx, i) => {
          // A gradient that depends on nothing watched is constant: it adds nothing.
          if (tape.slotOf(dx) < 0) return;
          const { shape } = variables[i];
          const seed = tape.adopt(tensor(directions[i], { shape, backend: dx.backend }));
          const outer = tape.gradient(dx, tensors, { seed });
          outer.forEach((d, j) => addTo(totals[j], hostValues(d)));
        });
        return totals;
      }),
  };
}

/** The gradients of `<seed, f(tensors)>`; an outer tape can differentiate them again. */
function gradients(
  run: (tensors: readonly Tensor[]) => Tensor,
  tensors: readonly Tensor[],
  seed: Tensor,
): readonly Tensor[] {
  using tape = new Tape();
  tape.watch(tensors);
  const y = run(tensors);
  if (tape.slotOf(y) < 0) {
    throw new TypeError("Cannot check gradient: the result of f must depend on its inputs");
  }
  return tape.keep(tape.gradient(y, tensors, { seed }));
}

function compare(order: number, problem: Problem, options: CheckGradOptions): void {
  const { exact = false, step = exact ? 1 : 1e-5, tolerance = 1e-6 } = options;
  const analytic = problem.analytic();
  problem.variables.forEach(({ path, shape }, i) => {
    const numerical = centralDifferences(problem, i, step);
    const scale = Math.max(1, largest(analytic[i]), largest(numerical));
    const bound = exact ? 0 : tolerance * scale;
    const at = worstElement(analytic[i], numerical);
    // Written so that NaN, which is below no bound, fails.
    if (at >= 0 && !(Math.abs(analytic[i][at] - numerical[at]) <= bound)) {
      const index = indexOf(at, shape);
      throw new GradientError(order, path, index, analytic[i][at], numerical[at], bound);
    }
  });
}

/** The derivative of the weighted outputs with respect to each element of variable i. */
function centralDifferences(problem: Problem, i: number, step: number): Float64Array {
  const values = problem.variables.map((v) => v.values.slice());
  const moved = values[i];
  return moved.map((value, at) => {
    moved[at] = value + step;
    const above = problem.outputs(values);
    moved[at] = value - step;
    const below = problem.outputs(values);
    moved[at] = value;
    // Differences are weighed one by one: a difference of two large sums would lose digits.
    let total = 0;
    problem.weights.forEach((weight, j) => {
      total += weight * (above[j] - below[j]);
    });
    return total / (2 * step);
  });
}

function worstElement(a: Float64Array, b: Float64Array): number {
  let worst = -1;
  let error = -1;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (Number.isNaN(difference)) return i;
    if (difference > error) [worst, error] = [i, difference];
  }
  return worst;
}

/** The largest magnitude of the finite values: no tolerance is relative to infinity. */
function largest(values: Float64Array): number {
  return values.filter(Number.isFinite).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}

/** The float tensors of the inputs as variables, and how to put tensors back in their places. */
function variablesOf(
  inputs: unknown,
): { variables: Variable[]; rebuild: (tensors: readonly Tensor[]) => unknown } {
  const leaves = leavesOf("check gradient", inputs).filter(({ tensor: t }) => isFloat(t.dtype));
  if (leaves.length === 0) {
    throw new TypeError("Cannot check gradient: inputs must hold a float tensor: there is none");
  }
  const variables = leaves.map(({ path, tensor: t }) => ({
    path: path || "x",
    shape: t.shape,
    values: Float64Array.from(t.dataSync()),
    backend: t.backend,
  }));
  const rebuild = (tensors: readonly Tensor[]) => {
    let next = 0;
    return mapStructure(
      "check gradient",
      inputs,
      (t) => isFloat(t.dtype) ? tensors[next++] : t,
    );
  };
  return { variables, rebuild };
}

/** Runs `use` with tensors of the variables and frees all that comes of them. */
function withTensors<Result>(
  variables: readonly Variable[],
  values: Values | undefined,
  use: (tensors: readonly Tensor[]) => Result,
): Result {
  using arena = new Arena();
  const tensors = variables.map((v, i) =>
    tensor(values?.[i] ?? v.values, { shape: v.shape, backend: v.backend })
  );
  return use(arena.adopt(tensors));
}

/** Multiples of 1/4 from -3 to 3 without 0, which would hide errors. */
function randomWeights(shape: Shape, random: Random): Float64Array {
  return Float64Array.from({ length: sizeOf(shape) }, () => {
    const sign = random.integer(2) === 0 ? -1 : 1;
    return sign * (1 + random.integer(12)) / 4;
  });
}

function hostValues(t: Tensor): Float64Array {
  return t.dataSync() as Float64Array;
}

function concat(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function addTo(total: Float64Array, values: Float64Array): void {
  for (let i = 0; i < total.length; i++) total[i] += values[i];
}
