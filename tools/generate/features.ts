// FEATURES.md, the page of all operations: functions and ops by family, what each computes, on what it
// runs and how exact its gradients are. Nothing in it is written by hand: sentences come from doc
// comments, gradients have just been checked on random samples, and kernels have been seen at work:
// the backend counts what falls back on the loops of the reference.

import fc from "fast-check";
import { type OpName, ops } from "../../ops/table.ts";
import type { Backend, Kernels } from "../../src/backends/kernels.ts";
import { Fallbacks } from "../../src/backends/fallback.ts";
import { referenceBackend } from "../../src/backends/reference/mod.ts";
import { LIBRARIES_OF } from "../../src/backends/native/backend.ts";
import { Engine } from "../../src/backends/wasm/engine.ts";
import { WasmMemory } from "../../src/backends/wasm/memory.ts";
import { wasmKernels } from "../../src/backends/wasm/mod.ts";
import { Commands } from "../../src/backends/webgpu/commands.ts";
import { GpuMemory } from "../../src/backends/webgpu/memory.ts";
import { Programs } from "../../src/backends/webgpu/programs.ts";
import { webgpuTable } from "../../src/backends/webgpu/table.ts";
import type { AnyOp } from "../../src/core/op_contract.ts";
import { sizeOf } from "../../src/core/shape.ts";
import { cases } from "../../tests/support/cases/mod.ts";
import { checkSample } from "../../tests/support/checks.ts";
import { evaluate } from "../../tests/support/derivatives.ts";
import type { Sample } from "../../tests/support/samples.ts";
import {
  type Declaration,
  declarationsIn,
  type Family,
  firstSentence,
  isPublic,
  opFamilies,
  opNameOf,
} from "./op_sources.ts";
import type { Output } from "./output.ts";
import { contentsOf } from "./tables.ts";

/** Samples whose kernels are looked at, and how many of them have their gradients checked. */
const SAMPLES = 24;
const CHECKED = 3;

/** Kernels of memory and of checks, not of arithmetic. */
const MEMORY = ["create", "fill", "copy", "free", "firstOutOfRange"];

/** Who calls this in a forward computes with loops of its own. */
const HOST = "read";

/** Memory that the samples fit in. */
const MAX_BYTES = 2 ** 28;

/** The op of the core, by the file that defines it. */
const CORE = { name: "accumulate", file: "../../src/core/adjoints.ts" } as const;

/** A line of a table. */
interface Row {
  readonly name: string;
  /** First sentence of its docs. */
  readonly computes: string;
  readonly kernels: string;
  readonly wasm: string;
  readonly native: string;
  readonly webgpu: string;
  readonly gradient: string;
}

/** The page of all operations. */
export async function features(): Promise<Output[]> {
  using wasm = tellingBackend();
  const backends = { wasm, webgpu: tellingWebgpu() };
  const sections = (await opFamilies()).map((family) =>
    `## ${family.name}\n\n${contentsOf(family.name)}.\n\n${markdown(rowsOf(family, backends))}`
  );
  const core = rowOf(CORE.name, await sentenceOfCore(), backends);
  sections.push(`## core\n\nOperations of the backward pass.\n\n${markdown([core])}`);
  return [{ path: "FEATURES.md", text: `${HEAD}\n${sections.join("\n\n")}\n` }];
}

const HEAD = `# Features

<!-- Written by \`deno task generate\`. Do not edit. -->

Every function on tensors that has a gradient or answers a question, and every operation that it is
made of; [\`ops/table.ts\`](ops/table.ts) is the table of operations, gradients among them. Yours are
written [like these](docs/own_operation.md).

- **Kernels**: what the operation calls. A function without any is made of others.
- **Reference**: everything runs there, in float32 and float64; integers where the docs say so.
- **WASM**, float32: \`SIMD\` is a kernel in WebAssembly; \`loops\` are those of the reference, or of
  the operation itself, over the same memory; \`no copy\` is neither. Other dtypes run in loops.
- **Native**: the libraries that compute it on \`nativeBackend\`, in float32; BLAS in float64. All
  else runs there as on WASM.
- **WebGPU**, float32: \`programs\` run on the graphics device, \`loops\` and all float64 on the host.
- **1st and 2nd order**: how the gradient, and the gradient of the gradient, agree with central
  differences in float64. \`=\` is equality of all bits; a number is the error allowed, relative to
  the largest gradient or to 1. Where both stand, the second is for samples that divide by numbers
  other than powers of two. \`none\`: there is nothing to differentiate with respect to. Higher orders
  need no further rules: every gradient is made of these operations.

Images are \`[N, H, W, C]\`; all functions of images take \`layout: "NCHW"\` too. All losses have a
\`reduction\`: "mean", "sum" or "none". [Conventions](docs/conventions.md) says what differs from
PyTorch and TensorFlow.
`;

