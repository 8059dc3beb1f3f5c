// A WASM backend whose blocks of memory have canaries before and behind them: what a kernel writes
// outside of its arrays, its lists and its scratch memory changes one.
//
// Every block, and the scratch memory of every thread, lies between two guards. Behind an array the
// guard begins where its elements end: the slack there may be read, and must not be written.

import { assert, assertEquals } from "@std/assert";
import { bytesPerElement, type DType } from "../../src/core/dtype.ts";
import type { Backend, HostAddress, Kernels, NdArray } from "../../src/backends/kernels.ts";
import { type Shape, sizeOf } from "../../src/core/shape.ts";
import { Engine } from "../../src/backends/wasm/engine.ts";
import { SCRATCH, SCRATCH_BYTES } from "../../src/backends/wasm/layout.ts";
import { WasmMemory } from "../../src/backends/wasm/memory.ts";
import { wasmKernels } from "../../src/backends/wasm/mod.ts";

/** Bytes of a guard, a whole number of cache lines. */
const GUARD = 256;
/** A float of no use that is neither NaN nor small: where it is read, results show it. */
const CANARY = 1.7e38;
/** Bytes that live in front of and behind all others, for what is written far away. */
const FAR = 2 ** 20;

/** A block between its guards. */
interface Guarded {
  /** Bytes that may be written. */
  bytes: number;
  /** Bytes from the block's start to the end of its second guard. */
  readonly end: number;
}

/** A backend with canaries, and their check. */
export interface GuardedBackend extends Backend {
  /** Number of blocks that are in use, without those of the backend itself. */
  readonly blocks: number;
  readonly kernels: Kernels;
  /** Fails where a canary has changed. */
  check(what: string): void;
  /** Looks at memory far from all blocks as well. */
  checkFar(what: string): void;
  /** Frees the blocks of the backend itself; fails unless all memory is one free piece then. */
  checkWhole(): void;
  /** Shows an array in place. */
  hostAddress(x: NdArray): HostAddress;
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * Makes a backend with canaries, of the kernels of WebAssembly or of others in the same memory.
 */
export function guardedBackend(
  threads: number,
  maxBytes: number,
  kernelsIn: (engine: Engine, memory: WasmMemory) => Kernels = wasmKernels,
): GuardedBackend {
  const engine = new Engine({ threads, simd: "plain", maxBytes });
  const blocks = new Map<number, Guarded>();
  const { allocator } = engine;
  const [allocate, release] = [allocator.allocate, allocator.release].map((f) => f.bind(allocator));
  const words = (from: number, to: number) => engine.floats.subarray(from / 4, to / 4);
  const canary = Math.fround(CANARY);
  const isWhole = (from: number, to: number) => {
    const bytes = engine.octets;
    const start = Math.min(Math.ceil(from / 4) * 4, to);
    for (let at = from; at < start; at++) if (bytes[at] !== patternAt(at)) return false;
    return words(start, to).every((word) => word === canary);
  };
  /** Faults of blocks that were free again before somebody checked. */
  const faults: string[] = [];
  const checkBlock = (at: number, { bytes, end }: Guarded) => {
    if (!isWhole(at - GUARD, at)) faults.push(`written in front of a block of ${bytes} bytes`);
    if (!isWhole(at + bytes, at + end)) faults.push(`written behind a block of ${bytes} bytes`);
  };
  const check = (what: string) => {
    for (const [at, block] of blocks) checkBlock(at, block);
    const found = faults.splice(0);
    assert(found.length === 0, `${what}: ${found.join(", ")}`);
  };

  allocator.allocate = (bytes: number) => {
    const size = Math.ceil(bytes / 4) * 4;
    const at = (allocate as (bytes: number) => number)(size + 2 * GUARD) + GUARD;
    words(at - GUARD, at + size + GUARD).fill(CANARY);
    blocks.set(at, { bytes, end: size + GUARD });
    return at;
  };
  allocator.release = (at: number) => {
    const block = blocks.get(at);
    if (block === undefined) return;
    checkBlock(at, block);
    blocks.delete(at);
    (release as (at: number) => void)(at - GUARD);
  };

  const memory = new WasmMemory(engine);
  const reserve = memory.reserve.bind(memory);
  memory.reserve = (shape: Shape, dtype: DType): NdArray => {
    const x = reserve(shape, dtype);
    blocks.get(memory.at(x))!.bytes = sizeOf(shape) * bytesPerElement(dtype);
    return x;
  };

  const own: number[] = [];
  const far = [allocator.allocate(FAR)];
  for (let thread = 0; thread < engine.threads; thread++) {
    own.push(allocator.allocate(SCRATCH_BYTES));
    engine.ints[SCRATCH / 4 + thread] = own[thread];
  }
  far.push(allocator.allocate(FAR));
  own.push(...far);
  const live = allocator.liveBytes;

  return {
    name: "guarded",
    kernels: kernelsIn(engine, memory),
    get liveBytes() {
      return memory.liveBytes;
    },
    get blocks() {
      return blocks.size - own.length;
    },
    read: (x) => Promise.resolve(memory.view(x).slice()),
    readSync: (x) => memory.view(x).slice(),
    hostAddress: (x) => memory.view(x) as HostAddress,
    check,
    checkFar(what) {
      check(what);
      for (const at of far) assert(isWhole(at, at + FAR), `${what}: written far away`);
    },
    checkWhole() {
      assertEquals([blocks.size, allocator.liveBytes], [own.length, live], "blocks in use");
      const [, scratch] = own;
      // One block that takes the place of all that was freed, behind the backend's own.
      const last = Math.max(...own) + FAR + GUARD;
      const whole = allocator.allocate(SCRATCH_BYTES);
      assertEquals(whole - GUARD, last, `the memory is in pieces, scratch at ${scratch}`);
      allocator.release(whole);
    },
    close: () => engine.close(),
    [Symbol.dispose]: () => engine.close(),
  };
}

const PATTERN = new Uint8Array(Float32Array.of(CANARY).buffer);

/** The byte of a canary at an address. */
function patternAt(at: number): number {
  return PATTERN[at % 4];
}
