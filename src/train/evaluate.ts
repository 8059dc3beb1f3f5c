/**
 * Evaluation of a model, and its predictions.
 *
 * @module
 */
import { checkInteger } from "../core/check_integer.ts";
import type { Backend } from "../backends/kernels.ts";
import { Arena } from "../core/arena.ts";
import { tensor } from "../core/create.ts";
import type { HostArray, TypedArray } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { keepCopy } from "../core/host_copies.ts";
import { isSlow } from "../core/reading.ts";
import { scoped } from "../core/scoped.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import { internals, type Tensor } from "../core/tensor.ts";
import { type BatchSource, type Data, hostArray, rows, sourceOf } from "./batches.ts";
import { checkArguments, checkInputs } from "./check_arguments.ts";
import type { Group } from "../distributed/group.ts";
import { backendOf, type Loss, type Model } from "./model.ts";
import { addResults, ownLoss } from "./part_results.ts";
import { Ranks } from "./ranks.ts";
import { type Metrics, RunningScores, type Scores } from "./scores.ts";
import { Turns } from "./turns.ts";

/** Options of {@link evaluate}. */
export interface EvaluateOptions<P, M extends Metrics> {
  /** The parameters of the model. */
  readonly params: P;
  /** Compares what the model makes of a batch with what it should: `softmaxCE`. */
  readonly loss: Loss;
  /** Metrics to compute besides the loss, by name; none by default. */
  readonly metrics?: M;
  /** Examples at a time where data is arrays; 128 by default. */
  readonly batchSize?: number;
  /** Ends the evaluation after the batch that runs when it is aborted. */
  readonly signal?: AbortSignal;
  /** Ranks that share the examples, and come to the same scores; none by default. */
  readonly group?: Group;
}

const EVALUATE_OPTIONS = "params loss metrics batchSize# signal group";

/**
 * Measures a model on examples: mean loss and metrics.
 *
 * The model is applied as after training. Memory is that of one batch, however many examples there
 * are; timers and events get their turn between batches.
 *
 * - **Edge cases**: the loss of no examples is NaN.
 *
 * @example
 * ```ts
 * import { Random, softmaxCE, tensor } from "@tapegrad/tapegrad";
 * import { Dense } from "@tapegrad/tapegrad/nn";
 * import { accuracy, evaluate } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const model = Dense({ units: 2 });
 * const params = model.init(new Random(0), [2]);
 * const data = { x: tensor([[1, 2], [3, 4]]), y: tensor([0, 1], { dtype: "int32" }) };
 * const metrics = { accuracy: accuracy() };
 * const scores = await evaluate(model, data, { params, loss: softmaxCE, metrics });
 * assertEquals([scores.examples, scores.metrics.accuracy], [2, 0.5]);
 * ```
 *
 * @param model a layer, or anything with `apply`.
 * @param data a source of batches, or all examples as arrays.
 * @param options `params`, `loss`; `metrics`, `batchSize`, `signal`, `group`.
 * @returns the mean loss of an example, the values of the metrics, the number of examples.
 * @throws {ShapeError} if there are not as many x as y.
 * @throws {TypeError} if an argument is missing or of the wrong kind.
 * @throws (asynchronously) the reason of the signal, once it is aborted.
 */
export async function evaluate<P, M extends Metrics = Record<never, never>>(
  model: Model<P>,
  data: Data,
  options: EvaluateOptions<P, M>,
): Promise<Scores<M>> {
  type Options = EvaluateOptions<object, Metrics>; // of any parameters: their type is not known yet
  type Known = typeof EVALUATE_OPTIONS;
  const names = ["params", "loss"];
  checkArguments<Options, Known>("evaluate", { model, data, options }, EVALUATE_OPTIONS, names);
  const { params, loss: lossOf, metrics = {} as M, batchSize = 128, signal, group } = options;
  const ranks = new Ranks("evaluate", { group, signal });
  const source = ranks.partOf(sourceOf("evaluate", data, { batchSize }, backendOf(params)));
  const running = new RunningScores(metrics);
  const turns = new Turns(signal, ranks.isAlone);
  for await (const { x, y: target } of source.batches({ epoch: 1 })) {
    await scoped(new Arena(), async (arena) => {
      arena.follow(params);
      arena.adopt({ x, target });
      const y = model.apply(params, x);
      const { own } = await ownLoss(ranks, () => lossOf(y, target), y);
      running.addLoss(ranks.agree(own));
      await addResults(ranks, running, arena, y, target);
    });
    await turns.take();
  }
  return running.scores;
}

