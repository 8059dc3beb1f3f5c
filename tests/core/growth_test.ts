// Work that grows with what there is to do and no faster: counted, for one size and for one that is 20
// times as large.

import { assert, assertEquals } from "@std/assert";
import { concat, mul, referenceBackend, stack, sum, Tape, type Tensor, tensor } from "../../mod.ts";
import { callsDuring, watched } from "../support/work.ts";

const SIZES = [1_000, 20_000] as const;

/** Fails where the work for one more is more among many. */
function assertLinear(count: (n: number) => number, most: number): void {
  const counts = SIZES.map((n) => count(n) / n);
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
