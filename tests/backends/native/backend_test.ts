// The native backend as its user sees it: options, errors, memory, threads, same results.

import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type Backend,
  conv2d,
  matmul,
  Random,
  randomNormal,
  reshape,
  sum,
  Tape,
  type Tensor,
  tensor,
} from "../../../mod.ts";
import { FileError } from "../../../src/core/errors.ts";
import { PlanCache } from "../../../src/backends/native/plan_cache.ts";
import { LIBRARIES_OF } from "../../../src/backends/native/backend.ts";
import { nativeBackend, type NativeBackendOptions } from "../../../src/backends/native/mod.ts";
import type { Plan } from "../../../src/backends/native/onednn/plan.ts";
import { makeInputs } from "../../../bench/models/inputs.ts";
import { makeTraining, trainStep } from "../../../bench/models/tapegrad.ts";
import { ifPossible, type NeedyTest } from "../../support/permissions.ts";

/** A test that wants the libraries, which stay loaded until the program ends. */
function native(test: Omit<NeedyTest, "needs" | "skip">): Deno.TestDefinition {
  const skip = nativeBackend.reasonAgainst();
  return ifPossible({ ...test, needs: { ffi: true }, skip, sanitizeResources: false });
}

Deno.test("native: kernels that libraries compute are named by library", () => {
  assertEquals(Object.keys(LIBRARIES_OF), ["conv2d", "conv2dGradX", "conv2dGradW", "matmul"]);
});

Deno.test("native: unknown options and values that are none are refused before anything is loaded", () => {
  const wrong = (options: unknown) => () => nativeBackend(options as NativeBackendOptions);
  assertThrows(wrong({ thread: 2 }), TypeError, "Cannot make native backend: options must be in");
  assertThrows(wrong({ libraries: { mkl: "x" } }), TypeError, "{ onednn, blas }: got mkl");
});

Deno.test({
  name: "native: without permission there is a reason, and no question",
  permissions: { ffi: false, env: false },
  fn() {
    assertEquals(nativeBackend.reasonAgainst(), "needs --allow-ffi");
    assertEquals(nativeBackend.isAvailable(), false);
  },
});

Deno.test(native({
  name: "native: libraries that are missing or are others are errors that say so",
  fn() {
    const at = (libraries: NativeBackendOptions["libraries"]) => () => nativeBackend({ libraries });
    const error = assertThrows(at({ onednn: "/no/libdnnl.so" }), FileError);
    assertStringIncludes(error.message, "oneDNN must be installed: tried /no/libdnnl.so");
    assertStringIncludes(error.message, "apt install libdnnl2");
    const blas = assertThrows(at({ blas: "libc.so.6" }), FileError);
    assertStringIncludes(blas.message, "a BLAS must be installed: tried libc.so.6");
    assertEquals(nativeBackend.isAvailable({ libraries: { blas: "libc.so.6" } }), false);
    assertThrows(() => nativeBackend({ threads: 0 }), RangeError, "Cannot make native backend");
  },
}));

Deno.test(native({
  name: "native: one library does without the other",
  fn() {
    for (const libraries of [{ onednn: false }, { blas: false }] as const) {
      using backend = nativeBackend({ threads: 1, libraries });
      assertEquals(Object.values(backend.libraries).filter((one) => one !== undefined).length, 1);
      for (const dtype of ["float32", "float64"] as const) {
        const a = tensor([[1, 2, 3], [4, 5, 6]], { dtype, backend });
        const y = matmul(a, a, { transposeB: true });
        assertEquals(y.toArray(), [[14, 32], [32, 77]]);
        const x = tensor([1, 2, 3, 4], { shape: [1, 2, 2, 1], dtype, backend });
        assertEquals([
          ...conv2d(
            x,
            tensor([1, 10], {
              shape: [1, 2, 1, 1],
              dtype,
              backend,
            }),
          ).dataSync(),
        ], [21, 43]);
      }
    }
  },
}));

