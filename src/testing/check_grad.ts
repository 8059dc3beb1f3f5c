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
import {
  type GradientComparison,
  GradientError,
  GradientReport,
  type InputReport,
} from "./check_report.ts";
import {
  analyticAlong,
  centralDifference,
  directionProbes,
  elementProbes,
  kinkAlong,
  type Probe,
  type Problem,
} from "./differences.ts";
import { firstOrder, secondOrder } from "./check_problem.ts";
import { Random } from "../random/random.ts";
import type { FloatDType } from "../core/dtype.ts";
import type { Tensor } from "../core/tensor.ts";
import { checkOptions } from "../core/options.ts";

export { type GradientComparison, GradientError, GradientReport, type InputReport };

/** Element of an input, as `avoid` receives it. */
export interface InputElement {
  /** Name of the input: `x`, `x[1]`, `conv1.w`; `dy` for the cotangent of the second order. */
  readonly input: string;
  /** Index of the element in the input. */
  readonly index: readonly number[];
  /** The element. */
  readonly value: number;
}

/** Options of checking a gradient. */
export interface CheckGradOptions {
  /** 1 (the default) checks the gradient, 2 also the gradient of the gradient. */
  readonly order?: 1 | 2;
  /** Half the distance of the two points of a central difference; 1e-5 by default, 1 if exact. */
  readonly step?: number;
  /**
   * Error allowed, relative to the largest gradient of the input or to 1; by default 1e-6, in
   * float32 2⁻¹⁴, a thousand roundings.
   */
  readonly tolerance?: number;
  /**
   * Precision in which the gradients are computed; float64 by default. With float32, which devices
   * and fast kernels compute in, they are compared with differences in float64 all the same: those
   * of float32 know three digits of a derivative. So the function is called with tensors of both.
   */
  readonly dtype?: FloatDType;
  /**
   * Demand equality to the last bit. It holds for linear functions (of each input) whose inputs
   * are small multiples of 1/4, with step 1; for piecewise linear ones with a step that crosses
   * no kink. False by default.
   */
  readonly exact?: boolean;
  /** Seed of the random weights and directions; 0 by default. */
  readonly seed?: number;
  /** Tells elements that are not to be moved, because they lie at a kink or a pole. None by default. */
  readonly avoid?: (element: InputElement) => boolean;
  /**
   * Treatment of a wrong element near which the function has a kink: `error` (the default) reports
   * it, `skip` passes it over. A kink is seen where the slopes on both sides of the element differ
   * more than the curvature explains, which is found from differences for the step and for half of
   * it. A smooth function has none, so a wrong gradient of one is never skipped.
   */
  readonly kinks?: "error" | "skip";
  /**
   * Move all elements of an input at once, in this many random directions, in place of one after
   * the other: for large inputs. Each element goes up or down by a step. One direction misses a
   * wrong gradient with a probability of one half at most, 20 with one in a million.
   */
  readonly directions?: number;
}

const KNOWN = "order# step# tolerance# exact? seed# avoid kinks directions# dtype";

/** Errors allowed by default. */
const TOLERANCES: Readonly<Record<FloatDType, number>> = { float64: 1e-6, float32: 2 ** -14 };

