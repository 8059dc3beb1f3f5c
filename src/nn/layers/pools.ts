/**
 * The layers of `maxPool`, `avgPool` and `globalAvgPool`.
 *
 * @module
 */
import { avgPool, type AvgPoolOptions } from "../../../ops/images/avg_pool.ts";
import { globalAvgPool } from "../../../ops/images/global_pool.ts";
import { maxPool } from "../../../ops/images/max_pool.ts";
import { pool2dGeometry, type Pool2dWindow } from "../../core/geometry/mod.ts";
import type { Tensor } from "../../core/tensor.ts";
import { checkInputRank, type Layer } from "../layer.ts";
import { makeLayer } from "../make_layer.ts";
import { checkNames, checkOptions, type NoOptions } from "../../core/options.ts";

const MAX_POOL_OPTIONS = "size stride padding";

const AVG_POOL_OPTIONS = "size stride padding countPadding? layout";

/**
 * Makes a layer of the maximum of each window of an image: the op `maxPool`.
 *
 * - **Formula**: `maxPool(x, options)`.
 * - **Shapes**: `[H, W, C]` -> `[OH, OW, C]`.
 * - **Source**: Keras's `MaxPooling2D`.
 *
 * @example
 * ```ts
 * import { MaxPool } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(MaxPool({ size: 2 }).outputShape([26, 26, 32]), [13, 13, 32]);
 * ```
 *
 * @param options `size` of a window, `stride` (size by default), `padding` ("valid" by default).
 * @returns a layer without parameters.
 */
export function MaxPool(options: Pool2dWindow): Layer<null> {
  options = checkOptions("make MaxPool", options, MAX_POOL_OPTIONS);
  return poolLayer("MaxPool", options, (x) => maxPool(x, options));
}

/**
 * Makes a layer of the mean of each window of an image: the op `avgPool`.
 *
 * - **Formula**: `avgPool(x, options)`.
 * - **Shapes**: `[H, W, C]` -> `[OH, OW, C]`.
 * - **Source**: Keras's `AveragePooling2D`.
 *
 * @example
 * ```ts
 * import { AvgPool } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(AvgPool({ size: 2, padding: "same" }).outputShape([5, 5, 8]), [3, 3, 8]);
 * ```
 *
 * @param options `size` of a window, `stride` (size by default), `padding` ("valid" by default),
 * `countPadding` (false by default).
 * @returns a layer without parameters.
 */
export function AvgPool(options: AvgPoolOptions): Layer<null> {
  options = checkOptions("make AvgPool", options, AVG_POOL_OPTIONS);
  return poolLayer("AvgPool", options, (x) => avgPool(x, options));
}

/**
 * Makes a layer of the mean of each channel of an image: the op `globalAvgPool`.
 *
 * - **Formula**: `globalAvgPool(x)`.
 * - **Shapes**: `[H, W, C]` -> `[C]`.
 * - **Source**: Keras's `GlobalAveragePooling2D`.
 *
 * @example
 * ```ts
 * import { GlobalAvgPool } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(GlobalAvgPool().outputShape([7, 7, 64]), [64]);
 * ```
 *
 * @param options none yet; others are refused.
 * @returns a layer without parameters.
 */
export function GlobalAvgPool(options: NoOptions = {}): Layer<null> {
  checkNames("make GlobalAvgPool", options, "");
  return makeLayer({
    type: "GlobalAvgPool",
    init: () => null,
    outputShape(inputShape) {
      checkInputRank("GlobalAvgPool", inputShape, ["H", "W", "C"]);
      return inputShape.slice(2);
    },
    apply: (_params, x) => globalAvgPool(x),
  });
}

function poolLayer(
  type: string,
  options: AvgPoolOptions,
  pool: (x: Tensor) => Tensor,
): Layer<null> {
  return makeLayer({
    type,
    options,
    init: () => null,
    outputShape(inputShape) {
      checkInputRank(type, inputShape, ["H", "W", "C"]);
      return pool2dGeometry(`make ${type}`, [1, ...inputShape], options, false).yShape.slice(1);
    },
    apply: (_params, x) => pool(x),
  });
}
