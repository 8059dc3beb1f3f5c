// The build of kernels: the declarations it reads, the texts it makes, the sources it refuses.

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { declarationsOf } from "../../tools/kernels/declarations.ts";
import { hostSide } from "../../tools/kernels/host_side.ts";
import { kindsText, tableText } from "../../tools/kernels/kernel_side.ts";

const BLUR = `
@unmanaged
export class SpanArgs {
  x: usize;
  flips: bool;
}

@unmanaged
export class BlurArgs extends SpanArgs {
  again: bool;
  /**
   * Pixels of
   * a row.
   */
  width: i32;
  scale: f32;
  step: isize;
}

/** Blurs rows. */
export function blur(
  chunk: i32,
  scratch: usize,
): void {
  const args = changetype<BlurArgs>(PARAMS);
}

export function helper(x: usize): void {
}
`;

const FADE = `
/** Fades. */
export function fade(chunk: i32): void {
  for (let row = 0; row < changetype<FadeArgs>(PARAMS).rows; row++) fadeRow(row);
}

/** Brightens. */
export function brighten(chunk: i32): void {
  fadeRow(changetype<FadeArgs>(PARAMS).rows);
}

@unmanaged
class FadeArgs {
  rows: u32;
  isLinear: bool;
  color: i32;
}
`;

const declared = declarationsOf(new Map([["fade.ts", FADE], ["blur.ts", BLUR]]), 64);

Deno.test("kernels: a class has its fields where the compiler puts them", () => {
  const [blur] = declared.kernels;
  assertEquals(
    blur.args.fields.map(({ name, type, offset }) => [name, type, offset]),
    [
      ["x", "usize", 0],
      ["flips", "bool", 4],
      ["again", "bool", 5],
      ["width", "i32", 8],
      ["scale", "f32", 12],
      ["step", "isize", 16],
    ],
  );
  assertEquals(blur.args.bytes, 20);
  assertEquals(
    declared.kernels.map(({ name, file, takesScratch, doc }) => [name, file, takesScratch, doc]),
    [
      ["blur", "blur.ts", true, "Blurs rows."],
      ["fade", "fade.ts", false, "Fades."],
      ["brighten", "fade.ts", false, "Brightens."],
    ],
  );
});

Deno.test("kernels: the host's side has a writer a kernel, an interface a class", () => {
  const text = hostSide(declared, 1024);
  assertStringIncludes(
    text,
    `/** Arguments of \`kernels/blur.ts\`. */
export interface BlurArgs extends SpanArgs {
  readonly again: boolean;
  /** Pixels of a row. */
  readonly width: number;
  readonly scale: number;
  readonly step: number;
}
`,
  );
  assertStringIncludes(
    text,
    `function writeSpanArgs(job: Job, a: SpanArgs): void {
  const { ints, octets } = job;
  let at = 256;
  ints[at++] = uint32(a.x, a);
  octets[1028] = a.flips ? 1 : 0;
}
`,
  );
  assertStringIncludes(
    text,
    `/** Blurs rows. */
export function blur(job: Job, chunks: number, a: BlurArgs): void {
  const { floats, ints, octets } = job;
  writeSpanArgs(job, a);
  octets[1029] = a.again ? 1 : 0;
  let at = 258;
  ints[at++] = int32(a.width, a);
  floats[at++] = a.scale;
  ints[at++] = distance(a.step, a);
  job.start(0, chunks);
}
`,
  );
  assertStringIncludes(
    text,
    `function writeFadeArgs(job: Job, a: FadeArgs): void {
  const { ints, octets } = job;
  let at = 256;
  ints[at++] = uint32(a.rows, a);
  octets[1028] = a.isLinear ? 1 : 0;
  at = 258;
  ints[at++] = int32(a.color, a);
}
`,
  );
  assertStringIncludes(
    text,
    `/** Fades. */
export function fade(job: Job, chunks: number, a: FadeArgs): void {
  writeFadeArgs(job, a);
  job.start(1, chunks);
}

/** Brightens. */
export function brighten(job: Job, chunks: number, a: FadeArgs): void {
  writeFadeArgs(job, a);
  job.start(2, chunks);
}
`,
  );
});

