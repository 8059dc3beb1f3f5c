/**
 * A weighted sum of two tensors in the place of the first.
 *
 * @module
 */
import { internals, type Tensor } from "../core/tensor.ts";

/** Computes `target = keep target + take x`, in one pass. */
export function blend(target: Tensor, x: Tensor, keep: number, take: number): void {
  internals.changeInPlace(target, (array) => {
    target.backend.kernels.blendInPlace(array, internals.array(x), keep, take);
  });
}
