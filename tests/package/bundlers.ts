// Bundlers of web pages, installed once into a folder that stays: what makes pages of the package.

import { join } from "node:path";
import { tmpdir } from "node:os";
import { run } from "./installed.ts";

/** The bundlers, each with the version that is tried. */
const VERSIONS = { esbuild: "0.28.2", vite: "8.4.0", webpack: "5.113.0" };

/** Name of a bundler. */
export type Bundler = keyof typeof VERSIONS;

/** All bundlers. */
export const BUNDLERS = Object.keys(VERSIONS) as Bundler[];

/** Folder of the bundlers, or the reason that they cannot be had. */
type Place = { readonly folder: string } | { readonly skip: string };

/** Installs the bundlers where that has not been done before. */
export async function bundlersFolder(): Promise<Place> {
  const packages = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  const folder = join(tmpdir(), `tapegrad-${packages.join("-")}`);
  try {
    await Deno.stat(join(folder, "whole"));
    return { folder };
  } catch { /* not yet */ }
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "package.json"), `{ "private": true }`);
  const flags = ["--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=0"];
  try {
    await run("npm", ["install", ...flags, ...packages], folder);
  } catch {
    return { skip: "npm cannot install bundlers here" };
  }
  await Deno.writeTextFile(join(folder, "whole"), "");
  return { folder };
}

/** A program for Node that bundles `main.js` beside it: says as JSON what the bundler warned of. */
const PROGRAM = `
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
const [place, name, input, folder] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(createRequire(place + "/package.json").resolve(path)));
const makers = {
  async esbuild() {
    const { build } = await load("esbuild");
    const entry = { entryPoints: [input], outfile: folder + "/page.js" };
    const options = { bundle: true, format: "esm", platform: "browser", logLevel: "silent" };
    return (await build({ ...entry, ...options })).warnings.map(({ text }) => text);
  },
  async vite() {
    const { build } = await load("vite");
    const output = { entryFileNames: "page.js" };
    await build({
      configFile: false,
      logLevel: "error",
      // Preloading is for pages alone, and this one runs in Node.
      build: { outDir: folder, minify: false, modulePreload: false, rollupOptions: { input, output } },
    });
    return [];
  },
  async webpack() {
    const { default: webpack } = await load("webpack");
    const stats = await new Promise((done, fail) =>
      webpack({
        mode: "development",
        devtool: false,
        target: ["web", "es2022"],
        entry: input,
        experiments: { outputModule: true },
        output: { path: folder, filename: "page.js", module: true, publicPath: "auto" },
      }, (error, made) => error ? fail(error) : done(made)));
    const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\\n"));
    return warnings.map(({ message }) => message.split("\\n")[0]);
  },
};
console.log(JSON.stringify(await makers[name]()));
`;

/** Bundles a program of a folder, and returns the path of the page's script and the warnings. */
export async function bundleWith(
  bundler: Bundler,
  place: string,
  folder: string,
  input: string,
): Promise<{ script: string; warnings: string[] }> {
  await Deno.writeTextFile(`${folder}/bundle.mjs`, PROGRAM);
  const out = `${folder}/bundled-${bundler}`;
  const said = await run("node", ["bundle.mjs", place, bundler, `${folder}/${input}`, out], folder);
  return { script: `${out}/page.js`, warnings: JSON.parse(said.trim().split("\n").at(-1)!) };
}
