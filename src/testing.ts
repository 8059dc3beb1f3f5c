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
