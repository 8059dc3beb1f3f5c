/**
 * Loss and results of a rank's part of a batch, on their way to the scores of all.
 *
 * @module
 */
import type { Arena } from "../core/arena.ts";
import { type WeighedLoss, weighLoss } from "../core/loss_weight.ts";
import { readItem } from "../core/reading.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Ranks } from "./ranks.ts";
import type { BatchLoss, Metrics, RunningScores } from "./scores.ts";

/** Loss of a part: the tensor, and what it counts. */
export interface OwnLoss {
  /** The mean loss; null of a part without examples, of which there is none. */
  readonly loss: Tensor | null;
  readonly own: BatchLoss;
}

/** Computes the loss of a part, and waits for its value where the backend takes time. */
export function ownLoss(
  ranks: Ranks,
  compute: () => Tensor,
  y: Tensor,
): OwnLoss | Promise<OwnLoss> {
  const examples = y.shape[0] ?? 1;
  if (examples === 0 && !ranks.isAlone) {
    return { loss: null, own: { loss: NaN, weight: 0, examples } };
  }
  return readLoss(weighLoss(compute), examples);
}

/** Reads a loss that has been computed; waits where the backend takes time. */
export function readLoss(
  { loss, weight }: WeighedLoss,
  examples: number,
): OwnLoss | Promise<OwnLoss> {
  const value = readItem(loss);
  const known = (loss_: number, weight_: number | undefined): OwnLoss => (
    { loss, own: { loss: loss_, weight: weight_ ?? examples, examples } }
  );
  if (typeof value === "number" && !(weight instanceof Promise)) return known(value, weight);
  return Promise.all([value, weight]).then(([value, weight]) => known(value, weight));
}

/** Measures the results of all ranks; a promise where something has to be waited for. */
export function addResults<M extends Metrics>(
  ranks: Ranks,
  running: RunningScores<M>,
  arena: Arena,
  y: Tensor,
  target: Tensor,
): void | Promise<void> {
  if (!running.isMeasured) return;
  if (ranks.isAlone) return running.addResults(y, target);
  return addGathered(ranks, running, arena, [y, target]);
}

async function addGathered<M extends Metrics>(
  ranks: Ranks,
  running: RunningScores<M>,
  arena: Arena,
  own: readonly [Tensor, Tensor],
): Promise<void> {
  const all: Tensor[] = [];
  for (const one of own) all.push(arena.adopt(await ranks.gather(one)));
  await running.addResults(all[0], all[1]);
}
