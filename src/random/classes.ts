/**
 * Class indices drawn at random, by their logits.
 *
 * @module
 */
import { checkFloats } from "../core/checks.ts";
import { tensor } from "../core/create.ts";
import type { TypedArray } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { checkRandom } from "./check_random.ts";
import type { Random } from "./random.ts";
import { checkShape, formatShape, indexOf, sizeOf } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { checkOptions } from "../core/options.ts";

/** Options of {@link randomCategorical}. */
export interface CategoricalOptions {
  /** Draws of each row, along a new last dimension; one draw and no dimension by default. */
  readonly samples?: number;
}

const KNOWN = "samples#";

/**
 * Draws class indices by their logits.
 *
 * - **Formula**: index c of a row with probability `softmax(logits)[c]`: the first at which the sum
 *   of the probabilities exceeds a uniform number.
 * - **Shapes**: logits `[..., C]` -> `[...]`, or `[..., samples]`.
 * - **Gradient**: none, integers.
 * - **Edge cases**: a logit of -Infinity is never drawn.
 *
 * @example
 * ```ts
 * import { Random, randomCategorical, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const logits = tensor([[0, -Infinity], [-Infinity, 3]]);
 * assertEquals(randomCategorical(new Random(0), logits).toArray(), [0, 1]);
 * ```
 *
 * @param random where the numbers come from.
 * @param logits a float tensor of at least one dimension.
 * @param options `samples`: how often each row is drawn from.
 * @returns an int32 tensor on the backend of the logits, that no tape knows.
 * @throws {ShapeError} if logits are no floats, have no dimension or no classes.
 * @throws {RangeError} if a row has NaN, +Infinity, or -Infinity alone.
 * @throws {TypeError} if random is no generator.
 */
export function randomCategorical(
  random: Random,
  logits: Tensor,
  options: CategoricalOptions = {},
): Tensor {
  const action = "draw classes";
  const { samples } = checkOptions(action, options, KNOWN);
  checkRandom(action, random);
  checkFloats(action, { logits });
  const lead = logits.shape.slice(0, -1);
  const classes = logits.shape.at(-1) ?? 0;
  if (classes === 0) {
    throw new ShapeError(
      `Cannot ${action}: logits must be [..., C] with a class at least: ` +
        `logits is ${formatShape(logits.shape)}`,
    );
  }
  const shape = samples === undefined ? lead : [...lead, samples];
  checkShape(action, shape);
  const values = logits.dataSync();
  const data = new Int32Array(sizeOf(shape));
  const each = samples ?? 1;
  for (let row = 0; row * each < data.length; row++) {
    const sums = cumulative(values.subarray(row * classes, (row + 1) * classes));
    const total = sums[classes - 1];
    if (!(total > 0)) {
      const where = lead.length === 0 ? "logits" : `row ${indexOf(row, lead).join(", ")}`;
      throw new RangeError(
        `Cannot ${action}: logits must be below Infinity, one of a row at least above -Infinity: ` +
          `${where} is ${values.subarray(row * classes, (row + 1) * classes).join(", ")}`,
      );
    }
    for (let i = 0; i < each; i++) {
      const drawn = total * random.uniform();
      data[row * each + i] = sums.findIndex((sum) => sum > drawn);
    }
  }
  return tensor(data, { shape, backend: logits.backend });
}

/** Computes running sums of `exp(logit - max)`. */
function cumulative(logits: TypedArray): Float64Array {
  let max = -Infinity;
  for (const logit of logits) max = Math.max(max, logit);
  let sum = 0;
  return Float64Array.from(logits, (logit) => sum += Math.exp(logit - max));
}
