/**
 * `deno task bench:peers`: training and inference with this library and with others, on the same
 * inputs and weights, in one run.
 *
 * @module
 */
import { formatMemory, formatStarts, measureMemory, timeStarts } from "./harness/extras.ts";
import { findPyTorch } from "./harness/pytorch.ts";
import { race, type Result } from "./harness/race.ts";
import { compare, formatResults } from "./harness/report.ts";
import {
  isOurs,
  makeRoster,
  OURS,
  type Roster,
  takesPart,
  type Workload,
} from "./harness/roster.ts";
import { makeInputs, type Model, writeInputs } from "./models/inputs.ts";
import {
  isLarger,
  LARGER_MODELS,
  type LargerModel,
  makeLargerInputs,
  writeLargerInputs,
} from "./models/larger.ts";
import { largerReferenceLosses, referenceLosses, referenceProbabilities } from "./models/losses.ts";
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

const USAGE = `deno task bench:peers [options]

Trains models S and M (batches of 64, float32) and infers with S (one image) with this library and
with others, and on demand larger models (--parts ${LARGER_MODELS}) with this
library and PyTorch, each in a process of its own, from the same inputs and weights. What the first steps
give is compared with the reference backend in float64; then all take turns, round by round.`;

const OPTIONS = {
  parts: {
    kind: "value",
    placeholder: "LIST",
    default: "S,M,infer,start,memory",
    help: "what to measure",
  },
  only: {
    kind: "value",
    placeholder: "REGEXP",
    default: "",
    help: "contenders whose name matches",
  },
  threads: { kind: "value", placeholder: "N,N", default: "1,2", help: "thread counts" },
  rounds: { kind: "value", placeholder: "N", default: "5", help: "interleaved rounds" },
  seconds: { kind: "value", placeholder: "N", default: "1.5", help: "a contender and round" },
  starts: { kind: "value", placeholder: "N", default: "7", help: "processes to start" },
  quick: { kind: "flag", help: "a short try: one short round, without the slowest contenders" },
  python: { kind: "value", placeholder: "FILE", default: "", help: "the Python that has PyTorch" },
  blas: { kind: "value", placeholder: "DIR", default: "", help: "libblas.so.3 for PyTorch" },
  json: { kind: "value", placeholder: "FILE", default: "", help: "write results there, too" },
  list: { kind: "flag", help: "list contenders and what is not installed, and end" },
  help: { kind: "flag", help: "show this" },
} as const;

/** Parts that are races. */
type Race = "S" | "M" | "infer" | LargerModel;
type Part = Race | "start" | "memory";

const PARTS: readonly Part[] = ["S", "M", "infer", ...LARGER_MODELS, "start", "memory"];
const CACHE = new URL("./.cache", import.meta.url).pathname;
const TITLES: Record<Race, string> = {
  S: "S: training step, 64 images 64×64×3, Adam",
  M: "M: training step, 64 images 28×28×1, RMSprop",
  infer: "S: inference, one image",
  resnet: "ResNet-20: training step, 32 images 32×32×3, SGD with momentum",
  mobilenet: "depthwise convolutions: training step, 32 images 32×32×3, SGD with momentum",
  autoencoder: "auto-encoder: training step, 64 images 28×28×1, Adam",
  matmul: "product of matrices, 1024 × 1024, an element read",
};

interface Settings {
  readonly parts: readonly Part[];
  readonly threads: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly starts: number;
  readonly quick: boolean;
}

const progress = (line: string) => console.error(`· ${line}`);

function settingsOf(options: Options<typeof OPTIONS>): Settings {
  const words = options.parts.split(",");
  const parts = PARTS.filter((part) => words.includes(part));
  if (parts.length !== words.length) {
    throw new UsageError(`--parts takes ${PARTS.join(",")}: got ${options.parts}`);
  }
  const { quick } = options;
  return {
    parts,
    threads: integersOf("threads", options.threads, 1).sort((a, b) => a - b),
    rounds: quick ? 1 : numberOf("rounds", options.rounds, 1),
    seconds: quick ? 0.3 : numberOf("seconds", options.seconds, 0),
    starts: quick ? 2 : numberOf("starts", options.starts, 1),
    quick,
  };
}

