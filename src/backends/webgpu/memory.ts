/**
 * Arrays on the heap of a device. What the reference's loops compute, float64 above all, stays on
 * the host, and goes to the device when a program needs it.
 *
 * @module
 */
import { allocate, bytesPerElement, type DType, type TypedArray } from "../../core/dtype.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import { Allocator } from "../allocator/allocator.ts";
import type { NdArray, UntypedStorage } from "../kernels.ts";
import type { HostMemory } from "../reference/kernels.ts";
import type { Commands } from "./commands.ts";

/** Most elements of sent integers whose copy stays: labels, not images. */
const MOST_KEPT = 65536;
/** Smallest heap, in bytes. It doubles, so that it seldom has to move. */
const SMALLEST_HEAP = 2 ** 24;
/** Bytes of an element on the device, of every dtype that goes there. */
const WORD = 4;

/** Memory of an array: on the device, on the host, or equal on both. */
interface Block extends UntypedStorage {
  /** Number of elements. */
  readonly size: number;
  /** Byte of the heap at which it begins, or -1 if it has no place there. */
  at: number;
  /** True if the elements on the heap are those of the array. */
  isOnDevice: boolean;
  /** The elements, where the host has them. */
  host: TypedArray | null;
}

/** Memory of the backend. */
export class GpuMemory implements HostMemory {
  readonly #commands: Commands;
  readonly #allocator: Allocator;
  #live = 0;

  /** Manages at most `maxBytes` of a heap. */
  constructor(commands: Commands, maxBytes: number) {
    this.#commands = commands;
    let size = 0;
    const heap = {
      get size() {
        return size;
      },
      growTo(wanted: number) {
        size = Math.min(2 ** Math.ceil(Math.log2(Math.max(wanted, SMALLEST_HEAP))), maxBytes);
        commands.needHeap(size);
        return size >= wanted;
      },
    };
    this.#allocator = new Allocator(heap, 0, maxBytes, "webgpuBackend({ maxBytes })");
  }

  /** Bytes of all arrays. */
  get liveBytes(): number {
    return this.#live;
  }

  /** The heap cannot be larger. */
  limitTo(bytes: number): void {
    this.#allocator.limitTo(bytes);
  }

  /** Makes an array on the device whose elements are whatever was there. */
  reserve(shape: Shape, dtype: DType): NdArray {
    const size = sizeOf(shape);
    const at = this.#allocator.allocate(size * WORD);
    return this.#add(shape, dtype, { at, isOnDevice: true, host: null });
  }

  /** Makes an array of elements of the host. */
  create(shape: Shape, dtype: DType, data: TypedArray): NdArray {
    const isKept = dtype === "float64" || (dtype !== "float32" && data.length <= MOST_KEPT);
    const host = isKept ? data.slice() : null;
    if (dtype === "float64" || data.length === 0) {
      return this.#add(shape, dtype, { at: -1, isOnDevice: false, host: host ?? data.slice() });
    }
    const x = this.reserve(shape, dtype);
    const block = x.storage as Block;
    block.host = host;
    this.#send(block, data);
    return x;
  }

  /** The word of the heap at which an array begins; sent there if it is not yet. */
  word(x: NdArray): number {
    const block = x.storage as Block;
    if (!block.isOnDevice && block.size > 0) {
      if (block.at < 0) block.at = this.#allocator.allocate(block.host!.length * WORD);
      this.#send(block, block.host!);
      block.isOnDevice = true;
    }
    return block.at / WORD;
  }

  /** The word of an array that a program changes in place. */
  changedWord(x: NdArray): number {
    const word = this.word(x);
    (x.storage as Block).host = null;
    return word;
  }

  allocate = (shape: Shape, dtype: DType): NdArray => {
    const host = allocate(dtype, sizeOf(shape));
    return this.#add(shape, dtype, { at: -1, isOnDevice: false, host });
  };

  /** The elements on the host, to be read and written: those on the device count no more. */
  view = (x: NdArray): TypedArray => {
    const block = x.storage as Block;
    block.host = this.readHere(x, "compute in plain loops");
    block.isOnDevice = false;
    return block.host;
  };

  /** Reads the elements, not to be written to; waits here for those that are on the device. */
  readHere(x: NdArray, action: string): TypedArray {
    const { host, at, size } = x.storage as Block;
    if (host !== null) return host;
    if (!this.#commands.canWait) {
      throw new TypeError(
        `Cannot ${action} on webgpu: the elements must be on the host: they are on the device, ` +
          "and this thread cannot wait for them: read them with await x.data(), compute float64 " +
          "and what else has no program on another backend, or make the backend with " +
          "{ synchronousReads: true }",
      );
    }
    return fromWords(this.#commands.readHere(at / WORD, size * WORD), x.dtype);
  }

  /** Reads the elements as they are now. */
  async read(x: NdArray): Promise<TypedArray> {
    const { host, at, size } = x.storage as Block;
    if (host !== null) return host.slice();
    return fromWords(await this.#commands.read(at / WORD, size * WORD), x.dtype);
  }

  free = (x: NdArray): void => {
    const block = x.storage as Block;
    this.#live -= block.bytes;
    if (block.at >= 0) this.#allocator.release(block.at); // commands run in their order
    block.at = -1;
    block.host = null;
  };

  #add(shape: Shape, dtype: DType, rest: Omit<Block, "bytes" | "size">): NdArray {
    const size = sizeOf(shape);
    const storage: Block = { bytes: size * bytesPerElement(dtype), size, ...rest };
    this.#live += storage.bytes;
    return { shape, dtype, storage };
  }

  #send(block: Block, data: TypedArray): void {
    this.#commands.upload(block.at / WORD, toWords(data));
  }
}

/** Copies elements as words of the device: there, bytes are integers like others. */
function toWords(data: TypedArray): Uint8Array<ArrayBuffer> {
  const words = data instanceof Uint8Array ? Int32Array.from(data) : data.slice();
  return new Uint8Array(words.buffer as ArrayBuffer, words.byteOffset, words.byteLength);
}

function fromWords(bytes: ArrayBuffer, dtype: DType): TypedArray {
  if (dtype === "float32") return new Float32Array(bytes);
  const integers = new Int32Array(bytes);
  return dtype === "uint8" ? Uint8Array.from(integers) : integers;
}
