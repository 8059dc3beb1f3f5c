/**
 * The compiled kernels on their memory, with the threads that run them.
 *
 * @module
 */
import { Allocator } from "../allocator/allocator.ts";
import { int32, type Job, writeList } from "./arguments.ts";
import {
  DONE,
  FAULT,
  GENERATION,
  HEAP,
  IDLE,
  LEFT,
  MOST_THREADS,
  REMAINING,
  SCRATCH,
  SCRATCH_BYTES,
  STOP,
} from "./layout.ts";
import { moduleBytes, type Simd } from "./modules.ts";
import { startWorker } from "./workers.ts";

const PAGE = 65536;

export type { Simd } from "./modules.ts";

/** How to set up an engine. */
export interface EngineOptions {
  readonly threads: number;
  readonly simd: Simd;
  readonly maxBytes: number;
  /** Milliseconds without a job after which workers end; the next one starts them again. */
  readonly idle?: number;
}

/**
 * A worker of a page or program that was ended in the middle of a job waits this long in vain; one
 * of a program that pauses for longer is started again, in a few milliseconds.
 */
const IDLE_MILLISECONDS = 10_000;

interface Exports {
  run(kernel: number, chunks: number, shared: number, mayBlock: number): void;
}

/** Whether the engine of this process takes a build of the kernels. */
export function supports(simd: Simd): boolean {
  return "WebAssembly" in globalThis && WebAssembly.validate(moduleBytes(simd));
}

/** A module with nothing in it. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/**
 * The words in which this process refuses to compile anything, if it does: the security policy of a
 * page may forbid it, and an engine says so only then.
 */
export function compilationRefusal(): string | undefined {
  try {
    new WebAssembly.Module(EMPTY_MODULE);
    return undefined;
  } catch (error) {
    return String((error as Error).message);
  }
}

/**
 * Threads that are started before there is work: the second shows whether any can start. A program
 * whose arrays are small never has work for more, and each takes a while to start.
 */
const FIRST_THREADS = 2;

/** Whether this thread may sleep: 1, or 0 for that of a page in a browser. */
const MAY_BLOCK = mayBlock();

function mayBlock(): number {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1); // not equal: returns at once
    return 1;
  } catch {
    return 0;
  }
}

/** A memory that threads share. */
function makeMemory(maximum: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 2, maximum, shared: true });
  } catch (cause) {
    throw new RangeError(
      "Cannot make wasm backend: the system must give address space for maxBytes: " +
        `${maximum * PAGE} bytes asked for; close backends that are not used, raise the ` +
        "process's limit (ulimit -v), lower maxBytes, or take referenceBackend()",
      { cause },
    );
  }
}

/** Threads whose scratch memory leaves half of all memory to tensors. */
function mostThreads(maxBytes: number): number {
  return Math.min(Math.floor(maxBytes / 2 / SCRATCH_BYTES), MOST_THREADS);
}

/** The error for a kernel that has trapped: a fault of ours, after which the engine is in order. */
function trapped(cause?: WebAssembly.RuntimeError): Error {
  const what = cause?.message ?? "on another thread";
  return new Error(
    `Cannot run kernel: a kernel must stay inside of its arrays, and this one trapped: ${what}; ` +
      "its result is lost, all else is as it was: please report what you called",
    { cause },
  );
}

const compiled = new Map<Simd, WebAssembly.Module>();

function moduleOf(simd: Simd): WebAssembly.Module {
  let module = compiled.get(simd);
  if (module === undefined) {
    module = new WebAssembly.Module(moduleBytes(simd));
    compiled.set(simd, module);
  }
  return module;
}

/** Makes workers that wait on a memory return. */
function stopWorkers(ints: Int32Array): void {
  Atomics.store(ints, STOP / 4, 1);
  Atomics.add(ints, GENERATION / 4, 1);
  Atomics.notify(ints, GENERATION / 4);
}

/** The safety net: ends the workers of engines that nobody closed. */
const abandoned = new FinalizationRegistry<Int32Array>(stopWorkers);

/** Kernels, memory and threads. */
export class Engine implements Job {
  readonly allocator: Allocator;
  readonly #memory: WebAssembly.Memory;
  readonly #module: WebAssembly.Module;
  readonly #run: Exports["run"];
  /** Threads that there are or will be: those that have scratch memory. */
  #threads: number;
  #started = 1;
  /** Views of the memory; made anew when it has grown. */
  #bytes: Uint8Array;
  #ints: Int32Array;
  #floats: Float32Array;

