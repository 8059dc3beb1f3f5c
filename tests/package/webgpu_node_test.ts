// A page that trains on a graphics device, in Node with the package webgpu: with the losses of Deno.

import { assertAlmostEquals, assertEquals } from "@std/assert";
import { firstInstalled } from "../support/installed.ts";
import { ifPossible } from "../support/permissions.ts";
import { DRIVERS, NO_ADAPTER } from "../support/webgpu.ts";
import { PACKAGE_NEEDS, reasonToSkip } from "./installed.ts";

/** The version that is tried. It refuses llvmpipe, which lacks a feature that it wants. */
const PACKAGE = "webgpu@0.4.0";

const PAGE = "tests/package/webgpu_page.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

const { name: driver, paths } = DRIVERS.find(({ name }) => name === "SwiftShader")!;
const { path, skip } = firstInstalled(paths, `no ${driver} on this machine`);

/** A program for Node: puts the device where pages have it, and runs the page beside it. */
const PROGRAM = `import { create, globals } from "webgpu";
Object.assign(globalThis, globals);
const navigator = { gpu: create([]), hardwareConcurrency: 1 };
Object.defineProperty(globalThis, "navigator", { value: navigator });
await import("./page.mjs");
process.exit(0); // the device would keep it alive
`;

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd,
    env: path === undefined ? {} : { VK_ICD_FILENAMES: path },
    stdin: "null",
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

function lossesIn(text: string): number[] {
  return Array.from(text.matchAll(/\[\s*([\d.]+)\s*\]/g), ([, loss]) => Number(loss));
}

Deno.test(ifPossible({
  name: "package: a page trains on webgpu in Node as in Deno",
  needs: PACKAGE_NEEDS,
  effort: "full",
  skip: skip ?? NO_ADAPTER ?? await reasonToSkip(),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/package.json`, `{ "private": true }`);
      const install = ["install", "--no-audit", "--no-fund", "--loglevel=error", PACKAGE];
      await run("npm", install, folder);
      const bundle = ["bundle", "--quiet", "--platform", "browser", PAGE];
      await Deno.writeTextFile(`${folder}/page.mjs`, await run(Deno.execPath(), bundle, ROOT));
      await Deno.writeTextFile(`${folder}/main.mjs`, PROGRAM);
      const inNode = lossesIn(await run("node", ["main.mjs"], folder));
      const inDeno = lossesIn(await run(Deno.execPath(), ["run", "--allow-all", PAGE], ROOT));
      assertEquals([inNode.length, inDeno.length], [10, 10]);
      inNode.forEach((loss, i) => assertAlmostEquals(loss, inDeno[i], 1e-4 * inDeno[i]));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));
