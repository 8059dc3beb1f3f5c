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
  const shared = classes.filter((one) =>
    bases.includes(one) || kernels.filter(({ args }) => args === one).length > 1
  );
  return [
    HEAD,
    ...read.map(interfaceOf),
    ...shared.map((one) => fieldsWriterOf(one, start)),
    ...kernels.map((kernel, place) => {
      const isShared = shared.includes(kernel.args);
      return writerOf(
        kernel,
        place,
        isShared ? fieldsCall(kernel.args) : assignments(kernel.args, start),
      );
    }),
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

function writerOf({ name, doc, args }: Kernel, place: number, fields: string): string {
  return `${
    doc === "" ? "" : `/** ${doc} */\n`
  }export function ${name}(job: Job, chunks: number, a: ${args.name}): void {
  ${fields}
  job.start(${place}, chunks);
}
`;
}

/** Writes the fields of a class for the classes that extend it, and for several kernels. */
function fieldsWriterOf(args: ArgumentClass, start: number): string {
  return `function write${args.name}(job: Job, a: ${args.name}): void {
  ${assignments(args, start)}
}
`;
}

function fieldsCall({ name }: ArgumentClass): string {
  return `write${name}(job, a);`;
}

/** Writes fields one after the other: lines that differ in names alone compress well. */
function assignments(args: ArgumentClass, start: number): string {
  const fields = ownFields(args);
  const views = [...new Set(fields.map(({ type }) => viewOf(type)))].sort();
  const lines = fields.length === 0 ? [] : [`const { ${views.join(", ")} } = job;`];
  if (args.base !== undefined) lines.push(fieldsCall(args.base));
  let next: number | undefined;
  for (const { name, type, offset } of fields) {
    const at = (start + offset) / 4;
    if (type === "bool") {
      lines.push(`octets[${start + offset}] = a.${name} ? 1 : 0;`);
      continue;
    }
    if (at !== next) lines.push(`${next === undefined ? "let at" : "at"} = ${at};`);
    const value = type === "f32" ? `a.${name}` : `${CHECKS[type]}(a.${name}, a)`;
    lines.push(`${viewOf(type)}[at++] = ${value};`);
    next = at + 1;
  }
  return lines.join("\n  ");
}

function viewOf(type: ArgumentType): "ints" | "floats" | "octets" {
  if (type === "f32") return "floats";
  return type === "bool" ? "octets" : "ints";
}
