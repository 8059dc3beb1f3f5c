/**
 * Checks of elements: made at once where a backend answers at once, else as soon as it answers. An
 * error that comes late is thrown by the next reading that is waited for: `await tensor.data()`, or
 * a step of `fit`.
 *
 * @module
 */
import type { Backend, NdArray } from "../backends/kernels.ts";
import type { TypedArray } from "./dtype.ts";
import { elementsAtHand } from "./host_copies.ts";

const pending = new WeakMap<Backend, Promise<void>[]>();

/** Hands the elements of an array to a check that throws: now, or once they are here. */
export function checkElements(
  backend: Backend,
  x: NdArray,
  check: (data: TypedArray) => void,
): void {
  const data = elementsAtHand(backend, x);
  if (data !== undefined) return check(data);
  const checked = backend.read(x).then(check);
  checked.catch(() => {}); // nobody may wait for it; who does gets the error
  const others = pending.get(backend);
  if (others === undefined) pending.set(backend, [checked]);
  else others.push(checked);
}

/** Throws a `RangeError` for the first integer that is neither in `[low, high)` nor `except`. */
export function checkRange(
  backend: Backend,
  x: NdArray,
  [low, high, except]: readonly [low: number, high: number, except?: number],
  error: (at: number, value: number) => Error,
): void {
  if (backend.readSync !== undefined) {
    const at = backend.kernels.firstOutOfRange(x, low, high, except);
    if (at >= 0) throw error(at, backend.readSync(x)[at]);
    return;
  }
  checkElements(backend, x, (data) => {
    const at = data.findIndex((v: number) => (v < low || v >= high) && v !== except);
    if (at >= 0) throw error(at, data[at]);
  });
}

/**
 * Waits for the checks of a backend that are under way; throws the first error. Undefined where there
 * are none.
 */
export function settleChecks(backend: Backend): Promise<void> | undefined {
  const checks = pending.get(backend);
  if (checks === undefined) return undefined;
  pending.delete(backend);
  return Promise.all(checks).then(() => {});
}
