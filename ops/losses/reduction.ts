/**
 * Reduction of the losses of elements or rows to one: an option that all losses have.
 *
 * @module
 */
import type { Tensor } from "../../src/core/tensor.ts";
import { mean } from "../reduce/mean.ts";
import { sum } from "../reduce/sum.ts";

/** Reduction of losses to one: their mean, their sum, or none. */
export type Reduction = "mean" | "sum" | "none";

/** The option that all losses have. */
export interface ReductionOptions {
  /** Reduction of the losses: their `"mean"` (the default), `"sum"`, or `"none"`. */
  readonly reduction?: Reduction;
}

/** The names of the options. */
export const REDUCTION_OPTIONS = "reduction";

const REDUCTIONS: Record<Reduction, (losses: Tensor) => Tensor> = {
  mean: (losses) => mean(losses),
  sum: (losses) => sum(losses),
  none: (losses) => losses,
};

/** Throws a `RangeError` unless `reduction` is one; before any loss is computed. */
export function checkReduction(
  action: string,
  reduction: string,
  names: readonly string[] = Object.keys(REDUCTIONS),
): void {
  if (names.includes(reduction)) return;
  const quoted = names.map((name) => `"${name}"`);
  const list = `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
  throw new RangeError(
    `Cannot ${action}: reduction must be ${list}: got ${String(reduction)}`,
  );
}

/** Reduces losses to one, or leaves them as they are. */
export function reduceLosses(losses: Tensor, reduction: Reduction = "mean"): Tensor {
  return REDUCTIONS[reduction](losses);
}
