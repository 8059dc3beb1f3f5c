// `deno task doc`: pages of every public symbol in out/doc, to be opened in a browser. Deno names an
// entry point by its place in the project; here it gets the name that it is imported by.

import config from "../deno.json" with { type: "json" };

const OUT = new URL("../out/doc/", import.meta.url);

/**
 * A page with the names of entry points as a user writes them: in imports, and on the first page,
 * where they are links.
 */
export function withNames(page: string, entries: readonly string[], name: string): string {
  let named = page;
  for (const entry of entries) {
    const [path, full] = [entry.replace("./", ""), name + entry.slice(1)];
    named = named.replaceAll(`from &quot;${path}&quot;`, `from &quot;${full}&quot;`);
    if (entry === ".") continue;
    named = named.replaceAll(
      `<li><code>${full}</code>`,
      `<li><a href="./${path}/index.html"><code>${full}</code></a>`,
    );
  }
  return named;
}

async function* pagesIn(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* pagesIn(new URL(`${encodeURIComponent(name)}/`, folder));
    else if (name.endsWith(".html")) yield new URL(encodeURIComponent(name), folder);
  }
}

if (import.meta.main) {
  await Deno.mkdir(OUT, { recursive: true });
  await Deno.remove(OUT, { recursive: true });
  const files = Object.values(config.exports);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--html", "--name=Tapegrad", "--output=out/doc", ...files],
    cwd: new URL("../", import.meta.url),
  }).output();
  if (!success) Deno.exit(1);
  let pages = 0;
  for await (const url of pagesIn(OUT)) {
    const page = await Deno.readTextFile(url);
    await Deno.writeTextFile(url, withNames(page, Object.keys(config.exports), config.name));
    pages++;
  }
  console.log(`wrote ${pages} pages to out/doc`);
}
