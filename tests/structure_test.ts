// The shape of the project, enforced: imports point one way, the core depends on nothing, the
// library uses Web APIs only, and files stay short. What holds is in the tables that follow.

import { assertEquals, assertStringIncludes } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import {
  cyclesIn,
  type DenoInfo,
  denoInfo,
  type Import,
  importsOf,
  layerFaults,
  reachable,
} from "./support/module_graph.ts";
import {
  COMPUTED_IMPORTS,
  CONTRACT,
  DEFAULT_BACKEND,
  ENTRIES,
  ENTRIES_WITH_EXTERNALS,
  EXTERNALS,
  LAYERS,
  NAMES_DENO,
} from "./support/layers.ts";
import { ifPossible } from "./support/permissions.ts";

/** Most lines of a file; more are a sign that it has two reasons to exist. */
const MAX_LINES = 400;

/** Files that are longer all the same. */
const LONG_FILES: readonly { file: string; why: string }[] = [
  { file: "src/backends/wasm/abi.ts", why: "written by deno task generate, a function a kernel" },
];

const ROOT = new URL("../", import.meta.url);
/** An import of something that no quoted name stands for. */
const COMPUTED_IMPORT = /\bimport\(\s*(?!["'\s])/;

/** The global, by its name. */
const DENO = /\bDeno\b/;

/** A declaration: a name follows, and no operator. */
const USING = /\busing\s+(?!of\b|in\b|instanceof\b)[\w$]+\s*(?:=|:|of\b)/;

/** A number of runs as it is at any effort, in place of `scaled(60)`. */
const FIXED_RUNS = /\bnumRuns: \d/;

/** Tests that ask whether known seeds reach every case, and that of the effort itself. */
const FILES_OF_FIXED_RUNS = ["effort", "ops/generators", "ops/gradients"]
  .map((name) => `tests/${name}_test.ts`);

const LIBRARY = /^(mod\.ts$|ops\/|src\/)/;
const BASE = /^src\/(core|display)\//;
const PUBLISHED = /^(mod\.ts$|ops\/|src\/|examples\/)/;
const ALL = /./;

/** A file's header or a doc comment that opens with a question word and not with its subject. */
const QUESTION =
  /(?:^\/\/|(?<=^|\n)[ \t]*\/\*\*(?:\s*\n\s*\*)?)\s+(?:What|How|Which|Who|Whose|Whether|Where|When|Why)\b/g;

/** Files whose comments may still open with a question word. */
const MAY_ASK = /^(src\/backends\/wasm\/|tools\/generate\/features\.ts$)/;

/** Folders without code to look at: hidden ones, what tools write, golden data. */
const NO_SOURCES = /(^|\/)\.|(^|\/)node_modules$|^coverage$|^out$|^tests\/golden$/;

Deno.test(ifPossible({
  name: "structure: imports point one way",
  needs: { read: true, run: true },
  async fn() {
    const inside = (await importsIn(PUBLISHED)).filter(({ to }) => !isExternal(to));
    assertEquals(layerFaults(inside.filter((found) => !isWiring(found)), LAYERS), []);
  },
}));

Deno.test(ifPossible({
  name: "structure: no file of the library imports itself through others",
  needs: { read: true, run: true },
  async fn() {
    const imports = await importsIn(LIBRARY);
    assertEquals(cyclesIn(imports.filter(({ typesOnly }) => !typesOnly)), []);
    // The files that all else builds on can be read one at a time: not even types go in a ring
    // there.
    const rings = cyclesIn(imports);
    assertEquals(rings.filter((ring) => ring.some((file) => BASE.test(file))), []);
  },
}));

Deno.test(ifPossible({
  name: "structure: the library imports nothing from outside that is not listed",
  needs: { read: true, run: true },
  async fn() {
    const outside = (await importsIn(LIBRARY)).filter(({ to }) => isExternal(to));
    assertEquals(outside.filter((found) => !isListed(found)), []);
  },
}));

Deno.test(ifPossible({
  name: "structure: every entry point comes with a backend",
  needs: { read: true, run: true },
  async fn() {
    const imports = await importsIn(LIBRARY);
    const without = [...ENTRIES.values()]
      .filter((file) => !reachable(file, imports).includes(DEFAULT_BACKEND));
    assertEquals(without, []);
  },
}));

Deno.test(ifPossible({
  name: "structure: the core loads nothing from outside",
  needs: { read: true, run: true },
  async fn() {
    const imports = await importsIn(LIBRARY);
    for (const [name, file] of ENTRIES) {
      if (ENTRIES_WITH_EXTERNALS.includes(name)) continue;
      const loaded = reachable(file, imports);
      assertEquals(loaded.filter(isExternal), [], `the entry point "${name}"`);
    }
  },
}));

Deno.test(ifPossible({
  name: "structure: an example fetches nothing but what the library lists",
  needs: { read: true, run: true },
  async fn() {
    // Without this, Deno fetches every package in deno.lock, those of tests and tools too (290 MB).
    assertEquals(config.unstable, ["npm-lazy-caching"]);
    const imports = await importsIn(PUBLISHED);
    for (const file of await sourceFiles(/^examples\/\w+\.ts$/)) {
      const packages = reachable(file, imports).filter((to) => /^(npm|jsr|https?):/.test(to));
      const listed = ({ external }: typeof EXTERNALS[number]) =>
        packages.filter((to) => to.startsWith(`${external}@`));
      assertEquals(packages.length, EXTERNALS.flatMap(listed).length, `${file}: ${packages}`);
    }
  },
}));

Deno.test(ifPossible({
  name: "structure: the library uses Web APIs, never Deno's but where that is listed",
  needs: { read: true },
  async fn() {
    const found = (await linesInLibrary(DENO)).map((line) => line.split(":")[0]);
    assertEquals([...new Set(found)], NAMES_DENO.map(({ file }) => file));
  },
}));

Deno.test(ifPossible({
  name: "structure: the library imports nothing by a computed name that is not listed",
  needs: { read: true },
  async fn() {
    const found = (await linesInLibrary(COMPUTED_IMPORT)).map((line) => line.split(":")[0]);
    assertEquals([...new Set(found)], COMPUTED_IMPORTS.map(({ file }) => file));
  },
}));

Deno.test(ifPossible({
  name: "structure: the library declares nothing with using, which Node 20 cannot read",
  needs: { read: true },
  async fn() {
    assertEquals(await linesInLibrary(USING), []);
  },
}));

Deno.test(ifPossible({
  name: `structure: no file has more than ${MAX_LINES} lines`,
  needs: { read: true },
  async fn() {
    const excused = LONG_FILES.map(({ file }) => file);
    const faults: string[] = [];
    for (const file of await sourceFiles(ALL)) {
      const lines = (await read(file)).split("\n").length - 1;
      if (lines > MAX_LINES && !excused.includes(file)) faults.push(`${file}: ${lines} lines`);
    }
    assertEquals(faults, []);
  },
}));

Deno.test(ifPossible({
  name: "structure: no test names a number of runs that is not scaled",
  needs: { read: true },
  async fn() {
    const files = await sourceFiles(/^tests\/.*_test\.ts$/);
    const found = await Array.fromAsync(files, async (file) => FIXED_RUNS.test(await read(file)));
    assertEquals(files.filter((_, i) => found[i]), FILES_OF_FIXED_RUNS);
  },
}));

Deno.test("structure: wrong imports are found", () => {
  const faults: [from: string, to: string, typesOnly: boolean, fault?: string][] = [
    ["ops/elementwise/relu.ts", "src/core/op.ts", false],
    ["ops/elementwise/relu.ts", "ops/elementwise/mul.ts", false],
    ["ops/elementwise/relu.ts", "src/backends/reference/mod.ts", false, "may not import"],
    ["ops/elementwise/relu.ts", CONTRACT, true],
    ["ops/elementwise/relu.ts", CONTRACT, false, "may import only types from"],
    ["src/nn/layers.ts", "src/backends/wasm/mod.ts", true, "may not import"],
    ["src/core/op.ts", "src/backends/reference/mod.ts", false, "may not import"],
    ["src/core/op.ts", "ops/elementwise/relu.ts", false, "may not import"],
    [CONTRACT, "src/core/dtype.ts", false, "may import only types from"],
    ["src/formats/npy/npy.ts", "tests/support/permissions.ts", false, "may not import"],
    ["examples/signs.ts", "mod.ts", false],
    ["examples/signs.ts", "src/core/op.ts", false, "may not import"],
    ["src/elsewhere/a.ts", "src/core/op.ts", false, "belongs to no layer"],
  ];
  for (const [from, to, typesOnly, fault] of faults) {
    const found = layerFaults([{ from, to, typesOnly }], LAYERS);
    assertEquals(found.length, fault ? 1 : 0, `${from} -> ${to}: ${found}`);
    if (fault) assertStringIncludes(found[0], `${from} ${fault}`);
  }
});

Deno.test("structure: rings of imports are found, each once, and nothing that only leads to one", () => {
  const chain = (from: string, to: string): Import => ({ from, to, typesOnly: false });
  const imports = [
    chain("start.ts", "a.ts"),
    chain("a.ts", "b.ts"),
    chain("b.ts", "c.ts"),
    chain("c.ts", "a.ts"),
    chain("c.ts", "end.ts"),
    chain("self.ts", "self.ts"),
  ];
  assertEquals(cyclesIn(imports), [["a.ts", "b.ts", "c.ts"], ["self.ts"]]);
  assertEquals(cyclesIn(imports.filter(({ from }) => from === "start.ts")), []);
  assertEquals(cyclesIn([]), []);
});

Deno.test("structure: what an entry loads is followed through other files, not through types", () => {
  const chain = (from: string, to: string, typesOnly = false): Import => ({ from, to, typesOnly });
  const imports = [
    chain("mod.ts", "a.ts"),
    chain("a.ts", "b.ts"),
    chain("b.ts", "mod.ts"),
    chain("b.ts", "npm:left@1"),
    chain("a.ts", "npm:types@1", true),
    chain("c.ts", "npm:elsewhere@1"),
  ];
  assertEquals(reachable("mod.ts", imports), ["mod.ts", "a.ts", "b.ts", "npm:left@1"]);
});

Deno.test("structure: imports are read from the output of deno info", () => {
  const root = new URL("file:///project/");
  const info: DenoInfo = {
    modules: [
      {
        specifier: "file:///project/ops/elementwise/relu.ts",
        dependencies: [
          {
            specifier: "../src/core/op.ts",
            code: { specifier: "file:///project/src/core/op.ts" },
            type: { specifier: "file:///project/src/core/op.ts" },
          },
          {
            specifier: "./types.ts",
            type: { specifier: "file:///project/ops/elementwise/types.ts" },
          },
          { specifier: "h5wasm", code: { specifier: "npm:h5wasm@0.10.3" } },
        ],
      },
      { specifier: "file:///project/src/core/op.ts" },
      { specifier: "file:///elsewhere/a.ts", dependencies: [{ specifier: "./b.ts" }] },
    ],
  };
  const from = "ops/elementwise/relu.ts";
  assertEquals(importsOf(info, root), [
    { from, to: "src/core/op.ts", typesOnly: false },
    { from, to: "ops/elementwise/types.ts", typesOnly: true },
    { from, to: "npm:h5wasm@0.10.3", typesOnly: false },
  ]);
});

Deno.test(ifPossible({
  name: "structure: comments open with their subject or a verb, not with a question word",
  needs: { read: true },
  async fn() {
    const asking: string[] = [];
    for (const file of await sourceFiles(ALL)) {
      if (MAY_ASK.test(file)) continue;
      asking.push(...questions(await read(file)).map((line) => `${file}:${line}`));
    }
    assertEquals(asking, []);
  },
}));

Deno.test("structure: question words are found at the beginning of comments alone", () => {
  const source = [
    "// How files are read, and when.",
    "/** Whether a name is free. */",
    "/** Tells whether a name is free. What is not free is taken. */",
    "  /**",
    "   * Which one is free.",
    "   */",
    "/**",
    " * The first that is free.",
    " * Which one that is, nobody knows.",
    " */",
    "// What follows is no header.",
    "/** Whatever is left. */",
  ].join("\n");
  assertEquals(questions(source), [1, 2, 4]);
});

Deno.test("structure: imports of computed names are found, others are not", () => {
  const source = `const a = await import("npm:left");
const b = await import(name);
const c = await import(
  \`npm:\${name}\`
);
import.meta.resolve(name);`;
  assertEquals(linesWith(COMPUTED_IMPORT, source), [2, 3]);
});

Deno.test("structure: Deno is found in code, not in comments and texts", () => {
  const source = `/** Runs in Deno. */
const url = "https://deno.land"; // Deno. here
const text = "say \\" Deno.", other = 'Deno';
Deno.exit();
const hidden = globalThis.Deno /* Deno */;
const DenoLike = url;`;
  assertEquals(linesWith(DENO, source), [4, 5]);
});

Deno.test("structure: using is found where it declares something", () => {
  const source = `/** \`using tape = new Tape()\` frees it. */
const text = "using tape = new Tape()"; // using tape = new Tape()
using tape = new Tape();
await using file = await open(path);
for (using tape of tapes) tape.dispose();
for await (await using file of files);
if (loud) { using
  arena = new Arena(); }
export { using };
const using = tape.using, used = using(tape);
using = 3;`;
  assertEquals(linesWith(USING, source), [3, 4, 5, 6, 7]);
});

async function importsIn(files: RegExp): Promise<Import[]> {
  return importsOf(await denoInfo(await sourceFiles(files), ROOT), ROOT);
}

/** Returns true if an entry point imports the default backend, as no other file may. */
function isWiring({ from, to }: Import): boolean {
  return to === DEFAULT_BACKEND && [...ENTRIES.values()].includes(from);
}

/**
 * Returns true if an import leads out of the project: to a package, a built-in module or the
 * network.
 */
function isExternal(specifier: string): boolean {
  return /^[a-z]+:/.test(specifier);
}

function isListed({ from, to }: Import): boolean {
  return EXTERNALS.some(({ file, external }) => from === file && to.startsWith(`${external}@`));
}

/** Lists the places in the library where a pattern is found, as `file:line`. */
async function linesInLibrary(pattern: RegExp): Promise<string[]> {
  const found: string[] = [];
  for (const file of await sourceFiles(LIBRARY)) {
    for (const line of linesWith(pattern, await read(file))) found.push(`${file}:${line}`);
  }
  return found;
}

/**
 * Lists the numbers of the lines where a pattern is found outside of comments and strings. Only a
 * pattern in the source that contains a lone quote could hide one, and only to the end of its line.
 */
function linesWith(pattern: RegExp, source: string): number[] {
  const skipped = /\/\/.*|\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/;
  const tokens = new RegExp(`${skipped.source}|(?<found>${pattern.source})`, "g");
  return [...source.matchAll(tokens)].filter(({ groups }) => groups?.found)
    .map(({ index }) => source.slice(0, index).split("\n").length);
}

/** Lists the lines of comments that open with a question word. */
function questions(source: string): number[] {
  return [...source.matchAll(QUESTION)].map(({ index }) =>
    source.slice(0, index).split("\n").length
  );
}

/** Lists some of the TypeScript files of the project, by their path in it. */
async function sourceFiles(which: RegExp): Promise<string[]> {
  const files = await Array.fromAsync(walk(""));
  return files.filter((file) => file.endsWith(".ts") && which.test(file)).sort();
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (!isDirectory) yield `${folder}${name}`;
    else if (!NO_SOURCES.test(`${folder}${name}`)) yield* walk(`${folder}${name}/`);
  }
}

function read(file: string): Promise<string> {
  return Deno.readTextFile(new URL(file, ROOT));
}