  constructor({ threads, simd, maxBytes, idle = IDLE_MILLISECONDS }: EngineOptions) {
    const maximum = Math.floor(maxBytes / PAGE);
    this.#memory = makeMemory(maximum);
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#ints = new Int32Array(this.#memory.buffer);
    this.#floats = new Float32Array(this.#memory.buffer);
    this.allocator = new Allocator(this.#growable(), HEAP, maximum * PAGE);
    this.#ints[IDLE / 4] = idle;
    this.#module = moduleOf(simd);
    const { exports } = new WebAssembly.Instance(this.#module, { env: { memory: this.#memory } });
    this.#run = (exports as unknown as Exports).run;
    this.#threads = this.#addScratches(Math.min(threads, mostThreads(maxBytes)));
    this.#startThreads(FIRST_THREADS);
    abandoned.register(this, this.#ints);
  }

  /**
   * Number of threads, the main thread among them. The third and later ones are started by the first
   * job that has a chunk for each.
   */
  get threads(): number {
    return this.#threads;
  }

  /** The memory as integers of 32 bits; another object after it has grown. */
  get ints(): Int32Array {
    return this.#ints;
  }

  /** The memory as floats; another object after it has grown. */
  get floats(): Float32Array {
    return this.#floats;
  }

  /** The memory as bytes; another object after it has grown. */
  get octets(): Uint8Array {
    return this.#bytes;
  }

  start(kernel: number, chunks: number): void {
    if (chunks > this.#started && this.#started < this.#threads) this.#startThreads(chunks);
    const shared = this.#threads > 1;
    if (shared && chunks > 1 && this.#ints[LEFT / 4] !== 0) this.#wakeLeft(chunks);
    try {
      this.#run(kernel, int32(chunks, { chunks }), Number(shared), MAY_BLOCK);
    } catch (trap) {
      if (!(trap instanceof WebAssembly.RuntimeError)) throw trap;
      if (shared && chunks > 1) this.#endJob(chunks);
      throw trapped(trap);
    }
    if (shared && Atomics.exchange(this.#ints, FAULT / 4, 0) !== 0) throw trapped();
  }

  /** Waits, after a trap on this thread, for the chunks that workers have taken; no others begin. */
  #endJob(chunks: number): void {
    const ints = this.#ints;
    const taken = chunks - Math.max(Atomics.exchange(ints, REMAINING / 4, 0), 0);
    Atomics.add(ints, DONE / 4, 1); // the chunk that trapped
    let done = Atomics.load(ints, DONE / 4);
    while (done < taken) {
      if (MAY_BLOCK === 1) Atomics.wait(ints, DONE / 4, done, 1);
      done = Atomics.load(ints, DONE / 4);
    }
    Atomics.store(ints, FAULT / 4, 0);
  }

  /** Bytes of the memory in place; valid until the next allocation. */
  bytes(start: number, length: number): Uint8Array {
    return this.#bytes.subarray(start, start + length);
  }

  /** Floats of the memory in place; valid until the next allocation. */
  floatsAt(start: number, length: number): Float32Array {
    return this.#floats.subarray(start / 4, start / 4 + length);
  }

  /** The buffer of the memory; another object after it has grown. */
  get buffer(): ArrayBufferLike {
    return this.#memory.buffer;
  }

  /** Runs `use` with a block of integers that is freed afterwards. */
  withInts<Result>(values: Readonly<ArrayLike<number>>, use: (at: number) => Result): Result {
    return this.withBlock(values.length * 4, (at) => {
      writeList(values, this.#ints, at / 4);
      return use(at);
    });
  }

  /** Runs `use` with a block of memory that is freed afterwards. */
  withBlock<Result>(bytes: number, use: (at: number) => Result): Result {
    const at = this.allocator.allocate(bytes);
    try {
      return use(at);
    } finally {
      this.allocator.release(at);
    }
  }

  /** Ends the workers. */
  close(): void {
    stopWorkers(this.#ints);
  }

  /** Starts workers until there are so many threads, or all; where one cannot start, those are all. */
  #startThreads(wanted: number): void {
    while (this.#started < Math.min(wanted, this.#threads)) {
      if (this.#startWorker(this.#started)) this.#started++;
      else this.#threads = this.#started;
    }
  }

  /** Makes scratch memory for threads while there is room for it; returns their number. */
  #addScratches(wanted: number): number {
    let threads = 1;
    this.#addScratch(0);
    while (threads < wanted && this.#hasScratch(threads)) threads++;
    return threads;
  }

  #startWorker(thread: number): boolean {
    return startWorker({ module: this.#module, memory: this.#memory, thread });
  }

  /** Starts workers again that have ended for want of jobs, as many as a job has chunks for. */
  #wakeLeft(chunks: number): void {
    const ints = this.#ints;
    for (let thread = 1; thread < Math.min(chunks, this.#threads); thread++) {
      if (Atomics.exchange(ints, LEFT / 4 + thread, 0) === 0) continue;
      Atomics.sub(ints, LEFT / 4, 1);
      this.#startWorker(thread);
    }
  }

  /** Returns false where the system has no memory for another thread. */
  #hasScratch(thread: number): boolean {
    try {
      this.#addScratch(thread);
      return true;
    } catch {
      return false;
    }
  }

  #addScratch(thread: number): void {
    const at = this.allocator.allocate(SCRATCH_BYTES);
    this.#ints[SCRATCH / 4 + thread] = at;
  }

  #growable(): { readonly size: number; growTo(size: number): boolean } {
    const memory = this.#memory;
    const grown = () => {
      this.#bytes = new Uint8Array(memory.buffer);
      this.#ints = new Int32Array(memory.buffer);
      this.#floats = new Float32Array(memory.buffer);
    };
    return {
      get size() {
        return memory.buffer.byteLength;
      },
      growTo(size) {
        try {
          memory.grow(Math.ceil((size - memory.buffer.byteLength) / PAGE));
        } catch {
          return false;
        }
        grown();
        return true;
      },
    };
  }
}
