/**
 * Helpers of the operations that end in an activation: `conv2d` and `dense`.
 *
 * @module
 */
import type { FusedActivation } from "../src/backends/kernels.ts";

const ACTIVATIONS: readonly FusedActivation[] = ["linear", "relu"];

/** Throws unless a value names an activation. */
export function checkActivation(action: string, activation: FusedActivation): void {
  if (ACTIVATIONS.includes(activation)) return;
  const names = ACTIVATIONS.map((name) => `"${name}"`).join(" or ");
  throw new RangeError(
    `Cannot ${action}: activation must be ${names}: got ${JSON.stringify(activation)}`,
  );
}
