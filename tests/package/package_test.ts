// The package for npm: what is in it, and that it trains in Node, version 20 or later, with the
// numbers of Deno, without any other package.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { complete } from "../../tools/pack.ts";
import { NO_BROWSER } from "../browser/chromium.ts";
import { ifPossible } from "../support/permissions.ts";
import { type Bundler, BUNDLERS, bundlersFolder, bundleWith } from "./bundlers.ts";
import {
  installed,
  installKoffi,
  installOptional,
  PACKAGE_NEEDS,
  reasonToSkip,
  run,
  runInNode,
} from "./installed.ts";
import { compute } from "./native.js";
import { readReadme } from "./readme_program.ts";
import { assertSameForAllInputs, readingFiles, withServedFiles } from "./reading_files.ts";
import { type BundleReport, reportOfBundle } from "./bundle_page.ts";
import { train } from "./training.js";

const NAME = "@tapegrad/tapegrad";
const ENTRIES = Object.keys(config.exports).map((entry) => entry.replace(".", NAME));

Deno.test("package: packages that only some readers load are optional", () => {
  const { dependencies, peerDependencies, peerDependenciesMeta } = complete({
    name: NAME,
    version: "1.2.3",
    dependencies: { h5wasm: "^0.10.3" },
  });
  assertEquals(dependencies, undefined);
  const versions = {
    "@cwasm/webp": "^0.1.5",
    "@resvg/resvg-wasm": "^2.6.2",
    koffi: "^3.3.4",
    h5wasm: "^0.10.3",
  };
  assertEquals(peerDependencies, versions);
  const optional = Object.keys(versions).map((name) => [name, { optional: true }]);
  assertEquals(peerDependenciesMeta, Object.fromEntries(optional));
});

