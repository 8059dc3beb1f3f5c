/**
 * Initial weights.
 *
 * @module
 */
import { type CreateOptions, tensor } from "../core/create.ts";
import { ShapeError } from "../core/errors.ts";
import type { Random } from "../core/random.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";

/**
 * Weights that keep the variance of signals the same from layer to layer, uniformly distributed
 * (also known as Xavier).
 *
 * Formula: uniform in ±`sqrt(6 / (fanIn + fanOut))`. Shapes: dense weights `[I, O]` have fans I
 * and O, filters `[KH, KW, C, O]` have `KH KW C` and `KH KW O`. Source: X. Glorot, Y. Bengio:
 * "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010;
 * the default of Keras.
 *
 * @example
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { glorotUniform } from "@tapegrad/tapegrad/nn";
 * import { assert } from "@std/assert";
 *
 * const w = glorotUniform(new Random(0), [100, 50]);
 * assert(w.dataSync().every((v) => Math.abs(v) <= Math.sqrt(6 / 150)));
 * ```
 *
 * @param random where the numbers come from.
 * @param shape shape of the weights, of at least two dimensions.
 * @param options dtype (float32 by default) and backend.
 * @returns a tensor that no tape knows.
 * @throws {ShapeError} if the shape has fewer than two dimensions.
 */
export function glorotUniform(random: Random, shape: Shape, options: CreateOptions = {}): Tensor {
  const [fanIn, fanOut] = fans(shape);
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  const values = Float64Array.from({ length: sizeOf(shape) }, () => random.uniform(-limit, limit));
  return tensor(values, { ...options, dtype: options.dtype ?? "float32", shape });
}

/** Number of inputs that reach an output, and of outputs that an input reaches. */
function fans(shape: Shape): [fanIn: number, fanOut: number] {
  if (shape.length < 2) {
    throw new ShapeError(
      `Cannot initialise weights: shape must have at least two dimensions: got ${
        formatShape(shape)
      }`,
    );
  }
  const taps = sizeOf(shape.slice(0, -2));
  return [taps * shape[shape.length - 2], taps * shape[shape.length - 1]];
}
