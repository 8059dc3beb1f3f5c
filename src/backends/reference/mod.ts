/**
 * The reference backend: plain readable loops over typed arrays, float32 and float64. It is
 * the definition of truth that every other backend is compared with.
 *
 * @module
 */
import { allocate, bytesPerElement, type TypedArray } from "../../core/dtype.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Backend, NdArray, UntypedStorage } from "../kernels.ts";
import { type HostMemory, referenceKernels } from "./kernels.ts";

interface ArrayStorage extends UntypedStorage {
  readonly data: TypedArray;
}

/**
 * Makes a backend of plain loops over typed arrays: slow, exact to one rounding, without set-up.
 *
 * Sums are accumulated in float64 and rounded once to the dtype of the tensor.
 *
 * @example Compute on the reference backend
 * ```ts
 * import { add, referenceBackend, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = referenceBackend();
 * const x = tensor([1, 2], { backend });
 * assertEquals(add(x, 1).toArray(), [2, 3]);
 * assertEquals(x.backend.name, "reference");
 * ```
 *
 * @returns a new backend with memory of its own.
 */
export function referenceBackend(): Backend {
  let liveBytes = 0;
  const memory: HostMemory = {
    allocate(shape, dtype): NdArray {
      const size = sizeOf(shape);
      const storage: ArrayStorage = {
        bytes: size * bytesPerElement(dtype),
        data: allocate(dtype, size),
      };
      liveBytes += storage.bytes;
      return { shape, dtype, storage };
    },
    view: (x) => (x.storage as ArrayStorage).data,
    free: (x) => {
      liveBytes -= x.storage.bytes;
    },
  };
  const kernels = referenceKernels(memory);
  return {
    name: "reference",
    kernels,
    get liveBytes() {
      return liveBytes;
    },
    read: (x) => Promise.resolve(kernels.read(x)),
    readSync: (x) => kernels.read(x),
    hostAddress: (x) => memory.view(x),
    [Symbol.dispose]() {}, // nothing but garbage-collected arrays
  };
}
