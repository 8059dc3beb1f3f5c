/**
 * Layers that are not trained.
 *
 * @module
 */
import { Tensor } from "../core/tensor.ts";
import type { Layer, Trainable } from "./layer.ts";
import { makeLayer } from "./make_layer.ts";

/**
 * Makes a layer whose parameters no gradient changes: the part of a model that is kept while the
 * rest is fine-tuned. Running statistics in it stay as they are too.
 *
 * - **Formula**: the layer's, applied as after training.
 * - **Shapes**: the layer's.
 * - **Gradient**: flows through to what comes before, not to the parameters.
 *
 * @example
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { Dense, frozen, trainable } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = frozen(Dense({ units: 2 }));
 * assertEquals(trainable(layer, layer.init(new Random(0), [3])), { w: null, bias: null });
 * ```
 *
 * @param layer a layer.
 * @returns the same layer without trainable parameters.
 */
export function frozen<P>(layer: Layer<P>): Layer<P> {
  return makeLayer({
    type: layer.type,
    children: layer.children,
    options: layer.options,
    init: (random, inputShape, options) => layer.init(random, inputShape, options),
    outputShape: (inputShape) => layer.outputShape(inputShape),
    apply: (params, x, options = {}) => layer.apply(params, x, { scope: options.scope }),
    trainable: (params) => withoutTensors(params) as Trainable<P>,
  }, { isFrozen: true });
}

/** Makes the same structure with null for every tensor. */
function withoutTensors(params: unknown): unknown {
  if (params === null || typeof params !== "object" || params instanceof Tensor) return null;
  if (Array.isArray(params)) return params.map(withoutTensors);
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [key, withoutTensors(value)]),
  );
}
