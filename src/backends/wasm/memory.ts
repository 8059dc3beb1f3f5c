/**
 * Arrays in the memory of an engine.
 *
 * @module
 */
import { allocate, bytesPerElement, type DType, type TypedArray } from "../../core/dtype.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import { wrapped } from "../fallback.ts";
import type { Kernels, NdArray, UntypedStorage } from "../kernels.ts";
import type { HostMemory } from "../reference/kernels.ts";
import type { Engine } from "./engine.ts";
import { SLACK } from "./layout.ts";

interface Block extends UntypedStorage {
  readonly at: number;
}

const VIEWS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
} as const;

/** Arrays in an engine's memory, which kernels find by address and the host by view. */
export class WasmMemory implements HostMemory {
  readonly #engine: Engine;
  #live = 0;
  /** Arrays that the kernel which runs has made and not freed. */
  readonly #made: UntypedStorage[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Bytes of all arrays. */
  get liveBytes(): number {
    return this.#live;
  }

  /** An array whose elements are whatever was there. */
  reserve(shape: Shape, dtype: DType): NdArray {
    const bytes = sizeOf(shape) * bytesPerElement(dtype);
    const at = this.#engine.allocator.allocate(bytes + SLACK);
    this.#live += bytes;
    const storage: Block = { bytes, at };
    this.#made.push(storage);
    return { shape, dtype, storage };
  }

  /** The address of an array. */
  at = (x: NdArray): number => (x.storage as Block).at;

  allocate = (shape: Shape, dtype: DType): NdArray => {
    const x = this.reserve(shape, dtype);
    this.view(x).fill(0);
    return x;
  };

  view = (x: NdArray): TypedArray => {
    const { at, bytes } = x.storage as Block;
    if (bytes === 0) return allocate(x.dtype, 0);
    // Typed arrays take shared memory too; their declared constructors only say so one by one.
    const buffer = this.#engine.buffer as ArrayBuffer;
    return new VIEWS[x.dtype](buffer, at, bytes / bytesPerElement(x.dtype));
  };

  free = (x: NdArray): void => this.#release(x.storage);

  /**
   * The same kernels, of which one that fails, for want of memory or for a fault, leaves nothing
   * allocated.
   */
  undoing(kernels: Kernels): Kernels {
    return wrapped(kernels, (_, run) => (a, b, c, d, e, f) => {
      this.#made.length = 0;
      try {
        return run(a, b, c, d, e, f);
      } catch (error) {
        for (const storage of [...this.#made]) this.#release(storage);
        throw error;
      }
    });
  }

  #release(storage: UntypedStorage): void {
    const made = this.#made.indexOf(storage);
    if (made >= 0) this.#made.splice(made, 1);
    this.#live -= storage.bytes;
    this.#engine.allocator.release((storage as Block).at);
  }
}
