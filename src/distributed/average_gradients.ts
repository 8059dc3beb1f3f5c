/**
 * Gradients of the whole batch, of those of the ranks' parts.
 *
 * @module
 */
import { checkHas } from "../core/check_kinds.ts";
import { GROUP } from "./group.ts";
import { checkInteger } from "../core/check_integer.ts";
import { formatValue } from "../core/format_value.ts";
import { checkOptions } from "../core/options.ts";
import { leavesOf } from "../core/structure.ts";
import { gatherNumbers } from "./gather.ts";
import type { Group } from "./group.ts";
import { halfSum } from "./half.ts";
import { CrossingMemory, plainSum, sumTensors } from "./sum_tensors.ts";

/** Options of exchanging gradients. */
export interface GradientExchangeOptions {
  /** Bytes of gradients that cross together; 16 MiB by default. A larger one crosses alone. */
  readonly bucketBytes?: number;
  /**
   * Numbers that cross: as they are, by default; or as `"float16"`, half of the bytes, whose errors
   * of rounding are added to the next gradient.
   */
  readonly wire?: "float32" | "float16";
}

const KNOWN = "bucketBytes# wire";

const USUAL_BYTES = 2 ** 24;

/** Makes gradients those of all ranks; see {@link averageGradients}. */
export type AverageGradients = <G>(grads: G, weight?: number) => G | Promise<G>;

/** Checks options of the exchange; returns how to sum tensors by them. */
export function gradientSum(action: string, group: Group, options: GradientExchangeOptions) {
  const { bucketBytes = USUAL_BYTES, wire = "float32" } = options;
  checkHas(action, "group", group, "allReduce", GROUP);
  checkInteger(action, "bucketBytes", bucketBytes, 1);
  if (wire !== "float32" && wire !== "float16") {
    throw new TypeError(
      `Cannot ${action}: wire must be "float32" or "float16": got ${formatValue(wire)}`,
    );
  }
  const sum = wire === "float16" ? halfSum(group) : plainSum(group);
  const memory = new CrossingMemory();
  return (grads: unknown, scale?: number): void | Promise<void> => {
    const tensors = leavesOf(action, grads).map(({ tensor }) => tensor);
    return sumTensors(tensors, { bytes: bucketBytes, scale, sum, memory });
  };
}

/**
 * Makes a function that turns the gradients of the ranks' parts into that of the whole batch, on all
 * ranks, in place. `fit` with a `group` does this by itself; it is for loops of one's own.
 *
 * Gradients cross in buckets, one `allReduce` each, from the last parameter to the first.
 *
 * - **Formula**: `(weight_0 dw_0 + weight_1 dw_1 + …) / (weight_0 + weight_1 + …)`. A rank of weight
 *   0, an empty part, adds nothing, though its gradient be NaN.
 * - **Edge cases**: where no rank has any weight, gradients are zeros. As float16, what is beyond
 *   65,504 becomes infinite.
 * - **Source**: buckets as in `DistributedDataParallel` of PyTorch; float16 with error feedback as in
 *   F. Seide et al., "1-bit stochastic gradient descent", Interspeech 2014.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { averageGradients, singleGroup } from "@tapegrad/tapegrad/distributed";
 * import { assertEquals } from "@std/assert";
 *
 * const average = averageGradients(singleGroup());
 * const grads = await average({ w: tensor([1, 2]) }, 16); // of 16 examples
 * assertEquals(grads.w.toArray(), [1, 2]);
 * ```
 *
 * @param group the ranks.
 * @param options `bucketBytes`, `wire`.
 * @returns a function of gradients, and of the examples (or the weight) that they are the mean of; 1
 * by default. It returns the same gradients; a promise where their backend takes time.
 * @throws {RangeError} if bucketBytes is no integer of at least 1.
 * @throws {TypeError} if wire is no such word.
 */
export function averageGradients(
  group: Group,
  options: GradientExchangeOptions = {},
): AverageGradients {
  const action = "average gradients";
  options = checkOptions(action, options, KNOWN);
  const sum = gradientSum(action, group, options);
  return <G>(grads: G, weight = 1): G | Promise<G> => {
    if (!(weight >= 0 && weight < Infinity)) {
      throw new RangeError(
        `Cannot ${action}: weight must be a number of at least 0: got ${weight}`,
      );
    }
    if (group.size === 1) return grads;
    const total = gatherNumbers(group, [weight]).reduce((all, [one]) => all + one, 0);
    const done = sum(grads, weight === 0 ? 0 : weight / total);
    return done === undefined ? grads : done.then(() => grads);
  };
}
