/**
 * Parts of a model that is built from a file: a layer with the weights it takes, or a function of
 * several results.
 *
 * @module
 */
import { ShapeError } from "../../core/errors.ts";
import type { Tensor } from "../../core/tensor.ts";
import { asLayer, type Layer } from "../../nn/layer.ts";
import { makeLayer } from "../../nn/make_layer.ts";
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

/** A function of the results of several layers. */
export interface MergePart {
  readonly kind: "merge";
  readonly merge: (inputs: readonly Tensor[]) => Tensor;
}

/** A part of a model. */
export type Part = LayerPart | MergePart;

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
