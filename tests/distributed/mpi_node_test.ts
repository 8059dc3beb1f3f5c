// A group of MPI in Node, whose native calls go through the package koffi.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { IMPLEMENTATIONS, isInstalled, MPI_NEEDS, reasonAgainst, run } from "../support/mpi.ts";
import { ifPossible } from "../support/permissions.ts";

const PROGRAM = new URL("./programs/node_rank.ts", import.meta.url);

const LIMIT = 30;

/** The package, and that with its compiled part on this system. */
const VERSION = config.imports.koffi.replace("npm:koffi@", "");
const PARTS = ["koffi", `@koromix/koffi-${Deno.build.os}-${archOfNode()}`];

/** Name of this machine's kind in Node. */
function archOfNode(): string {
  return Deno.build.arch === "x86_64" ? "x64" : "arm64";
}

/** Copies the package from Deno's cache to where Node looks for it. */
async function installKoffi(folder: string): Promise<void> {
  await import("koffi"); // it is there from now on
  const { stdout } = await run(Deno.execPath(), ["info", "--json"], { limit: LIMIT });
  const { npmCache } = JSON.parse(stdout);
  for await (const { name: registry } of Deno.readDir(npmCache)) {
    for (const part of PARTS) {
      const from = `${npmCache}/${registry}/${part}/${VERSION}`;
      if (await Deno.stat(from).then(() => true, () => false)) {
        await copyFolder(from, `${folder}/node_modules/${part}`);
      }
    }
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

Deno.test(ifPossible({
  name: "mpi: in Node, by koffi: collectives, and a rank that ends takes the job down",
  needs: { ...MPI_NEEDS, write: true, net: true },
  skip: IMPLEMENTATIONS.map(reasonAgainst).find((reason) => reason !== undefined) ??
    (isInstalled("node") ? undefined : "Node is not installed"),
  effort: "full",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      await installKoffi(folder);
      const file = `${folder}/rank.mjs`;
      const args = ["bundle", "--quiet", "--output", file, PROGRAM.href];
      const bundled = await run(Deno.execPath(), args, { limit: LIMIT });
      assertEquals(bundled.code, 0, bundled.stderr);
      for (const { launcher, args } of IMPLEMENTATIONS) {
        const start = (way: string) =>
          run(launcher, [...args, "-n", "2", "node", file, way], { limit: LIMIT });
        const fine = await start("none");
        assertEquals([fine.stdout.trim(), fine.code], ["[2,3,1,0,7,1,7]", 0], fine.stderr);
        const thrown = await start("throw");
        assert(thrown.code !== 0);
        assertStringIncludes(thrown.stdout + thrown.stderr, "Error: the cause");
        const ended = await start("exit");
        assert(ended.code !== 0);
        assertStringIncludes(ended.stdout + ended.stderr, "Rank 1 of 2 ended before it left");
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));
