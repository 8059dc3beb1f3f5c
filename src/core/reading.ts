/**
 * Reading in the middle of a step: at once where a backend answers at once, so that nothing waits
 * there; with a promise elsewhere.
 *
 * @module
 */
import { elementsAtHand } from "./host_copies.ts";
import { settleChecks } from "./pending_checks.ts";
import { internals, type Tensor } from "./tensor.ts";

/** Returns true for a tensor on a backend that takes time to answer. */
export function isSlow({ backend }: Tensor): boolean {
  return backend.readSync === undefined;
}

/** Reads the only element of a tensor of size 1, as {@link Tensor.item} does where it can. */
export function readItem(x: Tensor): number | Promise<number> {
  return isSlow(x) && x.size === 1 ? x.data().then(([value]) => value) : x.item();
}

/** Hands all elements to a function, and returns its result; a promise of it where it must wait. */
export function withElements<Result>(
  x: Tensor,
  use: (data: ArrayLike<number>) => Result,
): Result | Promise<Result> {
  return isSlow(x) ? x.data().then(use) : use(x.dataSync());
}

/** Waits until a tensor can be read at once. */
export async function bringToHost(x: Tensor): Promise<void> {
  if (elementsAtHand(x.backend, internals.array(x)) === undefined) await x.data();
}

/**
 * Waits for what has been asked of a backend; throws what has been found wrong. Undefined where there
 * is nothing to wait for.
 */
export function settled({ backend }: Tensor): Promise<void> | undefined {
  return backend.readSync === undefined ? settleChecks(backend) : undefined;
}
