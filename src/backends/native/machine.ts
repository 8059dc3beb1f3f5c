/**
 * Everything that native kernels work with: the memory of the WASM engine, where all arrays are, and
 * the libraries that are given addresses in it.
 *
 * @module
 */
import { type Shape, sizeOf } from "../../core/shape.ts";
import type { System } from "../../ffi/system.ts";
import { DECLINED } from "../fallback.ts";
import type { NdArray } from "../kernels.ts";
import type { Engine } from "../wasm/engine.ts";
import { hasExtremes } from "../wasm/extremes.ts";
import type { WasmMemory } from "../wasm/memory.ts";
import type { Blas } from "./blas.ts";
import type { Onednn } from "./onednn/library.ts";
import type { Plan } from "./onednn/plan.ts";
import { PlanCache } from "./plan_cache.ts";

/** Parts of a machine. */
export interface MachineParts {
  readonly engine: Engine;
  readonly memory: WasmMemory;
  readonly system: System;
  readonly onednn: Onednn | undefined;
  readonly blas: Blas | undefined;
  readonly threads: number;
}

/** Arrays of a plan that is to run. */
export interface PlanArrays {
  readonly x: NdArray;
  readonly w: NdArray;
  readonly bias?: NdArray | null;
  readonly y: NdArray;
}

/** Plan and arrays of a computation in float32. */
export interface Computation {
  readonly plan: Plan;
  /** Arrays that are multiplied. */
  readonly inputs: readonly [NdArray, NdArray];
  readonly bias?: NdArray | null;
  /** Make negative results 0, as the plan does. */
  readonly relu?: boolean;
  readonly result: {
    readonly shape: Shape;
    /** Says what the arrays are to the plan. */
    place(y: NdArray): PlanArrays;
  };
}

/** Result of a computation, or that it is left to others. */
export type Answer = NdArray | typeof DECLINED;

/** Threads that the libraries were last told to use, by any backend of this thread of JavaScript. */
let told: number | undefined;

/** The engine's memory and the libraries. */
export class Machine {
  readonly memory: WasmMemory;
  readonly engine: Engine;
  readonly onednn: Onednn | undefined;
  readonly blas: Blas | undefined;
  readonly plans: PlanCache = new PlanCache();
  readonly #threads: number;
  /** Address of the memory, which shared memory keeps when it grows. */
  readonly #base: number;

  constructor({ engine, memory, system, onednn, blas, threads }: MachineParts) {
    this.engine = engine;
    this.memory = memory;
    this.onednn = onednn;
    this.blas = blas;
    this.#threads = threads;
    this.#base = system.addressOf(new Uint8Array(engine.buffer as ArrayBuffer));
  }

  /** The address of an array in the process. */
  addressOf(x: NdArray): number {
    return this.#base + this.memory.at(x);
  }

  /** Makes the libraries use as many threads as this backend has. */
  useThreads(): void {
    if (told === this.#threads) return;
    told = this.#threads;
    this.onednn?.c.omp_set_num_threads?.(told);
    this.blas?.setThreads(told);
  }

  /**
   * Computes by a plan, unless there are numbers that the library does not treat as we do: it reads
   * beyond channels and image and multiplies what it finds there by zeros, which makes NaN of infinities
   * of others; and its relu makes 0 of NaN. Without such numbers both are the same.
   *
   * They are looked for in the inputs or, where it is smaller, in the result, which cannot hide them but
   * by relu.
   */
  compute({ plan, inputs, bias = null, result, relu = false }: Computation): Answer {
    const { memory } = this;
    const [a, b] = inputs;
    const searchesInputs = relu || a.storage.bytes + b.storage.bytes <= 4 * sizeOf(result.shape);
    if (searchesInputs && hasExtremes(this.engine, memory, a, b)) return DECLINED;
    if (relu && bias !== null && !memory.view(bias).every(Number.isFinite)) return DECLINED;
    const y = memory.reserve(result.shape, "float32");
    this.#run(plan, result.place(y));
    if (searchesInputs || !hasExtremes(this.engine, memory, y)) return y;
    memory.free(y);
    return DECLINED;
  }

  /** Runs a plan on arrays. */
  #run(plan: Plan, { x, w, bias, y }: PlanArrays): void {
    this.useThreads();
    const addresses = {
      x: this.addressOf(x),
      w: this.addressOf(w),
      bias: bias ? this.addressOf(bias) : 0,
      y: this.addressOf(y),
      scratch: 0,
    };
    if (plan.scratchBytes === 0) return plan.run(addresses);
    this.engine.withBlock(plan.scratchBytes, (at) => {
      plan.run({ ...addresses, scratch: this.#base + at });
    });
  }
}
