// Public names: one thing for each, none that hides a type of the platform, and the contract of
// backends in its own entry alone.

import { assert, assertEquals } from "@std/assert";
import { ambiguousNames, isType, type PublicName, publicNames } from "../../tools/surface.ts";
import { ifPossible } from "../support/permissions.ts";

/** Names of the main entry that are declared with the backends. */
const OF_BACKENDS = [
  "Backend",
  "Simd",
  "WasmBackend",
  "WasmBackendOptions",
  "referenceBackend",
  "wasmBackend",
];

const published = (name: string, file: string, kinds = ["interface"]): PublicName => ({
  entry: ".",
  name,
  kinds,
  file,
});

/** The types among names that the platform declares too, in a browser. */
async function hiddenTypes(names: readonly string[]): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "tapegrad-surface-" });
  try {
    const lines = names.map((name, i) => `export type Own${i} = ${name};`);
    await Deno.writeTextFile(`${folder}/names.ts`, lines.join("\n"));
    const compilerOptions = { lib: ["dom", "dom.iterable", "esnext"] };
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ compilerOptions }));
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--config", `${folder}/deno.json`, `${folder}/names.ts`],
      env: { NO_COLOR: "1" },
    }).output();
    const unknown = /TS2(?:304|552) \[ERROR\]: Cannot find name '(\w+)'/g;
    const own = new Set([...new TextDecoder().decode(stderr).matchAll(unknown)].map((m) => m[1]));
    return names.filter((name) => !own.has(name));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("surface: a name for two things is found", () => {
  const names = [published("Range", "a.ts"), published("Range", "b.ts"), published("Pair", "a.ts")];
  assertEquals(ambiguousNames([...names, published("Pair", "a.ts")]), ["Range: a.ts, b.ts"]);
  assertEquals([isType(names[0]), isType(published("f", "a.ts", ["function"]))], [true, false]);
});

Deno.test(ifPossible({
  name: "surface: a name stands for one thing, in whichever entry it is",
  needs: { read: true, run: true },
  async fn() {
    assertEquals(ambiguousNames(await publicNames()), []);
  },
}));

Deno.test(ifPossible({
  name: "surface: no type hides one of the platform",
  needs: { read: true, write: true, run: true, env: true },
  async fn() {
    assertEquals(await hiddenTypes(["Storage", "Pair", "History"]), ["Storage", "History"]);
    const names = await publicNames();
    const isClassOrType = (name: PublicName) => isType(name) || name.kinds.includes("class");
    const types = new Set(names.filter(isClassOrType).map(({ name }) => name));
    assert(types.size > 100);
    assertEquals(await hiddenTypes([...types]), []);
  },
}));

Deno.test(ifPossible({
  name: "surface: the contract of backends is in ./backend alone",
  needs: { read: true, run: true },
  async fn() {
    const names = await publicNames();
    const main = names.filter(({ entry }) => entry === ".");
    const ofBackends = main.filter(({ file }) => file.startsWith("src/backends/"));
    assertEquals(ofBackends.map(({ name }) => name).sort(), OF_BACKENDS);
    assertEquals(main.filter(({ name }) => name.endsWith("Geometry")), []);
    const contract = names.filter(({ entry }) => entry === "./backend").map(({ name }) => name);
    for (const name of ["Kernels", "NdArray", "Conv2dGeometry", "ops", "MAP_KINDS"]) {
      assert(contract.includes(name), name);
    }
  },
}));
