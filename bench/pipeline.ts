/**
 * Time that an epoch of `fit` over a dataset takes beyond that of its steps.
 *
 * @module
 */
import { Random, softmaxCE, useBackend, wasmBackend } from "@tapegrad/tapegrad";
import { arrayDataset, type Dataset } from "@tapegrad/tapegrad/data";
import { accuracy, fit } from "@tapegrad/tapegrad/train";
import { BATCH, makeInputs } from "./models/inputs.ts";
import { makeTraining, type Params, trainStep } from "./models/tapegrad.ts";
import { describeHost, formatHost, loadNow } from "./support/host.ts";
import { helpText, numberOf, parseOptions, runProgram } from "./support/options.ts";
import { median } from "./support/statistics.ts";
import { type Column, formatNumber, formatPercent, formatTable } from "./support/table.ts";

const USAGE = `deno run --allow-sys --allow-read bench/pipeline.ts [options]

Trains the digits network M for one epoch with fit, on random bytes of 28 by 28: shuffled, scaled,
put in batches of ${BATCH}. After every step a bare one is timed, of the same network on a batch that
is there already, so that what slows the machine slows both.`;

const OPTIONS = {
  images: { kind: "value", placeholder: "N", default: "60000", help: "images of the epoch" },
  help: { kind: "flag", help: "show this" },
} as const;

const COLUMNS: readonly Column[] = [
  { head: "pipeline", align: "left" },
  { head: "fit, ms a step", align: "right" },
  { head: "bare step, ms", align: "right" },
  { head: "ratio", align: "right" },
  { head: "epoch, s", align: "right" },
  { head: "ratio", align: "right" },
];

type Images = Dataset<{ readonly x: Params[string]; readonly y: Params[string] }>;

/** Changes to the images, by name. */
const PIPELINES: Readonly<Record<string, (images: Images) => Images>> = {
  "shuffle, scale": (images) => images.shuffle().normalize(),
  "shuffle, move and turn, scale": (images) =>
    images.shuffle().augment({ shift: 2, rotate: 10, scale: 0.1 }).normalize(),
};

function randomImages(count: number): Images {
  const random = new Random(0);
  const data = Uint8Array.from({ length: count * 784 }, () => random.integer(256));
  const labels = Int32Array.from({ length: count }, () => random.integer(10));
  return arrayDataset({ x: { shape: [count, 28, 28, 1], dtype: "uint8", data }, y: labels });
}

/** Measures the milliseconds of every step of an epoch of `fit`, and of the bare step after it. */
async function measure(images: Images): Promise<{ fitted: number[]; bare: number[] }> {
  using backend = wasmBackend();
  useBackend(backend);
  const [mine, other] = [0, 1].map(() => makeTraining("M", makeInputs("M"), backend));
  for (let i = 0; i < 20; i++) trainStep(other); // the engine compiles
  const [fitted, bare]: number[][] = [[], []];
  let start = performance.now();
  const step = () => {
    const end = performance.now();
    fitted.push(end - start);
    trainStep(other);
    start = performance.now();
    bare.push(start - end);
  };
  const model = { apply: (params: Params, x: Params[string]) => mine.forward(params, x) };
  const training = fit(model, images.batch(BATCH, { dropRemainder: true }), {
    params: mine.params,
    loss: softmaxCE,
    optimizer: mine.optimizer,
    epochs: 1,
    metrics: { accuracy: accuracy() },
    callbacks: [{ step }],
  });
  start = performance.now();
  await Array.fromAsync(training);
  return { fitted, bare };
}

await runProgram(async () => {
  const options = parseOptions(OPTIONS, Deno.args);
  if (options.help) return console.log(helpText(USAGE, OPTIONS));
  const images = randomImages(numberOf("images", options.images, BATCH));
  console.log(`${formatHost(describeHost())}\n`);
  const rows: string[][] = [];
  for (const [name, pipeline] of Object.entries(PIPELINES)) {
    const { fitted, bare } = await measure(pipeline(images));
    const total = (times: readonly number[]) => times.reduce((sum, ms) => sum + ms, 0) / 1000;
    rows.push([
      name,
      formatNumber(median(fitted)),
      formatNumber(median(bare)),
      formatPercent(median(fitted) / median(bare)),
      formatNumber(total(fitted)),
      formatPercent(total(fitted) / total(bare)),
    ]);
  }
  console.log(formatTable(COLUMNS, rows));
  console.log(`\nload average ${loadNow()}`);
});
