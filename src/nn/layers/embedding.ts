/**
 * The layer of `embedding`.
 *
 * @module
 */
import { checkInitial } from "../initializers.ts";
import { checkInteger } from "../../core/check_integer.ts";
import { embedding } from "../../../ops/shape/gather.ts";
import { checkRandom } from "../../random/check_random.ts";
import type { Tensor } from "../../core/tensor.ts";
import { checkInitializer, type Initializer, truncatedNormal } from "../initializers.ts";
import { checkInputShape, type Layer } from "../layer.ts";
import { makeLayer } from "../make_layer.ts";
import { checkOptions } from "../../core/options.ts";

/** Options of {@link Embedding}. */
export interface EmbeddingLayerOptions {
  /** Number of ids: they are integers from 0 up to, but without, this. */
  readonly vocabulary: number;
  /** Numbers that stand for an id. */
  readonly dimensions: number;
  /** First rows; a truncated normal distribution of width 0.02 by default. */
  readonly initializer?: Initializer;
}

const KNOWN = "vocabulary# dimensions# initializer";

/**
 * Makes a layer that looks up a row of numbers for each id: the op `embedding` with its table.
 *
 * - **Formula**: `y = w[ids]`.
 * - **Shapes**: ids `[...]`, integers -> `[..., dimensions]`; w `[vocabulary, dimensions]`.
 * - **Source**: Keras's `Embedding`.
 *
 * @example
 * ```ts
 * import { Random, tensor } from "@tapegrad/tapegrad";
 * import { Embedding } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = Embedding({ vocabulary: 100, dimensions: 8 });
 * const { w } = layer.init(new Random(0), [5]);
 * const ids = tensor([[1, 2, 3, 2, 1]], { dtype: "int32" });
 * assertEquals(layer.apply({ w }, ids).shape, [1, 5, 8]);
 * ```
 *
 * @param options `vocabulary`, `dimensions`, `initializer`.
 * @returns a layer.
 * @throws {RangeError} if vocabulary or dimensions is no integer of at least 1.
 */
export function Embedding(options: EmbeddingLayerOptions): Layer<{ readonly w: Tensor }> {
  options = checkOptions("make Embedding", options, KNOWN);
  const { vocabulary, dimensions, initializer = truncatedNormal(0.02) } = options;
  checkInteger("make Embedding", "vocabulary", vocabulary, 1);
  checkInteger("make Embedding", "dimensions", dimensions, 1);
  checkInitializer("make Embedding", "initializer", initializer);
  return makeLayer({
    type: "Embedding",
    options,
    init(random, _inputShape, create) {
      checkRandom("initialise Embedding", random);
      const shape = [vocabulary, dimensions];
      return {
        w: checkInitial("initializer", initializer(random.split("w"), shape, create), shape),
      };
    },
    outputShape(inputShape) {
      checkInputShape("Embedding", inputShape);
      return [...inputShape, dimensions];
    },
    apply: ({ w }, ids) => embedding(ids, w),
  }, { params: "{ w }" });
}
