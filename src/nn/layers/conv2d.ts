/**
 * The layer of `conv2d`.
 *
 * @module
 */
import { checkInteger } from "../../core/check_integer.ts";
import { conv2d } from "../../../ops/images/conv2d.ts";
import { conv2dGeometry, type Conv2dWindow, type Pair, pair } from "../../core/geometry/mod.ts";
import type { Shape } from "../../core/shape.ts";
import { checkInputRank, type Layer } from "../layer.ts";
import { makeLayer } from "../make_layer.ts";
import { checkWeights, initWeights, type WeightOptions, type WeightParams } from "../weights.ts";
import { checkOptions } from "../../core/options.ts";

/** Options of {@link Conv2d}. */
export interface Conv2dLayerOptions extends Conv2dWindow, WeightOptions {
  /** Number of filters: output channels. */
  readonly filters: number;
  /** Size of a filter. */
  readonly size: Pair;
}

const KNOWN =
  "filters# size stride padding dilation groups# bias? activation initializer biasInitializer";

/**
 * Makes a convolution of images: the op `conv2d` with its filters.
 *
 * - **Formula**: `activation(conv2d(x, w) + bias)`.
 * - **Shapes**: `[H, W, C]` -> `[OH, OW, filters]`; w `[KH, KW, C / groups, filters]`, bias
 *   `[filters]`.
 * - **Source**: Keras's `Conv2D`.
 *
 * @example
 * ```ts
 * import { ones, Random, relu } from "@tapegrad/tapegrad";
 * import { Conv2d } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = Conv2d({ filters: 32, size: 3, activation: relu });
 * assertEquals(layer.outputShape([28, 28, 1]), [26, 26, 32]);
 * const params = layer.init(new Random(0), [28, 28, 1]);
 * assertEquals(params.w.shape, [3, 3, 1, 32]);
 * assertEquals(layer.apply(params, ones([8, 28, 28, 1])).shape, [8, 26, 26, 32]);
 * ```
 *
 * @param options `filters`, `size` (a number or `[height, width]`); `stride`, `dilation`,
 * `padding` ("valid" by default), `groups`; `bias`, `activation`, `initializer`,
 * `biasInitializer`.
 * @returns a layer.
 * @throws {RangeError} if filters is no integer of at least 1.
 */
export function Conv2d(options: Conv2dLayerOptions): Layer<WeightParams> {
  options = checkOptions("make Conv2d", options, KNOWN);
  const { filters, size, stride, padding, dilation, groups } = options;
  checkInteger("make Conv2d", "filters", filters, 1);
  checkWeights("make Conv2d", options);
  const [height, width] = pair("make Conv2d", "size", size);
  const window: Conv2dWindow = { stride, padding, dilation, groups };

  /** Shapes of filters and of a result; throws where the filters do not fit the image. */
  function shapesFor(inputShape: Shape): { wShape: Shape; yShape: Shape } {
    checkInputRank("Conv2d", inputShape, ["H", "W", "C"]);
    const wShape = [height, width, inputShape[2] / (groups ?? 1), filters];
    return conv2dGeometry([1, ...inputShape], wShape, undefined, window);
  }

  return makeLayer({
    type: "Conv2d",
    options,
    init: (random, inputShape, create) =>
      initWeights(options, random, shapesFor(inputShape).wShape, filters, create),
    outputShape: (inputShape) => shapesFor(inputShape).yShape.slice(1),
    apply({ w, bias }, x) {
      return conv2d(x, w, { ...window, bias: bias ?? undefined, activation: options.activation });
    },
  }, { params: "{ w, bias }" });
}
