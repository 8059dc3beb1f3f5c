/**
 * Classes from scores.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { checkScoreOptions, classOfRow, type ScoreOptions } from "./cases.ts";

/**
 * Finds the class with the highest score in each row: predictions from logits or probabilities.
 *
 * - **Shapes**: `[N, ..., C]` -> a class for each of the rows, in order; of `[N, ..., 1]`, one score
 *   per row, class 1 above `threshold`, else 0.
 * - **Edge cases**: among equal scores the first class wins; NaN is below every number; a row of
 *   NaN only has no class: -1.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { predictions } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(predictions(tensor([[1, 3, 2], [5, 0, 0]])), new Int32Array([1, 0]));
 * assertEquals(predictions(tensor([[0.4], [0.6]]), { threshold: 0.5 }), new Int32Array([0, 1]));
 * ```
 *
 * @param scores logits or probabilities.
 * @param options `threshold` of one score per row: 0 (the default) for logits.
 * @returns a class index per row, on the host.
 * @throws {ShapeError} if scores is no matrix of at least one column, nor of higher rank.
 * @throws {RangeError} if threshold is not finite.
 */
export function predictions(
  scores: Tensor,
  options: Pick<ScoreOptions, "threshold"> = {},
): Int32Array {
  options = checkOptions("predict classes", options, "threshold#");
  const columns = scores.shape[scores.rank - 1];
  if (scores.rank < 2 || columns < 1) {
    throw new ShapeError(
      `Cannot predict classes: scores must be [N, C]: scores is ${formatShape(scores.shape)}`,
    );
  }
  checkScoreOptions("predict classes", options);
  const data = scores.dataSync();
  return Int32Array.from(
    { length: scores.size / columns },
    (_, row) => classOfRow(data, row, columns, options.threshold),
  );
}
