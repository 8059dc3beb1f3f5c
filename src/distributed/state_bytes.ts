/**
 * States of optimizers as bytes, to be handed from rank to rank.
 *
 * @module
 */
import type { Backend } from "../backends/kernels.ts";
import { tensor } from "../core/create.ts";
import { allocate, type DType, type TypedArray } from "../core/dtype.ts";
import { sizeOf } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import type { OptimizerState } from "../optim/mod.ts";

/** A state without its elements: a list stands for a tensor, which no state has otherwise. */
type Outline =
  | number
  | string
  | readonly [dtype: DType, shape: readonly number[], offset: number]
  | { readonly [name: string]: Outline };

/** Bytes of the length of the outline, which comes first. */
const HEAD = 8;

/**
 * Writes a state; the elements of its tensors follow an outline of it. `read` gives the elements of a
 * tensor.
 */
export function packState(
  state: OptimizerState,
  read: (tensor: Tensor) => TypedArray = (tensor) => tensor.dataSync(),
): Uint8Array {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const visit = (value: OptimizerState[string]): Outline => {
    if (value instanceof Tensor) {
      const { buffer, byteOffset, byteLength } = read(value);
      parts.push(new Uint8Array(buffer, byteOffset, byteLength));
      const place = [value.dtype, value.shape, offset] as const;
      offset += byteLength;
      return place;
    }
    if (typeof value !== "object") return value;
    const entries = Object.entries(value).map(([name, child]) => [name, visit(child)]);
    return Object.fromEntries(entries);
  };
  const outline = new TextEncoder().encode(JSON.stringify(visit(state)));
  const bytes = new Uint8Array(HEAD + outline.length + offset);
  new DataView(bytes.buffer).setFloat64(0, outline.length);
  bytes.set(outline, HEAD);
  let at = HEAD + outline.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Reads what {@link packState} has written; its tensors are yours to dispose of. */
export function unpackState(bytes: Uint8Array, backend: Backend | undefined): OptimizerState {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0);
  const outline = JSON.parse(new TextDecoder().decode(bytes.subarray(HEAD, HEAD + length)));
  const elements = bytes.subarray(HEAD + length);
  const visit = (value: Outline): OptimizerState[string] => {
    if (Array.isArray(value)) {
      const [dtype, shape, offset] = value as [DType, number[], number];
      const data = allocate(dtype, sizeOf(shape));
      new Uint8Array(data.buffer).set(elements.subarray(offset, offset + data.byteLength));
      return tensor(data, { shape, dtype, backend });
    }
    if (typeof value !== "object") return value;
    const entries = Object.entries(value).map(([name, child]) => [name, visit(child)]);
    return Object.fromEntries(entries);
  };
  return visit(outline) as OptimizerState;
}
