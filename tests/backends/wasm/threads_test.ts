// Threads of the WASM backend: results do not depend on how many there are, bit for bit; pools open
// and close without a trace; a full memory leaves everything usable.

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  adam,
  add,
  avgPool,
  type Backend,
  conv2d,
  dense,
  flatten,
  matmul,
  maxPool,
  mul,
  ones,
  Random,
  relu,
  softmaxCE,
  square,
  sub,
  sum,
  tanh,
  Tape,
  type Tensor,
  tensor,
  wasmBackend,
  zeros,
} from "@tapegrad/tapegrad";
import * as abi from "../../../src/backends/wasm/abi.ts";
import { CHUNK_ELEMENTS } from "../../../src/backends/wasm/chunks.ts";
import { Engine } from "../../../src/backends/wasm/engine.ts";
import { SLEEPERS } from "../../../src/backends/wasm/layout.ts";
import { scaled } from "../../support/effort.ts";
import { ifPossible } from "../../support/permissions.ts";

function values(random: Random, shape: readonly number[], backend: Backend): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: size }, () => random.normal());
  return tensor(data, { shape: [...shape], backend });
}

/**
 * Runs a training step of a network with all the kernels that run on threads; returns all it
 * computes.
 */
function step(backend: Backend): Float32Array[] {
  const random = new Random(1);
  const x = values(random, [9, 28, 28, 3], backend);
  const params = {
    w1: values(random, [3, 3, 3, 16], backend),
    w2: values(random, [3, 3, 16, 32], backend),
    w3: values(random, [5, 5, 32, 17], backend),
    b3: values(random, [17], backend),
    w4: values(random, [17 * 9, 10], backend),
  };
  const labels = tensor(Int32Array.from({ length: 9 }, (_, i) => i), { backend });
  using tape = new Tape();
  tape.watch(params);
  let y = maxPool(relu(conv2d(x, params.w1, { padding: "same" })), { size: 2 });
  y = tanh(mul(conv2d(y, params.w2, { padding: "same" }), 0.01));
  y = avgPool(conv2d(y, params.w3, { bias: params.b3, stride: 2, padding: 1 }), { size: 2 });
  const loss = softmaxCE(mul(dense(flatten(y), params.w4), 0.01), labels);
  const grads = tape.gradient(loss, params);
  const product = matmul(values(random, [200, 150], backend), values(random, [150, 130], backend));
  const results = [loss, ...Object.values(grads), product].map((t) => t.dataSync());
  adam({ learningRate: 0.1 }).step(params, grads);
  return [...results, ...Object.values(params).map((t) => t.dataSync())] as Float32Array[];
}

for (const simd of ["relaxed", "plain"] as const) {
  Deno.test(`wasm: 1, 2, 3 and 8 threads compute the same bits (${simd} SIMD)`, () => {
    const results = [1, 2, 3, 8].map((threads) => {
      using backend = wasmBackend({ threads, simd });
      assertEquals(backend.threads, threads);
      return step(backend);
    });
    for (const other of results.slice(1)) assertEquals(other, results[0]);
  });
}

Deno.test("wasm: a random graph of ops gives the same bits on any number of threads", () => {
  using one = wasmBackend({ threads: 1 });
  using three = wasmBackend({ threads: 3 });
  for (let seed = 0; seed < 1000; seed++) {
    assertEquals(randomGraph(seed, one), randomGraph(seed, three), `seed ${seed}`);
  }
  assertEquals([one.liveBytes, three.liveBytes], [0, 0]);
});

/** Computes the value and gradient of a random graph; nothing of it stays. */
function randomGraph(seed: number, backend: Backend): Float32Array[] {
  const random = new Random(seed);
  const size = 1 + random.integer(40);
  using tape = new Tape();
  const x = tape.adopt(values(random, [size, size], backend));
  tape.watch(x);
  const ops: ((a: Tensor, b: Tensor) => Tensor)[] = [
    (a, b) => add(a, b),
    (a, b) => sub(a, b),
    (a) => relu(a),
    (a) => tanh(a),
    (a, b) => mul(matmul(a, b), 1 / size),
    (a) => mul(square(tanh(a)), 0.5),
  ];
  const made = [x];
  for (let i = 0; i < 3 + random.integer(10); i++) {
    const pick = () => made[random.integer(made.length)];
    made.push(ops[random.integer(ops.length)](pick(), pick()));
  }
  const y = sum(made[made.length - 1]);
  const dx = tape.slotOf(y) < 0 ? y : tape.gradient(y, x);
  return [y.dataSync(), dx.dataSync()] as Float32Array[];
}

