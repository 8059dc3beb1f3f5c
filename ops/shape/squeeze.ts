/**
 * `squeeze` and `expandDims`: dimensions of size 1 dropped or put in, without a copy.
 *
 * Both are a `reshape`, and so is their gradient.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import { checkTensors } from "../../src/core/checks.ts";
import { ShapeError } from "../../src/core/errors.ts";
import { reduceGeometry } from "../../src/core/geometry/mod.ts";
import { formatValue } from "../../src/core/format_value.ts";
import { formatShape } from "../../src/core/shape.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { reshape } from "./reshape.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of dropping dimensions. */
export interface SqueezeOptions {
  /** Axis or axes to drop, of size 1, negative ones from the last; all of size 1 by default. */
  readonly axis?: number | readonly number[];
}

const KNOWN = "axis";

/**
 * Drops dimensions of size 1. Memory is shared, not copied.
 *
 * - **Shapes**: that of x without these dimensions.
 * - **Gradient**: dy in x's shape.
 * - **Edge cases**: NaN stays NaN; every dtype.
 * - **Source**: NumPy's `squeeze`.
 *
 * @example
 * ```ts
 * import { squeeze, zeros } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(squeeze(zeros([1, 3, 1])).shape, [3]);
 * assertEquals(squeeze(zeros([1, 3, 1]), { axis: -1 }).shape, [1, 3]);
 * ```
 *
 * @param x any tensor.
 * @param options `axis`: which, all of size 1 by default.
 * @returns a tensor on the same memory.
 * @throws {ShapeError} if a dimension has another size or does not exist.
 */
export function squeeze(x: Tensor, options: SqueezeOptions = {}): Tensor {
  const action = "apply squeeze";
  options = checkOptions(action, options, KNOWN);
  checkTensors(action, { x });
  const axis = options.axis ?? x.shape.flatMap((n, d) => n === 1 ? [d] : []);
  const { axes, shape } = reduceGeometry(action, x.shape, { axis });
  const wrong = axes.find((d) => x.shape[d] !== 1);
  if (wrong !== undefined) {
    throw new ShapeError(
      `Cannot ${action}: only dimensions of size 1 can be dropped: dimension ${wrong} of x has ` +
        `size ${x.shape[wrong]}, x is ${formatShape(x.shape)}`,
    );
  }
  return reshape(x, shape);
}

/**
 * Adds a dimension of size 1. Memory is shared, not copied.
 *
 * - **Shapes**: `[2, 3]` -> `[1, 2, 3]` for axis 0, `[2, 3, 1]` for axis -1.
 * - **Gradient**: dy in x's shape.
 * - **Edge cases**: NaN stays NaN; every dtype.
 * - **Source**: NumPy's `expand_dims`.
 *
 * @example
 * ```ts
 * import { expandDims, zeros } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(expandDims(zeros([28, 28]), 0).shape, [1, 28, 28]);
 * assertEquals(expandDims(zeros([28, 28]), -1).shape, [28, 28, 1]);
 * ```
 *
 * @param x any tensor.
 * @param axis where the dimension is in the result; negative ones count from its last.
 * @returns a tensor on the same memory.
 * @throws {ShapeError} if axis is no axis of the result.
 */
export function expandDims(x: Tensor, axis: number): Tensor {
  if (arguments.length > 2) refuseExtra("apply expandDims", arguments, 2);
  const action = "apply expandDims";
  checkTensors(action, { x });
  const { rank } = x;
  if (!Number.isInteger(axis) || axis < -rank - 1 || axis > rank) {
    throw new ShapeError(
      `Cannot ${action}: axis must be an integer from ${-rank - 1} to ${rank}: ` +
        `axis is ${formatValue(axis)}, x is ${formatShape(x.shape)}`,
    );
  }
  return reshape(x, x.shape.toSpliced(axis < 0 ? axis + rank + 1 : axis, 0, 1));
}
