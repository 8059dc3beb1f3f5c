/**
 * `maxPool`: the maximum of each window of an image.
 *
 * The gradient goes to the first maximum of each window, in row-major order, found again in x
 * (not at a corner of the window, and not paid to every tie). It is an op that scatters dy; its
 * own gradient gathers from the same places.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import {
  type ImageLayout,
  type Pool2dGeometry,
  pool2dGeometry,
  type Pool2dWindow,
} from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { onImages } from "./layout.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link maxPool}. */
export interface MaxPoolOptions extends Pool2dWindow {
  /** Order of the dimensions of images; `"NHWC"` by default. */
  readonly layout?: ImageLayout;
}

const KNOWN = "size stride padding layout";

/**
 * Computes the maximum of each window of an image.
 *
 * - **Formula**: `y[n, i, j, c] = max x[n, i s + u - p, j s + v - p, c]` over the pixels u, v of a
 *   window that lie in the image: padding never wins.
 * - **Shapes**: `[N, H, W, C]` -> `[N, OH, OW, C]` with
 *   `OH = floor((H + top + bottom - size) / s) + 1`.
 * - **Gradient**: all of dy to the first maximum in row-major order; where windows overlap,
 *   contributions add up.
 * - **Edge cases**: NaN is above all, the first one takes the gradient; windows wholly in padding
 *   are refused.
 *
 * @example
 * ```ts
 * import { maxPool, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 2, 5, 4, 3, 0, 1, 2], { shape: [1, 2, 4, 1] });
 * assertEquals([...maxPool(x, { size: 2 }).dataSync()], [3, 5]);
 * ```
 *
 * @param x images, a float tensor.
 * @param options `size` of a window, `stride` (size by default), `padding` ("valid" by default),
 * `layout` ("NHWC" by default).
 * @returns a new tensor of images.
 * @throws {ShapeError} if x is no batch of images, or a window would hold no pixel.
 * @throws {RangeError} if size, stride, padding or layout is none.
 */
export function maxPool(x: Tensor, options: MaxPoolOptions): Tensor {
  const action = "apply maxPool";
  options = checkOptions(action, options, KNOWN);
  checkFloats(action, { x });
  return onImages(
    { action, layout: options.layout, x },
    ([words], x) => pool2dGeometry(action, x, options, false, words),
    (g, x) => apply(maxPoolOp, { x }, g),
  );
}

/** The op of {@link maxPool}. */
export const maxPoolOp: Op<readonly ["x"], "x", Pool2dGeometry> = /* @__PURE__ */ defineOp({
  name: "maxPool",
  inputs: ["x"],
  reads: ["x"],
  forward: (k, { x }, g: Pool2dGeometry) => k.maxPool(x, g),
  backward: (dy, { x }, g) => ({ x: () => apply(maxPoolGradOp, { dy, x }, g) }),
});

/** The gradient of maxPool: dy added at the first maximum of each window. */
export const maxPoolGradOp: Op<readonly ["dy", "x"], "x", Pool2dGeometry> =
  /* @__PURE__ */ defineOp({
    name: "maxPoolGrad",
    inputs: ["dy", "x"],
    reads: ["x"],
    forward: (k, { dy, x }, g: Pool2dGeometry) => k.maxPoolGrad(dy, x, g),
    backward: (ddx, { x }, g) => ({
      dy: () => apply(maxPoolGatherOp, { values: ddx, x }, g),
      x: null, // constant away from ties
    }),
  });

/** The gradient of maxPoolGrad with respect to dy: values at the first maximum of each window. */
export const maxPoolGatherOp: Op<readonly ["values", "x"], "x", Pool2dGeometry> =
  /* @__PURE__ */ defineOp({
    name: "maxPoolGather",
    inputs: ["values", "x"],
    reads: ["x"],
    forward: (k, { values, x }, g: Pool2dGeometry) => k.maxPoolGather(values, x, g),
    backward: (dy, { x }, g) => ({
      values: () => apply(maxPoolGradOp, { dy, x }, g),
      x: null, // constant away from ties
    }),
  });
