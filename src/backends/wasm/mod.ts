/**
 * The WASM backend: SIMD kernels on a shared memory, run by all cores, without any permission.
 *
 * @module
 */
import { checkInteger } from "../../core/check_integer.ts";
import { DTYPES, type TypedArray } from "../../core/dtype.ts";
import { Fallbacks, type FastTable, withFallback } from "../fallback.ts";
import type { Backend, HostAddress, Kernels, NdArray } from "../kernels.ts";
import { referenceKernels } from "../reference/kernels.ts";
import { choiceKernels } from "./compare_where.ts";
import { convKernels } from "./conv2d.ts";
import { depthwiseKernels, isDepthwise } from "./depthwise.ts";
import { dropoutKernels } from "./dropout.ts";
import { elementwiseKernels } from "./elementwise.ts";
import { groupKernels } from "./first_max.ts";
import { compilationRefusal, Engine, type Simd, supports } from "./engine.ts";
import { imageKernels } from "./images.ts";
import { WasmMemory } from "./memory.ts";
import { normKernels } from "./norm.ts";
import { optimizerKernels } from "./optimizer.ts";
import { pairLossKernels } from "./pair_losses.ts";
import { pieceKernels } from "./slicing.ts";
import { poolKernels } from "./pool2d.ts";
import { matmulKernel } from "./products.ts";
import { rearrangeKernels } from "./rearrange.ts";
import { reduceKernels } from "./reduce.ts";
import { softmaxKernels } from "./softmax.ts";
import { checkOptions } from "../../core/options.ts";

export { compilationRefusal, type Simd } from "./engine.ts";

/** Options of {@link wasmBackend}. */
export interface WasmBackendOptions {
  /**
   * Threads to run kernels on, the calling one among them; one per core by default, 16 at most. More
   * than 64 are not started, nor more than leave half of `maxBytes` to tensors: each takes 4 MiB.
   * Two start at once, more when a kernel first has work for them: small arrays never need them.
   */
  readonly threads?: number;
  /** Instructions to use: `relaxed` (fused multiply-add) where there is support, by default. */
  readonly simd?: Simd;
  /** Bytes that the memory may grow to; 4 GiB (all that WASM can address) by default. */
  readonly maxBytes?: number;
}

const KNOWN = "threads# simd maxBytes#";

/** A backend with threads of its own. */
export interface WasmBackend extends Backend {
  /** Number of threads in use; fewer than asked for where workers cannot start, or not so many. */
  readonly threads: number;
  /** The instructions in use. */
  readonly simd: Simd;
  /** Ends the threads; the backend must not be used afterwards. */
  close(): void;
}

const MOST_BYTES = 65536 * 65536;
/** More threads take longer to start than they save, unless they are asked for. */
const USUAL_THREADS = 16;

/**
 * A backend of SIMD kernels in WebAssembly, run by a pool of threads over shared memory.
 *
 * float32 runs on the kernels, other dtypes in plain loops over the same memory. Results are the
 * same bit for bit for any number of threads. Idle threads sleep and do not keep the process
 * alive. Where memory cannot be shared (a page without cross-origin isolation) one thread does
 * all the work.
 *
 * @example
 * ```ts
 * import { matmul, tensor, wasmBackend } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = wasmBackend({ threads: 1 });
 * const a = tensor([[1, 2], [3, 4]], { backend });
 * assertEquals(matmul(a, a).toArray(), [[7, 10], [15, 22]]);
 * ```
 *
 * @param options `threads`, `simd`, `maxBytes`.
 * @returns a new backend with memory and threads of its own.
 * @throws {RangeError} if threads or maxBytes is no such number, or there is no SIMD here,
 * or the system has no address space for the memory, or a page forbids WebAssembly.
 */
export function wasmBackend(options: WasmBackendOptions = {}): WasmBackend {
  options = checkOptions("make wasm backend", options, KNOWN);
  const { engine, simd } = startEngine("make wasm backend", options);
  const memory = new WasmMemory(engine);
  const fallbacks = new Fallbacks();
  const kernels = wasmKernels(engine, memory, fallbacks);
  return {
    name: "wasm",
    kernels,
    simd,
    get threads() {
      return engine.threads;
    },
    fallbacks,
    get liveBytes() {
      return memory.liveBytes;
    },
    read: (x: NdArray): Promise<TypedArray> => Promise.resolve(kernels.read(x)),
    readSync: (x: NdArray): TypedArray => kernels.read(x),
    hostAddress: (x: NdArray): HostAddress => memory.view(x),
    close: () => engine.close(),
    [Symbol.dispose]: () => engine.close(),
  };
}

