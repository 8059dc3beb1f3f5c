// Backend of new tensors. This file imports the core alone, without the entry point that names a
// default, so that there is none to begin with.

import { assertEquals, assertStrictEquals } from "@std/assert";
import { referenceBackend } from "../../src/backends/reference/mod.ts";
import { currentBackend, setDefaultBackend, useBackend } from "../../src/core/backend.ts";
import { tensor } from "../../src/core/create.ts";
import { assertExactError } from "../support/exact_error.ts";

// The steps build on each other: which backend is in use is the state of the whole module.
Deno.test("backend: none, the default, the one in use", async (t) => {
  await t.step("without any, a tensor must be given one", () => {
    assertExactError(
      () => tensor([1]),
      TypeError,
      "Cannot create a tensor: no backend is in use: import the library's main module or " +
        "call useBackend(referenceBackend())",
    );
    const backend = referenceBackend();
    assertStrictEquals(tensor([1], { backend }).backend, backend);
  });

  let made = 0;
  await t.step("the default is made when it is first needed, once", () => {
    setDefaultBackend(() => {
      made++;
      return referenceBackend();
    });
    assertEquals(made, 0);
    const [first, second] = [tensor([1]), tensor([2])];
    assertStrictEquals(first.backend, second.backend);
    assertEquals(made, 1);
  });

  await t.step("useBackend returns the backend, and tensors stay where they are", () => {
    const old = tensor([1]);
    const backend = referenceBackend();
    assertStrictEquals(useBackend(backend), backend);
    assertStrictEquals(currentBackend(), backend);
    assertStrictEquals(tensor([1]).backend, backend);
    assertEquals(old.backend === backend, false);
    assertEquals(made, 1);
  });
});

Deno.test("backend: the reference's memory is counted, its end is nothing", async () => {
  const backend = referenceBackend();
  assertEquals([backend.name, backend.liveBytes], ["reference", 0]);
  const x = tensor([1, 2], { backend });
  assertEquals(await x.data(), new Float32Array([1, 2]));
  assertEquals(backend.liveBytes, 8);
  assertEquals(referenceBackend().liveBytes, 0, "each has memory of its own");
  backend[Symbol.dispose]();
});
