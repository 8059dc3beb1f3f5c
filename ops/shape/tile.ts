/**
 * `tile` and `repeat`: copies of a tensor one after the other, of each of its elements.
 *
 * Both are a `broadcastTo` between two reshapes, which share memory; so the gradient is a sum over
 * the copies.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import { checkTensors } from "../../src/core/checks.ts";
import { ShapeError } from "../../src/core/errors.ts";
import { formatValue } from "../../src/core/format_value.ts";
import { resolveAxis } from "../../src/core/geometry/mod.ts";
import { formatShape } from "../../src/core/shape.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { broadcastTo } from "./broadcast_to.ts";
import { reshape } from "./reshape.ts";
import { checkOptions, copied } from "../../src/core/options.ts";

/** Along which axis elements are repeated. */
export interface RepeatOptions {
  /** 0 by default; may be negative. */
  readonly axis?: number;
}

const KNOWN = "axis#";

/**
 * Copies of a tensor one after the other, along each of its dimensions.
 *
 * - **Formula**: `y[i] = x[i mod n]`.
 * - **Shapes**: `[n, m]` tiled by `[a, b]` is `[a n, b m]`; the shorter of the two lists gets ones
 *   in front.
 * - **Gradient**: dy summed over the copies.
 * - **Edge cases**: 0 copies make an empty tensor; NaN stays NaN; every dtype (its gradient:
 *   floats).
 * - **Source**: NumPy's `tile`.
 *
 * @example
 * ```ts
 * import { tensor, tile } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(tile(tensor([1, 2]), [2]).toArray(), [1, 2, 1, 2]);
 * assertEquals(tile(tensor([1, 2]), [2, 1]).toArray(), [[1, 2], [1, 2]]);
 * ```
 *
 * @param x any tensor.
 * @param copies how many along each dimension.
 * @returns a new tensor.
 * @throws {ShapeError} if copies is no list of integers of at least 0.
 */
export function tile(x: Tensor, copies: readonly number[]): Tensor {
  if (arguments.length > 2) refuseExtra("apply tile", arguments, 2);
  const action = "apply tile";
  checkTensors(action, { x });
  copies = copied(copies);
  if (!Array.isArray(copies) || !copies.every(isCount)) {
    throw new ShapeError(
      `Cannot ${action}: copies must be a list of integers of at least 0: ` +
        `copies is ${formatValue(copies)}, x is ${formatShape(x.shape)}`,
    );
  }
  const rank = Math.max(x.rank, copies.length);
  const lead = (list: readonly number[]) => [...Array(rank - list.length).fill(1), ...list];
  const [sizes, times] = [lead(x.shape), lead(copies)];
  const apart = broadcastTo(
    reshape(x, sizes.flatMap((n) => [1, n])),
    sizes.flatMap((n, d) => [times[d], n]),
  );
  return reshape(apart, sizes.map((n, d) => n * times[d]));
}

/**
 * Repeats each element several times, one copy after the other, along an axis.
 *
 * - **Formula**: `y[i] = x[floor(i / times)]`.
 * - **Shapes**: size n becomes `n times`.
 * - **Gradient**: dy summed over the copies.
 * - **Edge cases**: 0 times makes an empty tensor; NaN stays NaN; every dtype (its gradient:
 *   floats).
 * - **Source**: NumPy's `repeat` with an axis.
 *
 * @example
 * ```ts
 * import { repeat, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(repeat(tensor([1, 2]), 2).toArray(), [1, 1, 2, 2]);
 * ```
 *
 * @param x a tensor of at least one dimension.
 * @param times how often.
 * @param options `axis`, 0 by default.
 * @returns a new tensor.
 * @throws {ShapeError} if times is no integer of at least 0, or there is no such axis.
 */
export function repeat(x: Tensor, times: number, options: RepeatOptions = {}): Tensor {
  const action = "apply repeat";
  const { axis = 0 } = checkOptions(action, options, KNOWN);
  checkTensors(action, { x });
  const at = resolveAxis(action, axis, x.shape);
  if (!isCount(times)) {
    throw new ShapeError(
      `Cannot ${action}: times must be an integer of at least 0: times is ${times}`,
    );
  }
  const { shape } = x;
  const apart = broadcastTo(
    reshape(x, shape.toSpliced(at + 1, 0, 1)),
    shape.toSpliced(at + 1, 0, times),
  );
  return reshape(apart, shape.toSpliced(at, 1, shape[at] * times));
}

function isCount(n: unknown): boolean {
  return Number.isSafeInteger(n) && n as number >= 0;
}