Deno.test(ifPossible({
  name: "package: packed and installed, it is whole and trains in Node as in Deno",
  sanitizeResources: false, // native libraries stay loaded until the program ends
  needs: PACKAGE_NEEDS,
  effort: "full",
  skip: await reasonToSkip(),
  async fn(t) {
    const folder = await installed();
    try {
      await t.step("package.json", () => checkManifest(folder));
      await t.step("its files", () => checkFiles(`${folder}/node_modules/${NAME}`));
      await t.step("the sources of its kernels", () => checkKernels(folder));
      await t.step("its types", () => checkTypes(folder));
      await t.step("every entry point in Node", () => checkEntries(folder));
      await t.step("training in Node", () => checkTraining(folder));
      await t.step("a thread for every core", () => checkThreads(folder));
      await t.step("the program of the README", () => checkReadme(folder));
      await t.step({
        name: "training in Bun" + (await hasBun() ? "" : " (skipped: no bun on this machine)"),
        ignore: !await hasBun(),
        fn: () => checkBun(folder),
      });
      await t.step("native libraries in Node", () => checkNative(folder));
      await t.step("what is missing is named", () => checkMissing(folder));
      const place = await bundlersFolder();
      const skip = "skip" in place ? ` (skipped: ${place.skip})` : "";
      for (const bundler of BUNDLERS) {
        await t.step({
          name: `a page of every entry by ${bundler}, optional packages absent${skip}`,
          ignore: skip !== "",
          fn: () => checkBundle(bundler, place, folder),
        });
      }
      await t.step("reading in Node", () => checkReading(folder));
      for (const bundler of BUNDLERS) {
        await t.step({
          name: `a page that reads by ${bundler}, optional packages present${skip}`,
          ignore: skip !== "",
          fn: () => checkBundledReading(bundler, place, folder),
        });
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));

async function checkManifest(folder: string): Promise<void> {
  const text = await Deno.readTextFile(`${folder}/node_modules/${NAME}/package.json`);
  const manifest = JSON.parse(text);
  const { name, version, type, engines, exports, dependencies, peerDependenciesMeta } = manifest;
  assertEquals([name, version, type], [NAME, config.version, "module"]);
  assertEquals(engines, { node: ">=20.16.0" });
  assertEquals(Object.keys(exports), Object.keys(config.exports));
  assertEquals(dependencies, undefined);
  const optional = { optional: true };
  const names = ["@cwasm/webp", "@resvg/resvg-wasm", "koffi", "h5wasm", "jpeg-js"];
  assertEquals(peerDependenciesMeta, Object.fromEntries(names.map((name) => [name, optional])));
  const packages = await Array.fromAsync(Deno.readDir(`${folder}/node_modules`));
  assertEquals(packages.map(({ name }) => name).filter((name) => !name.startsWith(".")), [
    "@tapegrad",
  ]);
}

/**
 * Checks that there are code, its types, pages to read and the sources of the kernels: no tests, no
 * traces of this machine.
 */
async function checkFiles(folder: string): Promise<void> {
  const names: string[] = [];
  for await (const name of walk(folder)) {
    names.push(name);
    assertMatch(
      name,
      /^(mod\.|ops\/|src\/|examples\/|docs\/|kernels\/|package\.json$|LICENSE$|[A-Z]+\.md$)/,
    );
    assertMatch(
      name,
      /(\.js|\.d\.ts|\.md|\.ipynb|\.json|\.svg|\.png|LICENSE)$|^(examples|kernels)\/.*\.ts$|^kernels\/check\.mjs$/,
    );
    if (/\.js$/.test(name)) {
      const source = await Deno.readTextFile(`${folder}/${name}`);
      assertEquals(source.includes("file:///"), false, `${name} names a file of this machine`);
    }
  }
  for (
    const name of [
      "mod.js",
      "mod.d.ts",
      "README.md",
      "LICENSE",
      "src/train/mod.d.ts",
      "kernels/layout.ts",
    ]
  ) {
    assertEquals(names.includes(name), true, name);
  }
}

/** Compiles the kernels from what is in the package, and compares; a source that differs is seen. */
async function checkKernels(folder: string): Promise<void> {
  const place = `${folder}/node_modules/${NAME}/kernels`;
  const check = async () => {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-config", "--import-map", `${folder}/compiler.json`]
        .concat(`${place}/check.mjs`),
      cwd: folder,
      stdin: "null",
    }).output();
    const text = new TextDecoder();
    return { success, said: text.decode(stdout) + text.decode(stderr) };
  };
  const imports = { "assemblyscript/asc": config.imports["assemblyscript/asc"] };
  await Deno.writeTextFile(`${folder}/compiler.json`, JSON.stringify({ imports }));
  const right = await check();
  assertMatch(right.said, /^relaxed: \d+ bytes, the same\nplain: \d+ bytes, the same\n/);
  const jobs = `${place}/kernels/jobs.ts`;
  const source = await Deno.readTextFile(jobs);
  await Deno.writeTextFile(jobs, source.replace("chunk < chunks", "chunk <= chunks"));
  const wrong = await check();
  assertEquals([wrong.success, wrong.said.includes("not those of the sources")], [false, true]);
  await Deno.writeTextFile(jobs, source);
}

async function* walk(folder: string, path = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${path}`)) {
    if (isDirectory) yield* walk(folder, `${path}${name}/`);
    else yield `${path}${name}`;
  }
}

/** Checks that a program that uses the types compiles, and that a wrong one does not. */
async function checkTypes(folder: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/deno.json`, `{ "nodeModulesDir": "manual" }`);
  const imports = ENTRIES.map((entry, i) => `import * as entry${i} from "${entry}";`).join("\n");
  const program = `${imports}
import { conv2d, type Tensor, tensor } from "${NAME}";
import { Dense, type ParamsOf } from "${NAME}/nn";
const y: Tensor = conv2d(tensor([1]), tensor([1]), { padding: "same" });
const units: ParamsOf<ReturnType<typeof Dense>>["w"] = y;
console.log(${ENTRIES.map((_, i) => `entry${i}`).join(", ")}, units);
`;
  await Deno.writeTextFile(`${folder}/right.ts`, program);
  await run(Deno.execPath(), ["check", "--quiet", "right.ts"], folder);
  await Deno.writeTextFile(`${folder}/wrong.ts`, program.replace('"same"', '"sane"'));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "wrong.ts"],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals(success, false);
  assertStringIncludes(new TextDecoder().decode(stderr), '"sane"');
}

