/**
 * Backend of new tensors.
 *
 * @module
 */
import { kindOf } from "./kind_of.ts";
import type { Backend } from "../backends/kernels.ts";

let current: Backend | undefined;
let makeDefault: (() => Backend) | undefined;

/**
 * Makes `backend` the one on which new tensors are created, and returns it.
 *
 * Tensors that exist stay where they are; an operation runs where its inputs are.
 *
 * @example
 * ```ts
 * import { referenceBackend, tensor, useBackend } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = useBackend(referenceBackend());
 * assertEquals(tensor([1]).backend, backend);
 * ```
 *
 * @param backend the backend to use from now on.
 * @returns the same backend.
 */
export function useBackend<B extends Backend>(backend: B): B {
  if (typeof backend?.kernels !== "object") {
    throw new TypeError(
      `Cannot use backend: it must be made, and awaited where that takes time: got ${
        kindOf(backend)
      }`,
    );
  }
  current = backend;
  return backend;
}

/** Returns the backend on which new tensors are created. */
export function currentBackend(): Backend {
  current ??= makeDefault?.();
  if (current === undefined) {
    throw new TypeError(
      "Cannot create a tensor: no backend is in use: import the library's main module or " +
        "call useBackend(referenceBackend())",
    );
  }
  return current;
}

/** Tells how to make the backend that is used when the user names none; made when first needed. */
export function setDefaultBackend(make: () => Backend): void {
  makeDefault = make;
}
