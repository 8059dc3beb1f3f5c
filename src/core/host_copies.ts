/**
 * Elements that the host holds too, of backends that take time to answer: small integer arrays that
 * it has sent there (labels), and what was waited for.
 *
 * @module
 */
import type { Backend, NdArray, UntypedStorage } from "../backends/kernels.ts";
import type { HostArray, TypedArray } from "./dtype.ts";

/** Most elements of an array of integers whose copy is kept: labels of a batch, not images. */
const MOST_ELEMENTS = 65536;

/** By memory, so that a copy goes when the tensors on it go. */
const copies = new WeakMap<UntypedStorage, TypedArray>();

/** Keeps what has just been sent to a backend where it is small, of integers and slow to get back. */
export function keepSent(backend: Backend, { storage }: NdArray, { dtype, data }: HostArray): void {
  const isInteger = dtype === "int32" || dtype === "uint8";
  if (backend.readSync !== undefined || !isInteger || data.length > MOST_ELEMENTS) return;
  copies.set(storage, data.slice());
}

/** Keeps what was read, until the memory is changed or freed. */
export function keepRead({ storage }: NdArray, data: TypedArray): void {
  copies.set(storage, data);
}

/** Drops a copy: the memory is about to change. */
export function dropCopy({ storage }: NdArray): void {
  copies.delete(storage);
}

/** Returns the elements, not to be written to, if they can be had without waiting. */
export function elementsAtHand(backend: Backend, x: NdArray): TypedArray | undefined {
  return backend.readSync?.(x) ?? copies.get(x.storage);
}