async function checkEntries(folder: string): Promise<void> {
  const program = `
const counts = {};
for (const entry of ${JSON.stringify(ENTRIES)}) {
  counts[entry] = Object.keys(await import(entry)).length;
}
console.log(JSON.stringify(counts));`;
  const counts: Record<string, number> = {};
  for (const entry of ENTRIES) counts[entry] = Object.keys(await import(entry)).length;
  assertEquals(await runInNode(folder, program), counts);
}

async function checkTraining(folder: string): Promise<void> {
  await Deno.copyFile(new URL("training.js", import.meta.url), `${folder}/training.js`);
  for (const options of [{ threads: 3 }, { threads: 2, simd: "plain" }] as const) {
    const program = `import { train } from "./training.js";
console.log(JSON.stringify(await train(${JSON.stringify(options)})));`;
    const found = await runInNode(folder, program) as Awaited<ReturnType<typeof train>>;
    // Node 20 has no relaxed SIMD, whose sums of products are rounded once.
    assertEquals(found, await train({ ...options, simd: found.simd }));
    assertEquals(found.threads, options.threads);
  }
}

async function checkThreads(folder: string): Promise<void> {
  const program = `
import { availableParallelism } from "node:os";
import { wasmBackend } from "${NAME}";
console.log(JSON.stringify([wasmBackend().threads, availableParallelism()]));`;
  const [threads, cores] = await runInNode(folder, program) as [number, number];
  assertEquals(threads, cores);
}

/** Checks the ten lines of the README, as a module of JavaScript. */
async function checkReadme(folder: string): Promise<void> {
  const { program, printed } = await readReadme();
  await Deno.writeTextFile(`${folder}/readme.mjs`, program);
  assertEquals((await run("node", ["readme.mjs"], folder)).trim(), printed);
}

