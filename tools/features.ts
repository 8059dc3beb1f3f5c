// `deno task features`: writes FEATURES.md, the table of what every operation has: a row per op of
// the table, by backend and order of gradient. Nothing in it is written by hand. What it says of a
// gradient has just been checked on random samples, and what it says of the WASM backend has been
// seen: the backend counts what falls back on the loops of the reference.

import fc from "fast-check";
import { type OpName, ops } from "../ops/table.ts";
import type { Backend, Kernels } from "../src/backends/kernels.ts";
import { Fallbacks } from "../src/backends/fallback.ts";
import { referenceBackend } from "../src/backends/reference/mod.ts";
import { Engine } from "../src/backends/wasm/engine.ts";
import { WasmMemory } from "../src/backends/wasm/memory.ts";
import { wasmKernels } from "../src/backends/wasm/mod.ts";
import type { AnyOp } from "../src/core/op_contract.ts";
import { sizeOf } from "../src/core/shape.ts";
import { cases, OP_NAMES } from "../tests/support/cases/mod.ts";
import { checkSample } from "../tests/support/checks.ts";
import { evaluate } from "../tests/support/derivatives.ts";
import type { Sample } from "../tests/support/samples.ts";

/** Samples whose kernels are looked at, and how many of them have their gradients checked. */
const SAMPLES = 24;
const CHECKED = 3;

/** Kernels of memory and of checks, not of arithmetic. */
const MEMORY = ["create", "fill", "copy", "free", "firstOutOfRange"];

/** Who calls this in a forward computes with loops of its own. */
const HOST = "read";

/** Memory that the samples fit in. */
const MAX_BYTES = 2 ** 28;

const FILE = new URL("../FEATURES.md", import.meta.url);

/** What is known of an op. */
interface Row {
  readonly name: string;
  readonly kernels: string;
  readonly wasm: string;
  readonly gradient: string;
}

/** The text of FEATURES.md. */
export async function features(): Promise<string> {
  const families = await familiesOfOps();
  const sections: string[] = [];
  using backend = tellingBackend();
  for (const [family, names] of families) {
    const rows = names.map((name) => rowOf(name, backend));
    sections.push(`## ${family}\n\n${markdown(rows)}`);
  }
  return `${HEAD}\n${sections.join("\n\n")}\n`;
}

const HEAD = `# Features

<!-- Written by \`deno task features\`. Do not edit. -->

Every operation of the table in [\`ops/table.ts\`](ops/table.ts), gradients with a kernel of their own
among them.

- **Kernels**: what its forward calls.
- **Reference**: every operation runs there, in float32 and float64; integers where its docs say so.
- **WASM**, float32: \`SIMD\` is a kernel in WebAssembly; \`loops\` are those of the reference, or of
  the operation itself, over the same memory; \`no copy\` is neither. Other dtypes run in loops.
- **1st and 2nd order**: how the gradient, and the gradient of the gradient, agree with central
  differences in float64. \`=\` is equality of all bits; a number is the error allowed, relative to
  the largest gradient or to 1. Where both stand, the second is for samples that divide by numbers
  other than powers of two. \`none\`: there is nothing to differentiate with respect to. Higher orders
  need no further rules.
`;

/** The names of ops by family: the folders of `ops/`, and the core. */
async function familiesOfOps(): Promise<Map<string, OpName[]>> {
  const families = new Map<string, OpName[]>();
  const folder = new URL("../ops/", import.meta.url);
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) names.push(name);
  }
  for (const family of names.sort()) {
    const tables: Record<string, object> = await import(new URL(`${family}/table.ts`, folder).href);
    families.set(family, Object.values(tables).flatMap((table) => Object.keys(table) as OpName[]));
  }
  const listed = new Set([...families.values()].flat());
  families.set("core", OP_NAMES.filter((name) => !listed.has(name)));
  return families;
}

/** A WASM backend that tells which kernels are called, and counts those that run in loops. */
interface TellingBackend extends Backend {
  readonly called: Set<string>;
  readonly fallbacks: Fallbacks;
}

