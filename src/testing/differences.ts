/**
 * Differences of a weighted function along probes, with estimates of their errors.
 *
 * @module
 */
import { indexOf } from "../core/shape.ts";
import type { Random } from "../random/random.ts";
import type { Values, Variable } from "./variables.ts";

/** A weighted function of variables with its analytic derivatives at hand. */
export interface Problem {
  readonly variables: readonly Variable[];
  /** Weights of the outputs. */
  readonly weights: Float64Array;
  /** Computes the outputs at given values of the variables, on the host, one after the other. */
  outputs(values: Values): Float64Array;
  /** Computes the gradient of the weighted outputs with respect to each variable. */
  analytic(): Values;
}

/** A direction in which one variable is moved: along one element, or many at once. */
export interface Probe {
  /** The index of the element; null for a direction. */
  readonly index: readonly number[] | null;
  /** Offsets of the elements that move. */
  readonly offsets: readonly number[];
  /** Steps by which each moves: 1 or -1. */
  readonly signs: readonly number[];
}

/** A central difference. */
export interface Difference {
  readonly value: number;
  /** Bound of the error by rounding of the outputs: see {@link centralDifference}. */
  readonly rounding: number;
}

/** Makes a probe for every element that is not skipped. */
export function elementProbes(
  variable: Variable,
  isSkipped: (index: readonly number[], value: number) => boolean,
): Probe[] {
  const probes: Probe[] = [];
  variable.values.forEach((value, at) => {
    const index = indexOf(at, variable.shape);
    if (!isSkipped(index, value)) probes.push({ index, offsets: [at], signs: [1] });
  });
  return probes;
}

/** Makes probes that move all elements that are not skipped, each up or down at random. */
export function directionProbes(
  elements: readonly Probe[],
  count: number,
  random: Random,
): Probe[] {
  const offsets = elements.flatMap((probe) => probe.offsets);
  if (offsets.length === 0) return [];
  return Array.from({ length: count }, () => ({
    index: null,
    offsets,
    signs: offsets.map(() => random.integer(2) === 0 ? -1 : 1),
  }));
}

/** Computes the derivative along a probe from the analytic gradient. */
export function analyticAlong({ offsets, signs }: Probe, gradient: Float64Array): number {
  return offsets.reduce((sum, at, i) => sum + signs[i] * gradient[at], 0);
}

/**
 * Computes `(L(x + h p) - L(x - h p)) / 2 h` for variable i.
 *
 * Each output is known to about half a unit in its last place at best, so each difference of two
 * is off by up to ε (|above| + |below|) / 2, which division by 2 h makes large: the weighted sum of
 * that is the estimate of the rounding error.
 */
export function centralDifference(
  problem: Problem,
  i: number,
  probe: Probe,
  step: number,
): Difference {
  const above = outputsAt(problem, i, probe, step);
  const below = outputsAt(problem, i, probe, -step);
  let total = 0;
  let size = 0;
  // Differences are weighed one by one: a difference of two large sums would lose digits.
  problem.weights.forEach((weight, j) => {
    total += weight * (above[j] - below[j]);
    size += Math.abs(weight) * (Math.abs(above[j]) + Math.abs(below[j]));
  });
  return { value: total / (2 * step), rounding: Number.EPSILON * size / (4 * step) };
}

/**
 * Computes how much the slopes on both sides of x differ beyond what curvature explains.
 *
 * The second difference `s(h) = (L(x + h) - 2 L(x) + L(x - h)) / h` of a smooth function is nearly
 * proportional to h, so that `s(h) - 2 s(h / 2)` is of the order of h³. Where a kink lies at x, or
 * between x and x ± h, it is of the order of the jump of the slope.
 */
export function kinkAlong(problem: Problem, i: number, probe: Probe, step: number): number {
  const here = outputsAt(problem, i, probe, 0);
  const second = (h: number) => {
    const above = outputsAt(problem, i, probe, h);
    const below = outputsAt(problem, i, probe, -h);
    return problem.weights.map((weight, j) =>
      weight * ((above[j] - here[j]) - (here[j] - below[j])) / h
    );
  };
  const [wide, narrow] = [second(step), second(step / 2)];
  return wide.reduce((sum, value, j) => sum + Math.abs(value - 2 * narrow[j]), 0);
}

function outputsAt(problem: Problem, i: number, probe: Probe, step: number): Float64Array {
  const values = problem.variables.map((v) => v.values);
  const moved = values[i].slice();
  probe.offsets.forEach((at, n) => {
    moved[at] += step * probe.signs[n];
  });
  values[i] = moved;
  return problem.outputs(values);
}
