/**
 * A table with words: which species is a penguin, by its measures, its sex and its island?
 *
 *     deno run examples/table.ts                                   trains on 344 penguins
 *     deno run -R examples/table.ts --data FILE --target NAME      trains on a table of yours
 *     deno run examples/table.ts --help                            lists the options
 *
 * The columns become numbers by rules that come from the rows to train on: numbers get mean 0 and
 * standard deviation 1, words one number for each class, gaps the median. The same rules then hold for
 * new rows.
 *
 * @module
 */
import { adam, mse, Random, relu, softmaxCE } from "@tapegrad/tapegrad";
import { readTable, tableDataset, type TableDatasets } from "@tapegrad/tapegrad/data";
import { Dense, Sequential } from "@tapegrad/tapegrad/nn";
import {
  accuracy,
  evaluate,
  fit,
  meanAbsoluteError,
  predict,
  predictions,
  progressBar,
} from "@tapegrad/tapegrad/train";
import {
  BACKEND_FLAGS,
  BACKEND_HELP,
  backendOption,
  type BackendOptions,
  useNamedBackend,
} from "./shared/backend.ts";
import { parsed } from "./shared/files.ts";
import { integer, parseFlags, positive } from "./shared/flags.ts";
import { runProgram } from "./shared/program.ts";
import { terminal } from "./shared/terminal.ts";
import { UsageError } from "./shared/usage_error.ts";
import { PENGUINS } from "./table/penguins.ts";

// --- Data: columns as numbers, a fifth of the rows put aside --------------------------------------

/** Reads the table; prints what its columns hold. */
export async function load(options: Options): Promise<TableDatasets> {
  const { data, target, drop, kinds, seed } = options;
  const table = data === undefined
    ? await readTable(new TextEncoder().encode(PENGUINS), { name: "penguins.csv" })
    : await parsed(data, (bytes) => readTable(bytes, { name: data, kinds }));
  console.log(`${table}\n`);
  try {
    return await tableDataset(table, { target, drop, fill: "median", seed });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

// --- Model and training ---------------------------------------------------------------------------

/** A network with one hidden layer. */
function network(outputs: number) {
  return Sequential({
    hidden: Dense({ units: 32, activation: relu }),
    output: Dense({ units: outputs }),
  });
}

/** Trains a classifier; returns it, and its accuracy on rows that it was not trained with. */
export async function classify({ train, validation, encoder }: TableDatasets, options: Options) {
  const model = network(encoder.classes.length);
  const params = model.init(new Random(options.seed), [encoder.features.length]);
  const measures = { params, loss: softmaxCE, metrics: { accuracy: accuracy() } };
  await fit(model, train.shuffle().batch(BATCH), { ...measures, ...trainingOf(options) });
  const { metrics } = await evaluate(model, validation.batch(BATCH), measures);
  return { model, params, accuracy: metrics.accuracy };
}

/** Trains to predict a number, of mean 0 and deviation 1; returns the mean error, in its own unit. */
export async function regress({ train, validation, encoder }: TableDatasets, options: Options) {
  const scale = { field: "y", ...await train.statistics({ field: "y" }) };
  const model = network(1);
  const params = model.init(new Random(options.seed), [encoder.features.length]);
  const measures = { params, loss: mse, metrics: { error: meanAbsoluteError() } };
  const rows = train.normalize(scale).shuffle().batch(BATCH);
  await fit(model, rows, { ...measures, ...trainingOf(options) });
  const scores = await evaluate(model, validation.normalize(scale).batch(BATCH), measures);
  const [deviation] = scale.std;
  return { model, params, error: scores.metrics.error * deviation, deviation };
}

const BATCH = 16;

function trainingOf({ learningRate, epochs, seed }: Options) {
  const callbacks = [progressBar({ output: terminal, unit: "rows" })];
  return { optimizer: adam({ learningRate }), epochs, seed, callbacks };
}

/** Share of the most frequent class: what one guesses without looking. */
export async function shareOfMostFrequent({ validation, encoder }: TableDatasets): Promise<number> {
  const labels = (await validation.arrays()).y.data;
  const counts = encoder.classes.map((_, k) => labels.filter((label) => label === k).length);
  return Math.max(...counts) / labels.length;
}

async function main(options: Options): Promise<void> {
  await useNamedBackend(options);
  const sets = await load(options);
  const { encoder, rowNumbers, table } = sets;
  if (rowNumbers.length > 0) console.log(`left out, as they number the rows: ${rowNumbers}`);
  console.log(`${sets.train.size} rows to train on, ${sets.validation.size} to validate with`);
  if (encoder.task === "numbers") {
    const { error, deviation } = await regress(sets, options);
    console.log(`validation: mean error ${error.toPrecision(4)}`);
    console.log(`standard deviation of ${encoder.target}: ${deviation.toPrecision(4)}`);
    return;
  }
  const { model, params, accuracy } = await classify(sets, options);
  const guess = await shareOfMostFrequent(sets);
  console.log(
    `validation accuracy ${accuracy.toFixed(4)}; always the same class: ${guess.toFixed(4)}`,
  );
  const [first] = predictions(await predict(model, encoder.encode(table), { params }));
  console.log(`the first row of ${table.name} is taken for ${encoder.classes[first]}`);
}

// --- Command line ---------------------------------------------------------------------------------

/** Settings of the program. */
export interface Options extends BackendOptions {
  readonly data?: string;
  readonly target: string;
  readonly drop: readonly string[];
  /** Columns whose numbers are names of classes. */
  readonly kinds: Readonly<Record<string, "category">>;
  readonly epochs: number;
  readonly learningRate: number;
  readonly seed: number;
}

const HELP = `Usage: deno run [-R] examples/table.ts [options]

Trains a network with one hidden layer on the rows of a table, and measures it on a fifth of them that
it was not trained with.

  --data FILE       a CSV or TSV file of yours in place of the penguins (needs -R)
  --target NAME     column to predict: a class or a number (default species)
  --drop A,B        columns to leave out: names, tickets
  --category A,B    columns of numbers that stand for classes
  --epochs N        passes over the rows to train on (default 30)
  --lr RATE         learning rate of Adam (default 0.003)
  --seed N          decides which rows are put aside, and the first weights (default 0)
${BACKEND_HELP}
  --help            this text`;

/** Reads the command line. */
export function tableOptions(args: readonly string[]): Options | undefined {
  const flags = parseFlags(args, {
    data: { type: "string" },
    target: { type: "string" },
    drop: { type: "string", default: "" },
    category: { type: "string", default: "" },
    epochs: { type: "string", default: "30" },
    lr: { type: "string", default: "0.003" },
    seed: { type: "string", default: "0" },
    ...BACKEND_FLAGS,
    help: { type: "boolean", default: false },
  });
  if (flags.help) return undefined;
  if (flags.data !== undefined && flags.target === undefined) {
    throw new UsageError("Cannot use --data: --target must name the column to predict");
  }
  const names = (list: string) => list === "" ? [] : list.split(",");
  return {
    data: flags.data,
    target: flags.target ?? "species",
    drop: names(flags.drop),
    kinds: Object.fromEntries(names(flags.category).map((name) => [name, "category"] as const)),
    epochs: integer("epochs", flags.epochs, 1),
    learningRate: positive("lr", flags.lr),
    seed: integer("seed", flags.seed, 0),
    backend: backendOption(flags),
  };
}

if (import.meta.main) {
  await runProgram(async () => {
    const options = tableOptions(Deno.args);
    if (options === undefined) console.log(HELP);
    else await main(options);
  });
}
