// Writes the host's side of the kernels' arguments, `abi.ts`: a typed function a kernel.

import type { ArgumentClass, ArgumentType, Declarations, Field, Kernel } from "./declarations.ts";

/** Checks of arguments, by their types. */
const CHECKS = { i32: "int32", isize: "distance", u32: "uint32", usize: "uint32" } as const;

/** The text of `abi.ts`; `start` is the address of the first argument. */
export function hostSide({ kernels, classes }: Declarations, start: number): string {
  const read = classes.filter((one) => kernels.some(({ args }) => args === one));
  const numbered = kernels.filter(({ args }) => args === undefined);
  return [
    HEAD,
    ...read.map(interfaceOf),
    ...kernels.flatMap((kernel, i) => kernel.args ? [writerOf(kernel, kernel.args, i, start)] : []),
    ...numbered.map((kernel) => numberOf(kernel, kernels.indexOf(kernel))),
  ].join("\n");
}

const HEAD = `// deno-fmt-ignore-file
/**
 * The kernels by name, with the arguments that their sources in \`kernels/\` declare. Written by
 * \`deno task build:wasm\`. Do not edit.
 *
 * @module
 */
import { distance, int32, type Job, uint32 } from "./arguments.ts";
`;

function interfaceOf({ name, file, fields }: ArgumentClass): string {
  const lines = fields.map(({ name, type, doc }) =>
    `${doc === "" ? "" : `  /** ${doc} */\n`}  readonly ${name}: ${
      type === "bool" ? "boolean" : "number"
    };`
  );
  return `/** Arguments of \`kernels/${file}\`. */\nexport interface ${name} {\n${
    lines.join("\n")
  }\n}\n`;
}

function writerOf(
  { name, doc }: Kernel,
  args: ArgumentClass,
  place: number,
  start: number,
): string {
  const views = [...new Set(args.fields.map(({ type }) => viewOf(type)))].sort();
  const lines = args.fields.map((field) => `  ${assignment(field, start)}`);
  return `${
    doc === "" ? "" : `/** ${doc} */\n`
  }export function ${name}(job: Job, chunks: number, a: ${args.name}): void {
  const { ${views.join(", ")} } = job;
${lines.join("\n")}
  job.start(${place}, chunks);
}
`;
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
