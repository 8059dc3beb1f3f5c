/**
 * `avgPool`: the mean of each window of an image.
 *
 * Linear: the gradient spreads each dy evenly over its window, an op that is the adjoint of
 * averaging. Each of the two is the other's gradient.
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

/** Options of {@link avgPool}. */
export interface AvgPoolOptions extends Pool2dWindow {
  /** Count padding as zeros; by default the mean is over the pixels in the image alone. */
  readonly countPadding?: boolean;
  /** Order of the dimensions of images; `"NHWC"` by default. */
  readonly layout?: ImageLayout;
}

const KNOWN = "size stride padding countPadding? layout";

/**
 * Computes the mean of each window of an image.
 *
 * - **Formula**: `y[n, i, j, c] = sum x[n, i s + u - p, j s + v - p, c] / count` over the pixels u,
 *   v of a window; count is the number of them in the image, or with `countPadding` the window's
 *   size.
 * - **Shapes**: `[N, H, W, C]` -> `[N, OH, OW, C]` with
 *   `OH = floor((H + top + bottom - size) / s) + 1`.
 * - **Gradient**: `dy / count` to every pixel of the window; where windows overlap, contributions
 *   add up.
 * - **Edge cases**: NaN spreads to every window it is in; windows wholly in padding are refused.
 * - **Source**: TensorFlow leaves padding out of the count, PyTorch counts it unless told
 *   otherwise.
 *
 * @example
 * ```ts
 * import { avgPool, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 2, 5, 4, 3, 2, 1, 2], { shape: [1, 2, 4, 1] });
 * assertEquals([...avgPool(x, { size: 2 }).dataSync()], [2, 3]);
 * ```
 *
 * @param x images, a float tensor.
 * @param options `size` of a window, `stride` (size by default), `padding` ("valid" by default),
 * `countPadding` (false by default), `layout` ("NHWC" by default).
 * @returns a new tensor of images.
 * @throws {ShapeError} if x is no batch of images, or a window would hold no pixel.
 * @throws {RangeError} if size, stride, padding or layout is none.
 */
export function avgPool(x: Tensor, options: AvgPoolOptions): Tensor {
  const action = "apply avgPool";
  options = checkOptions(action, options, KNOWN);
  checkFloats(action, { x });
  const { countPadding = false } = options;
  return onImages(
    { action, layout: options.layout, x },
    ([words], x) => pool2dGeometry(action, x, options, countPadding, words),
    (g, x) => apply(avgPoolOp, { x }, g),
  );
}

/** The op of {@link avgPool}. */
export const avgPoolOp: Op<readonly ["x"], never, Pool2dGeometry> = /* @__PURE__ */ defineOp({
  name: "avgPool",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: Pool2dGeometry) => k.avgPool(x, g),
  backward: (dy, _saved, g) => ({ x: () => apply(avgPoolGradOp, { dy }, g) }),
});

/** The gradient of avgPool: each dy spread evenly over its window. */
export const avgPoolGradOp: Op<readonly ["dy"], never, Pool2dGeometry> = /* @__PURE__ */ defineOp({
  name: "avgPoolGrad",
  inputs: ["dy"],
  reads: [],
  forward: (k, { dy }, g: Pool2dGeometry) => k.avgPoolGrad(dy, g),
  backward: (ddx, _saved, g) => ({ dy: () => apply(avgPoolOp, { x: ddx }, g) }),
});