async function hasBun(): Promise<boolean> {
  try {
    return (await new Deno.Command("bun", { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

/** Checks that Bun trains to the bits of Deno; `training.js` is there already. */
async function checkBun(folder: string): Promise<void> {
  const options = { threads: 2, simd: "plain" } as const;
  await Deno.writeTextFile(
    `${folder}/bun.js`,
    `import { train } from "./training.js";
console.log(JSON.stringify(await train(${JSON.stringify(options)})));`,
  );
  assertEquals(JSON.parse(await run("bun", ["bun.js"], folder)), await train(options));
}

/**
 * Checks that Node misses koffi where it is not installed, and that with it libraries compute the
 * bits of Deno, or that both miss the libraries.
 */
async function checkNative(folder: string): Promise<void> {
  await Deno.copyFile(new URL("native.js", import.meta.url), `${folder}/native.js`);
  const program = `import { compute } from "./native.js";
console.log(JSON.stringify(compute(2)));`;
  const { reason } = await runInNode(folder, program) as { reason: string };
  assertStringIncludes(reason, "the package koffi must be installed (npm install koffi): ");
  await installKoffi(folder);
  const found = await runInNode(folder, program) as ReturnType<typeof compute>;
  assertEquals(found, JSON.parse(JSON.stringify(compute(2))));
}

/**
 * Checks that with those packages files of every format are read as in Deno, from every kind of
 * input.
 */
async function checkReading(folder: string): Promise<void> {
  await installOptional(folder);
  await Deno.copyFile(new URL("reading.js", import.meta.url), `${folder}/reading.js`);
  const { result, inDeno } = await withServedFiles((base) =>
    runInNode(
      folder,
      `import { readAll } from "./reading.js";
console.log(JSON.stringify(await readAll("${base}")));`,
    )
  );
  assertSameForAllInputs(inDeno);
  assertEquals(result, inDeno);
}

/**
 * Checks that a bundler makes a page of all entries, and that it trains as in Deno: in Node, and in
 * Chromium where that is.
 */
async function checkBundle(
  bundler: Bundler,
  place: Awaited<ReturnType<typeof bundlersFolder>>,
  folder: string,
): Promise<void> {
  const imports = ENTRIES.map((entry, i) => `import * as entry${i} from "${entry}";`).join("\n");
  await Deno.copyFile(new URL("training.js", import.meta.url), `${folder}/training.js`);
  const photo = JSON.stringify(Array.from((await readingFiles()).get("x.jpg")!));
  await Deno.writeTextFile(
    `${folder}/page.js`,
    `${imports}
import { train } from "./training.js";
const { readHdf5, readImage } = entry${ENTRIES.indexOf(`${NAME}/data`)};
const errors = [];
const [hdf5, jpeg] = [[0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a], ${photo}];
for (const [read, bytes] of [[readHdf5, hdf5], [readImage, jpeg]]) {
  await read(Uint8Array.from(bytes), { name: "x" }).catch(({ name, message }) =>
    errors.push(name + ": " + message));
}
const entries = [${ENTRIES.map((_, i) => `entry${i}`)}];
const counts = entries.map((entry) => Object.keys(entry).length);
globalThis.report = { counts, errors, trained: await train({ threads: 1, simd: "plain" }) };
console.log(JSON.stringify(globalThis.report));
`,
  );
  const { script, warnings } = await bundleWith(bundler, folderOf(place), folder, "page.js");
  for (const warning of warnings) assertMatch(warning, /(h5wasm|jpeg-js|Module not found)/);
  const reports: BundleReport[] = [JSON.parse(await run("node", [script], folder))];
  if (NO_BROWSER === undefined) reports.push(await reportOfBundle(script));
  for (const { counts, errors, trained } of reports) {
    assertEquals(counts.every((count) => count > 0), true, String(counts));
    assertEquals(errors.length, 2);
    assertMatch(errors[0], /^FileError: Cannot read x: the package h5wasm must load, npm install /);
    assertMatch(
      errors[1],
      /^FileError: Cannot read x: the package jpeg-js must load, npm install /,
    );
    assertEquals(trained, await train({ threads: 1, simd: "plain" }));
  }
}

/** Checks that a bundled page reads files of every format, with the packages in the bundle. */
async function checkBundledReading(
  bundler: Bundler,
  place: Awaited<ReturnType<typeof bundlersFolder>>,
  folder: string,
): Promise<void> {
  const { result, inDeno } = await withServedFiles(async (base) => {
    const program = `import { readAll } from "./reading.js";
console.log(JSON.stringify(await readAll("${base}")));`;
    await Deno.writeTextFile(`${folder}/page.js`, program);
    const { script, warnings } = await bundleWith(bundler, folderOf(place), folder, "page.js");
    assertEquals(warnings, []);
    return JSON.parse(await run("node", [script], folder));
  });
  assertEquals(result, inDeno);
}

function folderOf(place: Awaited<ReturnType<typeof bundlersFolder>>): string {
  if ("folder" in place) return place.folder;
  throw new Error(place.skip);
}

/** Checks that readers miss the packages that are not installed, and say so. */
async function checkMissing(folder: string): Promise<void> {
  const program = `
import { readHdf5, readImage, writePng } from "${NAME}/data";
import { curves } from "${NAME}/plot";
import { tensor } from "${NAME}";
const png = await readImage(await writePng(tensor(Uint8Array.of(1, 2, 3), { shape: [1, 1, 3] })));
const hdf5 = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
const errors = [];
for (const read of [() => readHdf5(hdf5, { name: "x.h5" }), () => curves({}).png()]) {
  await read().catch(({ name, message }) => errors.push(name + ": " + message));
}
console.log(JSON.stringify({ png: png.toArray(), errors }));`;
  const { png, errors } = await runInNode(folder, program) as { png: unknown; errors: string[] };
  assertEquals(png, [[[1, 2, 3]]]);
  assertMatch(
    errors[0],
    /^FileError: Cannot read x\.h5: the package h5wasm must load, npm install h5wasm installs it: Cannot find package 'h5wasm'/,
  );
  assertMatch(
    errors[1],
    /^TypeError: Cannot make png: outside of a page the package @resvg\/resvg-wasm must be installed/,
  );
}
