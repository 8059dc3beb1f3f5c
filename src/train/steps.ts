/**
 * One step of a training: forward, backward, change of the parameters.
 *
 * @module
 */
import { applyUpdates, type Updates } from "../core/assign.ts";
import { type WeighedLoss, weighLoss } from "../core/loss_weight.ts";
import { isSlow, settled } from "../core/reading.ts";
import { scoped } from "../core/scoped.ts";
import { Tape } from "../core/tape.ts";
import type { Arena } from "../core/arena.ts";
import type { Tensor } from "../core/tensor.ts";
import type { ApplyOptions, LayerScope, Trainable } from "../nn/mod.ts";
import type { Optimizer } from "../optim/mod.ts";
import type { Random } from "../random/random.ts";
import type { Batch } from "./batches.ts";
import { findNonFinite, NonFiniteLossError } from "./diagnose.ts";
import type { Loss, Model } from "./model.ts";
import { addResults, type OwnLoss, ownLoss, readLoss } from "./part_results.ts";
import type { Ranks } from "./ranks.ts";
import type { BatchLoss, Metrics, RunningScores } from "./scores.ts";
import type { StepsAhead } from "./steps_ahead.ts";

/** A step of an epoch. */
export interface Moment<M extends Metrics> {
  readonly epoch: number;
  /** Number in the epoch, from 1. */
  readonly step: number;
  readonly random: Random;
  readonly running: RunningScores<M>;
  /** Tells those who watch, where the loss is known only after the step. */
  readonly report: (known: BatchLoss) => Promise<void>;
}

/** Options that the steps of a training have in common. */
export interface StepOptions<P> {
  readonly params: P;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly gradients?: (<G>(grads: G) => G | Promise<G>) | undefined;
}

/** A model that has been applied to a batch. */
interface Applied extends Batch {
  /** Results of the model for the batch. */
  readonly made: Tensor;
  /** Options with which it was applied. */
  readonly options: ApplyOptions;
  readonly updates: Updates;
}

/** Does steps of one training. */
export class Steps<P, M extends Metrics> {
  readonly #model: Model<P>;
  readonly #options: StepOptions<P>;
  readonly #ranks: Ranks;
  readonly #trained: Trainable<P>;

  constructor(model: Model<P>, options: StepOptions<P>, ranks: Ranks) {
    this.#model = model;
    this.#options = options;
    this.#ranks = ranks;
    this.#trained = model.trainable?.(options.params) ?? options.params as Trainable<P>;
  }

