/**
 * `deno task bench:ranks`: what an allReduce takes by its size, and a training step by the number of
 * ranks, next to what these cores can do at best.
 *
 * @module
 */
import type { Model } from "./models/inputs.ts";
import type { RankJob, ReduceResult, Result, Rounds, StepResult } from "./ranks/protocol.ts";
import { describeHost, formatHost } from "./support/host.ts";
import { writeJson } from "./support/json.ts";
import {
  helpText,
  integersOf,
  numberOf,
  parseOptions,
  runProgram,
  UsageError,
} from "./support/options.ts";
import { median, ratioByRound, smallest } from "./support/statistics.ts";
import { type Column, formatNumber, formatTable } from "./support/table.ts";

const USAGE = `deno task bench:ranks [options]

Starts ranks of one thread by mpirun, and times sums over all of them and training steps of the models
S and M, whose batch of 64 they share. Next to a step stands what the machine allows: the same parts
of the batch without any exchange, all ranks at once.

Steps of one process, of parts and of the training take turns. Where other programs want the cores,
the fastest repetitions say more than the medians.`;

const OPTIONS = {
  ranks: { kind: "value", placeholder: "N,N", default: "2", help: "numbers of ranks" },
  models: {
    kind: "value",
    placeholder: "LIST",
    default: "S,M",
    help: "models; none leaves them out",
  },
  elements: {
    kind: "value",
    placeholder: "N,N",
    default: "16,1000,10000,93000,1000000,10000000",
    help: "float32 elements of allReduce; none leaves it out",
  },
  rounds: { kind: "value", placeholder: "N", default: "8", help: "interleaved rounds" },
  repetitions: { kind: "value", placeholder: "N", default: "10", help: "repetitions a round" },
  launcher: {
    kind: "value",
    placeholder: "COMMAND",
    default: "mpirun",
    help: 'what starts ranks, with its arguments: "mpirun.openmpi --oversubscribe"',
  },
  json: { kind: "value", placeholder: "FILE", default: "", help: "write all times there, too" },
  help: { kind: "flag", help: "show this" },
} as const;

const NONE = "none";
const RANK = new URL("./ranks/rank.ts", import.meta.url);

const progress = (line: string) => console.error(`· ${line}`);

function modelsOf(text: string): Model[] {
  return (text === NONE ? [] : text.split(",")).map((name) => {
    if (name === "S" || name === "M") return name;
    throw new UsageError(`--models takes S,M or none: got ${text}`);
  });
}

/** Starts ranks; tells of results as they come. */
async function runRanks(launcher: string, ranks: number, job: RankJob): Promise<Result[]> {
  const [program, ...args] = launcher.split(" ").filter((word) => word !== "");
  const rank = ["run", "--no-check", "--allow-ffi", "--allow-read", RANK.href, JSON.stringify(job)];
  const child = new Deno.Command(program, {
    args: [...args, "-n", String(ranks), Deno.execPath(), ...rank],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const results: Result[] = [];
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const result: Result = JSON.parse(line);
      results.push(result);
      progress(`${ranks} ranks: ${nameOf(result)}`);
    }
  }
  const { code } = await child.status;
  if (code !== 0) throw new UsageError(`${program} ended with code ${code}`);
  return results;
}

function nameOf(result: Result): string {
  return result.kind === "step"
    ? `a step of ${result.model}`
    : `allReduce of ${result.elements} elements`;
}

const isReduce = (result: Result): result is ReduceResult => result.kind === "allReduce";
const isStep = (result: Result): result is StepResult => result.kind === "step";

const column = (head: string): Column => ({ head, align: "right" });

function formatReduces(results: readonly ReduceResult[]): string {
  const heads = ["elements", "ranks", "fastest", "median"].map(column);
  const rows = results.map(({ elements, ranks, times }) => {
    const all = times.flat();
    return [elements, ranks, ...[smallest(all), median(all)].map(formatNumber)].map(String);
  });
  return `allReduce of float32, milliseconds\n\n${formatTable(heads, rows)}`;
}

/** Writes the fastest and the median of times, and how many times faster they are than others. */
function timeAndGain(whole: Rounds, times: Rounds): string[] {
  const gain = smallest(whole.flat()) / smallest(times.flat());
  const time = `${formatNumber(smallest(times.flat()))} (${formatNumber(median(times.flat()))})`;
  return [time, `${gain.toFixed(2)} (${ratioByRound(whole, times).toFixed(2)})`];
}

function formatSteps(results: readonly StepResult[]): string {
  const heads = [
    ...["model", "ranks", "one process", "parts alone", "gain at best", "training", "gain"],
    "of it exchange",
  ].map(column);
  const rows = results.map(({ model, ranks, whole, parts, training, exchange }) => [
    model,
    String(ranks),
    timeAndGain(whole, whole)[0],
    ...timeAndGain(whole, parts),
    ...timeAndGain(whole, training),
    timeAndGain(whole, exchange)[0],
  ]);
  return "Steps, milliseconds: the fastest (the median); gains of these (the median of rounds)\n\n" +
    formatTable(heads, rows);
}

async function main(): Promise<void> {
  const options = parseOptions(OPTIONS, Deno.args);
  if (options.help) return console.log(helpText(USAGE, OPTIONS));
  const job: RankJob = {
    models: modelsOf(options.models),
    elements: options.elements === NONE ? [] : integersOf("elements", options.elements, 1),
    rounds: numberOf("rounds", options.rounds, 1),
    repetitions: numberOf("repetitions", options.repetitions, 1),
  };
  const sizes = integersOf("ranks", options.ranks, 1);
  const host = describeHost();
  console.log(`${formatHost(host)}\nranks are started by ${options.launcher}\n`);
  const results: Result[] = [];
  for (const ranks of sizes) results.push(...await runRanks(options.launcher, ranks, job));
  if (job.elements.length > 0) console.log(`${formatReduces(results.filter(isReduce))}\n`);
  if (job.models.length > 0) console.log(formatSteps(results.filter(isStep)));
  await writeJson(options.json, { host, launcher: options.launcher, job, results });
}

await runProgram(main);
