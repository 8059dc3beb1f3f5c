/**
 * Transforms: functions made of functions of tensors, by differentiating them.
 *
 * @module
 */
export { checkpoint } from "./checkpoint.ts";
export { type ArgumentGradients, type CustomBackward, customGrad } from "./custom_grad.ts";
export { hvp } from "./hvp.ts";
export { hessian, type Jacobian, jacobian } from "./jacobian.ts";
export { jvp } from "./jvp.ts";
export type { EntryOptions } from "./opaque.ts";
export type { TensorFunction } from "./traced.ts";
export { type Pullback, vjp } from "./vjp.ts";
