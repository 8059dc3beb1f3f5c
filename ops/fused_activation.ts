/**
 * Helpers of the operations that end in an activation: `conv2d` and `dense`.
 *
 * @module
 */
import type { FusedActivation } from "../src/backends/kernels.ts";

const ACTIVATIONS: readonly FusedActivation[] = ["linear", "relu"];

/** Refuses what is no activation. */
export function checkActivation(action: string, activation: FusedActivation): void {
  if (ACTIVATIONS.includes(activation)) return;
  const names = ACTIVATIONS.map((name) => `"${name}"`).join(" or ");
  throw new RangeError(
    `Cannot ${action}: activation must be ${names}: got ${JSON.stringify(activation)}`,
  );
}

/** Makes a value when it is first asked for, and the same from then on. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
