// The package for npm as somebody's project has it: packed, installed into an empty folder, and
// programs that run there in Node.

import { assertEquals } from "@std/assert";
import process from "node:process";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { pack } from "../../tools/pack.ts";

const NPM = Deno.build.os === "windows" ? "npm.cmd" : "npm";

/** The permissions that this takes. */
export const PACKAGE_NEEDS = {
  read: true,
  write: true,
  run: true,
  env: true,
  net: true,
  sys: true,
  ffi: true,
} as const;

/** Says why the package cannot be tried here, if it cannot. */
export async function reasonToSkip(): Promise<string | undefined> {
  if ((await Deno.permissions.query({ name: "run" })).state !== "granted") return undefined;
  for (const program of ["node", NPM, "tar"]) {
    try {
      await new Deno.Command(program, { args: ["--version"], stdin: "null" }).output();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return `there is no ${program} on this machine`;
      throw error;
    }
  }
  const version = (await run("node", ["--version"])).trim(); // v20.20.2
  return parseInt(version.slice(1)) < 20 ? `Node is ${version}, older than 20` : undefined;
}

/** Makes a folder in which the package is installed; to be removed. */
export async function installed(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "tapegrad-package-" });
  const tarball = await pack(folder);
  await Deno.writeTextFile(`${folder}/package.json`, `{ "type": "module", "private": true }`);
  // Without a network: the package needs no other.
  const args = ["install", "--offline", "--no-audit", "--no-fund", "--loglevel=error", tarball];
  await run(NPM, args, folder);
  return folder;
}

/** Installs packages that Deno has fetched already, so that no network is needed. */
export async function installOptional(folder: string): Promise<void> {
  for (const name of ["@cwasm/webp", "h5wasm", "jpeg-js"]) {
    await copyFolder(rootOf(name), `${folder}/node_modules/${name}`);
  }
  // The one package that the decoder of WebP wants, of whatever version is there.
  const wanted = "@canvas/image-data";
  const versions = rootOf("@cwasm/webp").replace(/@cwasm.*/, wanted);
  const [version] = await Array.fromAsync(Deno.readDir(versions), (entry) => entry.name);
  await copyFolder(`${versions}/${version}`, `${folder}/node_modules/${wanted}`);
}

/** Installs koffi, and the package with the binary for this machine that it loads. */
export async function installKoffi(folder: string): Promise<void> {
  await import("koffi"); // fetches both
  const root = rootOf("koffi");
  const version = root.slice(root.lastIndexOf("/") + 1);
  const binary = `@koromix/koffi-${process.platform}-${process.arch}`;
  await copyFolder(root, `${folder}/node_modules/koffi`);
  await Deno.mkdir(`${folder}/node_modules/@koromix`, { recursive: true });
  await copyFolder(`${root}/../../${binary}/${version}`, `${folder}/node_modules/${binary}`);
}

/** Finds the folder that Deno keeps a package in. */
function rootOf(name: string): string {
  const file = fileURLToPath(import.meta.resolve(name));
  const version = config.imports[name as "h5wasm"].split("@").at(-1)!;
  return file.slice(0, file.indexOf(version) + version.length);
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

/** Runs a program, and returns what it prints; throws where it fails. */
export async function run(
  program: string,
  args: readonly string[],
  cwd?: string,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    stdin: "null",
    signal: AbortSignal.timeout(120_000),
  }).output();
  const [said, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(success, true, `${program} ${args.join(" ")} said\n${said}\n${complaint}`);
  return said;
}

/** Runs a program in Node, which must end by itself, and returns the JSON that it prints. */
export async function runInNode(folder: string, source: string): Promise<unknown> {
  await Deno.writeTextFile(`${folder}/main.js`, source);
  return JSON.parse(await run("node", ["main.js"], folder));
}
