// The pages and the doc comments: links lead somewhere, code runs and asserts something.

import { assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { anchors, type CodeBlock, codeBlocks, docComments, links } from "./support/markdown.ts";
import { ifPossible } from "./support/permissions.ts";

const ROOT = new URL("../", import.meta.url);

/** Paths in which `deno test --doc` looks for code in doc comments. */
const SOURCES = ["mod.ts", "ops", "src"];

/** Languages whose blocks are not for Deno: commands, what is printed, graphs, other libraries. */
const NOT_RUN: readonly string[] = ["sh", "text", "mermaid", "json", "html", "python"];

/** Pages whose blocks are the cells of one program, which `tests/tools/notebooks_test.ts` runs. */
const NOTEBOOKS = "examples/notebooks/";

/** Pages whose programs print what a test compares: `tests/package/readme_test.ts`. */
const PRINTING: readonly string[] = ["README.md"];

const NO_ASSERTION = "asserts nothing";

/** Programs for other libraries of JavaScript, which are not installed here. */
const FOREIGN = /from "@tensorflow\/tfjs"|\btf\./;

Deno.test(ifPossible({
  name: "docs: every relative link leads to a file, every anchor to a heading",
  needs: { read: true },
  async fn() {
    const faults: string[] = [];
    for (const page of await pages()) {
      for (const { target, line } of links(await read(page))) {
        if (!await leadsSomewhere(page, target)) faults.push(`${page}:${line}: ${target}`);
      }
    }
    assertEquals(faults, []);
  },
}));

Deno.test(ifPossible({
  name: "docs: every block of code is run and asserts something, or is no code for Deno",
  needs: { read: true },
  async fn() {
    const faults: string[] = [];
    for (const page of (await pages()).filter((page) => !page.startsWith(NOTEBOOKS))) {
      faults.push(...blockFaults(page, codeBlocks(await read(page))));
    }
    for (const file of await filesIn(SOURCES, ".ts")) {
      faults.push(...blockFaults(file, codeBlocks(docComments(await read(file)))));
    }
    assertEquals(faults, []);
  },
}));

Deno.test(ifPossible({
  name: "docs: every public function and class has an example",
  needs: { read: true, run: true },
  async fn() {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["doc", "--json", ...Object.values(config.exports)],
      cwd: ROOT,
    }).output();
    const { nodes }: DocJson = JSON.parse(new TextDecoder().decode(stdout));
    const entries = Object.values(nodes);
    assertEquals(entries.length, Object.keys(config.exports).length);
    assertEquals(
      entries.flatMap(({ symbols }) => symbols.filter(lacksExample)).map(({ name }) => name),
      [],
    );
  },
}));

Deno.test("docs: faulty blocks are found", () => {
  const faultOf = (page: string) => blockFaults("a.md", codeBlocks(page)).join();
  assertEquals(faultOf("```ts\nassertEquals(1, 1);\n```"), "");
  assertEquals(faultOf("```ts\ncheckGrad(f, x);\n```\n```sh\nls\n```"), "");
  assertEquals(faultOf('```js ignore\nimport * as tf from "@tensorflow/tfjs";\n```'), "");
  assertEquals(faultOf("text\n\n```ts\nf(); // asserts nothing\n```"), "a.md:3: asserts nothing");
  assertEquals(faultOf("```ts ignore\nassert(true);\n```"), "a.md:1: is not run");
  assertEquals(faultOf("```ts, ignore\nassert(true);\n```"), "a.md:1: is not run");
  assertEquals(faultOf("```js ignore\nmine();\n```"), "a.md:1: is not run");
  assertEquals(faultOf("```\nassert(true);\n```"), 'a.md:1: the language "" is not known');
});

Deno.test("docs: blocks, links and anchors are read as they are rendered", () => {
  const page = `# A \`code\` heading: *one*
[here](docs/a.md#b "title") and ![drawn](p.svg), <img src="q.png">

    \`\`\`ts
    [not](a-link)
    \`\`\`

\`[nor](this)\` but [\`this\`](src/x.ts)
[name]: other.md
## Twice
## Twice
`;
  assertEquals([...anchors(page)], ["a-code-heading-one", "twice", "twice-1"]);
  assertEquals(links(page), [
    { target: "docs/a.md#b", line: 2 },
    { target: "p.svg", line: 2 },
    { target: "q.png", line: 2 },
    { target: "src/x.ts", line: 8 },
    { target: "other.md", line: 9 },
  ]);
  const source =
    "/** One.\n * ```ts\n * a();\n * ```\n */\nconst code = `\n```ts\n`;\n/** Two. */\n";
  assertEquals(codeBlocks(docComments(source)), [
    { language: "ts", ignored: false, code: "a();", line: 2 },
  ]);
});

/** Output of `deno doc --json`, as far as it is read here. */
interface DocJson {
  readonly nodes: Record<string, { readonly symbols: readonly DocSymbol[] }>;
}

interface DocSymbol {
  readonly name: string;
  /** Several where a function is overloaded: one of them has the example. */
  readonly declarations: readonly {
    readonly kind: string;
    readonly jsDoc?: { readonly tags?: readonly { readonly kind: string }[] };
  }[];
}

function lacksExample({ declarations }: DocSymbol): boolean {
  const run = declarations.filter(({ kind }) => kind === "function" || kind === "class");
  return run.length > 0 &&
    !run.some(({ jsDoc }) => jsDoc?.tags?.some(({ kind }) => kind === "example"));
}

/** Describes the faults of a file's blocks, each with its place. */
function blockFaults(file: string, blocks: readonly CodeBlock[]): string[] {
  return blocks.flatMap((block) => {
    const fault = faultOf(block);
    if (fault === NO_ASSERTION && PRINTING.includes(file)) return [];
    return fault ? [`${file}:${block.line}: ${fault}`] : [];
  });
}

function faultOf({ language, ignored, code }: CodeBlock): string | undefined {
  if (NOT_RUN.includes(language)) return undefined;
  if (language === "js" && ignored && FOREIGN.test(code)) return undefined;
  if (language !== "ts" && language !== "js") return `the language "${language}" is not known`;
  if (ignored) return "is not run";
  const uncommented = code.replace(/\/\/.*$/gm, "");
  return /\bassert\w*\(|\bcheckGrad\(/.test(uncommented) ? undefined : NO_ASSERTION;
}

async function leadsSomewhere(page: string, target: string): Promise<boolean> {
  if (/^[a-z]+:/.test(target)) return true;
  const url = new URL(target, new URL(page, ROOT));
  const anchor = decodeURIComponent(url.hash.slice(1));
  url.hash = "";
  const info = await Deno.stat(url).catch(() => undefined);
  if (info === undefined) return false;
  if (anchor === "") return true;
  return info.isFile && anchors(await Deno.readTextFile(url)).has(anchor);
}

async function pages(): Promise<string[]> {
  const root = await Array.fromAsync(Deno.readDir(ROOT), ({ name }) => name);
  const own = root.filter((name) => name.endsWith(".md")).sort();
  return [...own, ...await filesIn(["docs", "examples"], ".md")];
}

/** Lists the files with an ending in some files and folders, by their path in the project. */
async function filesIn(paths: readonly string[], ending: string): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if (path.endsWith(ending)) files.push(path);
    if (path.includes(".")) continue;
    const inside = await Array.fromAsync(Deno.readDir(new URL(path, ROOT)), ({ name }) => name);
    files.push(...await filesIn(inside.sort().map((name) => `${path}/${name}`), ending));
  }
  return files;
}

function read(file: string): Promise<string> {
  return Deno.readTextFile(new URL(file, ROOT));
}
