/**
 * Activations of every layer of a model for an input.
 *
 * @module
 */
import { Arena } from "../../core/arena.ts";
import { checkTensors } from "../../core/checks.ts";
import { internals, type Tensor } from "../../core/tensor.ts";
import type { Layer } from "../layer.ts";
import { applyObserved } from "./observe.ts";

/**
 * Computes the output of every layer for a batch, by the path of the layer.
 *
 * The model is applied as after training. A path is the names on the way, with dots: those that
 * were given, or those of {@link summary} for layers in a list (`conv2d`, `conv2d_1`). Layers in
 * models in the model come before those: `block.body.conv2d`, `block.body`, `block`.
 *
 * - **Shapes**: those that the layers give, `[N, ...]`.
 * - **Gradient**: on a tape around, as of any result.
 * - **Edge cases**: a convolution with an activation is one layer, whose result is after it; a way
 *   round a `Residual` that does nothing is no layer.
 * - **Source**: feature extraction in torchvision and Keras.
 *
 * @example
 * ```ts
 * import { ones, Random, relu } from "@tapegrad/tapegrad";
 * import { activations, Conv2d, Dense, Flatten, Sequential } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const model = Sequential({
 *   features: Sequential([Conv2d({ filters: 4, size: 3 }), relu]),
 *   flatten: Flatten(),
 *   dense: Dense({ units: 2 }),
 * });
 * const params = model.init(new Random(0), [6, 6, 1]);
 * const made = activations(model, params, ones([1, 6, 6, 1]));
 * const paths = ["features.conv2d", "features.relu", "features", "flatten", "dense"];
 * assertEquals(Object.keys(made), paths);
 * assertEquals(made["features.conv2d"].shape, [1, 4, 4, 4]);
 * ```
 *
 * @param model a layer.
 * @param params its parameters.
 * @param x examples, `[N, ...]`.
 * @returns tensors by path, in the order in which they were made; they belong to an arena or tape
 * that knows x or the parameters, or are yours to dispose of.
 * @throws {TypeError} if x is no tensor.
 */
export function activations<P>(model: Layer<P>, params: P, x: Tensor): Record<string, Tensor> {
  checkTensors("find activations", { x });
  const arena = new Arena();
  try {
    arena.follow([params, x]);
    const made = new Map<string, Tensor>();
    const seen = new Set<Tensor>([x]);
    applyObserved(model, params, x, (path, y) => {
      made.set(path, seen.has(y) ? anotherOf(y, arena) : y);
      seen.add(y);
    });
    return arena.keep(Object.fromEntries(made));
  } finally {
    arena.dispose();
  }
}

/**
 * Makes another tensor of a result: some layers return what they were given, which must not be
 * disposed of twice.
 */
function anotherOf(y: Tensor, arena: Arena): Tensor {
  return internals.alias(y, { owner: arena });
}
