/**
 * The layer of `dense`.
 *
 * @module
 */
import { checkInteger } from "../../core/check_integer.ts";
import { dense } from "../../../ops/linalg/dense.ts";
import { ShapeError } from "../../core/errors.ts";
import type { Shape } from "../../core/shape.ts";
import { checkInputShape, type Layer } from "../layer.ts";
import { makeLayer } from "../make_layer.ts";
import { checkWeights, initWeights, type WeightOptions, type WeightParams } from "../weights.ts";
import { checkOptions } from "../../core/options.ts";

/** Options of {@link Dense}. */
export interface DenseLayerOptions extends WeightOptions {
  /** Number of outputs. */
  readonly units: number;
}

const KNOWN = "units# bias? activation initializer biasInitializer";

/**
 * Makes a fully connected layer: the op `dense` with its weights.
 *
 * - **Formula**: `activation(x w + bias)`.
 * - **Shapes**: `[..., I]` -> `[..., units]`; w `[I, units]`, bias `[units]`.
 * - **Source**: Keras's `Dense`.
 *
 * @example
 * ```ts
 * import { ones, Random, relu } from "@tapegrad/tapegrad";
 * import { Dense } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = Dense({ units: 10, activation: relu });
 * const params = layer.init(new Random(0), [64]);
 * assertEquals(params.w.shape, [64, 10]);
 * assertEquals(layer.apply(params, ones([8, 64])).shape, [8, 10]);
 * ```
 *
 * @param options `units`; `bias`, `activation`, `initializer`, `biasInitializer`.
 * @returns a layer.
 * @throws {RangeError} if units is no integer of at least 1.
 */
export function Dense(options: DenseLayerOptions): Layer<WeightParams> {
  options = checkOptions("make Dense", options, KNOWN);
  checkWeights("make Dense", options);
  const { units } = options;
  checkInteger("make Dense", "units", units, 1);
  return makeLayer({
    type: "Dense",
    options,
    init(random, inputShape, create) {
      const inputs = featuresOf(inputShape);
      return initWeights(options, random, [inputs, units], units, create);
    },
    outputShape(inputShape) {
      featuresOf(inputShape);
      return [...inputShape.slice(0, -1), units];
    },
    apply({ w, bias }, x) {
      return dense(x, w, { bias: bias ?? undefined, activation: options.activation });
    },
  }, { params: "{ w, bias }" });
}

/** Returns the last size of an example. */
function featuresOf(inputShape: Shape): number {
  checkInputShape("Dense", inputShape);
  if (inputShape.length > 0) return inputShape[inputShape.length - 1];
  throw new ShapeError(
    "Cannot make Dense: inputShape must be [..., I], without the batch: got []",
  );
}
