/**
 * The layer of `flatten`.
 *
 * @module
 */
import { flatten } from "../../../ops/shape/reshape.ts";
import { checkShape, sizeOf } from "../../core/shape.ts";
import type { Layer } from "../layer.ts";
import { withDisplay } from "../layer_display.ts";

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
 * @returns a layer without parameters.
 */
export function Flatten(): Layer<null> {
  return withDisplay({
    type: "Flatten",
    init: () => null,
    outputShape(inputShape) {
      checkShape("make Flatten", inputShape);
      return [sizeOf(inputShape)];
    },
    apply: (_params, x) => flatten(x),
  });
}