/**
 * Throws unless the gradients of a function agree with numerical ones.
 *
 * Every element of every input is moved both ways: it is meant for small inputs, unless
 * `directions` are asked for. Inputs are copied to float64, and to float32 where that is the dtype;
 * integer tensors among them are left alone.
 *
 * @example
 * ```ts
 * import { checkGrad, mul, tanh, tensor } from "@tapegrad/tapegrad";
 *
 * const [a, b] = [tensor([0.5, -1]), tensor([2, 0.25])];
 * checkGrad((x, y) => tanh(mul(x, y)), [a, b], { order: 2 });
 * checkGrad(({ x, y }) => mul(x, y), { x: a, y: b }, { exact: true });
 * checkGrad((x, y) => tanh(mul(x, y)), [a, b], { order: 2, dtype: "float32" }); // as it trains
 * ```
 *
 * @param f the function; its result may have any shape.
 * @param inputs the list of its arguments, or its only one: a tensor or an object of tensors.
 * @param options order, step, tolerance, dtype, exactness, seed, what to skip, directions.
 * @throws {GradientError} naming the input, the worst element and both values; its `report` tells of
 * all inputs.
 * @throws {TypeError} if there is nothing to differentiate.
 * @throws {RangeError} if step or directions is no positive number, or dtype no float.
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
 * @param options order, step, tolerance, dtype, exactness, seed, what to skip, directions.
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
  const report = gradientReport(f as (...args: unknown[]) => Tensor, inputs as object, options);
  if (!report.ok) throw new GradientError(report);
}

/**
 * Compares the gradients of a function with numerical ones, as {@link checkGrad} does, and reports
 * all inputs in place of throwing.
 *
 * @example
 * ```ts
 * import { gradientReport } from "@tapegrad/tapegrad/testing";
 * import { mul, relu, tensor } from "@tapegrad/tapegrad";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const inputs = { x: tensor([0.5, 0, -1]), w: tensor([1, 2, 3]) };
 * const f = ({ x, w }: typeof inputs) => relu(mul(x, w));
 * const atKink = gradientReport(f, inputs);
 * assertEquals(atKink.failure?.worst?.index, [1]);
 * assert(atKink.failure?.worst?.kink);
 *
 * const avoid = ({ value }: { value: number }) => value === 0;
 * console.log(gradientReport(f, inputs, { avoid }).toString()); // a table
 * ```
 *
 * @param f the function; its result may have any shape.
 * @param inputs the list of its arguments, or its only one: a tensor or an object of tensors.
 * @param options order, step, tolerance, dtype, exactness, seed, what to skip, directions.
 * @returns what was compared, and the worst element of each input.
 * @throws {TypeError} if there is nothing to differentiate.
 * @throws {RangeError} if step or directions is no positive number, or dtype no float.
 */
export function gradientReport<Arguments extends readonly unknown[]>(
  f: (...inputs: Arguments) => Tensor,
  inputs: readonly [...Arguments],
  options?: CheckGradOptions,
): GradientReport;
/**
 * Compares the gradients of a function of one argument with numerical ones.
 *
 * @param f the function; its result may have any shape.
 * @param inputs its argument: a tensor or an object of tensors.
 * @param options order, step, tolerance, dtype, exactness, seed, what to skip, directions.
 * @returns what was compared, and the worst element of each input.
 */
export function gradientReport<Input extends object>(
  f: (input: Input) => Tensor,
  inputs: Input,
  options?: CheckGradOptions,
): GradientReport;
export function gradientReport(
  f: (...inputs: never[]) => Tensor,
  inputs: unknown,
  options: CheckGradOptions = {},
): GradientReport {
  const call = f as (...args: unknown[]) => Tensor;
  const run = Array.isArray(inputs)
    ? (s: unknown) => call(...s as unknown[])
    : (s: unknown) => call(s);
  options = checkOptions("check gradient", options, KNOWN);
  const settings = settingsOf(options);
  const random = new Random(options.seed ?? 0);
  const first = firstOrder(run, inputs, random, settings.dtype);
  const reports = compare(1, first, settings, random);
  if (options.order === 2) {
    reports.push(...compare(2, secondOrder(first, random), settings, random));
  }
  return new GradientReport(reports, settings.step);
}

type Settings = Required<Omit<CheckGradOptions, "order" | "seed" | "directions">> & {
  readonly directions: number | undefined;
};

