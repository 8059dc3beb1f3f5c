// The tester tested, once more: with a line of the source changed for a wrong one, the checks of
// pictures and explanations must fail.

import { assert, assertMatch, assertThrows } from "@std/assert";
import * as core from "../../mod.ts";
import * as nn from "../../src/nn/mod.ts";
import * as plot from "../../src/plot/mod.ts";
import { ifPossible } from "../support/permissions.ts";
import { runCheck, type SourceFault, sourceFaults } from "../support/faults/source.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test(ifPossible({
  name: "faults: the checks of pictures and explanations find those planted in the source",
  needs: { read: true, write: true },
  skip: Deno.build.os === "windows" ? "links between files need a privilege there" : undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir({ prefix: "tapegrad-faults-" });
    try {
      const root = new URL(`file://${folder}/`);
      await linkLibrary(root);
      for (const [i, planted] of sourceFaults.entries()) {
        const { fault, foundBy } = planted;
        await t.step(`"${foundBy}" finds that ${fault}`, async () => {
          const library = await faultyLibrary(planted, i, root);
          const run = () => runCheck(foundBy, library.plot, library);
          const { name, message } = assertThrows(run, `slipped through: ${fault}`) as Error;
          assertMatch(name, /^(AssertionError|ShapeError)$/, `crashed: ${name}: ${message}`);
        });
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));

Deno.test("faults: a library without a fault passes every check that finds one", () => {
  for (const check of new Set(sourceFaults.map(({ foundBy }) => foundBy))) {
    runCheck(check, plot, { core, nn });
  }
});

/** Makes the library known in another place, so that parts of it can stand beside it, changed. */
async function linkLibrary(root: URL): Promise<void> {
  for (const path of ["mod.ts", "ops"]) {
    await Deno.symlink(new URL(path, ROOT), new URL(path, root));
  }
  await Deno.mkdir(new URL("src/", root));
  for await (const { name } of Deno.readDir(new URL("src/", ROOT))) {
    await Deno.symlink(new URL(`src/${name}`, ROOT), new URL(`src/${name}`, root));
  }
}

/**
 * Loads the library with one line changed: its folder is copied, and so are the pictures that use
 * it.
 */
async function faultyLibrary({ file, right, wrong }: SourceFault, i: number, root: URL) {
  const [folder] = file.split("/");
  const change = (path: string, text: string) => {
    if (path !== file) return text.replaceAll(`"../${folder}/`, `"../${folder}_${i}/`);
    assert(text.split(right).length === 2, `${file} must have this once: ${right}`);
    return text.replace(right, () => wrong);
  };
  const isExplanation = folder === "nn";
  for (const name of isExplanation ? [folder] : new Set([folder, "plot"])) {
    await copyFolder(`${name}/`, new URL(`src/${name}_${i}/`, root), change);
  }
  const load = (path: string) => import(new URL(path, root).href);
  return {
    plot: await load(`src/plot${isExplanation ? "" : `_${i}`}/mod.ts`) as typeof plot,
    core: await load("mod.ts") as typeof core,
    nn: await load(`src/nn${isExplanation ? `_${i}` : ""}/mod.ts`) as typeof nn,
  };
}

async function copyFolder(
  path: string,
  to: URL,
  change: (path: string, text: string) => string,
): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(new URL(`src/${path}`, ROOT))) {
    if (isDirectory) await copyFolder(`${path}${name}/`, new URL(`${name}/`, to), change);
    else {
      const text = await Deno.readTextFile(new URL(`src/${path}${name}`, ROOT));
      await Deno.writeTextFile(new URL(name, to), change(path + name, text));
    }
  }
}