/** Options of {@link predict}. */
export interface PredictOptions<P> {
  /** The parameters of the model. */
  readonly params: P;
  /** Examples at a time; 128 by default. */
  readonly batchSize?: number;
  /** Ends the prediction after the batch that runs when it is aborted. */
  readonly signal?: AbortSignal;
}

const PREDICT_OPTIONS = "params batchSize# signal";

/**
 * Computes the model's outputs for examples, in their order.
 *
 * The model is applied as after training, to a batch at a time: beyond the result, memory is that
 * of one batch. Timers and events get their turn between batches.
 *
 * - **Edge cases**: no examples give no results, of the right shape (a source without a batch
 *   cannot tell it, and gives `[0]`).
 *
 * @example
 * ```ts
 * import { Random, tensor } from "@tapegrad/tapegrad";
 * import { constant, Dense } from "@tapegrad/tapegrad/nn";
 * import { predict } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const model = Dense({ units: 1, initializer: constant(1) });
 * const params = model.init(new Random(0), [2]);
 * const y = await predict(model, tensor([[1, 2], [3, 4], [5, 6]]), { params, batchSize: 2 });
 * assertEquals(y.toArray(), [[3], [7], [11]]);
 * ```
 *
 * @param model a layer, or anything with `apply`.
 * @param x examples, `[N, ...]`: a tensor, elements with a shape and a dtype, or a source of
 * batches, which must not shuffle.
 * @param options `params`, `batchSize`, `signal`.
 * @returns results, `[N, ...]`; a tensor of your own, which can be read at once on every backend.
 * @throws {ShapeError} if x is a scalar, or the model does not keep to one shape of results.
 * @throws {RangeError} if batchSize is no integer of at least 1.
 * @throws {TypeError} if an argument is missing or of the wrong kind.
 * @throws (asynchronously) the reason of the signal, once it is aborted.
 */
export async function predict<P>(
  model: Model<P>,
  x: Tensor | HostArray | BatchSource,
  options: PredictOptions<P>,
): Promise<Tensor> {
  type Known = typeof PREDICT_OPTIONS;
  type Options = PredictOptions<object>;
  checkArguments<Options, Known>("predict", { model, options }, PREDICT_OPTIONS, ["params"]);
  checkInputs("predict", x);
  const { params, batchSize = 128, signal } = options;
  checkInteger("predict", "batchSize", batchSize, 1);
  const backend = backendOf(params);
  const parts: HostArray[] = [];
  const turns = new Turns(signal);
  for await (const batch of inputs(x, batchSize, backend)) {
    await scoped(new Arena(), async (arena) => {
      arena.follow(params);
      const part = await hostArray(model.apply(params, arena.adopt(batch)));
      checkResult(part, batch.shape[0], parts[0] ?? part);
      parts.push(part);
    });
    await turns.take();
  }
  return joined(parts, backend);
}

/**
 * Yields the batches of x alone; one without examples where there are none, for the shape of
 * results.
 */
async function* inputs(
  x: Tensor | HostArray | BatchSource,
  batchSize: number,
  backend: Backend | undefined,
): AsyncGenerator<Tensor, void> {
  if ("batches" in x) {
    for await (const batch of x.batches({ epoch: 1 })) {
      batch.y?.dispose();
      yield batch.x;
    }
    return;
  }
  const examples = await hostArray(x);
  const [size] = examples.shape;
  if (size === undefined) {
    throw new ShapeError("Cannot predict: x must be examples [N, ...]: x is []");
  }
  for (let start = 0; start < Math.max(size, 1); start += batchSize) {
    const count = Math.min(batchSize, size - start);
    yield rows(examples, Int32Array.from({ length: count }, (_, i) => start + i), backend);
  }
}

function checkResult({ shape }: HostArray, count: number, first: HostArray): void {
  if (shape[0] === count && sameShape(shape.slice(1), first.shape.slice(1))) return;
  throw new ShapeError(
    `Cannot predict: the model must make [N, ...] of N examples, always of one shape: it made ` +
      `${formatShape(shape)} of ${count}`,
  );
}

/** Joins the results of batches as one tensor, which can be read at once on every backend. */
function joined(parts: readonly HostArray[], backend: Backend | undefined): Tensor {
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  const { shape, dtype, data } = parts[0] ??
    { shape: [0], dtype: "float32", data: new Float32Array() };
  const values = new (data.constructor as new (length: number) => TypedArray)(length);
  let at = 0;
  for (const part of parts) {
    values.set(part.data, at);
    at += part.data.length;
  }
  const size = parts.reduce((sum, part) => sum + part.shape[0], 0);
  const y = tensor(values, { dtype, shape: [size, ...shape.slice(1)], backend });
  if (isSlow(y)) keepCopy(internals.array(y), values);
  return y;
}
