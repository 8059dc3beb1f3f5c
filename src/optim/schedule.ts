/**
 * Learning rates that change with the number of steps.
 *
 * @module
 */
import { checkList } from "../core/check_kinds.ts";
import { checkOptions } from "../core/options.ts";

/**
 * A learning rate as a pure function of the number of steps taken: 0 before the first one.
 *
 * Any function of this kind is a schedule: `(step) => 0.1 / (1 + step)`.
 *
 * @param step number of steps taken so far, from 0.
 * @returns the learning rate of the next step, a number of at least 0.
 */
export type Schedule = (step: number) => number;

/** Computes the learning rate of a step; throws where a schedule gives none. */
export function rateAt(learningRate: number | Schedule, step: number): number {
  if (typeof learningRate === "number") return learningRate;
  const rate = learningRate(step);
  if (rate >= 0 && rate < Infinity) return rate;
  throw new RangeError(
    `Cannot step optimizer: a schedule must give a number of at least 0: got ${rate} for step ` +
      step,
  );
}

/** Options of {@link stepDecay}. */
export interface StepDecayOptions {
  /** The rate at first. */
  readonly start: number;
  /** Number of steps with the same rate. */
  readonly every: number;
  /** Factor of the learning rate then; 0.1 by default. */
  readonly factor?: number;
}

const STEP_OPTIONS = "start# every# factor#";

/**
 * Makes a rate that falls in steps.
 *
 * - **Formula**: `start factor^floor(step / every)`.
 * - **Source**: `StepLR` of PyTorch.
 *
 * @example
 * ```ts
 * import { stepDecay } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const schedule = stepDecay({ start: 1, every: 10, factor: 0.5 });
 * assertEquals([0, 9, 10, 25].map(schedule), [1, 1, 0.5, 0.25]);
 * ```
 *
 * @param options `start`, `every`, `factor`.
 * @returns a schedule.
 * @throws {RangeError} if an option is out of range.
 */
export function stepDecay(options: StepDecayOptions): Schedule {
  const { start, every, factor = 0.1 } = checkOptions("make stepDecay", options, STEP_OPTIONS);
  check("stepDecay", { start, factor }, { every });
  return (step) => start * factor ** Math.floor(step / every);
}

/** Options of {@link exponentialDecay}. */
export interface ExponentialDecayOptions {
  /** The rate at first. */
  readonly start: number;
  /** Factor of the learning rate in `every` steps. */
  readonly factor: number;
  /** Number of steps in which it is multiplied by factor; 1 by default. */
  readonly every?: number;
}

const EXPONENTIAL_OPTIONS = "start# factor# every#";

/**
 * Makes a rate that falls by the same share every step.
 *
 * - **Formula**: `start factor^(step / every)`.
 * - **Source**: `ExponentialLR` of PyTorch, `ExponentialDecay` of Keras.
 *
 * @example
 * ```ts
 * import { exponentialDecay } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0, 1, 2].map(exponentialDecay({ start: 1, factor: 0.5 })), [1, 0.5, 0.25]);
 * ```
 *
 * @param options `start`, `factor`, `every`.
 * @returns a schedule.
 * @throws {RangeError} if an option is out of range.
 */
export function exponentialDecay(
  options: ExponentialDecayOptions,
): Schedule {
  const { start, factor, every = 1 } = checkOptions(
    "make exponentialDecay",
    options,
    EXPONENTIAL_OPTIONS,
  );
  check("exponentialDecay", { start, factor }, { every });
  return (step) => start * factor ** (step / every);
}

/** Options of {@link cosineDecay}. */
export interface CosineDecayOptions {
  /** The rate at first. */
  readonly start: number;
  /** Number of steps in which it falls. */
  readonly steps: number;
  /** The rate at the end and ever after; 0 by default. */
  readonly end?: number;
}

const COSINE_OPTIONS = "start# steps# end#";

/**
 * Makes a rate that falls along half a wave of the cosine: slowly, fast, slowly.
 *
 * - **Formula**: `end + (start - end) (1 + cos(pi step / steps)) / 2`, and `end` after that.
 * - **Source**: I. Loshchilov, F. Hutter: "SGDR", ICLR 2017; `CosineDecay` of Keras.
 *
 * @example
 * ```ts
 * import { cosineDecay } from "@tapegrad/tapegrad";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const schedule = cosineDecay({ start: 1, steps: 100 });
 * [[0, 1], [50, 0.5], [100, 0], [200, 0]].forEach(([step, rate]) => {
 *   assertAlmostEquals(schedule(step), rate, 1e-15);
 * });
 * ```
 *
 * @param options `start`, `steps`, `end`.
 * @returns a schedule.
 * @throws {RangeError} if an option is out of range.
 */
export function cosineDecay(options: CosineDecayOptions): Schedule {
  const { start, steps, end = 0 } = checkOptions("make cosineDecay", options, COSINE_OPTIONS);
  check("cosineDecay", { start, end }, { steps });
  return (step) => cosine(start, end, step / steps);
}

/** Options of {@link oneCycle}. */
export interface OneCycleOptions {
  /** The highest rate. */
  readonly max: number;
  /** Number of steps of the whole cycle: batches of an epoch times epochs. */
  readonly steps: number;
  /** Share of the steps in which the rate rises; 0.3 by default. */
  readonly rising?: number;
  /** `max` divided by the first rate; 25 by default. */
  readonly startDivisor?: number;
  /** The first rate divided by the last; 10,000 by default. */
  readonly endDivisor?: number;
}

const CYCLE_OPTIONS = "max# steps# rising# startDivisor# endDivisor#";