Deno.test("kernels: the table has each kernel at its place, and checks the layout of classes", () => {
  const text = tableText(declared);
  assertStringIncludes(
    text,
    `const KERNELS: StaticArray<Kernel> = [
  blur,
  (chunk: i32, scratch: usize): void => fade(chunk),
  (chunk: i32, scratch: usize): void => brighten(chunk),
];`,
  );
  assertStringIncludes(text, `offsetof<BlurArgs>() != 20`);
  assertStringIncludes(text, `offsetof<BlurArgs>("width") != 8`);
  assertStringIncludes(text, `import { blur, SpanArgs, BlurArgs } from "./blur";`);
});

Deno.test("kernels: a kind's number is its place", () => {
  assertStringIncludes(
    kindsText({ Way: ["up", "geluTanh"] }),
    "export const enum Way {\n  up,\n  geluTanh,\n}\n",
  );
});

const RUN = `export function run(chunk: i32): void {
  changetype<RunArgs>(PARAMS);
}
`;

/** A class with these fields, read by a kernel. */
function source(fields: string, head = "@unmanaged\nclass"): string {
  return `${head} RunArgs {\n${fields}\n}\n${RUN}`;
}

const REFUSED: Record<string, readonly [source: string, message: string]> = {
  "more fields than there is space": [
    source(Array.from({ length: 17 }, (_, i) => `  x${i}: i32;`).join("\n")),
    "Cannot build RunArgs: arguments must fit into 64 bytes: they take 68",
  ],
  "a type that has no writer": [
    source("  x: v128;"),
    "Cannot build RunArgs: a type must be one of i32, u32, isize, usize, f32, bool: x is v128",
  ],
  "a field with a value": [
    source("  x: i32;\n  y: i32 = 5;"),
    'Cannot build RunArgs: fields must be "name: type;" with a doc comment or none: got y: i32 = 5;',
  ],
  "a class with a header": [
    source("  x: i32;", "class"),
    "Cannot build RunArgs: a class of arguments must be @unmanaged: it is not",
  ],
  "two classes of a name": [
    source("  x: i32;") + "@unmanaged\nclass RunArgs {\n}\n",
    "Cannot build RunArgs: a class of arguments must have its own name: two have it",
  ],
  "a class that is not there": [
    source("  x: i32;").replace("class RunArgs", "class OtherArgs"),
    "Cannot build run: a class of arguments must be declared: RunArgs is not",
  ],
  "a kernel of two classes": [
    source("  x: i32;").replace("(PARAMS);", "(PARAMS);\n  changetype<OtherArgs>(PARAMS);"),
    "Cannot build run: it must read one class of arguments: it reads RunArgs, OtherArgs",
  ],
  "a kernel without a class": [
    source("  x: i32;").replace("  changetype<RunArgs>(PARAMS);\n", "  step(0);\n"),
    "Cannot build run: it must read one class of arguments: it reads none",
  ],
  "a kernel with other parameters": [
    source("  x: i32;").replace("chunk: i32", "chunk: i32, row: i32"),
    "Cannot build run: it must take (chunk: i32) or (chunk: i32, scratch: usize): it takes " +
    "(chunk: i32, row: i32)",
  ],
  "two kernels of a name": [
    source("  x: i32;") + RUN,
    "Cannot build run: a kernel's name must be its own: two have it",
  ],
};

for (const [name, [text, message]] of Object.entries(REFUSED)) {
  Deno.test(`kernels: the build refuses ${name}`, () => {
    const error = assertThrows(() => declarationsOf(new Map([["run.ts", text]]), 64), SyntaxError);
    assertEquals(error.message, message);
  });
}

Deno.test("kernels: as many arguments as there is space for are taken", () => {
  const fields = Array.from({ length: 16 }, (_, i) => `  x${i}: i32;`).join("\n");
  assertEquals(declarationsOf(new Map([["run.ts", source(fields)]]), 64).classes[0].bytes, 64);
});
