/**
 * Record of a training for a live report: its progress, its curves.
 *
 * @module
 */
import { formatCount } from "../../display/amounts.ts";
import { formatDuration } from "../../display/duration.ts";
import type { EpochReport, StepReport, Training } from "../../train/callback.ts";
import { curves } from "../curves.ts";
import type { Picture } from "../picture.ts";
import type { Block, Section } from "../report/blocks.ts";
import type { Series } from "../series.ts";
import { StepLosses } from "./losses.ts";

/** Progress of a training. */
export interface Progress {
  /** Share that is done, from 0 to 1; undefined where the data does not tell its size. */
  readonly share: number | undefined;
  /** Epoch, loss, metrics, speed, time left, for people. */
  readonly text: string;
}

const WIDTH = 440;
/** Place of a mean over an epoch between its steps, from its end: a falling curve goes through it. */
const MIDDLE = -0.5;
const HEIGHT = 300;
/** Epochs in the table of the section. */
const MOST_ROWS = 12;

/** Records a training. */
export class TrainingRecord {
  readonly #unit: string;
  readonly #now: () => number;
  #training: Training | undefined;
  #losses = new StepLosses();
  #last: StepReport | undefined;
  #epochsBefore = 0;
  #done = 0;
  #steps = 0;
  #startedAt = 0;
  #steppedAt = 0;
  #idle = 0;

  /** Makes a record of a training that has not begun; the clock is in milliseconds. */
  constructor(unit: string, now: () => number) {
    this.#unit = unit;
    this.#now = now;
  }

  /** Epochs of the whole training, and those that are finished. */
  get epochs(): { readonly wanted: number; readonly finished: number } {
    const { epochs = 0, history = [] } = this.#training ?? {};
    return { wanted: epochs, finished: history.length };
  }

  /** Begins. */
  start(training: Training): void {
    this.#training = training;
    this.#losses = new StepLosses();
    this.#last = undefined;
    this.#epochsBefore = training.history.length;
    this.#done = this.#steps = this.#idle = 0;
    this.#startedAt = this.#now();
  }

  /** Takes in a step. */
  step(report: StepReport): void {
    const { epoch, step, examples, loss } = report;
    const { size } = this.#training!;
    this.#done = step === 1 ? examples : this.#done + examples;
    this.#steps++;
    this.#last = report;
    this.#steppedAt = this.#now() - this.#idle;
    const at = size === undefined ? this.#steps : epoch - 1 + Math.min(this.#done / size, 1);
    this.#losses.add(at, loss);
  }

  /** Leaves out the time of a pause. */
  idle(milliseconds: number): void {
    this.#idle += milliseconds;
  }

