/**
 * Training: epochs of steps.
 *
 * @module
 */
import { checkInteger } from "../core/check_integer.ts";
import { Random } from "../random/random.ts";
import { checkEqual } from "../distributed/broadcast_tensors.ts";
import type { Group } from "../distributed/group.ts";
import type { Optimizer } from "../optim/mod.ts";
import { type ArrayBatches, type Data, sourceOf } from "./batches.ts";
import { checkArguments } from "./check_arguments.ts";
import type { Callback, EpochReport, StepReport, Training } from "./callback.ts";
import { evaluate } from "./evaluate.ts";
import { throwFirst } from "./failures.ts";
import { TrainingHistory } from "./history.ts";
import { backendOf, type Loss, type Model } from "./model.ts";
import { type GroupOptions, Ranks } from "./ranks.ts";
import { type BatchLoss, type Metrics, RunningScores } from "./scores.ts";
import { type Moment, Steps } from "./steps.ts";
import { StepsAhead } from "./steps_ahead.ts";
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
  /**
   * Steps that a backend which takes time to answer may be at before the loss of the first of them
   * is known; 2 by default, 0 to wait for each. Callbacks are told of every step in its order, with
   * its own numbers, up to so many steps later: the parameters are further on then. It makes no
   * difference to numbers. Built-in optimizers go ahead; others, and groups, wait.
   */
  readonly stepsAhead?: number;
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
  "params loss optimizer epochs# validation metrics callbacks gradients stepsAhead# seed# " +
  "signal startEpoch# history";

/** More would gain nothing: a batch is kept for each. */
const MOST_STEPS_AHEAD = 16;

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
 * `gradients`, `stepsAhead`, `seed`, `signal`, `startEpoch`, `history`, `group`, `groupOptions`; `batchSize` and
 * `shuffle` for arrays.
 * @returns reports of the epochs; the training runs as they are asked for, or when it is awaited.
 * @throws {RangeError} if epochs, startEpoch, stepsAhead, seed or batchSize is no such integer.
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
  const { epochs, startEpoch = 0, stepsAhead = 2, seed = 0, shuffle = true, batchSize } = options;
  checkInteger("train", "epochs", epochs, 0);
  checkInteger("train", "startEpoch", startEpoch, 0);
  checkInteger("train", "stepsAhead", stepsAhead, 0, MOST_STEPS_AHEAD);
  checkInteger("train", "seed", seed);
  const source = sourceOf("train", data, { batchSize, shuffle }, backendOf(options.params));
  return new Trainer(model, source, { ...options, startEpoch, stepsAhead, seed }).begin();
}

/** Options with those that have a value in any case. */
type Known<P, M extends Metrics> = FitOptions<P, M> & {
  readonly startEpoch: number;
  readonly stepsAhead: number;
  readonly seed: number;
};

/** The state of one training. */
class Trainer<P, M extends Metrics> {
  readonly #model: Model<P>;
  readonly #source: ReturnType<typeof sourceOf>;
  readonly #options: Known<P, M>;
  readonly #training: Training<P, M>;
  readonly #history: EpochReport<M>[];
  readonly #steps: Steps<P, M>;
  readonly #reports: EpochReport<M>[] = [];
  readonly #ranks: Ranks;

  constructor(
    model: Model<P>,
    source: ReturnType<typeof sourceOf>,
    options: Known<P, M>,
  ) {
    const { params, optimizer, epochs, seed } = options;
    this.#model = model;
    this.#ranks = new Ranks("train", options);
    this.#source = this.#ranks.partOf(source);
    this.#options = options;
    this.#steps = new Steps(model, options, this.#ranks);
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
    const { seed, metrics = {} as M, params, optimizer, stepsAhead } = this.#options;
    const running = new RunningScores(metrics);
    const random = this.#ranks.ownRandom(new Random(seed).split("step").split(epoch));
    const watchers = this.#callbacks.filter((callback) => callback.step !== undefined);
    let start = performance.now();
    let step = 0;
    const ahead = new StepsAhead(this.#ranks.isAlone ? stepsAhead : 0, optimizer);
    try {
      for await (const batch of ahead.batches(this.#source.batches({ epoch, seed }))) {
        const number = ++step;
        const report = async ({ loss, examples }: BatchLoss) => {
          const soFar = () => running.scores;
          const report: StepReport<M> = { epoch, step: number, examples, loss, soFar };
          for (const watcher of watchers) {
            const wait = watcher.step!(report, this.#training);
            if (wait !== undefined) start += await turns.waitFor(wait);
          }
          turns.check();
        };
        const now: Moment<M> = { epoch, step, random: random.split(step), running, report };
        const known = await ahead.afterAll(() => this.#steps.take(batch, now, ahead));
        if (known === null) await ahead.landSome();
        else if (watchers.length > 0) await report(known);
        await turns.take();
      }
      await ahead.landAll();
    } finally {
      ahead.drop();
    }
    if (running.examples === 0) throw noBatch("data", epoch);
    const seconds = (performance.now() - start) / 1000;
    const { loss, metrics: values, examples } = running.scores;
    if (this.#ranks.isChecked(epoch)) await checkEqual(this.#ranks.group, params);
    const validation = await this.#validate(epoch);
    return { epoch, loss, metrics: values, validation, steps: step, examples, seconds };
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
