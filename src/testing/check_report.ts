/**
 * Report of a check of gradients, as data and as text.
 *
 * @module
 */
import { formatShape } from "../core/shape.ts";
import type { Shape } from "../core/shape.ts";
import { formatTable } from "../display/table.ts";

/** An element of an input, or a direction, with both of its derivatives. */
export interface GradientComparison {
  /** Name of the input: `x`, `x[1]`, `conv1.w`; `dy` for the cotangent. */
  readonly input: string;
  /** Index of the element in the input; null for a direction. */
  readonly index: readonly number[] | null;
  /** Derivative by the gradient. */
  readonly analytic: number;
  /** Derivative by central differences. */
  readonly numerical: number;
  /** `|analytic - numerical|`. */
  readonly difference: number;
  /** The difference that is allowed; 0 where the check is exact. */
  readonly tolerance: number;
  /**
   * Bound of the numerical value's rounding error: `ε Σ |c| (|f(x + h)| + |f(x - h)|) / 4 h` over
   * the outputs f and their weights c, for outputs that are right to the last bit.
   */
  readonly rounding: number;
  /**
   * Estimate of the error that the step makes: `4/3 |D(h) - D(h / 2)|`, Richardson's, from the
   * differences D for two steps. It holds rounding errors too. Null where nothing is wrong with the
   * input: it is not computed then.
   */
  readonly truncation: number | null;
  /** True if the slopes on both sides differ more than curvature explains: a kink is near. */
  readonly kink: boolean;
}

/** Findings on one input. */
export interface InputReport {
  /** 1 for the gradient, 2 for the gradient of the gradient. */
  readonly order: 1 | 2;
  /** Name of the input. */
  readonly input: string;
  /** Shape of the input. */
  readonly shape: Shape;
  /** Elements, or directions, that were compared. */
  readonly compared: number;
  /** Elements that were skipped: by `avoid`, or at kinks. */
  readonly skipped: number;
  /** Number of wrong elements, of those that were compared. */
  readonly wrong: number;
  /** The one with the largest difference; null where nothing was compared. */
  readonly worst: GradientComparison | null;
}

/**
 * Findings of a check of gradients.
 *
 * @example
 * ```ts
 * import { square, tensor } from "@tapegrad/tapegrad";
 * import { type GradientReport, gradientReport } from "@tapegrad/tapegrad/testing";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const report: GradientReport = gradientReport(square, [tensor([1, -2])]);
 * assert(report.ok);
 * assertEquals(report.inputs.map(({ compared, wrong }) => [compared, wrong]), [[2, 0]]);
 * console.log(report.toString()); // a row for each input
 * ```
 */
export class GradientReport {
  /** Makes a report of these inputs, compared with this step. */
  constructor(inputs: readonly InputReport[], step: number) {
    this.inputs = inputs;
    this.step = step;
  }

  /** Every input, first for the gradient and then for the gradient of the gradient. */
  readonly inputs: readonly InputReport[];
  /** The step of the differences. */
  readonly step: number;

  /** True if no element is wrong. */
  get ok(): boolean {
    return this.inputs.every(({ wrong }) => wrong === 0);
  }

  /** The first input with a wrong gradient; undefined where there is none. */
  get failure(): InputReport | undefined {
    return this.inputs.find(({ wrong }) => wrong > 0);
  }

  /**
   * Writes a table with a row per input: the number of elements compared, and the worst one.
   *
   * @returns lines of text with aligned columns.
   */
  toString(): string {
    return formatTable(HEADINGS, this.inputs.map(row), "rllrrrrrrrr");
  }
}

const HEADINGS = [
  "order",
  "",
  "worst of",
  "compared",
  "skipped",
  "wrong",
  "analytic",
  "numerical",
  "difference",
  "allowed",
  "rounding",
];

function row(report: InputReport): string[] {
  const { order, input, shape, compared, skipped, wrong, worst } = report;
  const counts = [compared, skipped, wrong].map(String);
  const numbers = worst === null ? ["", "", "", "", ""] : [
    formatValue(worst.analytic),
    formatValue(worst.numerical),
    formatError(worst.difference),
    formatError(worst.tolerance),
    formatError(worst.rounding),
  ];
  const verdict = wrong > 0 ? "WRONG" : "ok";
  const name = worst === null ? `${input} ${formatShape(shape)}` : nameOf(worst);
  return [String(order), verdict, name, ...counts, ...numbers];
}

/** Names an element: `x[1][0, 2]`, `direction in w`. */
export function nameOf({ input, index }: GradientComparison): string {
  return index === null ? `a direction in ${input}` : `${input}${formatShape(index)}`;
}

function formatValue(value: number): string {
  return String(Number(value.toPrecision(7)));
}

function formatError(value: number): string {
  return value === 0 ? "0" : value.toExponential(1);
}

/**
 * A gradient that differs from the numerical one.
 *
 * @example
 * ```ts
 * import { mul, stopGradient, type Tensor, tensor } from "@tapegrad/tapegrad";
 * import { checkGrad, GradientError } from "@tapegrad/tapegrad/testing";
 * import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
 *
 * const wrong = (x: Tensor) => mul(x, stopGradient(x)); // as if the gradient of x² were x
 * const error = assertThrows(() => checkGrad(wrong, [tensor([3])]), GradientError);
 * assertEquals([error.input, error.index], ["x[0]", [0]]);
 * assertAlmostEquals(error.numerical / error.analytic, 2, 1e-6);
 * ```
 */
export class GradientError extends RangeError {
  /** The name shown in stack traces. */
  override name = "GradientError";

  /**
   * Describes the worst element of the first input whose gradient is wrong.
   *
   * @param report what was found; something in it must be wrong.
   */
  constructor(report: GradientReport) {
    const { order, worst } = wrongInput(report);
    super(describe(order, worst));
    this.report = report;
    this.order = order;
    this.input = worst.input;
    this.index = worst.index ?? [];
    this.analytic = worst.analytic;
    this.numerical = worst.numerical;
  }

  /** All that was found; its text is a table. */
  readonly report: GradientReport;
  /** 1 for a wrong gradient, 2 for a wrong gradient of the gradient. */
  readonly order: number;
  /** Name of the input: `x`, `x[1]`, `conv1.w`; `dy` for the cotangent. */
  readonly input: string;
  /** Index of the element in the input; empty for a scalar and for a direction. */
  readonly index: readonly number[];
  /** Derivative by the gradient. */
  readonly analytic: number;
  /** Derivative by central differences. */
  readonly numerical: number;
}

function wrongInput({ failure }: GradientReport): { order: 1 | 2; worst: GradientComparison } {
  if (failure?.worst) return { order: failure.order, worst: failure.worst };
  throw new TypeError(
    "Cannot make GradientError: the report must hold a wrong gradient: all is ok",
  );
}

function describe(order: 1 | 2, worst: GradientComparison): string {
  const { analytic, numerical, tolerance, rounding, truncation, kink } = worst;
  const which = order === 1 ? "gradient" : "gradient of the gradient";
  const rule = tolerance === 0 ? "equal" : `be within ${tolerance.toPrecision(3)} of`;
  const error = Math.max(rounding, truncation ?? 0);
  const uncertain = tolerance > 0 && Number.isFinite(error)
    ? ` (give or take ${formatError(error)})`
    : "";
  return `Cannot accept ${which}: the analytic value must ${rule} the numerical one: ` +
    `d/d ${nameOf(worst)} is ${analytic}, numerically ${numerical}${uncertain}` +
    (kink ? "; the slopes on its two sides differ: avoid skips inputs at a kink" : "");
}
