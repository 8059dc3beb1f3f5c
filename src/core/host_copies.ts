/**
 * Elements that the host holds too, of backends that take time to answer: small integer arrays that
 * it has sent there (labels), and what was read once.
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

/** Readings on their way, by memory: the last asked for, as long as the memory has not changed. */
const readings = new WeakMap<UntypedStorage, Promise<TypedArray>>();

/** Keeps what is known to be there, until the memory is changed or freed. */
export function keepCopy({ storage }: NdArray, data: TypedArray): void {
  copies.set(storage, data);
}

/**
 * Reads from a backend that takes time to answer, unless the host holds the elements. It holds them
 * from then on, until the memory is changed or freed.
 *
 * @returns a copy of the caller's own.
 */
export async function readAndKeep(backend: Backend, x: NdArray): Promise<TypedArray> {
  const { storage } = x;
  const known = copies.get(storage);
  if (known !== undefined) return known.slice();
  const reading = backend.read(x);
  readings.set(storage, reading);
  const data = await reading;
  if (readings.get(storage) === reading) {
    readings.delete(storage);
    copies.set(storage, data.slice());
  }
  return data;
}

/** Drops a copy, and what is being read for one: the memory is about to change. */
export function dropCopy({ storage }: NdArray): void {
  copies.delete(storage);
  readings.delete(storage);
}

/** Returns the elements, not to be written to, if they can be had without waiting. */
export function elementsAtHand(backend: Backend, x: NdArray): TypedArray | undefined {
  return backend.readSync?.(x) ?? copies.get(x.storage);
}
