// No program of ours stops to ask: the commands of the README, every example and every entry point
// run on a terminal, from an empty cache, and Deno has no permission to ask for.

import { assert, assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { ifPossible } from "../support/permissions.ts";
import { NO_TERMINAL, onTerminal, TERMINAL_NEEDS } from "../support/pseudo_terminal.ts";

const ROOT = new URL("../../", import.meta.url);

/** A program that watches its training until it is stopped is stopped after this many seconds. */
const SECONDS = 10;

/** Arguments that make examples short; those that are not here are run without any. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  "signs.ts": "--epochs 1",
  "mnist.ts": "--epochs 1",
  "simple_convnet.ts": "--epochs 1",
  "convert.ts": "--info tests/golden/npy/README.md",
};

/** The permissions that an example says it needs, where it cannot do anything without. */
const FLAGS: Readonly<Record<string, string>> = { "convert.ts": "-R" };

async function assertAsksNothing(command: string, cache: string): Promise<void> {
  const { text, asked } = await onTerminal(command, { cwd: ROOT, env: { DENO_DIR: cache } });
  assert(!asked, `${command} asks:\n${text}`);
  assert(text.trim() !== "", `${command} wrote nothing`);
}

async function withEmptyCache(use: (cache: string) => Promise<void>): Promise<void> {
  const cache = await Deno.makeTempDir({ prefix: "tapegrad-cache-" });
  try {
    await use(cache);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

Deno.test(ifPossible({
  name: "on a terminal: a question is seen where there is one",
  needs: TERMINAL_NEEDS,
  skip: NO_TERMINAL,
  fn: () =>
    withEmptyCache(async (cache) => {
      const program = `${cache}/asks.ts`;
      await Deno.writeTextFile(program, `await Deno.permissions.request({ name: "env" });`);
      const { asked } = await onTerminal(`${Deno.execPath()} run ${program}`);
      assert(asked);
    }),
}));

Deno.test(ifPossible({
  name: "on a terminal: no example asks for a permission, nor does a live view",
  effort: "full",
  needs: TERMINAL_NEEDS,
  skip: NO_TERMINAL,
  fn: () =>
    withEmptyCache(async (cache) => {
      const deno = Deno.execPath();
      for await (const { name, isFile } of Deno.readDir(new URL("examples/", ROOT))) {
        if (!isFile || !name.endsWith(".ts")) continue;
        const command = [deno, "run", FLAGS[name], `examples/${name}`, ARGUMENTS[name]];
        await assertAsksNothing(command.filter(Boolean).join(" "), cache);
      }
      const serve = `${deno} run -N examples/signs.ts --serve --epochs 1`;
      await assertAsksNothing(`timeout --signal=INT ${SECONDS} ${serve}`, cache);
    }),
}));

Deno.test(ifPossible({
  name: "on a terminal: no entry point asks for a permission, nor do workers that decode",
  effort: "full",
  needs: TERMINAL_NEEDS,
  skip: NO_TERMINAL,
  fn: () =>
    withEmptyCache(async (cache) => {
      for (const path of Object.values(config.exports)) {
        const program = `${cache}/imports.ts`;
        await Deno.writeTextFile(
          program,
          `import * as all from "${new URL(path, ROOT)}"; console.log(Object.keys(all).length);`,
        );
        await assertAsksNothing(`${Deno.execPath()} run ${program}`, cache);
      }
      const decodes = `${cache}/decodes.ts`;
      await Deno.writeTextFile(decodes, DECODES);
      const command = `${Deno.execPath()} run -R ${decodes}`;
      const { asked, text } = await onTerminal(command, { env: { DENO_DIR: cache } });
      assertEquals([asked, text.trim()], [false, "2,1,1,3"]);
    }),
}));

/** Two images, decoded by two workers. */
const DECODES = `
import { tensor } from "${new URL("mod.ts", ROOT)}";
import { imageDataset, writePng } from "${new URL(config.exports["./data"], ROOT)}";
const file = await writePng(tensor([1, 2, 3], { shape: [1, 1, 3], dtype: "uint8" }));
const images = imageDataset([{ file, label: 0 }, { file, label: 1 }], { workers: 2 });
console.log(String((await images.arrays()).x.shape));
`;
