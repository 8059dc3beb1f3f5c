/**
 * Checking gradients, of the library's ops and of your own.
 *
 * @module
 */
import "./default_backend.ts";

export {
  checkGrad,
  type CheckGradOptions,
  type GradientComparison,
  GradientError,
  GradientReport,
  gradientReport,
  type InputElement,
  type InputReport,
} from "./core/check_grad.ts";
export { numericalDerivative, numericalGradient, type NumericalOptions } from "./core/numerical.ts";
export { Tensor } from "./core/tensor.ts";
export { type Arbitraries, arbitraries } from "./testing/arbitraries.ts";
export type { Arbitrary, FastCheck } from "./testing/fast_check.ts";
export type {
  GridArbitraries,
  Reduction,
  ShapeArbitraries,
  ShapeLimits,
  Values,
} from "./testing/grids.ts";
export type { ConvSizes, PoolSizes, WindowArbitraries } from "./testing/windows.ts";
