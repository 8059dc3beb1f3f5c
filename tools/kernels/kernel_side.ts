// Writes the files for the kernels' own compiler: their table, and the numbers of kinds.

import type { ArgumentClass, Declarations, Kernel } from "./declarations.ts";

const HEAD = "// Written by `deno task generate`. Do not edit.";

/** The text of `kernels/table.ts`: the kernels in the order of their places. */
export function tableText({ kernels, classes }: Declarations): string {
  const files = [...new Set([...kernels, ...classes].map(({ file }) => file))].sort();
  const imports = files.map((file) => {
    const names = [...kernels, ...classes].filter((one) => one.file === file).map(({ name }) =>
      name
    );
    return `import { ${names.join(", ")} } from "./${file.replace(/\.ts$/, "")}";`;
  });
  return `${HEAD}
${imports.join("\n")}

type Kernel = (chunk: i32, scratch: usize) => void;

const KERNELS: StaticArray<Kernel> = [
${kernels.map(entryOf).join("\n")}
];

/** Runs a chunk of the kernel at a place of the table, with the arguments of the job. */
export function execute(kernel: i32, chunk: i32, scratch: usize): void {
  unchecked(KERNELS[kernel])(chunk, scratch);
}

// The host writes arguments where the compiler puts them.
${classes.map(checkOf).join("\n")}
`;
}

function entryOf({ name, takesScratch }: Kernel): string {
  return takesScratch ? `  ${name},` : `  (chunk: i32, scratch: usize): void => ${name}(chunk),`;
}

function checkOf({ name, fields, bytes }: ArgumentClass): string {
  const places = fields.map((field) => `offsetof<${name}>("${field.name}") != ${field.offset}`);
  const wrong = [`offsetof<${name}>() != ${bytes}`, ...places].join(" || ");
  return `if (${wrong}) ERROR("the layout of ${name} is another one");`;
}

/** The text of `kernels/kinds.ts`: a kind's number is its place in its list. */
export function kindsText(kinds: Readonly<Record<string, readonly string[]>>): string {
  const enums = Object.entries(kinds).map(([name, list]) =>
    `export const enum ${name} {\n${list.map((kind) => `  ${kind},`).join("\n")}\n}\n`
  );
  return `${HEAD}\n\n${enums.join("\n")}`;
}
