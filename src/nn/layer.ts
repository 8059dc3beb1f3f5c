/**
 * The contract of layers: a pair of pure functions, one that makes parameters and one that applies
 * them.
 *
 * @module
 */
import { formatValue } from "../core/format_value.ts";
import { Arena } from "../core/arena.ts";
import type { Updates } from "../core/assign.ts";
import { type CreateOptions, zeros } from "../core/create.ts";
import { ShapeError } from "../core/errors.ts";
import type { BatchNormOptions, BatchNormResult } from "../../ops/norms/batch_norm.ts";
import type { Random } from "../random/random.ts";
import { scoped } from "../core/scoped.ts";
import { checkShape, formatShape, type Shape } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import { namingLayer } from "./layer_errors.ts";
import { makeLayer } from "./make_layer.ts";

/** Told which layer runs and what it makes, to trace an operation back to its layer. */
export interface LayerScope {
  /** Enters a layer inside the one that runs now. */
  enter(name: string): void;
  /** Ends the layer, which has made `y`. */
  leave(y: Tensor): void;
}

/** Options of applying a layer; by default it is applied as it is used after training. */
export interface ApplyOptions {
  /** True for a step of training: dropout drops, batch normalisation uses the batch. */
  readonly train?: boolean;
  /** Source of random numbers for this application; needed by dropout in training. */
  readonly random?: Random;
  /**
   * Collects new values of parameters that no gradient changes (running statistics), for
   * `applyUpdates` after the step. Needed by batch normalisation in training; null says that they
   * are not wanted, and they are not computed.
   */
  readonly updates?: Updates | null;
  /** Told which layer runs. */
  readonly scope?: LayerScope;
  /**
   * Normalises a batch in training, in place of `batchNorm`: over the batch of all ranks, say
   * (`syncBatchNorm` of `./distributed`).
   */
  readonly batchNorm?: (x: Tensor, options?: BatchNormOptions) => BatchNormResult;
}

/**
 * A layer of a network: makes its parameters, and applies them. It keeps nothing itself.
 *
 * Shapes of inputs and outputs are those of **one example**, without the batch: `[28, 28, 1]`, as
 * in Keras's `Input(shape)`; tensors have the batch in front, `[N, 28, 28, 1]`.
 *
 * @typeParam P its parameters: tensors in nested objects and arrays, or null for none.
 */
export interface Layer<P> {
  /** Kind of the layer: `Conv2d`. */
  readonly type: string;
  /** The layers it is made of, by name; for summaries. */
  readonly children?: readonly NamedLayer[];
  /**
   * Options that it was made with, to be shown, or compared with a file; a layer without has none.
   */
  readonly options?: object;
  /**
   * Makes parameters.
   *
   * @param random where random numbers come from.
   * @param inputShape shape of one example, without the batch.
   * @param options dtype (float32 by default) and backend.
   * @returns parameters that no tape knows, yours to dispose of.
   */
  init(random: Random, inputShape: Shape, options?: CreateOptions): P;
  /**
   * Computes the shape of the layer's output for one example.
   *
   * @param inputShape shape of one example, without the batch.
   * @returns shape of one result, without the batch.
   */
  outputShape(inputShape: Shape): Shape;
  /**
   * Applies the layer to a batch.
   *
   * @param params from `init`.
   * @param x examples, `[N, ...]`.
   * @param options `train`, `random`, `updates`; inference by default.
   * @returns results, `[N, ...]`.
   */
  apply(params: P, x: Tensor, options?: ApplyOptions): Tensor;
  /**
   * The parameters that gradients change, in the structure of all of them with null for the
   * others. Absent where gradients change all.
   *
   * @param params from `init`.
   * @returns the same structure, of the same tensors.
   */
  trainable?(params: P): Trainable<P>;
}

/** A layer with the name by which its parameters are found. */
export interface NamedLayer {
  /** Its key in the parameters. */
  readonly name: string;
  /** The layer. */
  readonly layer: Layer<unknown>;
}

/** The structure of parameters with some of them missing. */
export type Trainable<P> = P extends Tensor ? Tensor | null
  : P extends object ? { readonly [K in keyof P]: Trainable<P[K]> }
  : P;

/** A layer, or a plain function of a batch: `relu`. */
export type Module = Layer<unknown> | ((x: Tensor) => Tensor);

