/**
 * Saliency: which pixels a score depends on.
 *
 * @module
 */
import { abs } from "../../../ops/elementwise/abs.ts";
import { max } from "../../../ops/reduce/max.ts";
import { watchAliases } from "../../core/grad.ts";
import { Tape } from "../../core/tape.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Layer } from "../layer.ts";
import { checkImages, type ExplainOptions, scoreGradient } from "./scores.ts";
import { checkOptions } from "../../core/options.ts";

const KNOWN = "classes";

const ACTION = "compute saliency";

/**
 * Computes how much the score of a class changes with each pixel.
 *
 * - **Formula**: `y[n, i, j] = max_c |d score_n / d x[n, i, j, c]|`, in which the score is that of
 *   the given class or of the predicted one. Give a model that makes scores (logits): probabilities
 *   near 0 and 1 hardly change with anything.
 * - **Shapes**: x `[N, H, W, C]` -> `[N, H, W]`; the model makes `[N, classes]`.
 * - **Gradient**: on a tape around, as of any result.
 * - **Edge cases**: the model is applied as after training; pixels that the score does not depend
 *   on are 0; of tied scores the first is explained.
 * - **Source**: K. Simonyan, A. Vedaldi, A. Zisserman, "Deep Inside Convolutional Networks", 2014.
 *
 * @example
 * ```ts
 * import { ones, Random, tensor } from "@tapegrad/tapegrad";
 * import { Dense, Flatten, saliency, Sequential } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const model = Sequential({ flatten: Flatten(), dense: Dense({ units: 2, bias: false }) });
 * const w = tensor([[1, 0], [-3, 0], [0, 5], [0, 2]]); // of 2 x 2 pixels
 * const params = { flatten: null, dense: { w, bias: null } };
 * const map = saliency(model, params, ones([1, 2, 2, 1]), { classes: [0] });
 * assertEquals(map.toArray(), [[[1, 3], [0, 0]]]);
 * ```
 *
 * @param model a layer.
 * @param params its parameters.
 * @param x images, a float tensor.
 * @param options `classes`, one for each image; the predicted ones by default.
 * @returns a new tensor, which belongs to an arena or tape that knows x or the parameters, or is
 * yours to dispose of.
 * @throws {ShapeError} if x or what the model makes has another shape, or there is not one of
 * classes for each image.
 * @throws {RangeError} if a class does not exist.
 */
export function saliency<P>(
  model: Layer<P>,
  params: P,
  x: Tensor,
  options: ExplainOptions = {},
): Tensor {
  options = checkOptions(ACTION, options, KNOWN);
  checkImages(ACTION, x);
  const tape = new Tape();
  try {
    tape.follow(params);
    const watched = watchAliases(tape, ACTION, x);
    const scores = model.apply(params, watched);
    const dx = scoreGradient(tape, ACTION, scores, watched, options);
    return tape.keep(max(abs(dx), { axis: 3 }));
  } finally {
    tape.dispose();
  }
}
