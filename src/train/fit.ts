/**
 * Training: epochs of steps.
 *
 * @module
 */
import { checkInteger } from "../core/check_integer.ts";
import { applyUpdates, type Updates } from "../core/assign.ts";
import { Random } from "../random/random.ts";
import { isSlow, settled } from "../core/reading.ts";
import { scoped } from "../core/scoped.ts";
import { Tape } from "../core/tape.ts";
import type { Tensor } from "../core/tensor.ts";
import { checkEqual } from "../distributed/broadcast_tensors.ts";
import type { Group } from "../distributed/group.ts";
import type { LayerScope, Trainable } from "../nn/mod.ts";
import type { Optimizer } from "../optim/mod.ts";
import { type ArrayBatches, type Batch, type Data, sourceOf } from "./batches.ts";
import { checkArguments } from "./check_arguments.ts";
import type { Callback, EpochReport, StepReport, Training } from "./callback.ts";
import { findNonFinite, NonFiniteLossError } from "./diagnose.ts";
import { evaluate } from "./evaluate.ts";
import { throwFirst } from "./failures.ts";
import { TrainingHistory } from "./history.ts";
import { backendOf, type Loss, type Model } from "./model.ts";
import { addResults, ownLoss } from "./part_results.ts";
import { type GroupOptions, Ranks } from "./ranks.ts";
import { type Metrics, RunningScores } from "./scores.ts";
import { synchronize } from "./synchronize.ts";
import { Turns } from "./turns.ts";

/** Options of {@link fit}. */
export interface FitOptions<P, M extends Metrics> extends ArrayBatches {
  /** The parameters; they are changed in place. */
  readonly params: P;
  /** Compares what the model makes of a batch with what it should: `softmaxCE`. */
  readonly loss: Loss;
  /** Optimizer that steps the parameters. */
  readonly optimizer: Optimizer;
  /** Number of passes over the data. */
  readonly epochs: number;
  /** Data to measure the model with after every epoch; none by default. */
  readonly validation?: Data;
  /** Metrics to compute next to the loss, by name; none by default. */
  readonly metrics?: M;
  /** Callbacks that watch the training: `progressBar()`, `earlyStopping()`, your own. */
  readonly callbacks?: readonly Callback<NoInfer<P>, NoInfer<M>>[];
  /**
   * Changes gradients before the step: clipping; or gives a promise of them: the mean over machines.
   * They stay as they are by default.
   */
  readonly gradients?: <G>(grads: G) => G | Promise<G>;
  /** Decides all random numbers: the order of examples, augmentation, dropout. 0 by default. */
  readonly seed?: number;
  /** Ends the training after the step that runs when it is aborted. */
  readonly signal?: AbortSignal;
  /** Epochs that an earlier training has done: to go on from a checkpoint. 0 by default. */
  readonly startEpoch?: number;
  /** Reports of these epochs: callbacks see them before those of this training. None by default. */
  readonly history?: readonly EpochReport[];
  /**
   * Ranks that train together, each on its part of every batch; none by default. See
   * `./distributed`.
   */
  readonly group?: Group;
  /** Options of training together: `syncBatchNorm`, `bucketBytes`, `wire`, `checkEvery`. */
  readonly groupOptions?: GroupOptions;
}

const ARRAY_OPTIONS = "batchSize# shuffle?";

const OWN_OPTIONS =
  "params loss optimizer epochs# validation metrics callbacks gradients seed# signal startEpoch# history";

const GROUP_OPTIONS = "group groupOptions";

const KNOWN = `${OWN_OPTIONS} ${GROUP_OPTIONS} ${ARRAY_OPTIONS}` as const;

/**
 * A training that has not begun: it runs as its reports are asked for in a loop, or to its end where
 * it is awaited.
 */
export interface TrainingRun<M extends Metrics = Metrics>
  extends AsyncGenerator<EpochReport<M>, void, void>, PromiseLike<TrainingHistory<M>> {}