/** The parameters of a layer; null for a plain function. */
export type ParamsOf<M> = M extends Layer<infer P> ? P : null;

/**
 * Makes a plain function a layer without parameters.
 *
 * The shape of its output is found by running it on one example of zeros.
 *
 * @example
 * ```ts
 * import { mul } from "@tapegrad/tapegrad";
 * import { asLayer } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const double = asLayer((x) => mul(x, 2));
 * assertEquals(double.outputShape([28, 28, 1]), [28, 28, 1]);
 * ```
 *
 * @param module a function of a batch, or a layer, which is returned as it is.
 * @returns a layer.
 */
export function asLayer<M extends Module>(module: M): Layer<ParamsOf<M>> {
  checkModule("make a layer", "module", module);
  return (typeof module === "function" ? fromFunction(module) : module) as Layer<ParamsOf<M>>;
}

/** Throws unless a value is a layer or a function of a batch. */
export function checkModule(action: string, name: string, module: unknown): void {
  const isModule = typeof module === "function" ||
    typeof (module as Partial<Layer<unknown>> | null)?.apply === "function";
  if (isModule) return;
  throw new TypeError(
    `Cannot ${action}: ${name} must be a layer or a function of a batch: got ` +
      formatValue(module),
  );
}

function fromFunction(f: (x: Tensor) => Tensor): Layer<null> {
  return makeLayer({
    type: f.name === "" ? "function" : f.name,
    init: () => null,
    outputShape(inputShape) {
      checkShape("find outputShape", inputShape, INPUT_SHAPE);
      return scoped(new Arena(), (arena) => {
        const y: unknown = f(arena.adopt(zeros([1, ...inputShape])));
        if (y instanceof Tensor && y.shape[0] === 1) return y.shape.slice(1);
        throw new ShapeError(
          `Cannot find outputShape: a function in a model must return a tensor [N, ...] for x of ` +
            `${formatShape([1, ...inputShape])}: ${f.name || "the function"} returned ` +
            (y instanceof Tensor ? formatShape(y.shape) : typeof y),
        );
      });
    },
    apply: (_params, x) => f(x),
  });
}

/**
 * Takes out the parameters of a model that gradients change: what a tape watches and an optimizer
 * steps.
 *
 * @example Running statistics are left out
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { Dense, frozen, Sequential, trainable } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const model = Sequential({ base: frozen(Dense({ units: 4 })), head: Dense({ units: 2 }) });
 * const params = model.init(new Random(0), [3]);
 * const { base, head } = trainable(model, params);
 * assertEquals([base.w, base.bias, head.w === params.head.w], [null, null, true]);
 * ```
 *
 * @param model a layer.
 * @param params its parameters.
 * @returns the structure of params, of the same tensors, with null for those left out.
 */
export function trainable<P>(model: Pick<Layer<P>, "trainable">, params: P): Trainable<P> {
  return model.trainable === undefined ? params as Trainable<P> : model.trainable(params);
}

/** Applies a layer inside another one, with random numbers of its own; its errors name it. */
export function applyChild(
  { name, layer }: NamedLayer,
  params: unknown,
  x: Tensor,
  options: ApplyOptions,
): Tensor {
  if (params === undefined) {
    throw new TypeError(
      `Cannot apply the model: params must have the parameters of every layer: layer ${name} ` +
        `(${layer.type}) has none; model.init(random, inputShape) makes all`,
    );
  }
  options.scope?.enter(name);
  let y: Tensor;
  try {
    y = layer.apply(params, x, { ...options, random: options.random?.split(name) });
  } catch (error) {
    throw namingLayer(error, { name, layer });
  }
  options.scope?.leave(y);
  return y;
}

/** Shape that a layer is made for, in errors. */
const INPUT_SHAPE = "inputShape, of one example,";

/** Throws unless a layer is made for a shape. */
export function checkInputShape(layer: string, inputShape: Shape): void {
  checkShape(`make ${layer}`, inputShape, INPUT_SHAPE);
}

/** Throws unless the shape of an example has a rank; `letters` are its sizes: `[H, W, C]`. */
export function checkInputRank(layer: string, inputShape: Shape, letters: readonly string[]): void {
  checkInputShape(layer, inputShape);
  if (inputShape.length === letters.length) return;
  throw new ShapeError(
    `Cannot make ${layer}: inputShape must be [${letters.join(", ")}], without the batch: got ` +
      formatShape(inputShape),
  );
}
