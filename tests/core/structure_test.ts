// Nested objects and arrays of tensors: their leaves, their paths, and what is no structure.

import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { tensor } from "../../mod.ts";
import { leavesOf, mapStructure, tensorsIn } from "../../src/core/structure.ts";
import { assertExactError } from "../support/exact_error.ts";

const [a, b, c] = [tensor(1), tensor(2), tensor(3)];

Deno.test("structure: leaves are in the order of keys, with their paths", () => {
  const structure = { z: a, layers: [{ w: b }, [c]], none: null, absent: undefined, empty: {} };
  const leaves = leavesOf("watch", structure);
  assertEquals(leaves.map(({ path }) => path), ["z", "layers[0].w", "layers[1][0]"]);
  [a, b, c].forEach((t, i) => assertStrictEquals(leaves[i].tensor, t));
  assertEquals(leavesOf("watch", a).map(({ path }) => path), [""]);
  assertEquals(leavesOf("watch", [a]).map(({ path }) => path), ["[0]"]);
  assertEquals([leavesOf("watch", null), leavesOf("watch", undefined), leavesOf("watch", [])], [
    [],
    [],
    [],
  ]);
});

Deno.test("structure: objects without a prototype are plain too", () => {
  const bare = Object.assign(Object.create(null), { w: a });
  assertEquals(leavesOf("watch", bare).map(({ path }) => path), ["w"]);
});

Deno.test("structure: mapping keeps the shape, and changes nothing that was given", () => {
  const structure = { list: [a, b] as const, none: null, absent: undefined };
  const mapped = mapStructure("watch", structure, (t, path) => tensor(path.length + t.item()));
  assertEquals(mapped.list.map((t) => t.item()), [8, 9]);
  assertEquals(Object.keys(mapped), ["list", "none", "absent"]);
  assertEquals([mapped.none, mapped.absent], [null, undefined]);
  assertNotStrictEquals(mapped.list, structure.list);
  assertStrictEquals(structure.list[0], a);
});

Deno.test("structure: anything else is refused, with its path", () => {
  class Layer {
    w = a;
  }
  const rule = "Cannot watch: it takes tensors in nested objects and arrays:";
  const wrong: [value: unknown, found: string][] = [
    [1, "it is the number 1"],
    [{ w: new Layer() }, "w is a Layer"],
    [[[new Float32Array(1)]], "[0][0] is a Float32Array"],
    [{ a: { b: () => a } }, "a.b is a function"],
    [{ a: 1n }, "a is the bigint 1"],
    [{ a: Symbol("s") }, "a is the symbol Symbol(s)"],
  ];
  for (const [value, found] of wrong) {
    assertExactError(() => leavesOf("watch", value), TypeError, `${rule} ${found}`);
    assertExactError(() => mapStructure("watch", value, (t) => t), TypeError, `${rule} ${found}`);
  }
});

Deno.test("structure: tensors are found among arguments of any kind", () => {
  const found = tensorsIn([a, 3, { x: b, options: { on: true, f: () => c } }, "text", null, [c]]);
  assertEquals(found.length, 3);
  [a, b, c].forEach((t, i) => assertStrictEquals(found[i], t));
  const cyclic: Record<string, unknown> = { a };
  cyclic.self = [cyclic];
  assertEquals(tensorsIn(cyclic).length, 1);
});