Deno.test("wasm: 2,000 training steps in constant memory", () => {
  using backend = wasmBackend({ threads: 2 });
  const random = new Random(0);
  const params = { w: values(random, [12, 4], backend), bias: zeros([4], { backend }) };
  const optimizer = adam({ learningRate: 0.01 });
  let live = 0;
  for (let i = 0; i < 2000; i++) {
    using tape = new Tape();
    const x = tape.adopt(values(random, [16, 12], backend));
    const labels = tape.adopt(tensor(new Int32Array(16), { backend }));
    tape.watch(params);
    const loss = softmaxCE(dense(x, params.w, { bias: params.bias }), labels);
    optimizer.step(params, tape.gradient(loss, params));
    tape.dispose();
    if (i === 0) live = backend.liveBytes;
    else assertEquals(backend.liveBytes, live);
  }
});

Deno.test(ifPossible({
  name: "wasm: a backend opened and closed again and again leaves no thread behind",
  needs: { read: ["/proc/self/status"] },
  skip: Deno.build.os === "linux" ? undefined : "threads are counted in /proc",
  async fn() {
    const before = threadCount();
    for (let i = 0; i < scaled(100); i++) {
      using backend = wasmBackend({ threads: 2 });
      const x = zeros([100, 100], { backend });
      assertEquals(matmul(x, x).size, 10_000);
    }
    await threadsEnd(before);
  },
}));

