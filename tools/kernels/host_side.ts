// Writes the host's side of the kernels' arguments, `abi.ts`: a typed function a kernel.

import type { ArgumentClass, ArgumentType, Declarations, Field, Kernel } from "./declarations.ts";

/** Checks of arguments, by their types. */
const CHECKS = { i32: "int32", isize: "distance", u32: "uint32", usize: "uint32" } as const;

/** The text of `abi.ts`; `start` is the address of the first argument. */
export function hostSide({ kernels, classes }: Declarations, start: number): string {
  const bases = classes.filter((one) => classes.some(({ base }) => base === one));
  const read = classes.filter((one) =>
    bases.includes(one) || kernels.some(({ args }) => args === one)
  );
  const numbered = kernels.filter(({ args }) => args === undefined);
  return [
    HEAD,
    ...read.map(interfaceOf),
    ...bases.map((base) => fieldsWriterOf(base, start)),
    ...kernels.flatMap((kernel, i) => kernel.args ? [writerOf(kernel, kernel.args, i, start)] : []),
    ...numbered.map((kernel) => numberOf(kernel, kernels.indexOf(kernel))),
  ].join("\n");
}

const HEAD = `// deno-fmt-ignore-file
/**
 * The kernels by name, with the arguments that their sources in \`kernels/\` declare. Written by
 * \`deno task generate\`. Do not edit.
 *
 * @module
 */
import { distance, int32, type Job, uint32 } from "./arguments.ts";
`;

/** The fields that a class adds to those of the one it extends. */
function ownFields({ base, fields }: ArgumentClass): readonly Field[] {
  return fields.slice(base?.fields.length ?? 0);
}

function interfaceOf(args: ArgumentClass): string {
  const { name, file, base } = args;
  const lines = ownFields(args).map(({ name, type, doc }) =>
    `${doc === "" ? "" : `  /** ${doc} */\n`}  readonly ${name}: ${
      type === "bool" ? "boolean" : "number"
    };`
  );
  return `/** Arguments of \`kernels/${file}\`. */\nexport interface ${name}${
    base === undefined ? "" : ` extends ${base.name}`
  } {\n${lines.join("\n")}\n}\n`;
}

function writerOf(
  { name, doc }: Kernel,
  args: ArgumentClass,
  place: number,
  start: number,
): string {
  return `${
    doc === "" ? "" : `/** ${doc} */\n`
  }export function ${name}(job: Job, chunks: number, a: ${args.name}): void {
${assignments(args, start)}
  job.start(${place}, chunks);
}
`;
}

/** Writes the fields of a class that others extend, for all of them. */
function fieldsWriterOf(args: ArgumentClass, start: number): string {
  return `function write${args.name}(job: Job, a: ${args.name}): void {
${assignments(args, start)}
}
`;
}

function assignments(args: ArgumentClass, start: number): string {
  const fields = ownFields(args);
  const views = [...new Set(fields.map(({ type }) => viewOf(type)))].sort();
  return [
    ...(fields.length === 0 ? [] : [`  const { ${views.join(", ")} } = job;`]),
    ...(args.base === undefined ? [] : [`  write${args.base.name}(job, a);`]),
    ...fields.map((field) => `  ${assignment(field, start)}`),
  ].join("\n");
}

function viewOf(type: ArgumentType): "ints" | "floats" | "octets" {
  if (type === "f32") return "floats";
  return type === "bool" ? "octets" : "ints";
}

function assignment({ name, type, offset }: Field, start: number): string {
  const at = start + offset, value = `a.${name}`;
  if (type === "f32") return `floats[${at / 4}] = ${value};`;
  if (type === "bool") return `octets[${at}] = ${value} ? 1 : 0;`;
  return `ints[${at / 4}] = ${CHECKS[type]}(${value}, a);`;
}

/** The place of a kernel whose arguments are numbered. */
function numberOf({ name }: Kernel, place: number): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(
    /([A-Z])([A-Z][a-z])/g,
    "$1_$2",
  );
  return `export const ${words.toUpperCase()} = ${place};`;
}