  /** Progress of the training; undefined before its first step. */
  get progress(): Progress | undefined {
    if (this.#training === undefined || this.#last === undefined) return undefined;
    const { epochs, size } = this.#training;
    const { epoch } = this.#last;
    const inEpoch = size === undefined ? undefined : Math.min(this.#done / Math.max(size, 1), 1);
    const share = inEpoch === undefined ? undefined : (epoch - 1 + inEpoch) / epochs;
    const text = [`epoch ${epoch} of ${epochs}`, ...this.#scores(), ...this.#timeLeft(inEpoch)];
    return { share, text: text.join(" · ") };
  }

  #scores(): string[] {
    const { loss, metrics } = this.#last!.soFar();
    const shown = Object.entries(metrics).filter((entry): entry is [string, number] =>
      typeof entry[1] === "number"
    );
    return [
      `loss ${loss.toFixed(4)}`,
      ...shown.map(([name, value]) => `${name} ${value.toFixed(3)}`),
    ];
  }

  #timeLeft(inEpoch: number | undefined): string[] {
    if (inEpoch === undefined) return [];
    const { epochs, size } = this.#training!;
    const seconds = (this.#steppedAt - this.#startedAt) / 1000;
    const passed = this.#last!.epoch - 1 - this.#epochsBefore + inEpoch;
    const left = seconds * ((epochs - this.#epochsBefore) / passed - 1);
    if (!(seconds > 0) || !Number.isFinite(left)) return [];
    const speed = formatCount(Math.round(passed * size! / seconds));
    return [`${speed} ${this.#unit}/s`, ...(left > 0 ? [`${formatDuration(left)} left`] : [])];
  }

  /** The section of a report: curves, and the last epochs as numbers. */
  get section(): Section {
    const history = this.#training?.history ?? [];
    if (this.#last === undefined && history.length === 0) {
      return { title: "Training", content: ["It has not begun."] };
    }
    const pictures = [this.#lossPicture(history), ...metricPictures(history)];
    const content: Block[] = [{ pictures }];
    if (history.length > 0) content.push(tableOf(history));
    return { title: "Training", content };
  }

  #lossPicture(history: readonly EpochReport[]): Picture {
    const { each } = this.#losses;
    const steps = this.#losses.series;
    const inEpochs = this.#training?.size !== undefined;
    const name = each === 1 ? "a step" : `mean of ${each} steps`;
    const series: Record<string, Series> = { [name]: steps };
    if (inEpochs && history.length > 0) {
      Object.assign(series, seriesOf(history, ({ loss }) => loss, MIDDLE));
    }
    const values = Object.values(series).flatMap((one) => Array.from((one as { y: number[] }).y));
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const isLog = low > 0 && high / low > 20;
    return curves(series, {
      title: "Loss",
      xLabel: inEpochs ? "epoch" : "step",
      yLabel: isLog ? "log scale" : "",
      yScale: isLog ? "log" : "linear",
      theme: "auto",
      width: WIDTH,
      height: HEIGHT,
    });
  }
}

/** Draws a picture for each metric that is a number. */
function metricPictures(history: readonly EpochReport[]): Picture[] {
  const names = Object.entries(history[0]?.metrics ?? {})
    .filter(([, value]) => typeof value === "number").map(([name]) => name);
  return names.map((name) =>
    curves(seriesOf(history, ({ metrics }) => metrics[name] as number), {
      title: name[0].toUpperCase() + name.slice(1),
      xLabel: "epoch",
      theme: "auto",
      width: WIDTH,
      height: HEIGHT,
    })
  );
}

/**
 * Makes a curve of epochs, `at` from their end, and a dashed one of their validations, which are
 * measured at the end.
 */
function seriesOf(
  history: readonly EpochReport[],
  valueOf: (scores: Pick<EpochReport, "loss" | "metrics">) => number,
  at = 0,
): Record<string, Series> {
  const series: Record<string, Series> = {
    training: { x: history.map(({ epoch }) => epoch + at), y: history.map(valueOf) },
  };
  const validated = history.filter(({ validation }) => validation !== undefined);
  if (validated.length > 0) {
    series.validation = {
      x: validated.map(({ epoch }) => epoch),
      y: validated.map(({ validation }) => valueOf(validation!)),
      dashed: true,
    };
  }
  return series;
}

/** Makes a table of the last epochs. */
function tableOf(history: readonly EpochReport[]): Block {
  const rows = history.slice(-MOST_ROWS);
  const numbers = (scores: Pick<EpochReport, "loss" | "metrics">) =>
    [scores.loss, ...Object.values(scores.metrics)]
      .filter((value): value is number => typeof value === "number")
      .map((value) => value.toFixed(4));
  const names = [
    "loss",
    ...Object.entries(rows[0].metrics)
      .filter(([, value]) => typeof value === "number").map(([name]) => name),
  ];
  const isValidated = rows.some(({ validation }) => validation !== undefined);
  const head = ["epoch", ...names];
  if (isValidated) head.push(...names.map((name) => `validation ${name}`));
  const table = rows.map((row) => [
    String(row.epoch),
    ...numbers(row),
    ...(row.validation === undefined ? [] : numbers(row.validation)),
    `${row.seconds.toFixed(1)} s`,
  ]);
  const caption = rows.length < history.length
    ? `The last ${rows.length} of ${history.length} epochs`
    : "Epochs";
  return { table, head: [...head, "time"], caption };
}
