/**
 * The tensor: a shape, a dtype, elements in a backend's memory, and the arenas that know it.
 *
 * @module
 */
import type { Backend, NdArray } from "../backends/kernels.ts";
import type { DType, TypedArray } from "./dtype.ts";
import { ShapeError } from "./errors.ts";
import { blockOf } from "./host_block.ts";
import { dropCopy, elementsAtHand, readAndKeep } from "./host_copies.ts";
import { abandonedTensors, type Block, Hold, type Owner } from "./memory.ts";
import { settleChecks } from "./pending_checks.ts";
import type { Shown } from "../display/shown.ts";
import { formatShape, type Shape, sizeOf, stridesOf } from "./shape.ts";
import { type ShownTensor, tensorShown, tensorText } from "../display/tensor.ts";
import { type ArenaRef, slotIn, type Track } from "./track.ts";

/** Nested arrays of numbers, as {@link Tensor.toArray} returns them; a number for a scalar. */
export type NestedArray = number | NestedArray[];

/** Parts of its own that an alias has; everything else is the other tensor's. */
export interface AliasOptions {
  readonly tracks?: readonly Track[];
  readonly shape?: Shape;
  readonly owner?: Owner | null;
}

/** Methods of tensors for the core, and not for its users. */
export interface TensorInternals {
  /** Makes a tensor of an array that a kernel has just made; yours to dispose of unless owned. */
  create(backend: Backend, array: NdArray, owner?: Owner | null): Tensor;
  /**
   * Makes another tensor on the memory of `tensor`, known to the same arenas unless told otherwise.
   */
  alias(tensor: Tensor, options?: AliasOptions): Tensor;
  /** Returns the array for kernels; throws where the tensor has been disposed of. */
  array(tensor: Tensor): NdArray;
  /**
   * Does the same; of a spent tensor whose memory no other shows, returns an array that is spent.
   */
  lastArray(tensor: Tensor): NdArray;
  /** Lists the arenas that know the tensor, oldest first; never one that has ended. */
  tracks(tensor: Tensor): readonly Track[];
  setTracks(tensor: Tensor, tracks: readonly Track[]): void;
  /** Returns the slot of the tensor in an arena that lives; undefined where it does not know it. */
  slotIn(tensor: Tensor, arena: ArenaRef): number | undefined;
  /** Hands the freeing of the tensor from its owner to another. */
  setOwner(tensor: Tensor, owner: Owner | null): void;
  /** Returns the arena that frees the tensor; null where the user or the garbage collector does. */
  owner(tensor: Tensor): Owner | null;
  /** Does the work of {@link spend}. */
  spend(tensor: Tensor): void;
  /** Counts the changes of the tensor in place. */
  version(tensor: Tensor): number;
  /** Lets `change` write into the tensor's memory, which no other tensor shares by then. */
  changeInPlace(tensor: Tensor, change: (array: NdArray) => void): void;
  /** Lets a tensor show the memory of another of its shape and dtype, which both share then. */
  assign(tensor: Tensor, value: Tensor): void;
}

/** The internals of tensors. */
export let internals: TensorInternals;

/**
 * A multi-dimensional array of numbers on a backend.
 *
 * Elements are in row-major order. A tensor's memory is freed by the tape that owns it, by
 * {@link Tensor.dispose}, at the end of the block of a `using` declaration, or (at some later
 * time) by the garbage collector. Make one with {@link tensor}, `zeros`, `ones`, …
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * using x = tensor([[1, 2, 3], [4, 5, 6]]);
 * assertEquals(x.shape, [2, 3]);
 * assertEquals(x.dtype, "float32");
 * assertEquals(await x.data(), new Float32Array([1, 2, 3, 4, 5, 6]));
 * ```
 */
export class Tensor implements Disposable {
  /** Sizes of the dimensions; `[]` for a scalar. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
  /** Backend on which the elements live and operations on this tensor run. */
  readonly backend: Backend;
  /** Number of elements. */
  readonly size: number;

  readonly #hold: Hold;
  #tracks: readonly Track[];
  #owner: Owner | null = null;
  #version = 0;
  #isSpent = false;
  /** True if the garbage collector frees the memory. */
  #isRegistered = false;

  private constructor(block: Block, shape: Shape, tracks: readonly Track[], owner: Owner | null) {
    this.shape = shape;
    this.dtype = block.array.dtype;
    this.backend = block.backend;
    this.size = sizeOf(shape);
    this.#hold = new Hold(block);
    this.#tracks = tracks;
    this.#setOwner(owner);
  }

