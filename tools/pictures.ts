// `deno task pictures`: writes the pictures of README.md and docs/ to docs/pictures/, each for light
// and for dark pages. A test draws them again and fails where a file is stale. With `--train` the
// training behind some of them is run first.

import type { ThemeName } from "@tapegrad/tapegrad/plot";
import type { Drawing } from "./pictures/drawings.ts";

/** Folder of the pictures. */
export const FOLDER = new URL("../docs/pictures/", import.meta.url);

const RUN = new URL("./pictures/signs.json", import.meta.url);
const THEMES: readonly [theme: ThemeName, ending: string][] = [["light", ""], ["dark", "_dark"]];

/** The files that drawings make: their names and what is in them. */
export function filesOf(drawings: Readonly<Record<string, Drawing>>): Map<string, string> {
  return new Map(
    Object.entries(drawings).flatMap(([name, draw]) =>
      THEMES.map(([theme, ending]) => [`${name}${ending}.svg`, `${draw(theme).svg()}\n`])
    ),
  );
}

if (import.meta.main) {
  if (Deno.args.includes("--train")) {
    const { trainSigns } = await import("./pictures/signs_run.ts");
    await Deno.writeTextFile(RUN, `${JSON.stringify(await trainSigns())}\n`);
  }
  const { DRAWINGS } = await import("./pictures/drawings.ts"); // reads what was trained
  const files = filesOf(DRAWINGS);
  await Deno.mkdir(FOLDER, { recursive: true });
  for await (const { name } of Deno.readDir(FOLDER)) {
    if (!files.has(name)) await Deno.remove(new URL(name, FOLDER));
  }
  for (const [name, svg] of files) await Deno.writeTextFile(new URL(name, FOLDER), svg);
  console.log(`wrote ${files.size} pictures to docs/pictures`);
}
