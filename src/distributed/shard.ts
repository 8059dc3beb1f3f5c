/**
 * Data of which each rank takes its part.
 *
 * @module
 */
import { kindOf } from "../core/kind_of.ts";
import { rangeOfPart } from "../core/part.ts";
import type { Tensor } from "../core/tensor.ts";
import { slice } from "../../ops/shape/slice.ts";
import type { Batch, BatchSource } from "../train/batches.ts";
import type { Group } from "./group.ts";

/**
 * Gives each rank its part of every batch: the ranks together take the steps that one alone would
 * take, with the same examples.
 *
 * Batches are those of the whole job: `batch(64)` on 4 ranks hands 16 examples to each. All ranks
 * take as many steps; where a batch has no multiple of `size` examples, parts differ by one, and the
 * last batch may leave ranks without any: their part is empty, `[0, ...]`. So the mean over the batch
 * weighs parts by their examples, as `fit` does. The order is a function of the seed alone, and what
 * is random for an example one of (seed, epoch, index), so that the number of ranks changes neither.
 *
 * - **Edge cases**: of the batches of a `Dataset` only the rank's own examples are read; of other
 *   sources whole batches are made and cut.
 *
 * @example
 * ```ts
 * import { arrayDataset } from "@tapegrad/tapegrad/data";
 * import { shard, workerGroup, workerSeats } from "@tapegrad/tapegrad/distributed";
 * import { assertEquals } from "@std/assert";
 *
 * const batches = arrayDataset({ x: Float32Array.of(1, 2, 3, 4, 5), y: new Int32Array(5) }).batch(3);
 * const group = workerGroup(workerSeats(2)[1]); // the second of two ranks
 * const seen: unknown[] = [];
 * for await (const { x } of shard(batches, group).batches({ epoch: 1 })) seen.push(x.toArray());
 * assertEquals(seen, [[2, 3], [5]]);
 * ```
 *
 * @param data batches: of a `Dataset`, or of any source.
 * @param group the ranks.
 * @returns the same batches, of which this rank takes its part; `fit` takes it as it is.
 * @throws {TypeError} if data is no source of batches.
 */
export function shard(data: BatchSource, group: Pick<Group, "rank" | "size">): BatchSource {
  if (typeof data?.batches !== "function") {
    throw new TypeError(
      `Cannot shard data: it must be batches, dataset.batch(64): got ${kindOf(data)}`,
    );
  }
  const part = { rank: group.rank, size: group.size };
  if (data.part !== undefined) {
    throw new TypeError(
      "Cannot shard data: it must be whole: it is part " +
        `${data.part.rank} of ${data.part.size} already`,
    );
  }
  if (data.shard !== undefined) return data.shard(part);
  return {
    size: data.size,
    part,
    async *batches(options) {
      for await (const batch of data.batches(options)) yield cut(batch, part);
    },
  };
}

/** Takes a part of a batch, and frees the whole. */
function cut({ x, y }: Batch, part: Pick<Group, "rank" | "size">): Batch {
  const take = (whole: Tensor) => {
    const own = slice(whole, [rangeOfPart(whole.shape[0], part)]);
    whole.dispose();
    return own;
  };
  return { x: take(x), y: take(y) };
}
