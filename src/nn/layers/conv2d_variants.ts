/**
 * The layers of `depthwiseConv2d` and `conv2dTranspose`.
 *
 * @module
 */
import { checkInteger } from "../../core/check_integer.ts";
import { activate } from "../../../ops/fused_activation.ts";
import { conv2dTranspose } from "../../../ops/images/conv2d_transpose.ts";
import { depthwiseConv2d } from "../../../ops/images/depthwise_conv2d.ts";
import {
  conv2dTransposeGeometry,
  type Conv2dTransposeWindow,
  DEPTHWISE_FILTERS,
  depthwiseConv2dGeometry,
  type DepthwiseConv2dWindow,
  imagesIn,
  type Pair,
  pair,
} from "../../core/geometry/mod.ts";
import type { Shape } from "../../core/shape.ts";
import { checkInputRank, type Layer } from "../layer.ts";
import { makeLayer } from "../make_layer.ts";
import { checkWeights, initWeights, type WeightOptions, type WeightParams } from "../weights.ts";
import { checkOptions } from "../../core/options.ts";

/** Options of {@link DepthwiseConv2d}. */
export interface DepthwiseConv2dLayerOptions extends DepthwiseConv2dWindow, WeightOptions {
  /** Size of a filter. */
  readonly size: Pair;
  /** Filters for each channel; 1 by default. */
  readonly multiplier?: number;
}

const DEPTHWISE_OPTIONS =
  "size multiplier# stride padding dilation bias? activation initializer biasInitializer";

/**
 * Makes a convolution of each channel alone: the op `depthwiseConv2d` with its filters.
 *
 * - **Formula**: `activation(depthwiseConv2d(x, w) + bias)`.
 * - **Shapes**: `[H, W, C]` -> `[OH, OW, C M]` with M the multiplier; w `[KH, KW, C, M]`, bias
 *   `[C M]`.
 * - **Source**: Keras's `DepthwiseConv2D`.
 *
 * @example
 * ```ts
 * import { DepthwiseConv2d } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = DepthwiseConv2d({ size: 3, padding: "same", multiplier: 2 });
 * assertEquals(layer.outputShape([8, 8, 16]), [8, 8, 32]);
 * ```
 *
 * @param options `size`; `multiplier`, `stride`, `dilation`, `padding`; `bias`, `activation`,
 * `initializer`, `biasInitializer`.
 * @returns a layer.
 * @throws {RangeError} if multiplier is no integer of at least 1.
 */
export function DepthwiseConv2d(options: DepthwiseConv2dLayerOptions): Layer<WeightParams> {
  options = checkOptions("make DepthwiseConv2d", options, DEPTHWISE_OPTIONS);
  const { size, multiplier = 1, stride, dilation, padding } = options;
  checkInteger("make DepthwiseConv2d", "multiplier", multiplier, 1);
  checkWeights("make DepthwiseConv2d", options);
  const sides = pair("make DepthwiseConv2d", "size", size);
  const window: DepthwiseConv2dWindow = { stride, dilation, padding };

  /** Shapes of filters and of a result; throws where the filters do not fit the image. */
  function shapesFor(inputShape: Shape): { w: Shape; y: Shape } {
    checkInputRank("DepthwiseConv2d", inputShape, ["H", "W", "C"]);
    const w = [...sides, inputShape[2], multiplier];
    const action = "make DepthwiseConv2d";
    const x = [1, ...inputShape];
    const words = imagesIn("NHWC", action, x, w, DEPTHWISE_FILTERS);
    const { yShape } = depthwiseConv2dGeometry(x, w, undefined, window, words);
    return { w, y: yShape.slice(1) };
  }

  return makeLayer({
    type: "DepthwiseConv2d",
    options,
    init(random, inputShape, create) {
      const { w } = shapesFor(inputShape);
      return initWeights(options, random, w, w[2] * multiplier, create);
    },
    outputShape: (inputShape) => shapesFor(inputShape).y,
    apply({ w, bias }, x) {
      const y = depthwiseConv2d(x, w, { ...window, bias: bias ?? undefined });
      return activate("apply DepthwiseConv2d", options.activation ?? "linear", y);
    },
  }, { params: "{ w, bias }" });
}

/** Options of {@link Conv2dTranspose}. */
export interface Conv2dTransposeLayerOptions extends Conv2dTransposeWindow, WeightOptions {
  /** Number of output channels. */
  readonly filters: number;
  /** Size of a filter. */
  readonly size: Pair;
}

const TRANSPOSE_OPTIONS =
  "filters# size stride padding dilation groups# outputPadding bias? activation initializer biasInitializer";

/**
 * Makes a convolution run backwards, which makes images larger: the op `conv2dTranspose` with its
 * filters.
 *
 * - **Formula**: `activation(conv2dTranspose(x, w) + bias)`.
 * - **Shapes**: `[H, W, C]` -> `[OH, OW, filters]`; w `[KH, KW, filters / groups, C]`, bias
 *   `[filters]`.
 * - **Source**: Keras's `Conv2DTranspose`.
 *
 * @example
 * ```ts
 * import { Conv2dTranspose } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = Conv2dTranspose({ filters: 8, size: 3, stride: 2, padding: "same" });
 * assertEquals(layer.outputShape([7, 7, 32]), [14, 14, 8]);
 * ```
 *
 * @param options `filters`, `size`; `stride`, `dilation`, `padding`, `outputPadding`, `groups`;
 * `bias`, `activation`, `initializer`, `biasInitializer`.
 * @returns a layer.
 * @throws {RangeError} if filters is no integer of at least 1.
 */
export function Conv2dTranspose(options: Conv2dTransposeLayerOptions): Layer<WeightParams> {
  options = checkOptions("make Conv2dTranspose", options, TRANSPOSE_OPTIONS);
  const { filters, size, stride, dilation, padding, outputPadding, groups } = options;
  checkInteger("make Conv2dTranspose", "filters", filters, 1);
  checkWeights("make Conv2dTranspose", options);
  const sides = pair("make Conv2dTranspose", "size", size);
  const window: Conv2dTransposeWindow = { stride, dilation, padding, outputPadding, groups };

  /** Shapes of filters and of a result; throws where the filters do not fit the image. */
  function shapesFor(inputShape: Shape): { w: Shape; y: Shape } {
    checkInputRank("Conv2dTranspose", inputShape, ["H", "W", "C"]);
    const w = [...sides, filters / (groups ?? 1), inputShape[2]];
    const g = conv2dTransposeGeometry([1, ...inputShape], w, undefined, window);
    return { w, y: g.xShape.slice(1) }; // the geometry is that of the convolution run forwards
  }

  return makeLayer({
    type: "Conv2dTranspose",
    options,
    init: (random, inputShape, create) =>
      initWeights(options, random, shapesFor(inputShape).w, filters, create),
    outputShape: (inputShape) => shapesFor(inputShape).y,
    apply({ w, bias }, x) {
      const y = conv2dTranspose(x, w, { ...window, bias: bias ?? undefined });
      return activate("apply Conv2dTranspose", options.activation ?? "linear", y);
    },
  }, { params: "{ w, bias }" });
}