/**
 * Trains a model: gives a report after every epoch.
 *
 * Every step applies the model to a batch, computes the gradient of the loss with respect to what
 * is trainable and steps the optimizer; memory is that of one step. In a loop (`for await`) it runs
 * from report to report, and leaving the loop ends it; `await fit(…)` runs it to its end and gives
 * its history. A batch whose labels are all ignored takes no step. The same seed gives the same
 * numbers, bit for bit, on any number of threads: random numbers are a function of seed, epoch and
 * step, so that a training that goes on with `startEpoch` is the same as one that never stopped.
 *
 * With a `group` every rank calls `fit` with the same arguments: it takes its part of every batch, and
 * gets the reports, decisions and parameters of the whole, as one rank with all examples would, but
 * for the order of summation and for dropout. Parameters and the state of the optimizer are those of
 * rank 0 at the start.
 *
 * @example
 * ```ts
 * import { adam, Random, softmaxCE, tanh, tensor } from "@tapegrad/tapegrad";
 * import { Dense, Sequential } from "@tapegrad/tapegrad/nn";
 * import { accuracy, fit } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const data = {
 *   x: tensor([[0, 0], [0, 1], [1, 0], [1, 1]]),
 *   y: tensor([0, 1, 1, 0], { dtype: "int32" }),
 * };
 * const model = Sequential([Dense({ units: 8, activation: tanh }), Dense({ units: 2 })]);
 * const params = model.init(new Random(0), [2]);
 * const training = fit(model, data, {
 *   params,
 *   loss: softmaxCE,
 *   optimizer: adam({ learningRate: 0.1 }),
 *   epochs: 100,
 *   metrics: { accuracy: accuracy() },
 * });
 * let last = 0;
 * for await (const { epoch, loss, metrics } of training) {
 *   if (epoch % 50 === 0) console.log(epoch, loss);
 *   last = metrics.accuracy;
 * }
 * assertEquals(last, 1);
 * ```
 *
 * @param model a layer, or anything with `apply`.
 * @param data a source of batches, or all examples as arrays.
 * @param options `params`, `loss`, `optimizer`, `epochs`; `validation`, `metrics`, `callbacks`,
 * `gradients`, `seed`, `signal`, `startEpoch`, `history`, `group`, `groupOptions`; `batchSize` and
 * `shuffle` for arrays.
 * @returns reports of the epochs; the training runs as they are asked for, or when it is awaited.
 * @throws {RangeError} if epochs, startEpoch, seed or batchSize is no such integer.
 * @throws {ShapeError} if there are not as many x as y.
 * @throws {TypeError} if an argument is missing or of the wrong kind.
 * @throws {RangeError} (from the loop) if an epoch or the validation has no example.
 * @throws {NonFiniteLossError} (from the loop) if the loss is NaN or infinite; it says in which
 * step, layer and op.
 * @throws (from the loop) the reason of the signal, once it is aborted; the parameters are whole.
 */
export function fit<P, M extends Metrics = Record<never, never>>(
  model: Model<P>,
  data: Data,
  options: FitOptions<P, M>,
): TrainingRun<M> {
  type Options = FitOptions<object, Metrics>; // of any parameters: their type is not known yet
  const names = ["params", "loss", "optimizer"];
  checkArguments<Options, typeof KNOWN>("train", { model, data, options }, KNOWN, names);
  const { epochs, startEpoch = 0, seed = 0, shuffle = true, batchSize } = options;
  checkInteger("train", "epochs", epochs, 0);
  checkInteger("train", "startEpoch", startEpoch, 0);
  checkInteger("train", "seed", seed);
  const source = sourceOf("train", data, { batchSize, shuffle }, backendOf(options.params));
  return new Trainer(model, source, { ...options, startEpoch, seed }).begin();
}

/** The state of one training. */
class Trainer<P, M extends Metrics> {
  readonly #model: Model<P>;
  readonly #source: ReturnType<typeof sourceOf>;
  readonly #options: FitOptions<P, M> & { readonly startEpoch: number; readonly seed: number };
  readonly #training: Training<P, M>;
  readonly #history: EpochReport<M>[];
  readonly #trained: Trainable<P>;
  readonly #reports: EpochReport<M>[] = [];
  readonly #ranks: Ranks;

  constructor(
    model: Model<P>,
    source: ReturnType<typeof sourceOf>,
    options: FitOptions<P, M> & { readonly startEpoch: number; readonly seed: number },
  ) {
    const { params, optimizer, epochs, seed } = options;
    this.#model = model;
    this.#ranks = new Ranks("train", options);
    this.#source = this.#ranks.partOf(source);
    this.#options = options;
    this.#trained = model.trainable?.(params) ?? params as Trainable<P>;
    const history = this.#history = [...(options.history ?? []) as EpochReport<M>[]];
    const { group } = options;
    this.#training = { params, optimizer, epochs, size: source.size, seed, history, group };
  }

