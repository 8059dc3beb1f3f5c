/**
 * `dropout`: random elements made 0 and the others larger, so that the mean stays.
 *
 * Which elements is a function of a key and of their offsets, and of nothing else: the gradient is
 * the op itself with the same key, and no mask is kept.
 *
 * @module
 */
import { adoptLike } from "../../src/core/arena.ts";
import { checkFloats } from "../../src/core/checks.ts";
import { ones } from "../../src/core/create.ts";
import { checkRepeats, type DropoutGeometry } from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import { checkRandom } from "../../src/random/check_random.ts";
import type { Random } from "../../src/random/random.ts";
import { checkShape, type Shape } from "../../src/core/shape.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { mul } from "../elementwise/mul.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link dropout}. */
export interface DropoutOptions {
  /** Source of randomness; two integers are drawn from it. */
  readonly random: Random;
  /** Share of the elements that become 0, from 0 to 1; 0.5 by default. */
  readonly rate?: number;
  /** Sizes that the mask has, 1 where it is repeated; `[N, 1, 1, C]` drops whole channels. */
  readonly noiseShape?: Shape;
}

const KNOWN = "random rate# noiseShape";

/**
 * Sets random elements to 0; the others are divided by `1 - rate`, so that the mean stays.
 *
 * - **Formula**: `y = x / (1 - rate)`, or 0 with probability `rate`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy / (1 - rate)` where the element was kept, else 0.
 * - **Edge cases**: a rate of 0 returns x, of 1 zeros; what is dropped is 0 also where x is NaN,
 *   but not with a `noiseShape`, which multiplies. The mask depends on the generator's state and
 *   the shape alone: it is the same on every backend and on any number of threads.
 * - **Source**: N. Srivastava et al., "Dropout: a simple way to prevent neural networks from
 *   overfitting", JMLR 15, 2014; Threefry-2x32 (see {@link Random}), whose words for counter c of
 *   the key are those of elements `8 (c >> 2) + (c & 3)` and 4 after it.
 *
 * @example
 * ```ts
 * import { dropout, ones, Random } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const y = dropout(ones([1000]), { rate: 0.25, random: new Random(1) });
 * assertEquals([...new Set(y.dataSync())].sort(), [0, Math.fround(4 / 3)]);
 * const again = dropout(ones([1000]), { rate: 0.25, random: new Random(1) });
 * assertEquals(again.toArray(), y.toArray());
 * ```
 *
 * @param x a float tensor.
 * @param options `random`, `rate` (0.5 by default), `noiseShape` (x's shape by default).
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype, or the noise does not broadcast to x.
 * @throws {RangeError} if the rate is not from 0 to 1.
 * @throws {TypeError} if there is no generator.
 */
export function dropout(x: Tensor, options: DropoutOptions): Tensor {
  const action = "apply dropout";
  const { random, rate = 0.5, noiseShape } = checkOptions(action, options, KNOWN);
  checkFloats(action, { x });
  checkRandom(action, random);
  if (!(rate >= 0 && rate <= 1)) {
    throw new RangeError(`Cannot ${action}: rate must be from 0 to 1: got ${rate}`);
  }
  const key = [random.integer(2 ** 32), random.integer(2 ** 32)] as const;
  if (noiseShape === undefined) return rate === 0 ? x : apply(dropoutOp, { x }, { key, rate });
  checkShape(action, noiseShape, "noiseShape");
  checkRepeats(action, { noiseShape, x: x.shape });
  const { dtype, backend } = x;
  const noise = adoptLike(x, ones([...noiseShape], { dtype, backend }));
  return mul(x, apply(dropoutOp, { x: noise }, { key, rate }));
}

/** The op of {@link dropout}: linear, and its own gradient. */
export const dropoutOp: Op<readonly ["x"], never, DropoutGeometry> = /* @__PURE__ */ defineOp({
  name: "dropout",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: DropoutGeometry) => k.dropout(x, g),
  backward: (dy, _saved, g) => ({ x: () => apply(dropoutOp, { x: dy }, g) }),
});