/**
 * The engine of a backend, with threads of its own.
 *
 * @param action beginning of errors, as in "make wasm backend".
 * @throws {RangeError} as {@link wasmBackend} says.
 */
export function startEngine(
  action: string,
  options: WasmBackendOptions,
): { readonly engine: Engine; readonly simd: Simd } {
  const { threads = Math.min(coreCount(), USUAL_THREADS), maxBytes = MOST_BYTES } = options;
  checkInteger(action, "threads", threads, 1, 1024);
  checkInteger(action, "maxBytes", maxBytes, 2 ** 24, MOST_BYTES);
  const simd = options.simd ?? (supports("relaxed") ? "relaxed" : "plain");
  if (!supports(simd)) {
    throw new RangeError(`Cannot ${action}: there must be ${simd} SIMD: there is none here`);
  }
  const refusal = compilationRefusal();
  if (refusal !== undefined) {
    throw new RangeError(
      `Cannot ${action}: the page must allow WebAssembly, with 'wasm-unsafe-eval' in the ` +
        `script-src of its Content-Security-Policy; or take referenceBackend(): ${refusal}`,
    );
  }
  return { engine: new Engine({ threads, simd, maxBytes }), simd };
}

/** Where an engine tells how many cores there are: browsers, Deno, Bun and Node 21; or Node 20. */
interface CoreCounters {
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

/** Cores of this machine, as far as this program may use them; 1 where nobody tells. */
function coreCount(): number {
  const { navigator, process } = globalThis as CoreCounters;
  if (navigator?.hardwareConcurrency !== undefined) return navigator.hardwareConcurrency;
  const os = process?.getBuiltinModule?.("node:os") as
    | { availableParallelism(): number }
    | undefined;
  return os?.availableParallelism() ?? 1;
}

/** Whether the kernels can run here at all. */
export function hasWasmSimd(): boolean {
  return supports("plain");
}

/** Kernels that move elements take every dtype; that of `cast` converts integers. */
const DTYPES_OF: FastTable["dtypesOf"] = {
  create: DTYPES,
  copy: DTYPES,
  cast: ["int32", "uint8"],
  concat: DTYPES,
  slice: DTYPES,
  gather: DTYPES,
};

/** The table of kernels on an engine; calls that run in the reference's loops are counted. */
export function wasmKernels(
  engine: Engine,
  memory: WasmMemory,
  fallbacks: Fallbacks = new Fallbacks(),
): Kernels {
  const reference = fallbacks.counting(referenceKernels(memory));
  const conv = convKernels(engine, memory);
  const rearrange = rearrangeKernels(engine, memory);
  const depthwise = depthwiseKernels(engine, memory, rearrange.transpose);
  const kernels: FastTable["kernels"] = {
    ...elementwiseKernels(engine, memory),
    ...choiceKernels(engine, memory, rearrange.broadcastTo),
    ...rearrange,
    ...pieceKernels(engine, memory),
    ...groupKernels(engine, memory),
    ...reduceKernels(engine, memory),
    ...poolKernels(engine, memory),
    ...normKernels(engine, memory),
    ...dropoutKernels(engine, memory),
    ...pairLossKernels(engine, memory),
    ...imageKernels(engine, memory),
    ...softmaxKernels(engine, memory),
    ...optimizerKernels(engine, memory),
    matmul: matmulKernel(engine, memory, rearrange.transpose),
    conv2d: (x, w, bias, g, activation) =>
      (isDepthwise(g) ? depthwise : conv).conv2d(x, w, bias, g, activation),
    conv2dGradX: (dy, w, g) => (isDepthwise(g) ? depthwise : conv).conv2dGradX(dy, w, g),
    conv2dGradW: (dy, x, g) => (isDepthwise(g) ? depthwise : conv).conv2dGradW(dy, x, g),
  };
  return memory.undoing(
    withFallback(reference, { kernels, dtypes: ["float32"], dtypesOf: DTYPES_OF }),
  );
}
