// Work that grows with what there is to do and no faster: counted, for one size and for one that is 20
// times as large.

import { assert, assertEquals } from "@std/assert";
import {
  add,
  concat,
  mul,
  referenceBackend,
  sgd,
  split,
  stack,
  sum,
  Tape,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { internals } from "../../src/core/tensor.ts";
import { countingBackend } from "../support/counting_backend.ts";
import { callsDuring, watched } from "../support/work.ts";

const SIZES = [1_000, 20_000];

/** Fails where the work for one more is more among many. */
function assertLinear(count: (n: number) => number, most: number, sizes = SIZES): void {
  const counts = sizes.map((n) => count(n) / n);
  const text = `${counts.map((c) => c.toFixed(2)).join(" and ")} each, ${most} allowed`;
  assert(counts.every((each) => each <= most), text);
}

for (const join of [concat, stack]) {
  Deno.test(`growth: the backward of ${join.name} reads the sizes of all parts once`, () => {
    assertLinear((n) => {
      const backend = referenceBackend();
      using tape = new Tape();
      const parts = Array.from({ length: n }, (_, i) => tensor([i, 1], { backend }));
      tape.watch(parts);
      const y = join(parts);
      const attributes = tape.entries[0].attributes as { sizes: readonly number[] };
      const sizes = watched(attributes.sizes);
      attributes.sizes = sizes.array;
      const seed = tensor(y.dataSync(), { shape: y.shape, backend });
      const gradients = tape.gradient(y, parts, { seed });
      assertEquals(gradients[n - 1].toArray(), [n - 1, 1]);
      return sizes.reads();
    }, 2);
  });
}

Deno.test("growth: the backward of a tensor taken apart makes its gradient once", () => {
  const backend = countingBackend();
  for (const n of [3, 300]) {
    using tape = new Tape();
    const x = tensor(Array.from({ length: 2 * n }, (_, i) => i % 8), { shape: [n, 2], backend });
    tape.watch(x);
    const squares = concat(split(x, n).map((part) => mul(part, part)));
    const seed = tensor(squares.dataSync(), { shape: squares.shape, backend });
    backend.clear();
    const g = tape.gradient(squares, x, { seed });
    assertEquals(g.dataSync().at(-1), 2 * ((2 * n - 1) % 8) ** 3);
    assertEquals([backend.count("concat"), backend.count("sliceGrad")], [1, 0]);
  }
});

Deno.test("growth: the inputs of an op are looked through once for gradients of the tape", () => {
  const backend = referenceBackend();
  assertLinear((n) => {
    using tape = new Tape();
    const parts = Array.from({ length: n }, () => tensor([1], { backend }));
    tape.watch(parts);
    // A gradient that another op reads, which the result does not depend on.
    mul(tape.gradient(sum(parts[0]), parts[0]), parts[0]);
    const y: Tensor = sum(concat(parts));
    return callsDuring(() => tape.gradient(y, parts), { of: Set.prototype, names: ["has"] });
  }, 4);
});

Deno.test("growth: an op under nested tapes asks each of them a bounded number of times", () => {
  assertLinear(
    (n) => {
      const x = tensor([1, 2], { backend: referenceBackend() });
      const tapes = Array.from({ length: n }, () => new Tape());
      tapes.forEach((tape) => tape.watch(x));
      const tracks = watched(internals.tracks(x));
      internals.setTracks(x, tracks.array);
      let y: Tensor | undefined;
      const asked = callsDuring(
        () => y = add(x, x),
        { of: WeakRef.prototype, names: ["deref"] },
        { of: Array.prototype, names: ["includes"], weigh: (list) => (list as unknown[]).length },
      );
      assertEquals(internals.tracks(y!).length, n);
      for (const tape of tapes) {
        assertEquals(tape.entries.length, 1);
        tape.dispose();
      }
      return asked + tracks.reads();
    },
    100, // finding one among 1,000 takes 10 looks
    [100, 1_000],
  );
});

/** Weak references that a call makes, and registrations for the garbage collector that it leaves. */
function weakly(run: () => void): { references: number; registrations: number } {
  const counts = { references: 0, registrations: 0 };
  const Usual = WeakRef;
  const registry = FinalizationRegistry.prototype;
  const { register, unregister } = registry;
  globalThis.WeakRef = class<T extends WeakKey> extends Usual<T> {
    constructor(value: T) {
      super(value);
      counts.references++;
    }
  };
  registry.register = function (...args) {
    counts.registrations++;
    return register.apply(this, args);
  };
  registry.unregister = function (token) {
    const wasThere = unregister.call(this, token);
    if (wasThere) counts.registrations--;
    return wasThere;
  };
  try {
    run();
  } finally {
    globalThis.WeakRef = Usual;
    Object.assign(registry, { register, unregister });
  }
  return counts;
}

Deno.test("growth: an op on a tape makes no reference or registration that is collected later", () => {
  const backend = referenceBackend();
  assertLinear((n) => {
    using tape = new Tape();
    const x = tape.watch(tensor([1, 1], { backend }));
    const { references, registrations } = weakly(() => {
      let y = x;
      for (let i = 0; i < n; i++) y = mul(y, x);
      tape.gradient(sum(y), x);
    });
    return references + registrations;
  }, 0);
});

Deno.test("growth: a loop of steps that never waits leaves nothing for the collector", async () => {
  const backend = referenceBackend();
  const params = { w: tensor([1, 2], { backend }), bias: tensor([3, 4], { backend }) };
  const optimizer = sgd({ learningRate: 0.1 });
  const step = () => {
    using tape = new Tape();
    const x = tape.adopt(tensor([5, 6], { backend }));
    tape.watch(params);
    const loss = sum(add(mul(params.w, x), mul(params.bias, 0.5)));
    optimizer.step(params, tape.gradient(loss, params));
  };
  const counts = weakly(() => {
    for (let i = 0; i < 100; i++) step();
  });
  assertEquals(counts, { references: 0, registrations: 0 });

  // A tape that lives on while the program waits has a weak reference from then on.
  const tape = new Tape();
  tape.watch(params);
  await Promise.resolve();
  assertEquals(tape.gradient(sum(params.w), params.w).toArray(), [1, 1]);
  tape.dispose();
  assertEquals(internals.tracks(params.w), []);
});
