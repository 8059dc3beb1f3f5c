/**
 * Helpers of the operations that end in an activation: `conv2d` and `dense`.
 *
 * @module
 */
import type { FusedActivation } from "../src/backends/kernels.ts";
import { formatValue } from "../src/core/format_value.ts";
import type { Tensor } from "../src/core/tensor.ts";
import { relu } from "./elementwise/relu.ts";

/**
 * An activation: `relu`, `tanh` or any other function of a tensor; `"relu"` for `relu`, `"linear"`
 * for none. Kernels compute `relu` itself and `"relu"` with what is before it; a function around
 * it, `(x) => relu(x)`, is a pass over memory of its own.
 */
export type Activation = FusedActivation | ((x: Tensor) => Tensor);

/** An activation in two parts. */
interface ActivationParts {
  /** Part that the kernel computes. */
  readonly fused: FusedActivation;
  /** Function of the kernel's result; null where there is none. */
  readonly after: ((y: Tensor) => Tensor) | null;
}

const FUSED: readonly FusedActivation[] = ["linear", "relu"];

/** Splits an activation in the part of the kernel and a function after it; refuses others. */
export function splitActivation(action: string, activation: Activation): ActivationParts {
  if (activation === relu) return { fused: "relu", after: null };
  if (typeof activation === "function") return { fused: "linear", after: activation };
  if (FUSED.includes(activation)) return { fused: activation, after: null };
  const names = FUSED.map((name) => `"${name}"`).join(", ");
  const hint = typeof activation === "string" ? "; pass the function, as activation: tanh" : "";
  throw new RangeError(
    `Cannot ${action}: activation must be ${names} or a function: got ` +
      formatValue(activation) + hint,
  );
}

/** Applies an activation to outputs of an operation that has none of its own. */
export function activate(action: string, activation: Activation, y: Tensor): Tensor {
  const { fused, after } = splitActivation(action, activation);
  if (fused === "relu") return relu(y);
  return after === null ? y : after(y);
}
