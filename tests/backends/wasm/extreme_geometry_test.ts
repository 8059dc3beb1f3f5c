// Random calls with extreme options, forward and backward, between canaries: nothing is written
// outside of its arrays, nothing foreign is read, nothing traps, and nothing stays allocated.

import { assert, assertEquals } from "@std/assert";
import { Random, referenceBackend, Tape, type Tensor, tensor } from "../../../mod.ts";
import type { Backend } from "../../../src/backends/kernels.ts";
import { sizeOf } from "../../../src/core/shape.ts";
import { scaled, SEED } from "../../support/effort.ts";
import { type ExtremeCall, extremeCall } from "../../support/extreme_calls.ts";
import { weights } from "../../support/derivatives.ts";
import { guardedBackend } from "../../support/guarded_backend.ts";

/** Calls at full effort. */
const CALLS = 20_000;
/** Memory of the backend: what does not fit is refused. */
const MAX_BYTES = 2 ** 25;
/** Largest results that are computed once more by the reference. */
const MOST_COMPARED = 4096;
/** Calls between looks at memory that is far from all blocks. */
const FAR_EVERY = 500;
/** Differences of sums in another order, relative to the largest number. */
const TOLERANCE = 2 ** -16;

/** Makes the inputs of a call: quarters that differ from place to place. */
function inputsOf({ shapes }: ExtremeCall, backend: Backend): Tensor[] {
  return shapes.map((shape, i) => {
    const data = Float32Array.from(
      { length: sizeOf(shape) },
      (_, j) => ((j * 7 + i) % 25 - 12) / 4,
    );
    return tensor(data, { shape, backend });
  });
}

/** Outcome of a call: its output, its gradients, and its inputs afterwards; or its error. */
type Outcome = { readonly arrays: readonly Float32Array[] } | { readonly error: unknown };

function outcome(call: ExtremeCall, backend: Backend): Outcome {
  using tape = new Tape();
  const inputs = inputsOf(call, backend);
  tape.watch(inputs);
  try {
    const y = call.run(...inputs);
    const seed = tape.adopt(
      tensor(Float32Array.from(weights(y.shape, 3).data), { shape: y.shape, backend }),
    );
    const gradients = tape.gradient(y, inputs, { seed });
    const arrays = [y, ...gradients, ...inputs].map((t) => t.dataSync() as Float32Array);
    return { arrays };
  } catch (error) {
    return { error };
  } finally {
    for (const input of inputs) input.dispose();
  }
}

function assertNear(
  actual: readonly Float32Array[],
  expected: readonly Float32Array[],
  what: string,
): void {
  assertEquals(actual.map((a) => a.length), expected.map((a) => a.length), what);
  actual.forEach((array, i) => {
    const largest = expected[i].reduce((most, v) => Math.max(most, Math.abs(v)), 1);
    const bad = array.findIndex((v, j) =>
      !(Math.abs(v - expected[i][j]) <= TOLERANCE * largest) && !Object.is(v, expected[i][j])
    );
    assert(bad < 0, `${what}: array ${i} has ${array[bad]} at ${bad}, not ${expected[i][bad]}`);
  });
}

/** Fails unless an error is one of the library's own. */
function assertRefusal(error: unknown, what: string): void {
  const isOwn = error instanceof RangeError || error instanceof TypeError ||
    (error as Error).name === "ShapeError";
  assert(isOwn && /^Cannot .+: .+: .+/s.test((error as Error).message), `${what}: ${error}`);
  assert((error as Error).message.length < 600, `${what}: ${error}`);
}

/** Fails unless what is refused for other reasons than memory is refused by the reference, too. */
function assertSameRefusal(call: ExtremeCall, error: unknown, reference: Backend, what: string) {
  const { message } = error as Error;
  if (message.startsWith("Cannot allocate memory")) return;
  const expected = outcome(call, reference);
  assert("error" in expected, `${what}: only this backend says: ${message}`);
  assertEquals((expected.error as Error).message, message, what);
}

for (const threads of [1, 3]) {
  Deno.test(`extremes: random calls between canaries, ${threads} threads`, () => {
    using backend = guardedBackend(threads, MAX_BYTES);
    const reference = referenceBackend();
    const random = new Random(SEED + threads);
    const calls = scaled(CALLS / 2);
    let made = 0;
    for (let i = 0; i < calls; i++) {
      const call = extremeCall(random);
      const what = `call ${i} of seed ${SEED + threads}: ${call.what} of ${
        JSON.stringify(call.shapes)
      }`;
      const result = outcome(call, backend);
      backend.check(what);
      if (i % FAR_EVERY === 0) backend.checkFar(what);
      assertEquals([backend.blocks, backend.liveBytes], [0, 0], what);
      if ("error" in result) {
        assertRefusal(result.error, what);
        assertSameRefusal(call, result.error, reference, what);
        continue;
      }
      made++;
      if (result.arrays[0].length > MOST_COMPARED) continue;
      const expected = outcome(call, reference);
      assert("arrays" in expected, what);
      assertNear(result.arrays, expected.arrays, what);
    }
    backend.checkFar("all calls");
    backend.checkWhole();
    assert(made > calls / 5, `too few calls go through: ${made} of ${calls}`);
  });
}