/**
 * Makes a rate that rises to its maximum and falls to almost nothing, each along half a wave of the
 * cosine: high rates find a flat region, low ones settle in it.
 *
 * - **Formula**: from `max / startDivisor` to `max` in step `rising steps - 1`, then to
 *   `max / startDivisor / endDivisor` in step `steps - 1` and ever after.
 * - **Source**: L. Smith, N. Topin: "Super-convergence", 2018; `OneCycleLR` of PyTorch.
 *
 * @example
 * ```ts
 * import { oneCycle } from "@tapegrad/tapegrad";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const schedule = oneCycle({ max: 1, steps: 100 });
 * assertAlmostEquals(schedule(0), 1 / 25, 1e-15);
 * assertAlmostEquals(schedule(29), 1, 1e-15);
 * assertAlmostEquals(schedule(99), 1 / 250_000, 1e-15);
 * ```
 *
 * @param options `max`, `steps`; `rising`, `startDivisor`, `endDivisor`.
 * @returns a schedule.
 * @throws {RangeError} if an option is out of range.
 */
export function oneCycle(
  options: OneCycleOptions,
): Schedule {
  const { max, steps, rising = 0.3, startDivisor = 25, endDivisor = 1e4 } = checkOptions(
    "make oneCycle",
    options,
    CYCLE_OPTIONS,
  );
  check("oneCycle", { max }, { steps, startDivisor, endDivisor });
  if (!(rising >= 0 && rising <= 1)) {
    throw new RangeError(`Cannot make oneCycle: rising must be from 0 to 1: got ${rising}`);
  }
  const start = max / startDivisor;
  const top = rising * steps - 1;
  return (step) =>
    top > 0 && step <= top
      ? cosine(start, max, step / top)
      : cosine(max, start / endDivisor, (step - top) / (steps - 1 - top));
}

/** Options of {@link warmUp}. */
export interface WarmUpOptions {
  /** Number of steps in which the rate rises. */
  readonly steps: number;
  /** Share of the rate in the first step; 0 by default. */
  readonly from?: number;
}

const WARM_UP_OPTIONS = "steps# from#";

/**
 * Makes a schedule (or a constant rate) rise in a straight line at first.
 *
 * - **Formula**: `then(0) (from + (1 - from) step / steps)` in the first `steps` steps,
 *   `then(step - steps)` after that.
 * - **Source**: P. Goyal et al.: "Accurate, large minibatch SGD", 2017.
 *
 * @example
 * ```ts
 * import { cosineDecay, warmUp } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const schedule = warmUp(cosineDecay({ start: 1, steps: 100 }), { steps: 4 });
 * assertEquals([0, 1, 2, 4].map(schedule), [0, 0.25, 0.5, 1]);
 * ```
 *
 * @param then what follows; it starts at 0 when the rise is over.
 * @param options `steps`, `from`.
 * @returns a schedule.
 * @throws {RangeError} if an option is out of range.
 */
export function warmUp(
  then: number | Schedule,
  options: WarmUpOptions,
): Schedule {
  const { steps, from = 0 } = checkOptions("make warmUp", options, WARM_UP_OPTIONS);
  check("warmUp", { from }, { steps });
  return (step) =>
    step < steps
      ? rateAt(then, 0) * (from + (1 - from) * step / steps)
      : rateAt(then, step - steps);
}

/**
 * Schedules one after the other.
 *
 * - **Formula**: each runs, from its own step 0, for its number of steps; the last goes on for
 *   ever.
 * - **Source**: `SequentialLR` of PyTorch.
 *
 * @example
 * ```ts
 * import { joinSchedules } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const schedule = joinSchedules([{ rate: 0.1, steps: 5 }, { rate: (step) => 0.01 / (1 + step) }]);
 * assertEquals([0, 4, 5, 6].map(schedule), [0.1, 0.1, 0.01, 0.005]);
 * ```
 *
 * @param parts a rate (a number or a schedule) and a number of `steps` each; without steps, the
 * last goes on for ever.
 * @returns a schedule.
 * @throws {RangeError} if there are no parts, or a number of steps is none.
 */
export function joinSchedules(
  parts: readonly { readonly rate: number | Schedule; readonly steps?: number }[],
): Schedule {
  checkList("make joinSchedules", "parts", parts, "[{ rate, steps }, { rate }]");
  if (parts.length === 0) {
    throw new RangeError("Cannot make joinSchedules: parts must hold at least one: got none");
  }
  parts.slice(0, -1).forEach(({ steps }, i) => {
    check("joinSchedules", {}, { [`steps of part ${i}`]: steps ?? NaN });
  });
  return (step) => {
    let left = step;
    const last = parts.length - 1;
    const at = parts.findIndex(({ steps = Infinity }, i) => {
      if (i === last || left < steps) return true;
      left -= steps;
      return false;
    });
    return rateAt(parts[at].rate, left);
  };
}

/** Goes from one value to another along half a wave, as `share` goes from 0 to 1; stays there. */
function cosine(from: number, to: number, share: number): number {
  const done = Math.min(Math.max(share, 0), 1);
  return to + (from - to) * (1 + Math.cos(Math.PI * done)) / 2;
}

/** Throws unless all are finite numbers of at least 0, and numbers of steps are above 0. */
function check(
  schedule: string,
  values: Readonly<Record<string, number>>,
  steps: Readonly<Record<string, number>>,
): void {
  for (const [name, value] of Object.entries(values)) {
    if (value >= 0 && value < Infinity) continue;
    throw new RangeError(
      `Cannot make ${schedule}: ${name} must be a number of at least 0: got ${value}`,
    );
  }
  for (const [name, value] of Object.entries(steps)) {
    if (value > 0 && value < Infinity) continue;
    throw new RangeError(`Cannot make ${schedule}: ${name} must be a number above 0: got ${value}`);
  }
}
