/**
 * `deno task bench`: how fast the kernels are, as a share of what the machine can do.
 *
 * @module
 */
import { type Backend, referenceBackend, wasmBackend } from "@tapegrad/tapegrad";
import { nativeBackend } from "@tapegrad/tapegrad/native";
import { CONV_CASES } from "./kernels/conv_cases.ts";
import { IMAGE_CASES } from "./kernels/image_cases.ts";
import type { KernelCase } from "./kernels/kernel_case.ts";
import { MATMUL_CASES } from "./kernels/matmul_cases.ts";
import { type Contestant, measureAll, type Measured } from "./kernels/measure.ts";
import { MEMORY_CASES } from "./kernels/memory_cases.ts";
import { Yardsticks } from "./peak/yardsticks.ts";
import { describeHost, formatHost, loadNow } from "./support/host.ts";
import { writeJson } from "./support/json.ts";
import {
  helpText,
  integersOf,
  numberOf,
  type Options,
  parseOptions,
  patternOf,
  runProgram,
  UsageError,
} from "./support/options.ts";
import { median } from "./support/statistics.ts";
import { type Column, formatNumber, formatPercent, formatTable } from "./support/table.ts";

const USAGE = `deno task bench [options]

Times the kernels of the WASM backend and compares them with plain fused multiply-adds (for
arithmetic) or plain copying and reading (for memory) with 128-bit instructions, measured in the
same engine, on as many threads, just before each timing.`;

const OPTIONS = {
  filter: {
    kind: "value",
    placeholder: "REGEXP",
    default: "",
    help: "only kernels whose name and shape match",
  },
  threads: { kind: "value", placeholder: "N,N", default: "1,2", help: "thread counts" },
  rounds: { kind: "value", placeholder: "N", default: "5", help: "interleaved rounds" },
  milliseconds: { kind: "value", placeholder: "N", default: "100", help: "a kernel and round" },
  simd: { kind: "value", placeholder: "relaxed|plain", default: "", help: "the build to run" },
  native: { kind: "flag", help: "time the native backend instead; some kernels exceed 128 bits" },
  reference: { kind: "flag", help: "time the reference backend instead (slow)" },
  json: { kind: "value", placeholder: "FILE", default: "", help: "write results there, too" },
  list: { kind: "flag", help: "list the kernels and end" },
  help: { kind: "flag", help: "show this" },
} as const;

const ALL: readonly KernelCase[] = [
  ...MATMUL_CASES,
  ...CONV_CASES,
  ...IMAGE_CASES,
  ...MEMORY_CASES,
];

function chosen(options: Options<typeof OPTIONS>): KernelCase[] {
  const pattern = patternOf("filter", options.filter);
  const kernels = ALL.filter(({ name, shape }) => pattern.test(`${name} ${shape}`));
  if (kernels.length === 0) throw new UsageError("--filter matches no kernel; --list shows them");
  return kernels;
}

function makeBackend(options: Options<typeof OPTIONS>, threads: number): Backend {
  if (options.reference) return referenceBackend();
  if (options.native) return nativeBackend({ threads });
  const { simd } = options;
  if (simd !== "" && simd !== "relaxed" && simd !== "plain") {
    throw new UsageError(`--simd must be relaxed or plain: got "${simd}"`);
  }
  return wasmBackend({ threads, ...(simd === "" ? {} : { simd }) });
}

function contestantsOf(options: Options<typeof OPTIONS>): Contestant[] {
  const counts = options.reference ? [1] : integersOf("threads", options.threads, 1);
  return counts.map((threads) => ({ threads, backend: makeBackend(options, threads) }));
}

const unitOf = ({ limit }: KernelCase) => limit === "arithmetic" ? "GFLOP/s" : "GB/s";

/** Columns for each number of threads: middle and best of time, of rate, of share of peak. */
const MEASURES = ["ms", "min", "rate", "best", "of peak", "best of peak"];

const right = (head: string): Column => ({ head, align: "right" });

function report(kernels: readonly KernelCase[], results: readonly Measured[][]): string {
  const columns: Column[] = [
    { head: "kernel", align: "left" },
    { head: "shape", align: "left" },
    ...results[0].flatMap(({ threads }) =>
      MEASURES.map((measure) => right(`${threads}t ${measure}`))
    ),
    ...results[0].slice(1).map(({ threads }) => right(`${threads}t gain`)),
    { head: "unit", align: "left" },
  ];
  return formatTable(columns, kernels.map((kernel, i) => rowOf(kernel, results[i])));
}

function rowOf(kernel: KernelCase, results: readonly Measured[]): string[] {
  const cells = results.flatMap((r) => [
    formatNumber(r.medianMs),
    formatNumber(r.minMs),
    formatNumber(r.rate),
    formatNumber(r.bestRate),
    formatPercent(r.share),
    formatPercent(r.bestShare),
  ]);
  const gains = results.slice(1).map((r) => formatNumber(speedUp(results[0], r)));
  return [kernel.name, kernel.shape, ...cells, ...gains, unitOf(kernel)];
}

/** Computes the speed-up, as the median over rounds. */
function speedUp(one: Measured, more: Measured): number {
  return median(one.rounds.map((round, i) => round.median / more.rounds[i].median));
}

async function describePeaks(yardsticks: Yardsticks, counts: readonly number[]): Promise<string> {
  const lines: string[] = [];
  for (const threads of counts) {
    const { best } = await yardsticks.measure("arithmetic", 0, threads, 100);
    const memory: string[] = [];
    for (const mebibytes of [0.5, 8, 64]) {
      const { best: copied } = await yardsticks.measure("copy", mebibytes * 2 ** 20, threads, 60);
      memory.push(`${copied.toFixed(1)} (${mebibytes} MiB)`);
    }
    lines.push(
      `${threads} thread${threads > 1 ? "s" : ""}: multiply-adds ${best.toFixed(1)} GFLOP/s, ` +
        `copying GB/s ${memory.join(", ")}`,
    );
  }
  return lines.join("\n");
}

async function main(): Promise<void> {
  const options = parseOptions(OPTIONS, Deno.args);
  if (options.help) return console.log(helpText(USAGE, OPTIONS));
  const kernels = chosen(options);
  if (options.list) return console.log(kernels.map((k) => `${k.name} ${k.shape}`).join("\n"));
  const effort = {
    rounds: numberOf("rounds", options.rounds, 1),
    milliseconds: numberOf("milliseconds", options.milliseconds, 1),
  };
  const contestants = contestantsOf(options);
  const counts = contestants.map(({ threads }) => threads);
  const host = describeHost();
  using yardsticks = new Yardsticks(Math.max(...counts));
  await yardsticks.calibrate();
  console.log(`${formatHost(host)}\n\nwhat the machine can do with 128-bit instructions`);
  console.log(`${await describePeaks(yardsticks, counts)}\n`);
  const results = await measureAll(kernels, contestants, yardsticks, effort, console.error);
  console.log(report(kernels, results));
  const cases = kernels.map(({ name, shape, limit, work }, i) => ({
    ...{ name, shape, limit, work, unit: unitOf(kernels[i]) },
    results: results[i],
  }));
  const run = { host, loadAfter: loadNow(), effort, arithmetic: yardsticks.arithmetic };
  await writeJson(options.json, { ...run, cases });
  for (const { backend } of contestants) backend[Symbol.dispose]();
}

await runProgram(main);