  /**
   * Does one step. It waits for the loss on a backend that takes time to answer, unless steps may go
   * ahead there, for promises, and for nothing else.
   *
   * @returns its loss; null where the backend has been given the step, and the loss comes later.
   */
  async take(batch: Batch, now: Moment<M>, ahead: StepsAhead): Promise<BatchLoss | null> {
    const arena = ahead.arenaFor(batch);
    if (arena === undefined) {
      return await scoped(new Tape(), async (tape) => {
        this.#begin(tape);
        tape.adopt({ x: batch.x, target: batch.y });
        const applied = this.#apply(batch, now);
        const { made, y } = applied;
        const own = ownLoss(this.#ranks, () => this.#options.loss(made, y), made);
        return await this.#finish(tape, applied, own instanceof Promise ? await own : own, now);
      });
    }
    let known: BatchLoss | null | undefined;
    try {
      known = await scoped(new Tape(), (tape) => this.#takeAhead(batch, now, ahead, tape, arena));
      return known;
    } finally {
      if (known !== null) arena.dispose();
    }
  }

  #begin(tape: Tape): void {
    tape.watch(this.#trained);
    tape.follow(this.#options.params);
  }

  #apply({ x, y }: Batch, { random }: Moment<M>): Applied {
    const options = { train: true, random, ...this.#ranks.applyOptions };
    const updates: Updates = new Map();
    const made = this.#model.apply(this.#options.params, x, { ...options, updates });
    return { x, y, made, options, updates };
  }

  /** Gives a step to the backend if its loss may come later; takes it as others if not. */
  async #takeAhead(
    batch: Batch,
    now: Moment<M>,
    ahead: StepsAhead,
    tape: Tape,
    arena: Arena,
  ): Promise<BatchLoss | null> {
    arena.adopt({ x: batch.x, target: batch.y });
    arena.follow(this.#options.params);
    this.#begin(tape);
    tape.follow({ x: batch.x, target: batch.y });
    const applied = this.#apply(batch, now);
    const { made, y } = applied;
    const examples = made.shape[0] ?? 1;
    const weighed = weighLoss(() => this.#options.loss(made, y));
    const { loss, weight = examples } = weighed;
    if (typeof weight !== "number" || weight === 0 || !ahead.admits(loss)) {
      return await this.#waitFor(weighed, examples, tape, applied, now, ahead);
    }
    const changed = this.#ready(tape.gradient(loss, this.#trained));
    const ready = changed instanceof Promise ? await changed : changed;
    const checked = settled(loss);
    if (checked !== undefined) await checked;
    ahead.depart({
      loss,
      results: now.running.isMeasured ? [...new Set([made, y])] : [],
      updates: applied.updates,
      arena,
      tape,
      step: () => this.#options.optimizer.step(this.#trained, ready),
      land: async (value) => {
        if (!Number.isFinite(value)) await this.#refuse(value, applied, now);
        const known = { loss: value, weight, examples };
        now.running.addLoss(known);
        await addResults(this.#ranks, now.running, arena, made, y);
        await now.report(known);
      },
    });
    return null;
  }

  /** Takes a step whose loss must be known first, after those that are under way. */
  async #waitFor(
    weighed: WeighedLoss,
    examples: number,
    tape: Tape,
    applied: Applied,
    now: Moment<M>,
    ahead: StepsAhead,
  ): Promise<BatchLoss> {
    const own = readLoss(weighed, examples);
    await ahead.landAll();
    return await this.#finish(tape, applied, await own, now);
  }

  /** Takes a step whose loss is known. */
  async #finish(
    tape: Tape,
    applied: Applied,
    { loss, own }: OwnLoss,
    now: Moment<M>,
  ): Promise<BatchLoss> {
    const { made, y, updates } = applied;
    const ranks = this.#ranks;
    const agreed = ranks.agree(own);
    const isTaken = agreed.weight > 0;
    if (isTaken && !Number.isFinite(agreed.loss)) await this.#refuse(agreed.loss, applied, now);
    if (isTaken) {
      const share = { loss, y: made };
      await this.#change(made, ranks.gradient(tape, share, this.#trained, agreed.share));
      await ranks.averageUpdates(updates);
      applyUpdates(updates);
    }
    now.running.addLoss(agreed);
    const added = addResults(ranks, now.running, tape, made, y);
    if (added !== undefined) await added;
    return isTaken ? agreed : { ...agreed, loss: NaN };
  }

  /** Throws where the loss was lost. */
  async #refuse(loss: number, { x, y, options }: Applied, now: Moment<M>): Promise<never> {
    const { params, loss: lossOf } = this.#options;
    const again = (scope: LayerScope) =>
      lossOf(this.#model.apply(params, x, { ...options, updates: new Map(), scope }), y);
    const finding = this.#ranks.firstFinding(await findNonFinite(params, { x, y }, again));
    throw new NonFiniteLossError(loss, now.epoch, now.step, finding);
  }

  /** Changes the parameters by gradients of this rank's share of the loss. */
  async #change(made: Tensor, own: Trainable<P>): Promise<void> {
    const { optimizer, gradients } = this.#options;
    if (gradients === undefined && optimizer.stepShares !== undefined && !this.#ranks.isAlone) {
      return await optimizer.stepShares(this.#trained, own);
    }
    const summed = this.#ranks.sum(own);
    const changed = this.#ready(summed instanceof Promise ? await summed : summed);
    const ready = changed instanceof Promise ? await changed : changed;
    if (isSlow(made)) await settled(made);
    const stepped: unknown = optimizer.step(this.#trained, ready);
    if (stepped instanceof Promise) await stepped;
  }

  /** Gradients as the caller changes them. */
  #ready(grads: Trainable<P>): Trainable<P> | Promise<Trainable<P>> {
    const { gradients } = this.#options;
    return gradients === undefined ? grads : gradients(grads);
  }
}
