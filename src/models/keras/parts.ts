/**
 * Parts of a model that is built from a file: a layer with the weights it takes, of one result or of
 * several.
 *
 * @module
 */
import { Arena } from "../../core/arena.ts";
import { type CreateOptions, zeros } from "../../core/create.ts";
import { ShapeError } from "../../core/errors.ts";
import { scoped } from "../../core/scoped.ts";
import type { Shape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { asLayer, type Layer } from "../../nn/layer.ts";
import { makeLayer } from "../../nn/make_layer.ts";
import type { Json } from "../../formats/strict_json.ts";
import type { Random } from "../../random/random.ts";
import type { LayerSettings } from "./settings.ts";
import type { LayerConfig } from "./graph.ts";

/** Weights of a layer by Keras's names for them. */
export type Weights = ReadonlyMap<string, Tensor>;

/** A weight that a layer takes from a file. */
export interface WeightSpec {
  /** Names that it may have there; the first is the one that is used here. */
  readonly names: readonly string[];
  /** Shape by the settings of the layer, null where they do not tell; undefined for any. */
  readonly shape?: readonly (number | null)[];
}

/** A layer of one input, and its weights. */
export interface LayerPart {
  readonly kind: "layer";
  readonly layer: Layer<unknown>;
  /** Weights in the order of Keras. */
  readonly weights: readonly WeightSpec[];
  /** Makes parameters of the weights, by the first of their names. */
  readonly params: (weights: Weights) => unknown;
}

/** Settings of one application of a layer, beside those of the layer. */
export type CallSettings = ReadonlyMap<string, Json>;

/** A layer of the results of several. */
export interface JointLayer {
  readonly type: string;
  /** Makes parameters for results of these shapes, without the batch; null for none. */
  init(random: Random, shapes: readonly Shape[], create?: CreateOptions): unknown;
  outputShape(shapes: readonly Shape[]): Shape;
  apply(params: unknown, inputs: readonly Tensor[], call: CallSettings): Tensor;
}

/** A layer of several results, and its weights. */
export interface JointPart {
  readonly kind: "joint";
  readonly joint: JointLayer;
  readonly weights: readonly WeightSpec[];
  readonly params: (weights: Weights) => unknown;
}

/** A part of a model. */
export type Part = LayerPart | JointPart;

/** Makes a part of settings. */
export type Builder = (settings: LayerSettings, layer: LayerConfig) => Part;

/** Makes a part without weights of a layer. */
export function plain(layer: Layer<unknown>): LayerPart {
  return { kind: "layer", layer, weights: [], params: () => null };
}

/** Makes a part without weights of a function, which is shown by a name. */
export function called(name: string, f: (x: Tensor) => Tensor): LayerPart {
  return plain(
    asLayer(Object.defineProperty((x: Tensor) => f(x), "name", { value: name })) as Layer<unknown>,
  );
}

/** Makes a part without weights of a function of several results. */
export function joined(merge: (inputs: readonly Tensor[]) => Tensor): JointPart {
  return {
    kind: "joint",
    joint: {
      type: "join",
      init: () => null,
      // The shape is found by running the function on zeros.
      outputShape: (shapes) =>
        scoped(
          new Arena(),
          (arena) => merge(shapes.map((shape) => arena.adopt(zeros([1, ...shape])))).shape.slice(1),
        ),
      apply: (_params, inputs) => merge(inputs),
    },
    weights: [],
    params: () => null,
  };
}

/**
 * Makes a layer that works along the last axis refuse tensors of which `axis` is not the last. How
 * many axes there are is known only when it is applied.
 */
export function alongLast<P>(layer: Layer<P>, axis: number): Layer<P> {
  if (axis === -1) return layer;
  const check = (rank: number) => {
    if (rank - 1 === axis) return;
    throw new ShapeError(
      `Cannot apply ${layer.type}: its axis must be the last: it is ${axis}, of ${rank} with the batch`,
    );
  };
  return makeLayer({
    ...layer,
    outputShape(inputShape) {
      check(inputShape.length + 1);
      return layer.outputShape(inputShape);
    },
    apply(params, x, options) {
      check(x.rank);
      return layer.apply(params, x, options);
    },
  });
}

/** Makes a part with weights. */
export function weighted<P>(
  layer: Layer<P>,
  weights: readonly WeightSpec[],
  params: (weights: Weights) => NoInfer<P>,
): LayerPart {
  return { kind: "layer", layer: layer as Layer<unknown>, weights, params };
}
