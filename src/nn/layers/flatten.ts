/**
 * The layer of `flatten`.
 *
 * @module
 */
import { checkNames, type NoOptions } from "../../core/options.ts";
import { flatten } from "../../../ops/shape/reshape.ts";
import { sizeOf } from "../../core/shape.ts";
import { checkInputShape, type Layer } from "../layer.ts";
import { makeLayer } from "../make_layer.ts";

/**
 * Makes a layer that puts all of an example in one row: the op `flatten`.
 *
 * - **Formula**: `flatten(x)`.
 * - **Shapes**: `[...]` -> `[product of the sizes]`.
 * - **Source**: Keras's `Flatten`.
 *
 * @example
 * ```ts
 * import { Flatten } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(Flatten().outputShape([3, 3, 64]), [576]);
 * ```
 *
 * @param options none yet; others are refused.
 * @returns a layer without parameters.
 */
export function Flatten(options: NoOptions = {}): Layer<null> {
  checkNames("make Flatten", options, "");
  return makeLayer({
    type: "Flatten",
    init: () => null,
    outputShape(inputShape) {
      checkInputShape("Flatten", inputShape);
      return [sizeOf(inputShape)];
    },
    apply: (_params, x) => flatten(x),
  });
}
