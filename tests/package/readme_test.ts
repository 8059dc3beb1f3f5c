// The README: short enough to be read, and its program does what it says in a project of one's own.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { codeBlocks } from "../support/markdown.ts";
import { ifPossible } from "../support/permissions.ts";
import { PACKAGE_NEEDS, run } from "./installed.ts";
import { readReadme } from "./readme_program.ts";

/** As `wc -w` counts: with the bars of tables. */
const MOST_WORDS = 900;

const MOST_LINES = 10;

Deno.test(ifPossible({
  name: "readme: it is short, and so is its program",
  needs: { read: true },
  async fn() {
    const { page, program } = await readReadme();
    const words = page.trim().split(/\s+/).length;
    assert(words <= MOST_WORDS, `${words} words`);
    assert(program.split("\n").length <= MOST_LINES, program);
    assert(page.indexOf("| Network") > page.indexOf("## Examples"), "tables before the examples");
  },
}));

Deno.test(ifPossible({
  name: "readme: its commands name files and tasks that there are",
  needs: { read: true },
  async fn() {
    const { page } = await readReadme();
    const shell = codeBlocks(page).filter(({ language }) => language === "sh");
    const commands = shell.flatMap(({ code }) => code.split("\n"));
    const unknown = [];
    for (const command of commands) {
      const [, version, verb, rest] = /^npx -y deno@(\S+) (\w+)([^#]*)/.exec(command) ?? [];
      if (verb === undefined) {
        assertStringIncludes(
          command,
          `npm install ../tapegrad/tapegrad-tapegrad-${config.version}`,
        );
        continue;
      }
      assertEquals(version, "2.9.6", command);
      if (verb === "task" && !(rest.trim() in config.tasks)) unknown.push(command);
      for (const [file] of rest.matchAll(/\S+\.ts/g)) {
        const info = await Deno.stat(new URL(`../../${file}`, import.meta.url)).catch(() => null);
        if (info === null) unknown.push(command);
      }
    }
    assert(commands.length > 0);
    assertEquals(unknown, []);
  },
}));

Deno.test(ifPossible({
  name: "readme: `deno doc` as it is written there prints one function",
  needs: { read: true, run: true },
  async fn() {
    const { page } = await readReadme();
    const [, args] = /deno@\S+ (doc [^#\n]*)/.exec(page)!;
    const cwd = fileURLToPath(new URL("../../", import.meta.url));
    const said = await run(Deno.execPath(), args.trim().split(" "), cwd);
    assertStringIncludes(said, "conv2d");
  },
}));

Deno.test(ifPossible({
  name: "readme: its program prints what it says, in a Deno project that links a clone",
  needs: PACKAGE_NEEDS,
  effort: "full",
  async fn() {
    const { program, printed, settings } = await readReadme();
    const folder = await Deno.makeTempDir({ prefix: "tapegrad-project-" });
    try {
      const clone = fileURLToPath(new URL("../../", import.meta.url)).slice(0, -1);
      const { links, ...others } = JSON.parse(settings);
      assertEquals(links, ["../tapegrad"]);
      const linked = JSON.stringify({ ...others, links: [clone] });
      await Deno.writeTextFile(`${folder}/deno.json`, linked);
      await Deno.writeTextFile(`${folder}/main.ts`, program);
      const said = await run(Deno.execPath(), ["run", "--check", "main.ts"], folder);
      assertEquals(said.trim(), printed);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));
