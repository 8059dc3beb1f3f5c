// Needs of the library from an engine: nothing that is newer than Node 20.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { ifPossible } from "../support/permissions.ts";

const ROOT = new URL("../../", import.meta.url);

/** Libraries of Node 20 and browsers of its time, as the compiler knows them. */
const LIBRARIES = [
  "es2023",
  "dom",
  "dom.iterable",
  "dom.asynciterable",
  "esnext.disposable", // its symbols; structure_test.ts looks for the syntax
];

/** Runs the compiler on files with nothing else, and returns its complaints; "" if it has none. */
async function complaints(files: readonly string[]): Promise<string> {
  const { imports, compilerOptions } = config;
  const settings = { imports, compilerOptions: { ...compilerOptions, lib: LIBRARIES } };
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(file, JSON.stringify(settings));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--no-lock", "--config", file, ...files],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stderr);
    assert(success || text !== "");
    return success ? "" : text;
  } finally {
    await Deno.remove(file);
  }
}

Deno.test(ifPossible({
  name: "age: the library calls nothing that Node 20 has not",
  effort: "full",
  needs: { read: true, write: true, run: true },
  async fn() {
    assertEquals(await complaints(Object.values(config.exports)), "");
  },
}));

Deno.test(ifPossible({
  name: "age: a newer function is found",
  needs: { read: true, write: true, run: true },
  async fn() {
    const file = await Deno.makeTempFile({ suffix: ".ts" });
    try {
      await Deno.writeTextFile(file, "export const all = Array.fromAsync([1, 2]);\n");
      assertStringIncludes(await complaints([file]), "Property 'fromAsync' does not exist");
    } finally {
      await Deno.remove(file);
    }
  },
}));
