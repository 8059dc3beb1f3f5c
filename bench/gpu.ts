/**
 * Times training and products on the graphics device of this machine.
 *
 * @module
 */
import { matmul, softmaxCE, Tape, tensor } from "@tapegrad/tapegrad";
import { type WebgpuBackend, webgpuBackend } from "@tapegrad/tapegrad/webgpu";
import { makeInputs, type Model } from "./models/inputs.ts";
import { makeTraining, type Training } from "./models/tapegrad.ts";
import { helpText, numberOf, parseOptions, runProgram } from "./support/options.ts";
import { median } from "./support/statistics.ts";
import { type Column, formatNumber, formatTable } from "./support/table.ts";

const USAGE = `deno run bench/gpu.ts [options]

Times training steps of the models S and M and a product of two square matrices on the graphics
device of this machine. Each timing ends with a reading of one number, which takes 11 ms in Deno
whatever was computed; so that steps are timed many at once.`;

const OPTIONS = {
  size: { kind: "value", placeholder: "N", default: "4096", help: "rows of the matrices" },
  steps: { kind: "value", placeholder: "N", default: "20", help: "steps that are timed at once" },
  repeats: { kind: "value", placeholder: "N", default: "5", help: "timings of each" },
  help: { kind: "flag", help: "show this" },
} as const;

const COLUMNS: readonly Column[] = [
  { head: "what", align: "left" },
  { head: "first, ms", align: "right" },
  { head: "ms", align: "right" },
  { head: "GFLOP/s", align: "right" },
  { head: "programs", align: "right" },
];

/** Work that is timed: records it, and returns a number to wait for. */
interface Work {
  readonly name: string;
  readonly flops: number;
  /** Times that it is done at once. */
  readonly count: number;
  run(): Promise<unknown>;
}

function stepOf({ params, x, labels, optimizer, forward }: Training): Promise<unknown> {
  using tape = new Tape();
  tape.watch(params);
  const loss = softmaxCE(forward(params, x), labels);
  optimizer.step(params, tape.gradient(loss, params));
  return loss.data();
}

function training(model: Model, backend: WebgpuBackend, count: number): Work {
  const started = makeTraining(model, makeInputs(model), backend);
  return { name: `step of ${model}`, flops: NaN, count, run: () => stepOf(started) };
}

function product(size: number, backend: WebgpuBackend): Work {
  const data = Float32Array.from({ length: size * size }, (_, i) => i * 7 % 25 / 4 - 3);
  const a = tensor(data, { shape: [size, size], backend });
  const corner = tensor(data.subarray(0, size), { shape: [size, 1], backend });
  return {
    name: `matmul ${size}`,
    flops: 2 * size ** 3,
    count: 1,
    run: async () => {
      using y = matmul(a, a);
      using column = matmul(y, corner); // the whole product would take longer to read
      await column.data();
    },
  };
}

async function timed(work: Work, backend: WebgpuBackend, repeats: number): Promise<string[]> {
  const clock = async (count: number) => {
    const start = performance.now();
    await Promise.all(Array.from({ length: count }, () => work.run()));
    return (performance.now() - start) / count;
  };
  const first = await clock(1);
  const before = backend.commands.dispatches;
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) times.push(await clock(work.count));
  const programs = (backend.commands.dispatches - before) / (repeats * work.count);
  const ms = median(times);
  return [work.name, first, ms, work.flops / ms / 1e6, programs]
    .map((cell) => typeof cell === "string" ? cell : formatNumber(cell));
}

await runProgram(async () => {
  const options = parseOptions(OPTIONS, Deno.args);
  if (options.help) return console.log(helpText(USAGE, OPTIONS));
  const [size, steps, repeats] = (["size", "steps", "repeats"] as const)
    .map((name) => numberOf(name, options[name], 1));
  using backend = await webgpuBackend({ powerPreference: "high-performance" });
  const { vendor, architecture, description } = backend.adapter;
  console.log([vendor, architecture, description].filter(Boolean).join(" "));
  const rows: string[][] = [];
  for (const model of ["S", "M"] as const) {
    rows.push(await timed(training(model, backend, steps), backend, repeats));
  }
  rows.push(await timed(product(size, backend), backend, repeats));
  console.log(formatTable(COLUMNS, rows));
});
