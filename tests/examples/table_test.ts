// The example with a table: what it learns is in the rows, and it measures on rows it did not see.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  classify,
  load,
  type Options,
  shareOfMostFrequent,
  tableOptions,
} from "../../examples/table.ts";
import { PENGUINS } from "../../examples/table/penguins.ts";
import { readTable, tableDataset } from "../../src/data/mod.ts";
import { Random } from "../../src/random/random.ts";
import { ifPossible } from "../support/permissions.ts";
import { runExample, runPermitted } from "./run_example.ts";

const OPTIONS: Options = tableOptions([])!;

const keyOf = (data: ArrayLike<number>, width: number) =>
  Array.from(
    { length: data.length / width },
    (_, row) => Array.from({ length: width }, (_, i) => data[row * width + i]).join(),
  );

Deno.test("table example: penguins are told apart, in rows that were put aside", async () => {
  const sets = await load(OPTIONS);
  assertEquals([sets.train.size, sets.validation.size], [275, 69]);
  const { accuracy } = await classify(sets, OPTIONS);
  assert(accuracy >= 0.95 && accuracy <= 1, String(accuracy));
  assert(await shareOfMostFrequent(sets) < 0.5);
  const width = sets.encoder.features.length;
  const seen = new Set(keyOf((await sets.train.arrays()).x.data, width));
  const aside = keyOf((await sets.validation.arrays()).x.data, width);
  assertEquals(aside.filter((row) => seen.has(row)), []);
});

Deno.test("table example: with species dealt at random, nothing can be learned", async () => {
  const [head, ...rows] = PENGUINS.trim().split("\n");
  const order = new Random(5).permutation(rows.length);
  const dealt = rows.map((row, i) => {
    const [species] = rows[order[i]].split(",");
    return [species, ...row.split(",").slice(1)].join(",");
  });
  const table = await readTable(new TextEncoder().encode([head, ...dealt].join("\n")));
  const sets = await tableDataset(table, { target: "species", fill: "median", seed: 0 });
  const { accuracy } = await classify(sets, { ...OPTIONS, epochs: 60, learningRate: 0.01 });
  assert(accuracy < 0.6, String(accuracy));
});

Deno.test(ifPossible({
  name: "table example: runs without permission, on tables of others, and explains itself",
  needs: { run: true, read: true, write: true },
  async fn() {
    const plain = await runExample("table.ts", "--epochs", "2");
    assertEquals([plain.code, plain.stderr], [0, ""]);
    assertStringIncludes(plain.stdout, "validation accuracy 0.");
    assertStringIncludes((await runExample("table.ts", "--help")).stdout, "Usage: deno run");
    const path = await Deno.makeTempFile({ suffix: ".csv" });
    try {
      const rows = Array.from({ length: 40 }, (_, i) => `n${i};${i * 3};${i * 2},5\n`).join("");
      await Deno.writeTextFile(path, `name;size;price\n${rows}`);
      const run = (...args: string[]) =>
        runPermitted(["-R"], "table.ts", "--data", path, "--epochs", "1", ...args);
      assertStringIncludes((await run("--target", "price", "--drop", "name")).stdout, "mean error");
      const missing = await run();
      assertEquals([missing.code, missing.stdout], [1, ""]);
      assertStringIncludes(missing.stderr, "--target must name the column to predict");
      const wrong = await run("--target", "cost");
      assertStringIncludes(wrong.stderr, 'has columns "name", "size", "price": got "cost"\n');
    } finally {
      await Deno.remove(path);
    }
  },
}));