/** A row for each function of users and each op, by name; an op has the row of its function. */
function rowsOf({ files }: Family, backends: Backends): Row[] {
  const declarations = files.flatMap(({ declarations }) => declarations);
  const functions = new Map(declarations.filter(isPublic).map((one) => [one.name, one]));
  const opsHere = new Map(declarations.flatMap((one): [string, Declaration][] => {
    const name = opNameOf(one);
    return name === undefined ? [] : [[name, one]];
  }));
  const names = [...new Set([...functions.keys(), ...opsHere.keys()])]
    .sort((a, b) => a.toLowerCase() < b.toLowerCase() ? -1 : 1);
  return names.map((name) => {
    const before = name.slice(0, -"Grad".length);
    const { doc } = functions.get(name) ?? opsHere.get(name)!;
    const computes = firstSentence(doc).replace(/^Its gradient/, `The gradient of \`${before}\``);
    return opsHere.has(name)
      ? rowOf(name as OpName, computes, backends)
      : { name, computes, kernels: "", wasm: "", native: "", webgpu: "", gradient: "" };
  });
}

async function sentenceOfCore(): Promise<string> {
  const text = await Deno.readTextFile(new URL(CORE.file, import.meta.url));
  return firstSentence(declarationsIn(text).find((one) => opNameOf(one) === CORE.name)!.doc);
}

/** Backends on which every op is looked at. */
interface Backends {
  readonly wasm: TellingBackend;
  readonly webgpu: TellingBackend;
}

/** A backend that tells which kernels are called, and counts those that run in loops. */
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
    readSync: (x) => kernels.read(x),
    [Symbol.dispose]: () => engine.close(),
  };
}

/** A WebGPU backend without a device: its programs are written, and what they compute is 0. */
function tellingWebgpu(): TellingBackend {
  const commands = new Commands({
    define() {},
    submit() {},
    wait: () => Promise.reject(new Error("Cannot wait: there is no device")),
    waitHere: (_batch, bytes) => new ArrayBuffer(bytes),
    close() {},
  });
  const memory = new GpuMemory(commands, MAX_BYTES);
  const [called, fallbacks] = [new Set<string>(), new Fallbacks()];
  const table = webgpuTable(new Programs(commands, memory), fallbacks);
  const kernels = telling(table.kernels, called);
  return {
    name: "webgpu",
    kernels,
    called,
    fallbacks,
    get liveBytes() {
      return memory.liveBytes;
    },
    read: (x) => Promise.resolve(kernels.read(x)),
    readSync: (x) => kernels.read(x),
    [Symbol.dispose]() {},
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

function rowOf(name: OpName, computes: string, { wasm, webgpu }: Backends): Row {
  const samples = fc.sample(cases[name].samples, { numRuns: SAMPLES, seed: 1 });
  const seen = seenOn(name, samples, wasm);
  const called = new Set(seen.flatMap((one) => one.called));
  return {
    name,
    computes,
    kernels: [...called].sort().map((kernel) => `\`${kernel}\``).join(", "),
    wasm: shareOf(seen, "SIMD"),
    native: librariesOf(called),
    webgpu: shareOf(seenOn(name, samples, webgpu), "programs"),
    gradient: gradientsOf(samples),
  };
}

/** An application of an op: what it calls, and whether some of it is loops. */
interface Seen {
  readonly called: readonly string[];
  readonly isInLoops: boolean;
}

function seenOn(name: OpName, samples: readonly Sample[], backend: TellingBackend): Seen[] {
  return samples.filter(hasElements).flatMap((sample) => kernelsOf(name, sample, backend));
}

/** Word for how many applications run in the backend's own kernels. */
function shareOf(seen: readonly Seen[], own: string): string {
  const inLoops = seen.filter(({ isInLoops }) => isInLoops).length;
  if (seen.every(({ called }) => called.length === 0)) return "no copy";
  if (inLoops === 0) return own;
  return inLoops === seen.length ? "loops" : `${own}, some in loops`;
}

/** Libraries of the native backend that compute some of these kernels. */
function librariesOf(kernels: ReadonlySet<string>): string {
  const names = Object.entries(LIBRARIES_OF).filter(([kernel]) => kernels.has(kernel));
  return [...new Set(names.map(([, libraries]) => libraries))].join(", ");
}

/** What each application of the op calls in a float32 sample, and whether some of it is loops. */
function kernelsOf(
  name: OpName,
  sample: Sample,
  backend: TellingBackend,
): Seen[] {
  const seen: Seen[] = [];
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
  const head = [
    "Operation",
    "Computes",
    "Kernels",
    "WASM",
    "Native",
    "WebGPU",
    "1st order",
    "2nd order",
  ];
  const cells = [
    head,
    ...rows.map(({ name, computes, kernels, wasm, native, webgpu, gradient }) => [
      `\`${name}\``,
      computes,
      kernels,
      wasm,
      native,
      webgpu,
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