  /** Makes the reports, which can be awaited, too: then the rest of them runs. */
  begin(): TrainingRun<M> {
    const epochs = this.#run();
    let whole: Promise<TrainingHistory<M>> | undefined;
    const toTheEnd = async () => {
      for await (const _report of epochs);
      return new TrainingHistory(this.#reports);
    };
    const then: TrainingRun<M>["then"] = (onDone, onError) =>
      (whole ??= toTheEnd()).then(onDone, onError);
    return Object.assign(epochs, { then });
  }

  async *#run(): AsyncGenerator<EpochReport<M>, void, void> {
    const { epochs, startEpoch, params, optimizer } = this.#options;
    const callbacks = this.#callbacks;
    const errors: unknown[] = [];
    try {
      const turns = new Turns(this.#options.signal, this.#ranks.isAlone);
      await synchronize(this.#ranks.group, params, optimizer);
      for (const callback of callbacks) await callback.start?.(this.#training);
      for (let epoch = startEpoch + 1; epoch <= epochs; epoch++) {
        const report = await this.#epoch(epoch, turns);
        this.#history.push(report);
        this.#reports.push(report);
        let isOver = false;
        for (const callback of callbacks) {
          if (await callback.epoch?.(report, this.#training) === "stop") isOver = true;
        }
        yield report;
        this.#ranks.checkSignal();
        if (this.#ranks.any(isOver)) return;
      }
    } catch (error) {
      errors.push(error);
    } finally {
      for (const callback of callbacks) {
        try {
          await callback.end?.(this.#training);
        } catch (error) {
          errors.push(error);
        }
      }
      throwFirst(errors);
    }
  }

  /** Callbacks that run on this rank. */
  get #callbacks(): readonly Callback<P, M>[] {
    const { callbacks = [] } = this.#options;
    return callbacks.filter((one) => this.#ranks.group.rank === 0 || !one.firstRankOnly);
  }

  /** Makes one pass over the data, and the validation after it. */
  async #epoch(epoch: number, turns: Turns): Promise<EpochReport<M>> {
    const { seed, metrics = {} as M, params } = this.#options;
    const running = new RunningScores(metrics);
    const random = this.#ranks.ownRandom(new Random(seed).split("step").split(epoch));
    const watchers = this.#callbacks.filter((callback) => callback.step !== undefined);
    let start = performance.now();
    let step = 0;
    for await (const batch of this.#source.batches({ epoch, seed })) {
      const before = running.examples;
      const loss = await this.#step(batch, epoch, ++step, random.split(step), running);
      if (watchers.length > 0) {
        const examples = running.examples - before;
        const report: StepReport<M> = { epoch, step, examples, loss, soFar: () => running.scores };
        for (const watcher of watchers) {
          const wait = watcher.step!(report, this.#training);
          if (wait !== undefined) start += await turns.waitFor(wait);
        }
      }
      await turns.take();
    }
    if (running.examples === 0) throw noBatch("data", epoch);
    const seconds = (performance.now() - start) / 1000;
    const { loss, metrics: values, examples } = running.scores;
    if (this.#ranks.isChecked(epoch)) await checkEqual(this.#ranks.group, params);
    const validation = await this.#validate(epoch);
    return { epoch, loss, metrics: values, validation, steps: step, examples, seconds };
  }

  /**
   * Does one step: forward, backward, change of the parameters. It waits for the loss on a backend
   * that takes time to answer, for promises, and for nothing else.
   */
  #step(
    { x, y: target }: Batch,
    epoch: number,
    step: number,
    random: Random,
    running: RunningScores<M>,
  ): Promise<number> {
    const { params, loss: lossOf } = this.#options;
    const ranks = this.#ranks;
    return scoped(new Tape(), async (tape) => {
      tape.watch(this.#trained);
      tape.follow(params);
      tape.adopt({ x, target });
      const updates: Updates = new Map();
      const options = { train: true, random, ...ranks.applyOptions };
      const y = this.#model.apply(params, x, { ...options, updates });
      const made = ownLoss(ranks, () => lossOf(y, target), y);
      const { loss, own } = made instanceof Promise ? await made : made;
      const agreed = ranks.agree(own);
      if (agreed.weight > 0 && !Number.isFinite(agreed.loss)) {
        const again = (scope: LayerScope) =>
          lossOf(
            this.#model.apply(params, x, { ...options, updates: new Map(), scope }),
            target,
          );
        const finding = ranks.firstFinding(await findNonFinite(params, { x, y: target }, again));
        throw new NonFiniteLossError(agreed.loss, epoch, step, finding);
      }
      if (agreed.weight > 0) {
        await this.#change(y, ranks.gradient(tape, { loss, y }, this.#trained, agreed.share));
        await ranks.averageUpdates(updates);
        applyUpdates(updates);
      }
      running.addLoss(agreed);
      const added = addResults(ranks, running, tape, y, target);
      if (added !== undefined) await added;
      return agreed.weight > 0 ? agreed.loss : NaN;
    });
  }

  /** Changes the parameters by gradients of this rank's share of the loss. */
  async #change(loss: Tensor, own: Trainable<P>): Promise<void> {
    const { optimizer, gradients } = this.#options;
    if (gradients === undefined && optimizer.stepShares !== undefined && !this.#ranks.isAlone) {
      return await optimizer.stepShares(this.#trained, own);
    }
    const summed = this.#ranks.sum(own);
    const grads = summed instanceof Promise ? await summed : summed;
    const changed = gradients === undefined ? grads : gradients(grads);
    const ready = changed instanceof Promise ? await changed : changed;
    if (isSlow(loss)) await settled(loss);
    const stepped: unknown = optimizer.step(this.#trained, ready);
    if (stepped instanceof Promise) await stepped;
  }

  async #validate(epoch: number) {
    const { validation, params, loss, metrics, batchSize, signal, group } = this.#options;
    if (validation === undefined) return undefined;
    const options = { params, loss, metrics, batchSize, signal, group };
    const scores = await evaluate(this.#model, validation, options);
    if (scores.examples === 0) throw noBatch("validation", epoch);
    return scores;
  }
}

function noBatch(name: string, epoch: number): RangeError {
  return new RangeError(
    `Cannot train: ${name} must have at least one batch of at least one example: there was none ` +
      `in epoch ${epoch}`,
  );
}
