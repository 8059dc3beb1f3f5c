/**
 * Checking gradients, of the library's ops and of your own.
 *
 * {@link checkGrad} throws where a gradient is wrong, {@link gradientReport} tells of all inputs,
 * {@link numericalGradient} is the differences alone; {@link arbitraries} makes inputs for which
 * differences are exact, with fast-check.
 *
 * @example
 * ```ts
 * import { conv2d, tensor } from "@tapegrad/tapegrad";
 * import { checkGrad } from "@tapegrad/tapegrad/testing";
 *
 * const x = tensor([1, 0.5, -2, 0.25], { shape: [1, 2, 2, 1] });
 * const w = tensor([1, -0.5], { shape: [1, 2, 1, 1] });
 * checkGrad((x, w) => conv2d(x, w, { padding: "same" }), [x, w], { exact: true, order: 2 });
 * ```
 *
 * @module
 */
import "../default_backend.ts";

export {
  checkGrad,
  type CheckGradOptions,
  type GradientComparison,
  GradientError,
  GradientReport,
  gradientReport,
  type InputElement,
  type InputReport,
} from "./check_grad.ts";
export { numericalDerivative, numericalGradient, type NumericalOptions } from "./numerical.ts";
export { Tensor } from "../core/tensor.ts";
export { type Arbitraries, arbitraries } from "./arbitraries.ts";
export type { Arbitrary, FastCheck } from "./fast_check.ts";
export type {
  GridArbitraries,
  ReductionCase,
  ShapeArbitraries,
  ShapeLimits,
  Values,
} from "./grids.ts";
export type { ConvSizes, PoolSizes, WindowArbitraries } from "./windows.ts";
