/**
 * Elements of tensors on the host, to be exchanged and put back: in place where the backend's memory
 * is that of the host.
 *
 * @module
 */
import type { NdArray } from "../backends/kernels.ts";
import { assign } from "../core/assign.ts";
import { tensor } from "../core/create.ts";
import type { TypedArray } from "../core/dtype.ts";
import { withElements } from "../core/reading.ts";
import { internals, type Tensor } from "../core/tensor.ts";

const VIEWS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
} as const;

/**
 * Views the elements where they are; undefined where the host cannot. The next allocation of the
 * backend may make the view invalid.
 */
function viewOf({ backend }: Tensor, array: NdArray): TypedArray | undefined {
  const address = backend.hostAddress?.(array);
  if (address === undefined) return undefined;
  const { buffer, byteOffset, byteLength } = address;
  const View = VIEWS[array.dtype] as new (
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
  ) => TypedArray;
  return new View(buffer, byteOffset, byteLength / VIEWS[array.dtype].BYTES_PER_ELEMENT);
}

/** Hands the elements to a function that only reads them, at once; a promise where it must wait. */
export function readElements<Result>(
  x: Tensor,
  use: (elements: TypedArray) => Result,
): Result | Promise<Result> {
  const view = viewOf(x, internals.array(x));
  return view === undefined
    ? withElements(x, (data) => use(data as TypedArray)) as Result | Promise<Result>
    : use(view);
}

/** Changes the elements of a tensor by a function; a promise where the backend takes time. */
export function changeElements(
  x: Tensor,
  change: (elements: TypedArray) => void,
): void | Promise<void> {
  const { backend } = x;
  if (backend.hostAddress === undefined) {
    return withElements(x, (data) => {
      const elements = data as TypedArray;
      change(elements);
      putElements(x, elements);
    }) as void | Promise<void>;
  }
  internals.changeInPlace(x, (array) => change(viewOf(x, array)!));
}

/** Gives a tensor other elements, in place. */
export function putElements(x: Tensor, elements: TypedArray): void {
  if (x.backend.hostAddress !== undefined) {
    internals.changeInPlace(x, (array) => viewOf(x, array)!.set(elements));
    return;
  }
  const { shape, dtype, backend } = x;
  const values = tensor(elements, { shape, dtype, backend });
  assign([x], [values]);
  values.dispose();
}
