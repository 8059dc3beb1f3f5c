// Damaged models of TensorFlow.js: their settings and lists of weights, and their files of weights.

import { assert, assertEquals } from "@std/assert";
import type { HostArray } from "../../../src/core/dtype.ts";
import { importTfjs, openTfjs } from "../../../src/models/mod.ts";
import { leavesOf } from "../../../src/core/structure.ts";
import { type Files, goldens } from "../../golden/tfjs/goldens.ts";
import { fuzz } from "../../support/fuzz.ts";
import { unpack } from "../keras/models.ts";

const OPTIONS = { name: "fuzz", maxElements: 2 ** 16 };
const TOKENS = [
  '"__proto__":',
  '"paths": ["',
  '"dtype": "uint8"',
  '"scale": 1e999',
  '"shape": [',
  "-1",
  "4294967296",
  "null",
  "[".repeat(200),
  "{",
  "}",
].map((text) => new TextEncoder().encode(text));

async function filesOf(files: Files): Promise<Record<string, Uint8Array>> {
  const entries = Object.entries(files)
    .map(async ([name, file]) => [name, await unpack(file)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Damages one of a model's files, and reads all of its weights. */
async function damagedWeights(part: "model.json" | "group1-shard1of1.bin") {
  const files = await filesOf(goldens.graph.files);
  return await fuzz({
    samples: [files[part]],
    async read(bytes) {
      await using file = await openTfjs({ ...files, [part]: bytes }, OPTIONS);
      const arrays: HostArray[] = [];
      for (const name of file.names) {
        if ((await file.info(name)).dtype !== undefined) arrays.push(await file.array(name));
      }
      return arrays;
    },
    check(arrays) {
      for (const { data } of arrays) assert(data.length <= OPTIONS.maxElements);
    },
    tokens: part === "model.json" ? TOKENS : [],
  }).then(({ runs, refused, read }) => {
    assertEquals(refused + read, runs);
    assert(refused > runs / 10 && read > runs / 50, `${refused} refused, ${read} read`);
  });
}

Deno.test("openTfjs: damaged lists of weights", () => damagedWeights("model.json"));

Deno.test("openTfjs: damaged files of weights", () => damagedWeights("group1-shard1of1.bin"));

Deno.test("importTfjs: damaged settings", async () => {
  const files = await filesOf(goldens.words.files);
  const { runs, refused, read } = await fuzz({
    samples: [files["model.json"]],
    read: (bytes) => importTfjs({ ...files, "model.json": bytes }, OPTIONS),
    check({ params }) {
      for (const { tensor } of leavesOf("check", params)) tensor.dispose();
    },
    tokens: TOKENS,
  });
  assertEquals(refused + read, runs);
  assert(refused > runs / 10 && read > runs / 50, `${refused} refused, ${read} read`);
});