/** Waits until there are hardly more threads than before. */
async function threadsEnd(before: number): Promise<void> {
  for (let wait = 0; wait < 100 && threadCount() > before + 8; wait++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert(threadCount() <= before + 8, `${threadCount()} threads, ${before} before`);
}

function threadCount(): number {
  return Number(Deno.readTextFileSync("/proc/self/status").match(/Threads:\s*(\d+)/)?.[1]);
}

Deno.test("wasm: a full memory is refused with its numbers, and everything stays usable", () => {
  using backend = wasmBackend({ threads: 1, maxBytes: 32 * 2 ** 20 });
  const x = zeros([1000, 1000], { backend });
  const error = assertThrows(() => zeros([5000, 5000], { backend }), RangeError);
  assert(error.message.startsWith("Cannot allocate memory: "), error.message);
  assert(error.message.includes("100000064 bytes asked for"), error.message);
  assertEquals(sum(add(x, 1)).item(), 1_000_000);
});

Deno.test("wasm: options out of range are refused", () => {
  const refused = (options: Parameters<typeof wasmBackend>[0], message: string) => {
    const error = assertThrows(() => wasmBackend(options), RangeError);
    assertEquals(error.message, message);
  };
  refused(
    { threads: 0 },
    "Cannot make wasm backend: threads must be an integer from 1 to 1024: got 0",
  );
  refused(
    { maxBytes: 10 },
    "Cannot make wasm backend: maxBytes must be an integer from 16777216 to 4294967296: got 10",
  );
});

Deno.test(ifPossible({
  name:
    "wasm: the least memory has room for tensors on any number of threads, and leaves none behind",
  needs: { read: ["/proc/self/status"] },
  skip: Deno.build.os === "linux" ? undefined : "threads are counted in /proc",
  async fn() {
    const before = threadCount();
    for (const threads of [1, 2, 3, 4, 8, 64, 1024]) {
      using backend = wasmBackend({ threads, maxBytes: 2 ** 24 });
      assertEquals(backend.threads, Math.min(threads, 2)); // 4 MiB each, half of 16 MiB
      const x = tensor(Float32Array.from({ length: 70_001 }, (_, i) => i % 7), { backend });
      assertEquals(sum(add(x, 1)).item(), 280_000 + 1);
    }
    await threadsEnd(before);
  },
}));

Deno.test("wasm: threads that the system has no memory for are not started", () => {
  const { grow } = WebAssembly.Memory.prototype;
  try {
    WebAssembly.Memory.prototype.grow = function (pages) {
      const most = 11 * 2 ** 20; // two blocks of scratch memory and no third
      if (this.buffer.byteLength + pages * 65536 > most) throw new RangeError("no memory");
      return grow.call(this, pages);
    };
    using backend = wasmBackend({ threads: 4 });
    assertEquals(backend.threads, 2);
    assertEquals(sum(zeros([200, 300], { backend })).item(), 0);
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
  }
});

Deno.test("wasm: address space that the system refuses is an error that says what to set", () => {
  const { Memory } = WebAssembly;
  const cause = new RangeError("WebAssembly.Memory(): could not allocate memory");
  try {
    WebAssembly.Memory = class {
      constructor() {
        throw cause;
      }
    } as unknown as typeof Memory;
    const error = assertThrows(() => wasmBackend({ maxBytes: 2 ** 30 }), RangeError);
    assertEquals(
      error.message,
      "Cannot make wasm backend: the system must give address space for maxBytes: 1073741824 " +
        "bytes asked for; close backends that are not used, raise the process's limit " +
        "(ulimit -v), lower maxBytes, or take referenceBackend()",
    );
    assertEquals(error.cause, cause);
  } finally {
    WebAssembly.Memory = Memory;
  }
});

/** An engine of some threads, all of which have room in its memory, and have been started. */
function makeEngine(threads: number): Engine {
  const engine = new Engine({ threads, simd: "plain", maxBytes: 2 ** 26, idle: 600_000 });
  addOnes(engine, 1);
  return engine;
}

/** Node's built-in modules, as workers are started from them. */
interface BuiltinModules {
  getBuiltinModule(name: string): { Worker: new (...args: unknown[]) => object } | undefined;
}

/** Counts the workers that are started while `use` runs; from the one numbered `most` none can. */
function withCountedWorkers(use: (started: () => number) => void, most = Infinity): void {
  const { process } = globalThis as unknown as { process: BuiltinModules };
  const usual = process.getBuiltinModule;
  let started = 0;
  process.getBuiltinModule = (name) => {
    const modules = usual.call(process, name);
    if (modules === undefined || name !== "node:worker_threads") return modules;
    return {
      ...modules,
      Worker: class extends modules.Worker {
        constructor(...args: unknown[]) {
          if (started === most) throw new Error("no more threads");
          super(...args);
          started++;
        }
      },
    };
  };
  try {
    use(() => started);
  } finally {
    process.getBuiltinModule = usual;
  }
}

Deno.test("wasm: as many threads start as a job has chunks for, and two before there is one", () => {
  withCountedWorkers((started) => {
    using backend = wasmBackend({ threads: 6 });
    assertEquals([backend.threads, started()], [6, 1]);
    const small = ones([3, 5], { backend });
    using _small = add(small, small);
    assertEquals([backend.threads, started()], [6, 1]);
    for (const [chunks, workers] of [[2, 1], [4, 3], [3, 3], [9, 5], [20, 5]]) {
      const x = ones([chunks * CHUNK_ELEMENTS], { backend });
      assertEquals(add(x, x).dataSync(), new Float32Array(chunks * CHUNK_ELEMENTS).fill(2));
      assertEquals([backend.threads, started()], [6, workers], `${chunks} chunks`);
    }
  });
});

Deno.test("wasm: where a thread cannot start, there are those that have", () => {
  for (const [most, first, threads] of [[0, 1, 1], [1, 5, 2], [3, 5, 4]]) {
    withCountedWorkers((started) => {
      using backend = wasmBackend({ threads: 5 });
      assertEquals(backend.threads, first);
      const x = ones([9 * CHUNK_ELEMENTS + 7], { backend });
      assertEquals(add(x, x).dataSync(), new Float32Array(9 * CHUNK_ELEMENTS + 7).fill(2));
      assertEquals([backend.threads, started()], [threads, most]);
    }, most);
  }
});

/** Waits until all workers of an engine sleep. */
async function workersSleep(engine: Engine): Promise<void> {
  const asleep = () => Atomics.load(engine.ints, SLEEPERS / 4);
  for (let wait = 0; wait < 400 && asleep() < engine.threads - 1; wait++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assertEquals(asleep(), engine.threads - 1);
}

/** Workers of six engines of four threads. */
const WORKERS = 18;

/** Numbers that a chunk of one vector each is added to, the last of three. */
const SIZE = 399_999;

/** Adds 1 to each of some numbers in many short chunks, so many times; returns the numbers. */
function addOnes(engine: Engine, times: number): number[] {
  const block = 4, bytes = (SIZE + 1) * 4;
  return engine.withBlock(2 * bytes, (target) => {
    const x = target + bytes;
    engine.floatsAt(target, SIZE).fill(0);
    engine.floatsAt(x, SIZE).fill(1);
    for (let i = 0; i < times; i++) {
      abi.addInPlace(engine, Math.ceil(SIZE / block), { target, x, size: SIZE, block });
    }
    return [...engine.floatsAt(target, SIZE)];
  });
}

Deno.test("wasm: jobs in place, of 100,000 short chunks each, run every chunk once", async () => {
  const engine = makeEngine(3);
  try {
    await workersSleep(engine); // they have started
    assertEquals(addOnes(engine, 60), new Array(SIZE).fill(60));
  } finally {
    engine.close();
  }
});

Deno.test(ifPossible({
  name: "wasm: threads that sleep wake for a job, and end when their engine is closed",
  needs: { read: ["/proc/self/status"] },
  skip: Deno.build.os === "linux" ? undefined : "threads are counted in /proc",
  async fn() {
    const engines = Array.from({ length: 6 }, () => makeEngine(4));
    for (const engine of engines) await workersSleep(engine);
    assertEquals(engines.map((engine) => addOnes(engine, 1)[0]), new Array(6).fill(1));
    for (const engine of engines) await workersSleep(engine);
    // Those of tests before may still be ending: they only make the count smaller.
    const most = threadCount();
    for (const engine of engines) engine.close();
    for (let wait = 0; wait < 200 && threadCount() > most - WORKERS; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert(threadCount() <= most - WORKERS, `${threadCount()} threads, ${most} before the end`);
  },
}));
