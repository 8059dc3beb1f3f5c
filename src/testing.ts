/**
 * Checking gradients, of the library's ops and of your own.
 *
 * @module
 */
import "./default_backend.ts";

export { checkGrad, type CheckGradOptions, GradientError } from "./core/check_grad.ts";
export { Tensor } from "./core/tensor.ts";
