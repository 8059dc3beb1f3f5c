/**
 * Arrays on the host with their dimensions in another order.
 *
 * @module
 */
import { allocate, type HostArray } from "../../core/dtype.ts";
import { stridesOf } from "../../core/shape.ts";

/** Makes the array whose dimension `i` is dimension `axes[i]` of the given one. */
export function transposeHost(array: HostArray, axes: readonly number[]): HostArray {
  if (axes.every((axis, i) => axis === i)) return array;
  const { dtype, data } = array;
  const shape = axes.map((axis) => array.shape[axis]);
  const from = stridesOf(array.shape);
  const steps = axes.map((axis) => from[axis]);
  const turned = allocate(dtype, data.length);
  const index = new Array<number>(shape.length).fill(0);
  let at = 0;
  for (let i = 0; i < data.length; i++) {
    turned[i] = data[at];
    for (let d = shape.length - 1; d >= 0; d--) {
      at += steps[d];
      if (++index[d] < shape[d]) break;
      at -= steps[d] * shape[d];
      index[d] = 0;
    }
  }
  return { shape, dtype, data: turned };
}
