// Declarations in the files of operations: what each exports, with its docs. Files are read as text:
// `deno fmt` keeps declarations in one form.

/** An exported declaration. */
export interface Declaration {
  readonly kind: "function" | "const" | "type";
  readonly name: string;
  /** Text of the doc comment, without its stars. */
  readonly doc: string;
  /** Text of a type, or of a function up to its body. */
  readonly signature: string;
}

/** A file of a family. */
export interface SourceFile {
  /** Name in the folder: `erf.ts`. */
  readonly file: string;
  readonly declarations: readonly Declaration[];
}

/** A folder of `ops/`. */
export interface Family {
  readonly name: string;
  readonly files: readonly SourceFile[];
}

/** Files of a family that are themselves generated. */
const GENERATED = ["mod.ts", "table.ts"];

const OPS = new URL("../../ops/", import.meta.url);

/** A doc comment, if there is one, and the head of an export. */
const EXPORT = /^(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\n)?export (function|const|interface|type) (\w+)/gm;

/** The end of a function's head: its first line, or the line that closes the parameters. */
const HEAD_END = /^(?:export function .*|\).*)\{$/m;

/** The end of a type: of an interface or an object, or of a line. */
const TYPE_END = /^\}|;$/m;

/** All families, by name. */
export async function opFamilies(): Promise<Family[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(OPS)) if (isDirectory) names.push(name);
  return await Promise.all(names.sort().map(readFamily));
}

async function readFamily(name: string): Promise<Family> {
  const folder = new URL(`${name}/`, OPS);
  const files: string[] = [];
  for await (const { name: file } of Deno.readDir(folder)) {
    if (!GENERATED.includes(file)) files.push(file);
  }
  const read = async (file: string): Promise<SourceFile> => ({
    file,
    declarations: declarationsIn(await Deno.readTextFile(new URL(file, folder))),
  });
  return { name, files: await Promise.all(files.sort().map(read)) };
}

/** The exported declarations of a text, in their order. */
export function declarationsIn(text: string): Declaration[] {
  return [...text.matchAll(EXPORT)].map((match) => {
    const [whole, comment = "", keyword, name] = match;
    const kind = keyword === "interface" ? "type" : keyword as Declaration["kind"];
    const rest = text.slice(match.index + whole.lastIndexOf("export "));
    return { kind, name, doc: docOf(comment), signature: signatureOf(kind, rest) };
  });
}

function docOf(comment: string): string {
  return comment.replaceAll(/^ ?\* ?/gm, "").trim();
}

function signatureOf(kind: Declaration["kind"], rest: string): string {
  if (kind === "const") return "";
  const end = rest.search(kind === "type" ? TYPE_END : HEAD_END);
  const line = rest.indexOf("\n", end);
  return rest.slice(0, line === -1 ? undefined : line);
}

/** Returns true if a function is for users: those have an example. */
export function isPublic({ kind, doc }: Declaration): boolean {
  return kind === "function" && doc.includes("@example");
}

/** Types that public functions name, and types that those name. */
export function publicTypes(families: readonly Family[]): Set<string> {
  const all = families.flatMap(({ files }) => files.flatMap(({ declarations }) => declarations));
  const types = new Map(all.filter(({ kind }) => kind === "type").map((type) => [type.name, type]));
  const found = new Set<string>();
  const visit = ({ name: from, signature }: Declaration) => {
    for (const [name] of signature.matchAll(/\b[A-Z]\w*/g)) {
      const type = types.get(name);
      if (type === undefined || name === from || found.has(name)) continue;
      found.add(name);
      visit(type);
    }
  };
  all.filter(isPublic).forEach(visit);
  return found;
}

/** The name of an operation that a constant holds: `erf` of `erfOp`. */
export function opNameOf({ kind, name }: Declaration): string | undefined {
  return kind === "const" && name.endsWith("Op") ? name.slice(0, -"Op".length) : undefined;
}

/** The first sentence of docs, with links as code. */
export function firstSentence(doc: string): string {
  const [paragraph] = doc.split(/\n\n|\n@|\n- /);
  const text = paragraph.replaceAll("\n", " ").replaceAll(/\{@link (?:\w+\.)?(\w+)\}/g, "`$1`");
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}