/** Losses and weights of some steps of a model, as one list of numbers. */
function trained(backend: Backend, steps: number): number[] {
  const training = makeTraining("S", makeInputs("S"), backend);
  const losses = Array.from({ length: steps }, () => trainStep(training));
  return [...losses, ...Object.values(training.params).flatMap((w) => [...w.dataSync()])];
}

Deno.test(native({
  name: "native: trainings with the same number of threads are equal bit for bit",
  fn() {
    for (const threads of [1, 3]) {
      const [first, second] = [0, 1].map(() => {
        using backend = nativeBackend({ threads });
        return trained(backend, 3);
      });
      assertEquals(second, first, `${threads} threads`);
    }
  },
}));

Deno.test(native({
  name: "native: backends of other threads take turns without changing each other",
  fn() {
    using one = nativeBackend({ threads: 1 });
    using three = nativeBackend({ threads: 3 });
    const alone = [one, three].map((backend) => trained(backend, 1));
    const x = [one, three, one, three].map((backend) => trained(backend, 1));
    assertEquals(x, [...alone, ...alone]);
  },
}));

Deno.test(native({
  name: "native: what a step takes is given back, and the memory may grow while plans are in use",
  fn() {
    using backend = nativeBackend({ threads: 2 });
    const random = new Random(1);
    const images = (count: number) => randomNormal(random, [count, 13, 11, 7], { backend });
    const w = randomNormal(random, [3, 3, 7, 19], { backend });
    const step = (x: Tensor) => {
      using tape = new Tape();
      tape.watch({ x, w });
      const y = conv2d(x, w, { padding: "same", activation: "relu" });
      return [...tape.gradient(sum(y), w).dataSync()];
    };
    const x = images(2);
    const first = step(x);
    const live = backend.liveBytes;
    const large = images(20_000); // 80 MB: the memory grows
    assertNotStrictEquals(large, x);
    assertEquals(step(x), first);
    large.dispose();
    assertEquals(backend.liveBytes, live);
  },
}));

Deno.test("native: plans used longest ago go when there are too many, and each is closed once", () => {
  const closed: string[] = [];
  const plan = (name: string): Plan => ({
    implementation: name,
    scratchBytes: 0,
    run: () => {},
    close: () => closed.push(name),
  });
  let made = 0;
  const cache = new PlanCache(2);
  const get = (name: string) =>
    cache.get(name, () => {
      made++;
      return name === "none" ? undefined : plan(name);
    })?.implementation;
  assertEquals([get("a"), get("b"), get("a"), get("c"), get("a")], ["a", "b", "a", "c", "a"]);
  assertEquals([made, cache.size, closed], [3, 2, ["b"]]);
  assertEquals([get("none"), get("none"), made], [undefined, undefined, 4]); // known to have none
  cache.clear();
  assertEquals([cache.size, closed], [0, ["b", "c", "a"]]);
});

/** Bytes of the process that are in memory. */
function residentBytes(): number {
  return Deno.memoryUsage().rss;
}

Deno.test(native({
  name: "native: neither tensors nor the library's own memory grow over 2,000 steps",
  effort: "full", // what else is tested at the same time would be counted, too
  fn() {
    using backend = nativeBackend({ threads: 2 });
    const random = new Random(2);
    const x = randomNormal(random, [4, 12, 12, 8], { backend });
    const w = randomNormal(random, [3, 3, 8, 16], { backend });
    const v = randomNormal(random, [16, 5], { backend });
    const step = () => {
      using tape = new Tape();
      tape.watch({ w, v });
      const y = conv2d(x, w, { padding: "same", activation: "relu" });
      tape.gradient(sum(matmul(reshape(y, [-1, 16]), v)), { w, v });
    };
    for (let i = 0; i < 500; i++) step();
    const [live, resident] = [backend.liveBytes, residentBytes()];
    for (let i = 0; i < 1500; i++) step();
    assertEquals(backend.liveBytes, live);
    const grown = residentBytes() - resident;
    assert(grown < 32 * 2 ** 20, `${Math.round(grown / 2 ** 20)} MiB more than before`);
  },
}));