function tellingBackend(): TellingBackend {
  const engine = new Engine({ threads: 1, simd: "plain", maxBytes: MAX_BYTES });
  const memory = new WasmMemory(engine);
  const [called, fallbacks] = [new Set<string>(), new Fallbacks()];
  const kernels = telling(wasmKernels(engine, memory, fallbacks), called);
  return {
    name: "wasm",
    kernels,
    called,
    fallbacks,
    get liveBytes() {
      return memory.liveBytes;
    },
    read: (x) => Promise.resolve(kernels.read(x)),
    [Symbol.dispose]: () => engine.close(),
  };
}

/** Kernels that note their names. */
function telling(kernels: Kernels, names: Set<string>): Kernels {
  const entries = Object.entries(kernels).map(([name, run]) => [
    name,
    (...args: unknown[]) => {
      if (!MEMORY.includes(name)) names.add(name);
      return run(...args);
    },
  ]);
  return Object.fromEntries(entries) as Kernels;
}

function rowOf(name: OpName, backend: TellingBackend): Row {
  const samples = fc.sample(cases[name].samples, { numRuns: SAMPLES, seed: 1 });
  const called = new Set<string>();
  let native = 0;
  let applied = 0;
  for (const sample of samples.filter(hasElements)) {
    for (const seen of kernelsOf(name, sample, backend)) {
      applied++;
      seen.called.forEach((kernel) => called.add(kernel));
      if (!seen.isInLoops) native++;
    }
  }
  const wasm = called.size === 0
    ? "no copy"
    : native === applied
    ? "SIMD"
    : native === 0
    ? "loops"
    : "SIMD, some in loops";
  return {
    name,
    kernels: [...called].sort().map((kernel) => `\`${kernel}\``).join(", "),
    wasm,
    gradient: gradientsOf(samples),
  };
}

/** What each application of the op calls in a float32 sample, and whether some of it is loops. */
function kernelsOf(
  name: OpName,
  sample: Sample,
  backend: TellingBackend,
): { called: string[]; isInLoops: boolean }[] {
  const seen: { called: string[]; isInLoops: boolean }[] = [];
  const op = ops[name] as unknown as { forward: AnyOp["forward"] };
  const { forward } = op;
  op.forward = (...args) => {
    backend.called.clear();
    const before = backend.fallbacks.total;
    const y = forward.apply(op, args);
    const isInLoops = backend.fallbacks.total > before || backend.called.has(HOST);
    seen.push({ called: [...backend.called], isInLoops });
    return y;
  };
  try {
    evaluate(sample, backend, { order: 0 });
  } finally {
    op.forward = forward;
  }
  return seen;
}

function hasElements({ variables, constants }: Sample): boolean {
  return Object.values({ ...variables, ...constants }).every(({ shape }) => sizeOf(shape) > 0);
}

/** How exactly both orders were found to agree, after they have been checked once more. */
function gradientsOf(samples: readonly Sample[]): string {
  const differentiable = samples.filter(({ variables }) => Object.keys(variables).length > 0);
  if (differentiable.length === 0) return "none";
  const reference = referenceBackend();
  for (const sample of differentiable.slice(0, CHECKED)) checkSample(sample, reference);
  const errors = new Set(
    differentiable.map(({ options }) => options.exact ? 0 : options.tolerance ?? 1e-6),
  );
  return [...errors].sort((a, b) => a - b).map((error) => error === 0 ? "=" : error.toExponential())
    .join(" or ");
}

function markdown(rows: readonly Row[]): string {
  const head = ["Operation", "Kernels", "Reference", "WASM", "1st order", "2nd order"];
  const cells = [
    head,
    ...rows.map(({ name, kernels, wasm, gradient }) => [
      `\`${name}\``,
      kernels,
      "yes",
      wasm,
      gradient,
      gradient,
    ]),
  ];
  const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join("\n");
}

if (import.meta.main) await Deno.writeTextFile(FILE, await features());
