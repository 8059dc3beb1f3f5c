// The modules and tables of the operations, from the files of `ops/`: which functions are for
// users, and the operations by their names.

import {
  type Declaration,
  type Family,
  isPublic,
  opFamilies,
  opNameOf,
  publicTypes,
} from "./op_sources.ts";
import type { Output } from "./output.ts";

/** Longest line of a source. */
const WIDTH = 100;

/** Contents of the families: a family that is not here has no words for its header. */
const CONTENTS: Readonly<Record<string, string>> = {
  elementwise: "Functions of single elements",
  images: "Convolutions, pools and resampling of images and sequences",
  linalg: "Linear algebra",
  losses: "Probabilities and losses",
  norms: "Normalisation and dropout",
  reduce: "Elements along axes made one",
  shape: "Arrangements of elements",
};

/** The words for a family. */
export function contentsOf(family: string): string {
  const contents = CONTENTS[family];
  if (contents === undefined) {
    throw new TypeError(
      `Cannot generate ops/${family}: tools/generate/tables.ts must say what it holds`,
    );
  }
  return contents;
}

/** The generated modules of `ops/`. */
export async function opTables(): Promise<Output[]> {
  const families = await opFamilies();
  const types = publicTypes(families);
  return [
    ...families.flatMap((family) => [
      { path: `ops/${family.name}/mod.ts`, text: moduleText(family, types) },
      { path: `ops/${family.name}/table.ts`, text: tableText(family) },
    ]),
    { path: "ops/mod.ts", text: entryText(families) },
    { path: "ops/table.ts", text: allTablesText(families) },
  ];
}

function moduleText({ name, files }: Family, types: ReadonlySet<string>): string {
  const lines = files.flatMap(({ file, declarations }) => {
    const names = declarations.filter((one) => isPublic(one) || isPublicType(one, types));
    if (names.length === 0) return [];
    const areTypes = names.every(({ kind }) => kind === "type");
    const words = names.map(({ kind, name }) =>
      kind === "type" && !areTypes ? `type ${name}` : name
    );
    return `export ${areTypes ? "type " : ""}${braced(words, ` from "./${file}";`)}`;
  });
  return `${header(`${contentsOf(name)}: the functions.`)}${lines.join("\n")}\n`;
}

function isPublicType({ kind, name }: Declaration, types: ReadonlySet<string>): boolean {
  return kind === "type" && types.has(name);
}

function tableText({ name, files }: Family): string {
  const imports = files.flatMap(({ file, declarations }) => {
    const ops = declarations.filter(opNameOf).map(({ name }) => name);
    return ops.length === 0 ? [] : `import ${braced(ops, ` from "./${file}";`)}`;
  });
  const names = files.flatMap(({ declarations }) =>
    declarations.flatMap((one) => opNameOf(one) ?? [])
  );
  const contents = contentsOf(name);
  return [
    header(`${contents}: the table of operations.`),
    `${imports.join("\n")}\n\n`,
    `/** ${contents}, and their gradients. */\n`,
    `export const ${name}Ops = {\n`,
    ...sorted(names).map((op) => `  ${op}: ${op}Op,\n`),
    `} as const;\n`,
  ].join("");
}

function entryText(families: readonly Family[]): string {
  const text =
    `The functions that apply the differentiable operations, of all families. The table of the
 * operations themselves is in \`table.ts\`.`;
  const lines = families.map(({ name }) => `export * from "./${name}/mod.ts";\n`);
  return `${header(text)}${lines.join("")}`;
}

function allTablesText(families: readonly Family[]): string {
  const names = families.map(({ name }) => `${name}Ops`);
  const text = `The table of all differentiable operations, gradients among them.
 *
 * The table is typed: what runs over all operations (the gradient tests, for one) is typed by
 * it, so that an operation without its cases does not compile.`;
  return `${header(text)}import type { Op } from "../src/core/op.ts";
import { accumulateOp } from "../src/core/adjoints.ts";
${families.map(({ name }) => `import { ${name}Ops } from "./${name}/table.ts";`).join("\n")}

export ${braced(names, ";")}

/** The operations of all families. */
export type OpTable =
  & { readonly accumulate: Op<readonly ["a", "b"], never, void> }
${names.map((name) => `  & typeof ${name}`).join("\n")};

/**
 * Every operation by its name, gradients among them.
 *
 * @example
 * \`\`\`ts
 * import { ops } from "@tapegrad/tapegrad/backend";
 * import { assert, assertEquals } from "@std/assert";
 *
 * assertEquals(ops.conv2d.inputs, ["x", "w", "bias?"]);
 * assert("conv2dGradX" in ops);
 * \`\`\`
 */
export const ops: OpTable = /* @__PURE__ */ (() => ({
  accumulate: accumulateOp,
${names.map((name) => `  ...${name},`).join("\n")}
}))(); // a call without effects: bundlers leave it out, and ops with it, where nobody looks at it

/** The name of an operation of the table. */
export type OpName = keyof OpTable;
`;
}

function header(text: string): string {
  return `/**
 * ${text}
 *
 * Written by \`deno task generate\`. Do not edit.
 *
 * @module
 */
`;
}

/** Names in braces, as `deno fmt` orders and breaks them, after `export` or `import`. */
function braced(words: readonly string[], end: string): string {
  const bare = (word: string) => word.replace("type ", "");
  const ordered = words.toSorted((a, b) => compare(bare(a), bare(b)));
  const line = `{ ${ordered.join(", ")} }${end}`;
  if (line.length + "export ".length <= WIDTH) return line;
  return `{\n${ordered.map((word) => `  ${word},\n`).join("")}}${end}`;
}

function sorted(names: readonly string[]): string[] {
  return names.toSorted(compare);
}

/** Letters of either case are equal, as `deno fmt` has it. */
function compare(a: string, b: string): number {
  const [lowA, lowB] = [a.toLowerCase(), b.toLowerCase()];
  return lowA < lowB ? -1 : lowA > lowB ? 1 : 0;
}
