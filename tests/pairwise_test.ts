// Pairwise tables: every two values of two options come together, in few combinations.

import { assert, assertEquals } from "@std/assert";
import { pairwise } from "./support/pairwise.ts";

Deno.test("pairwise: each pair of values is there, in far fewer rows than all combinations", () => {
  const choices = { a: [1, 2, 3], b: ["x", "y"], c: [true, false], d: [0, 1, 2, 3], e: [5] };
  const rows = pairwise(choices);
  const names = Object.keys(choices) as (keyof typeof choices)[];
  for (const first of names) {
    for (const second of names.filter((name) => name !== first)) {
      const found = new Set(rows.map((row) => `${row[first]} ${row[second]}`));
      assertEquals(found.size, choices[first].length * choices[second].length);
    }
  }
  assert(rows.length >= 12 && rows.length <= 16, `${rows.length} rows`); // of 48
  assertEquals(pairwise(choices), rows);
});

Deno.test("pairwise: options of one value, one option, none", () => {
  assertEquals(pairwise({ a: [1], b: [2] }), [{ a: 1, b: 2 }]);
  assertEquals(pairwise({}), []);
});
