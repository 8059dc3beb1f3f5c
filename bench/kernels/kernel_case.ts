/**
 * Cases to time: one call of a kernel on operands of one shape, and the amount of its work.
 *
 * @module
 */
import type { Kernels, NdArray } from "@tapegrad/tapegrad/backend";
import { Random } from "@tapegrad/tapegrad";
import type { Limit } from "../peak/yardsticks.ts";

/** A kernel and shapes to time it on. */
export interface KernelCase {
  readonly name: string;
  /** Shapes of the operands, for reading. */
  readonly shape: string;
  readonly limit: Limit;
  /** Floating-point operations of a call, or bytes that it must read and write. */
  readonly work: number;
  /** Makes operands and returns the call, which frees what it makes. */
  prepare(k: Kernels): () => void;
}

const BYTES_PER_ELEMENT = 4;

/** Counts the elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, n) => size * n, 1);
}

/** Counts the bytes of float32 arrays. */
export function bytesOf(...shapes: readonly (readonly number[])[]): number {
  return BYTES_PER_ELEMENT * shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
}

/** Writes a shape for a table. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(",")}]`;
}

const VALUES = Float32Array.from(
  (function* () {
    const random = new Random(20);
    for (let i = 0; i < 9973; i++) yield random.uniform(-0.5, 0.5);
  })(),
);

/** Makes an operand with values around 0, the same for the same shape. */
export function operand(k: Kernels, shape: readonly number[]): NdArray {
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = VALUES[i % VALUES.length];
  return k.create({ shape, dtype: "float32", data });
}

/** Makes a call that frees what `make` makes. */
export function freeing(k: Kernels, make: () => NdArray): () => void {
  return () => k.free(make());
}