async function findRoster(options: Options<typeof OPTIONS>, { threads, quick }: Settings) {
  const torch = await findPyTorch(options.python, options.blas, CACHE);
  const { contenders, missing } = await makeRoster(threads, torch);
  const pattern = patternOf("only", options.only);
  const wanted = contenders.filter(({ name }) => pattern.test(name));
  const leftOut = quick ? wanted.filter(({ isSlow }) => isSlow) : [];
  const roster = { contenders: wanted.filter((one) => !leftOut.includes(one)), missing };
  return { torch, roster, leftOut: leftOut.map(({ name }) => name) };
}

function describeRoster({ contenders, missing }: Roster, leftOut: readonly string[]): string {
  return [
    ...contenders.map(({ name, modes }) => `${name} (${modes.join(", ")})`),
    ...leftOut.map((name) => `${name}: left out by --quick`),
    ...missing.map(({ name, install }) => `${name}: not installed; ${install}`),
  ].join("\n");
}

function workloadOf(part: Race): Workload {
  return part === "infer" ? { model: "S", mode: "infer" } : { model: part, mode: "train" };
}

/** Computes the numbers to expect, by the reference backend; writes the inputs. */
async function prepare({ model, mode }: Workload) {
  progress(`${model}: the reference backend computes what must come out`);
  const folder = `${CACHE}/inputs`;
  if (isLarger(model)) {
    const expected = largerReferenceLosses(model, makeLargerInputs(model));
    return { expected, inputs: await writeLargerInputs(folder, model) };
  }
  const numbersOf = mode === "train" ? referenceLosses : referenceProbabilities;
  const expected = numbersOf(model, makeInputs(model));
  return { expected, inputs: await writeInputs(folder, model) };
}

async function runRace(part: Race, roster: Roster, settings: Settings) {
  const workload = workloadOf(part);
  const contenders = roster.contenders.filter((one) => takesPart(one, workload));
  const { expected, inputs } = await prepare(workload);
  const results = await race(contenders, workload, inputs, expected, settings, (line) => {
    progress(`${part}: ${line}`);
  });
  console.log(`\n${TITLES[part]}\n\n${formatResults(results)}`);
  return {
    title: TITLES[part],
    expected,
    comparisons: compare(results),
    results: results.map(plain),
  };
}

/** Drops from a result what need not be written to a file. */
function plain({ contender: { name, family, threads, variant }, ...rest }: Result) {
  return { name, family, threads, variant, ...rest };
}

async function runStarts(roster: Roster, { starts }: Settings) {
  const ours = roster.contenders.filter(isOurs);
  progress(`starting ${ours.length} × ${starts} processes`);
  const inputs = await writeInputs(`${CACHE}/inputs`, "S");
  const found = await timeStarts(ours, "S", inputs, starts);
  console.log(`\n${formatStarts(found)}`);
  return found;
}

async function runMemory(roster: Roster) {
  const ours = roster.contenders.findLast(({ family }) => family === OURS);
  if (ours === undefined) return [];
  progress("measuring memory");
  const models: Model[] = ["S", "M"];
  const uses = [];
  for (const model of models) {
    const inputs = await writeInputs(`${CACHE}/inputs`, model);
    uses.push({ model, use: await measureMemory(ours, model, inputs) });
  }
  console.log(`\nmemory of a training step of ${ours.name}\n\n${formatMemory(uses)}`);
  return uses;
}

async function main(): Promise<void> {
  const options = parseOptions(OPTIONS, Deno.args);
  if (options.help) return console.log(helpText(USAGE, OPTIONS));
  const settings = settingsOf(options);
  const { torch, roster, leftOut } = await findRoster(options, settings);
  if (options.list) return console.log(describeRoster(roster, leftOut));
  const host = describeHost();
  console.log(`${formatHost(host)}\n\n${describeRoster(roster, leftOut)}`);
  const races = [];
  for (const part of settings.parts) {
    if (part !== "start" && part !== "memory") races.push(await runRace(part, roster, settings));
  }
  const starts = settings.parts.includes("start") ? await runStarts(roster, settings) : [];
  const memory = settings.parts.includes("memory") ? await runMemory(roster) : [];
  const loadAfter = loadNow();
  console.log(`\nload average after the run ${loadAfter}`);
  await writeJson(options.json, { host, loadAfter, torch, settings, races, starts, memory });
}

await runProgram(main);
