// Reads the declarations in the kernels' sources: classes of arguments, and the kernels that read them.
//
// A kernel is an exported function `(chunk: i32)` or `(chunk: i32, scratch: usize)`. Its arguments are
// the class that it reads with `changetype<…Args>(PARAMS)`.

/** Types of arguments, by their bytes. They are aligned to as many. */
const BYTES = { i32: 4, u32: 4, isize: 4, usize: 4, f32: 4, bool: 1 } as const;

/** A type of an argument. */
export type ArgumentType = keyof typeof BYTES;

/** An argument. */
export interface Field {
  readonly name: string;
  readonly type: ArgumentType;
  /** Bytes from the first argument. */
  readonly offset: number;
  /** Its doc comment; empty without one. */
  readonly doc: string;
}

/** The arguments of a kernel. */
export interface ArgumentClass {
  readonly name: string;
  readonly file: string;
  /** The class that it extends, whose fields come first. */
  readonly base?: ArgumentClass;
  readonly fields: readonly Field[];
  readonly bytes: number;
}

/** A kernel. */
export interface Kernel {
  readonly name: string;
  /** The file it is in, without its ending. */
  readonly file: string;
  readonly takesScratch: boolean;
  readonly doc: string;
  readonly args: ArgumentClass;
}

/** All kernels, in the order of their places in the table. */
export interface Declarations {
  readonly kernels: readonly Kernel[];
  readonly classes: readonly ArgumentClass[];
}

const DOC = String.raw`(?:/\*\*((?:(?!\*/)[^])*)\*/\s*)?`;
const CLASS =
  /(@unmanaged\s+)?(?:export\s+)?class\s+(\w+Args)(?:\s+extends\s+(\w+))?\s*\{([^{}]*)\}/g;
const FIELD = new RegExp(String.raw`\s*${DOC}(\w+)\s*:\s*(\w+)\s*;`, "y");
const KERNEL = new RegExp(
  String.raw`${DOC}export function (\w+)\(\s*(chunk\b[^)]*)\)\s*:\s*(\w+)\s*\{([^]*?)\n\}`,
  "g",
);
const READ = /changetype<(\w+)>\(PARAMS\)/g;

/** Reads the sources, by the names of files; no more than `space` bytes of arguments are allowed. */
export function declarationsOf(sources: ReadonlyMap<string, string>, space: number): Declarations {
  const files = [...sources].sort(([a], [b]) => a < b ? -1 : 1);
  const classes = classesIn(files);
  for (const { name, bytes } of classes.values()) {
    if (bytes > space) fail(name, `arguments must fit into ${space} bytes: they take ${bytes}`);
  }
  const kernels = files.flatMap(([file, text]) =>
    [...text.matchAll(KERNEL)].map((match) => kernelOf(file, match, classes))
  );
  const twice = kernels.find(({ name }, i) => kernels.findIndex((k) => k.name === name) < i);
  if (twice !== undefined) fail(twice.name, "a kernel's name must be its own: two have it");
  return { kernels, classes: [...classes.values()] };
}

function classesIn(files: readonly (readonly [file: string, text: string])[]) {
  const declared = new Map<string, readonly [file: string, match: RegExpMatchArray]>();
  for (const [file, text] of files) {
    for (const match of text.matchAll(CLASS)) {
      const [, unmanaged, name] = match;
      if (unmanaged === undefined) fail(name, "a class of arguments must be @unmanaged: it is not");
      if (declared.has(name)) {
        fail(name, "a class of arguments must have its own name: two have it");
      }
      declared.set(name, [file, match]);
    }
  }
  const classes = new Map<string, ArgumentClass>();
  const resolve = (name: string, user: string): ArgumentClass => {
    const known = classes.get(name);
    if (known !== undefined) return known;
    const [file, [, , , base, body]] = declared.get(name) ?? undeclared(name, user);
    const extended = base === undefined ? undefined : resolve(base, name);
    const made = { name, file, base: extended, ...layoutOf(name, extended?.fields ?? [], body) };
    classes.set(name, made);
    return made;
  };
  for (const name of declared.keys()) resolve(name, name);
  return classes;
}

/** Fields one after the other as the compiler puts them, behind those of the class that is extended. */
function layoutOf(
  name: string,
  inherited: readonly Field[],
  body: string,
): Pick<ArgumentClass, "fields" | "bytes"> {
  const fields = [...inherited], last = fields.at(-1);
  let bytes = last === undefined ? 0 : last.offset + BYTES[last.type], at = 0;
  for (const [text, doc = "", field, type] of fieldsIn(body)) {
    at += text.length;
    if (!isArgumentType(type)) {
      fail(name, `a type must be one of ${Object.keys(BYTES).join(", ")}: ${field} is ${type}`);
    }
    const offset = Math.ceil(bytes / BYTES[type]) * BYTES[type];
    fields.push({ name: field, type, offset, doc: plainDoc(doc) });
    bytes = offset + BYTES[type];
  }
  const rest = body.slice(at).trim();
  if (rest !== "") {
    fail(name, `fields must be "name: type;" with a doc comment or none: got ${rest}`);
  }
  return { fields, bytes };
}

/** Fields one after the other, as far as there is nothing else. */
function* fieldsIn(body: string): Generator<RegExpExecArray> {
  FIELD.lastIndex = 0;
  for (let match = FIELD.exec(body); match !== null; match = FIELD.exec(body)) {
    const next = FIELD.lastIndex;
    yield match;
    FIELD.lastIndex = next;
  }
}

function isArgumentType(type: string): type is ArgumentType {
  return Object.hasOwn(BYTES, type);
}

function kernelOf(
  file: string,
  [, doc = "", name, parameters, result, body]: RegExpMatchArray,
  classes: ReadonlyMap<string, ArgumentClass>,
): Kernel {
  const taken = parameters.split(",").map((text) => text.trim()).filter(Boolean).join(", ");
  const takesScratch = taken === "chunk: i32, scratch: usize";
  if (result !== "void" || (taken !== "chunk: i32" && !takesScratch)) {
    fail(name, `it must take (chunk: i32) or (chunk: i32, scratch: usize): it takes (${taken})`);
  }
  const read = [...new Set(Array.from(body.matchAll(READ), ([, found]) => found))];
  if (read.length !== 1) {
    fail(name, `it must read one class of arguments: it reads ${read.join(", ") || "none"}`);
  }
  const args = classes.get(read[0]) ?? undeclared(read[0], name);
  return { name, file, takesScratch, doc: plainDoc(doc), args };
}

function undeclared(name: string, user: string): never {
  fail(user, `a class of arguments must be declared: ${name} is not`);
}

/** A doc comment on one line. */
function plainDoc(doc: string): string {
  return doc.replace(/\s*\n\s*\*?\s*/g, " ").trim();
}

function fail(name: string, rule: string): never {
  throw new SyntaxError(`Cannot build ${name}: ${rule}`);
}
