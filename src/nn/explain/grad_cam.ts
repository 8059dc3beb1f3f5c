/**
 * Grad-CAM: where in an image a network saw what speaks for a class.
 *
 * @module
 */
import { mul } from "../../../ops/elementwise/mul.ts";
import { relu } from "../../../ops/elementwise/relu.ts";
import { upsample } from "../../../ops/images/resample.ts";
import { mean } from "../../../ops/reduce/mean.ts";
import { sum } from "../../../ops/reduce/sum.ts";
import { reshape } from "../../../ops/shape/reshape.ts";
import { isFloat } from "../../core/dtype.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape } from "../../core/shape.ts";
import { Tape } from "../../core/tape.ts";
import { internals, type Tensor } from "../../core/tensor.ts";
import { UNRECORDED } from "../../core/track.ts";
import type { Layer } from "../layer.ts";
import { applyObserved, layerPlaces } from "./observe.ts";
import { checkImages, type ExplainOptions, scoreGradient } from "./scores.ts";
import { checkOptions } from "../../core/options.ts";

/** Options of {@link gradCam}. */
export interface GradCamOptions extends ExplainOptions {
  /**
   * The layer whose maps are weighed, by its path as in {@link activations}; the last convolution
   * by default, those in shortcuts left out.
   */
  readonly layer?: string;
}

const KNOWN = "classes layer";

const ACTION = "compute gradCam";
const CONVOLUTIONS = ["Conv2d", "DepthwiseConv2d", "Conv2dTranspose"];

/**
 * Computes where in each image a layer found evidence for a class.
 *
 * - **Formula**: `y = relu(sum_k a_k A_k)` with the maps A of the layer and the mean over their
 *   pixels of the gradient of the score, `a_k = 1/(h w) sum_ij d score / d A[i, j, k]`; then
 *   resized to the image, bilinearly. Values are not normalised. Give a model that makes scores
 *   (logits).
 * - **Shapes**: x `[N, H, W, C]` -> `[N, H, W]`; the layer makes `[N, h, w, K]`, the model
 *   `[N, classes]`.
 * - **Gradient**: on a tape around, as of any result.
 * - **Edge cases**: the model is applied as after training; 0 everywhere where the maps only speak
 *   against the class.
 * - **Source**: R. R. Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via
 *   Gradient-Based Localization", ICCV 2017.
 *
 * @example
 * ```ts
 * import { Random, tensor } from "@tapegrad/tapegrad";
 * import { constant, Conv2d, Dense, GlobalAvgPool, gradCam, Sequential } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const model = Sequential({
 *   conv: Conv2d({ filters: 1, size: 1, initializer: constant(2) }),
 *   pool: GlobalAvgPool(),
 *   dense: Dense({ units: 1, initializer: constant(8) }),
 * });
 * const params = model.init(new Random(0), [2, 2, 1]);
 * const x = tensor([1, 0, 0, -1], { shape: [1, 2, 2, 1] });
 * // The maps are 2 x, the gradient of the score is 8 / 4 at each of their pixels.
 * assertEquals(gradCam(model, params, x, { layer: "conv" }).toArray(), [[[4, 0], [0, 0]]]);
 * ```
 *
 * @param model a layer.
 * @param params its parameters.
 * @param x images, a float tensor.
 * @param options `layer`, `classes`.
 * @returns a new tensor, which belongs to an arena or tape that knows x or the parameters, or is
 * yours to dispose of.
 * @throws {ShapeError} if x, or what the layer or the model makes, has another shape, or there is
 * not one of classes for each image.
 * @throws {RangeError} if there is no such layer, no convolution, or a class does not exist.
 * @throws {TypeError} if the layer is in one that does not tell where it is.
 */
export function gradCam<P>(
  model: Layer<P>,
  params: P,
  x: Tensor,
  options: GradCamOptions = {},
): Tensor {
  options = checkOptions(ACTION, options, KNOWN);
  checkImages(ACTION, x);
  const layer = options.layer ?? lastConvolution(model);
  checkLayer(model, layer);
  const tape = new Tape();
  try {
    // A stand-in, so that a layer which gives x back does not make x itself known.
    const stand = internals.alias(x, { owner: tape });
    tape.follow([params, stand]);
    let maps: Tensor | undefined;
    const scores = applyObserved(model, params, stand, (path, y) => {
      if (path === layer) maps = watchMaps(tape, layer, y);
    });
    if (maps === undefined) {
      throw new TypeError(
        `Cannot ${ACTION}: a layer of layers must pass options.scope on to them: ` +
          `${layer} did not run in it`,
      );
    }
    const gradient = scoreGradient(tape, ACTION, scores, maps, options);
    const weights = mean(gradient, { axis: [1, 2], keepDims: true });
    const heat = relu(sum(mul(weights, maps), { axis: 3, keepDims: true }));
    const [count, height, width] = x.shape;
    const resized = upsample(heat, { size: [height, width], mode: "bilinear" });
    return tape.keep(reshape(resized, [count, height, width]));
  } finally {
    tape.dispose();
  }
}

function lastConvolution<P>(model: Layer<P>): string {
  const found = layerPlaces(model).findLast(({ path, layer }) =>
    CONVOLUTIONS.includes(layer.type) && !/(^|\.)shortcut(\.|$)/.test(path)
  );
  if (found !== undefined) return found.path;
  throw new RangeError(
    `Cannot ${ACTION}: the model must have a convolution, or options.layer name another layer: ` +
      `its layers are ${listPaths(model)}`,
  );
}

function checkLayer<P>(model: Layer<P>, wanted: string): void {
  if (layerPlaces(model).some(({ path }) => path === wanted)) return;
  throw new RangeError(
    `Cannot ${ACTION}: layer must be the path of a layer, one of ${
      listPaths(model)
    }: got ${wanted}`,
  );
}

function listPaths<P>(model: Layer<P>): string {
  return layerPlaces(model).map(({ path }) => path).join(", ");
}

/** Lets the tape record from here on what depends on the maps. */
function watchMaps(tape: Tape, layer: string, y: Tensor): Tensor {
  if (y.rank !== 4 || !isFloat(y.dtype)) {
    throw new ShapeError(
      `Cannot ${ACTION}: layer must make float maps [N, H, W, C]: ${layer} makes ${y.dtype} ` +
        formatShape(y.shape),
    );
  }
  return tape.slotOf(y) === UNRECORDED ? tape.watch(y) : y;
}