function settingsOf(options: CheckGradOptions): Settings {
  const { exact = false, step = exact ? 1 : 1e-5, dtype = "float64", directions } = options;
  if (!Object.hasOwn(TOLERANCES, dtype)) {
    throw new RangeError(`Cannot check gradient: dtype must be float32 or float64: got ${dtype}`);
  }
  if (!(step > 0 && step < Infinity)) {
    throw new RangeError(`Cannot check gradient: step must be a positive number: got ${step}`);
  }
  if (directions !== undefined && !(Number.isInteger(directions) && directions > 0)) {
    throw new RangeError(
      `Cannot check gradient: directions must be a positive integer: got ${directions}`,
    );
  }
  const { avoid = () => false, kinks = "error", tolerance = TOLERANCES[dtype] } = options;
  return { exact, step, tolerance, dtype, directions, avoid, kinks };
}

/** Compares every variable, with its probes along elements or in random directions. */
function compare(
  order: 1 | 2,
  problem: Problem,
  settings: Settings,
  random: Random,
): InputReport[] {
  const analytic = problem.analytic();
  return problem.variables.map((variable, i) => {
    const { path, shape, values } = variable;
    const elements = elementProbes(
      variable,
      (index, value) => settings.avoid({ input: path, index, value }),
    );
    const { directions } = settings;
    const probes = directions === undefined
      ? elements
      : directionProbes(elements, directions, random);
    const found = probes.map((probe) => ({
      probe,
      analytic: analyticAlong(probe, analytic[i]),
      ...centralDifference(problem, i, probe, settings.step),
    }));
    const { wrong, atKinks, worst } = judge(problem, i, found, settings);
    return {
      order,
      input: path,
      shape,
      compared: found.length - atKinks,
      skipped: values.length - elements.length + atKinks,
      wrong,
      worst,
    };
  });
}

/** A probe with both of its derivatives. */
interface Finding {
  readonly probe: Probe;
  readonly analytic: number;
  /** The numerical derivative. */
  readonly value: number;
  readonly rounding: number;
}

/**
 * Counts the findings that are wrong and those skipped as kinks, and finds the worst of the rest.
 */
function judge(
  problem: Problem,
  i: number,
  found: readonly Finding[],
  { exact, step, tolerance, kinks }: Settings,
): { wrong: number; atKinks: number; worst: GradientComparison | null } {
  const scale = found.flatMap(({ analytic, value }) => [analytic, value])
    .reduce((max, value) => Number.isFinite(value) ? Math.max(max, Math.abs(value)) : max, 1);
  const bound = exact ? 0 : tolerance * scale;
  const isKink = (finding: Finding) =>
    kinkAlong(problem, i, finding.probe, step) > tolerance * scale + 32 * finding.rounding;
  // Written so that NaN, which is below no bound, fails.
  const failing = found.filter((finding) => !(differenceOf(finding) <= bound));
  const skipped = kinks === "skip" ? failing.filter(isKink) : [];
  const worst = worstOf(found.filter((finding) => !skipped.includes(finding)));
  const isWrong = worst !== null && failing.includes(worst);
  return {
    wrong: failing.length - skipped.length,
    atKinks: skipped.length,
    worst: worst && {
      input: problem.variables[i].path,
      index: worst.probe.index,
      analytic: worst.analytic,
      numerical: worst.value,
      difference: differenceOf(worst),
      tolerance: bound,
      rounding: worst.rounding,
      truncation: isWrong ? truncationOf(problem, i, worst, step) : null,
      kink: isWrong && isKink(worst),
    },
  };
}

/** Computes Richardson's estimate: the error falls to a quarter with half the step. */
function truncationOf(problem: Problem, i: number, { probe, value }: Finding, step: number) {
  return 4 / 3 * Math.abs(value - centralDifference(problem, i, probe, step / 2).value);
}

function differenceOf({ analytic, value }: Finding): number {
  return Math.abs(analytic - value);
}

/** Finds the first that is NaN, or else the first with the largest difference. */
function worstOf(found: readonly Finding[]): Finding | null {
  let worst: Finding | null = null;
  for (const finding of found) {
    const difference = differenceOf(finding);
    if (Number.isNaN(difference)) return finding;
    if (worst === null || difference > differenceOf(worst)) worst = finding;
  }
  return worst;
}