  static {
    internals = {
      create: (backend, array, owner = null) =>
        new Tensor({ backend, array, holds: 0 }, array.shape, [], owner),
      alias: (t, { tracks = t.#liveTracks(), shape = t.shape, owner = null } = {}) =>
        new Tensor(t.#liveBlock(), shape, tracks, owner),
      array: (t) => {
        const { array } = t.#liveBlock();
        return array.shape === t.shape ? array : { ...array, shape: t.shape };
      },
      lastArray: (t) => {
        const array = internals.array(t);
        return t.#isSpent && t.#liveBlock().holds === 1 ? { ...array, isSpent: true } : array;
      },
      spend: (t) => {
        t.#isSpent = true;
      },
      tracks: (t) => t.#liveTracks(),
      setTracks: (t, tracks) => {
        t.#tracks = tracks;
      },
      slotIn: (t, arena) => slotIn(t.#tracks, arena),
      setOwner: (t, owner) => t.#setOwner(owner),
      owner: (t) => t.#owner,
      version: (t) => t.#version,
      changeInPlace: (t, change) => t.#changeInPlace(change),
      assign: (t, value) => {
        t.#version++;
        t.#hold.moveTo(value.#liveBlock());
      },
    };
  }

  /** Number of dimensions. */
  get rank(): number {
    return this.shape.length;
  }

  /** Bytes of the elements. */
  get bytes(): number {
    return this.#liveBlock().array.storage.bytes;
  }

  /** True once the memory has been freed; such a tensor can no longer be used. */
  get isDisposed(): boolean {
    return this.#hold.block === null;
  }

  /**
   * Copies the elements to the host, in row-major order. Every backend can do that. On a backend that
   * takes time to answer the tensor can be read at once afterwards, until it is changed in place:
   * {@link Tensor.dataSync}, `item`, `toArray`, and all that reads tensors.
   *
   * @returns a typed array of the tensor's dtype.
   * @throws {RangeError} where a backend that takes time to answer has found a label or an index
   * out of range meanwhile, in whatever tensor.
   */
  async data(): Promise<TypedArray> {
    const { backend } = this;
    const array = internals.array(this);
    if (backend.readSync !== undefined) return await backend.read(array);
    const [data] = await Promise.all([readAndKeep(backend, array), settleChecks(backend)]);
    return data;
  }

  /**
   * Copies the elements to the host at once, in row-major order.
   *
   * @returns a typed array of the tensor's dtype.
   * @throws {TypeError} if the backend takes time to answer, and has not been waited for by
   * {@link Tensor.data}.
   */
  dataSync(): TypedArray {
    const { backend } = this;
    const array = internals.array(this);
    if (backend.readSync !== undefined) return backend.readSync(array);
    const copy = this.#copyAtHand();
    if (copy !== undefined) return copy.slice();
    throw new TypeError(
      `Cannot read tensor at once: its backend must answer at once: ${backend.name} takes time; ` +
        "await tensor.data() first, then it can",
    );
  }

  /**
   * Returns the only element of a tensor of size 1.
   *
   * @returns the element as a number.
   * @throws {ShapeError} if there are more elements, or none.
   * @throws {TypeError} if the backend takes time to answer, and has not been waited for by
   * {@link Tensor.data}.
   */
  item(): number {
    if (this.size !== 1) {
      throw new ShapeError(
        `Cannot read item: the tensor must have one element: its shape is ${
          formatShape(this.shape)
        }`,
      );
    }
    return this.dataSync()[0];
  }

  /**
   * Returns the elements as nested arrays; a number for a scalar.
   *
   * @returns arrays nested as deep as the tensor has dimensions.
   * @throws {TypeError} if the backend takes time to answer, and has not been waited for by
   * {@link Tensor.data}.
   */
  toArray(): NestedArray {
    const data = this.dataSync();
    let at = 0;
    const nest = (dimension: number): NestedArray =>
      dimension === this.rank
        ? data[at++]
        : Array.from({ length: this.shape[dimension] }, () => nest(dimension + 1));
    return nest(0);
  }

  /**
   * Copies the tensor to memory of its own, known to no tape: a constant to them, yours to dispose
   * of.
   *
   * @returns the copy.
   */
  clone(): Tensor {
    return internals.create(this.backend, this.backend.kernels.copy(internals.array(this)));
  }

  /** Frees the memory now (once no other tensor shares it). Doing it twice does nothing. */
  dispose(): void {
    this.#owner?.disown(this.#hold);
    this.#owner = null;
    this.#tracks = [];
    this.#hold.release();
    this.#unregister();
  }

  /** Same as {@link Tensor.dispose}; runs at the end of the block of a `using` declaration. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * Writes dtype, shape and elements, for logs: in nested brackets, aligned as NumPy prints them, of
   * more than 1,000 elements the first and last three along each axis.
   *
   * @returns for example `Tensor float32 [3] [1.0, 2.5, 3.0]`; lines, where there are more axes.
   */
  toString(): string {
    return tensorText(this.#shown());
  }

  /**
   * Makes text of a tensor that joins a text. Operators of JavaScript do not compute with tensors:
   * `x * 2` and `x > 2` are errors rather than NaN and false.
   */
  [Symbol.toPrimitive](hint: "number" | "string" | "default"): string {
    if (hint !== "number") return this.toString();
    throw new TypeError(
      `Cannot compute with a tensor by operators: mul(x, 2) does: x is ${formatShape(this.shape)}`,
    );
  }

  /**
   * Forms that Deno's Jupyter kernel shows: a table of up to two dimensions, as far as it fits; and
   * the text of `toString`.
   */
  [Symbol.for("Jupyter.display")](): Shown {
    return tensorShown(this.#shown());
  }

  /** Text that `console.log` shows in Deno. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  /** Text that `console.log` shows in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  #shown(): ShownTensor {
    const { shape, dtype, size, isDisposed } = this;
    const block = (starts: readonly number[], counts: Shape) => this.#block(starts, counts);
    const isSlow = this.backend.readSync === undefined && this.#copyAtHand() === undefined;
    return { shape, dtype, size, isDisposed, isSlow, block };
  }

  /** The elements that the host holds of a tensor on a backend that takes time to answer. */
  #copyAtHand(): TypedArray | undefined {
    if (this.isDisposed || this.backend.readSync !== undefined) return undefined;
    return elementsAtHand(this.backend, internals.array(this));
  }

  /** Reads `counts` elements along each axis, from `starts` on. */
  #block(starts: readonly number[], counts: Shape): TypedArray {
    const { kernels } = this.backend;
    const strides = stridesOf(this.shape);
    const offset = starts.reduce((sum, start, axis) => sum + start * strides[axis], 0);
    const copy = this.#copyAtHand();
    if (copy !== undefined) return blockOf(copy, { offset, strides, counts });
    const geometry = { xShape: this.shape, offset, counts, strides, shape: counts };
    const block = kernels.slice(internals.array(this), geometry);
    try {
      return kernels.read(block);
    } finally {
      kernels.free(block);
    }
  }

  #liveBlock(): Block {
    const { block } = this.#hold;
    if (block === null) {
      throw new TypeError(
        `Cannot use tensor: its memory has been freed: ${this.dtype} ${formatShape(this.shape)}; ` +
          "a tape frees what it recorded when it ends, tape.keep(tensor) lets a tensor outlive it",
      );
    }
    return block;
  }

  #liveTracks(): readonly Track[] {
    if (this.#tracks.some(({ ref }) => ref.hasEnded)) {
      this.#tracks = this.#tracks.filter(({ ref }) => !ref.hasEnded);
    }
    return this.#tracks;
  }

  /**
   * Hands the release of the memory to an owner; without one the garbage collector frees it if the
   * user does not.
   */
  #setOwner(owner: Owner | null): void {
    this.#owner?.disown(this.#hold);
    this.#owner = owner;
    if (owner === null) {
      abandonedTensors.register(this, this.#hold, this);
      this.#isRegistered = true;
    } else {
      this.#unregister();
      owner.own(this.#hold);
    }
  }

  #unregister(): void {
    if (!this.#isRegistered) return;
    abandonedTensors.unregister(this);
    this.#isRegistered = false;
  }

  /** Copies memory that is shared first, so that no other tensor sees the change. */
  #changeInPlace(change: (array: NdArray) => void): void {
    if (this.#liveBlock().holds > 1) {
      const { backend } = this;
      this.#hold.moveTo({ backend, array: backend.kernels.copy(internals.array(this)), holds: 0 });
    }
    this.#version++;
    const array = internals.array(this);
    if (this.backend.readSync === undefined) dropCopy(array);
    change(array);
  }
}
