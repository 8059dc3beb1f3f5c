// Results of `scoped`, and the moment at which the rest is freed: the value stays, errors pass,
// promises are waited for.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Arena, referenceBackend, scoped, square, tensor } from "../../mod.ts";

/** Counts how often it was disposed of. */
function owner() {
  return {
    disposed: 0,
    dispose() {
      this.disposed++;
    },
  };
}

Deno.test("scoped: disposes of its owner once the function has returned", () => {
  const made = owner();
  const [result, during] = scoped(made, (given) => [given === made, given.disposed]);
  assertEquals([result, during, made.disposed], [true, 0, 1]);
});

Deno.test("scoped: disposes of its owner where the function throws, and passes the error on", () => {
  const made = owner();
  const throwing = () =>
    scoped(made, () => {
      throw new RangeError("no");
    });
  assertThrows(throwing, RangeError, "no");
  assertEquals(made.disposed, 1);
});

Deno.test("scoped: the owner of an async function lives until its promise settles", async () => {
  const made = owner();
  const fulfilled = scoped(made, async (given) => {
    await Promise.resolve();
    return given.disposed;
  });
  assertEquals(made.disposed, 0);
  assertEquals([await fulfilled, made.disposed], [0, 1]);
  const failing = () => scoped(made, () => Promise.reject(new RangeError("no")));
  await assertRejects(failing, RangeError, "no");
  assertEquals(made.disposed, 2);
});

Deno.test("scoped: an arena frees all but what was kept", () => {
  const backend = referenceBackend();
  const x = tensor([1, 2, 3], { backend });
  const y = scoped(new Arena(), (arena) => {
    arena.follow(x);
    return arena.keep(square(square(x)));
  });
  assertEquals(y.toArray(), [1, 16, 81]);
  assertEquals(backend.liveBytes, x.bytes + y.bytes);
});
