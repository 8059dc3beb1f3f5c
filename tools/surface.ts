// `deno run --allow-run --allow-read tools/surface.ts`: how many names each entry point exports, and
// the names that stand for different things in two of them.

import config from "../deno.json" with { type: "json" };

/** A name that an entry point exports. */
export interface PublicName {
  readonly entry: string;
  readonly name: string;
  /** Kinds of its declarations: `function`, `interface`, … */
  readonly kinds: readonly string[];
  /** File of its first declaration, in the project. */
  readonly file: string;
}

/** Output of `deno doc --json`, as far as it is read here. */
interface DocOutput {
  readonly nodes: Readonly<Record<string, { readonly symbols: readonly DocSymbol[] }>>;
}

interface DocSymbol {
  readonly name: string;
  readonly declarations: readonly {
    readonly kind: string;
    readonly location: { readonly filename: string };
  }[];
}

const ROOT = new URL("../", import.meta.url);
const TYPES = ["interface", "typeAlias"];

/** Lists what all entry points export. */
export async function publicNames(): Promise<PublicName[]> {
  const entries = Object.entries(config.exports);
  return (await Promise.all(entries.map(([entry, path]) => namesOf(entry, path)))).flat();
}

async function namesOf(entry: string, path: string): Promise<PublicName[]> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", path],
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot list names: deno doc must read ${path}`);
  const { nodes }: DocOutput = JSON.parse(new TextDecoder().decode(stdout));
  return Object.values(nodes)[0].symbols.map(({ name, declarations }) => ({
    entry,
    name,
    kinds: declarations.map(({ kind }) => kind),
    file: declarations[0].location.filename.replace(ROOT.href, ""),
  }));
}

/** Tells a type, which is gone at run time, from a value. */
export function isType({ kinds }: PublicName): boolean {
  return kinds.every((kind) => TYPES.includes(kind));
}

/** Finds names that stand for different things: `name: file, file`. */
export function ambiguousNames(names: readonly PublicName[]): string[] {
  const files = new Map<string, Set<string>>();
  for (const { name, file } of names) {
    files.set(name, (files.get(name) ?? new Set()).add(file));
  }
  return [...files].filter(([, found]) => found.size > 1)
    .map(([name, found]) => `${name}: ${[...found].join(", ")}`);
}

if (import.meta.main) {
  const names = await publicNames();
  for (const entry of Object.keys(config.exports)) {
    const own = names.filter((name) => name.entry === entry);
    const types = own.filter(isType).length;
    console.log(`${entry}: ${own.length} names, ${own.length - types} values, ${types} types`);
  }
  console.log(ambiguousNames(names).join("\n") || "no name stands for two things");
}
