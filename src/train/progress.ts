/**
 * Progress of a training: a bar on a terminal, a plain line an epoch elsewhere.
 *
 * @module
 */
import { printable } from "../core/printable.ts";
import { formatCount } from "../display/amounts.ts";
import { formatDuration } from "../display/duration.ts";
import type { Callback, EpochReport, StepReport, Training } from "./callback.ts";
import type { Scores } from "./scores.ts";

/** Place to which progress is written. */
export interface ProgressOutput {
  /** Writes text as it is. */
  write(text: string): void;
  /** True if lines can be written over: a terminal, not a file or a pipe. */
  readonly isTerminal: boolean;
  /** Width of a line; 80 by default. */
  readonly columns?: number;
}

/** Options of {@link progressBar}. */
export interface ProgressOptions {
  /** Place to write to; standard output by default, the console in browsers. */
  readonly output?: ProgressOutput;
  /** Word for an example; `"images"` by default. */
  readonly unit?: string;
  /** A clock in milliseconds; `performance.now` by default. */
  readonly now?: () => number;
}

/** Milliseconds between two drawings of the bar. */
const REDRAW = 80;
const BAR_CELLS = 24;

/**
 * Shows how far a training is: on a terminal a bar with loss, metrics, examples per second and time
 * left, elsewhere one line an epoch. The last line stays. A training without it is silent.
 *
 * - **Edge cases**: metrics that are no numbers are not shown; the time left is unknown where the
 *   data does not tell its size.
 *
 * @example
 * ```ts
 * import { sgd, softmaxCE, tensor } from "@tapegrad/tapegrad";
 * import { constant, Dense } from "@tapegrad/tapegrad/nn";
 * import { Random } from "@tapegrad/tapegrad";
 * import { fit, progressBar } from "@tapegrad/tapegrad/train";
 * import { assertMatch } from "@std/assert";
 *
 * let text = "";
 * const output = { write: (s: string) => (text += s), isTerminal: false };
 * const model = Dense({ units: 2, initializer: constant(0) });
 * await Array.fromAsync(fit(model, { x: tensor([[1]]), y: tensor([0], { dtype: "int32" }) }, {
 *   params: model.init(new Random(0), [1]),
 *   loss: softmaxCE,
 *   optimizer: sgd({ learningRate: 1 }),
 *   epochs: 1,
 *   callbacks: [progressBar({ output })],
 * }));
 * assertMatch(text, /^epoch 1\/1 {2}loss 0.6931 {2}[\d,]+ images\/s\n$/);
 * ```
 *
 * @param options `output`, `unit`, `now`.
 * @returns a callback for one training at a time.
 */
export function progressBar(options: ProgressOptions = {}): Callback {
  const { output = standardOutput(), unit = "images", now = () => performance.now() } = options;
  return new ProgressBar(output, unit, now);
}

class ProgressBar implements Callback {
  readonly #output: ProgressOutput;
  readonly #unit: string;
  readonly #now: () => number;
  #firstEpoch = 1;
  #start = 0;
  #epochStart = 0;
  #epochSeconds = 0;
  #examples = 0;
  #drawnAt = -Infinity;
  #isDrawn = false;

  constructor(output: ProgressOutput, unit: string, now: () => number) {
    this.#output = output;
    this.#unit = unit;
    this.#now = now;
  }

  start(): void {
    this.#start = this.#epochStart = this.#now();
    this.#firstEpoch = 0;
    this.#examples = 0;
    this.#isDrawn = false;
  }

  step({ epoch, examples, soFar }: StepReport, training: Training): void {
    if (this.#firstEpoch === 0) this.#firstEpoch = epoch;
    this.#examples += examples;
    const now = this.#now();
    this.#epochSeconds = (now - this.#epochStart) / 1000;
    if (!this.#output.isTerminal || now - this.#drawnAt < REDRAW) return;
    this.#drawnAt = now;
    this.#draw(this.#bar(epoch, soFar(), training));
  }

  epoch(report: EpochReport, training: Training): void {
    const { epoch, validation } = report;
    if (this.#output.isTerminal) this.#draw(this.#bar(epoch, report, training, validation));
    else this.#output.write(`${this.#line(epoch, report, training, validation)}\n`);
    this.#epochStart = this.#now();
    this.#examples = 0;
  }

  end(): void {
    if (this.#isDrawn) this.#output.write("\n");
  }

  /** Writes over the line that is there. */
  #draw(text: string): void {
    const columns = this.#output.columns ?? 80;
    this.#output.write(`\r${text.slice(0, columns - 1).padEnd(columns - 1)}`);
    this.#isDrawn = true;
  }

  #bar(epoch: number, scores: Shown, training: Training, validation?: Shown): string {
    const line = this.#line(epoch, scores, training, validation);
    const { size, epochs } = training;
    if (size === undefined) return line;
    const done = Math.min(this.#examples / Math.max(size, 1), 1);
    const cells = Math.round(done * BAR_CELLS);
    const bar = "█".repeat(cells) + "░".repeat(BAR_CELLS - cells);
    const before = Math.max(this.#firstEpoch, 1) - 1;
    const share = (epoch - 1 - before + done) / (epochs - before);
    const left = (this.#now() - this.#start) * (1 / share - 1) / 1000;
    return `${bar} ${line}  ETA ${formatDuration(left)}`;
  }

  #line(epoch: number, scores: Shown, { epochs }: Training, validation?: Shown): string {
    const number = String(epoch).padStart(String(epochs).length);
    return [
      `epoch ${number}/${epochs}`,
      ...formatScores(scores, ""),
      ...(validation === undefined ? [] : formatScores(validation, "val ")),
      `${formatSpeed(this.#examples / this.#epochSeconds)} ${this.#unit}/s`,
    ].map(printable).join("  ");
  }
}

type Shown = Pick<Scores, "loss" | "metrics">;

/** Writes scores: `loss 0.1234`, `accuracy 0.950`. */
function formatScores({ loss, metrics }: Shown, prefix: string): string[] {
  const shown = Object.entries(metrics).filter((entry): entry is [string, number] =>
    typeof entry[1] === "number"
  );
  return [
    `${prefix}loss ${loss.toFixed(4)}`,
    ...shown.map(([name, value]) => `${prefix}${name} ${value.toFixed(3)}`),
  ];
}

function formatSpeed(speed: number): string {
  return Number.isFinite(speed) ? formatCount(Math.round(speed)) : "–";
}

/** The part of a process that Deno and Node have in common; a browser has none. */
interface Process {
  readonly stdout?: {
    write(text: string): unknown;
    readonly isTTY?: boolean;
    readonly columns?: number;
  };
}

function standardOutput(): ProgressOutput {
  const { process } = globalThis as { process?: Process };
  const stdout = process?.stdout;
  // The console takes lines that stay: a notebook shows it, and not what goes to stdout.
  if (stdout?.isTTY !== true) {
    return { write: (text) => console.log(text.trimEnd()), isTerminal: false };
  }
  return {
    write: (text) => void stdout.write(text),
    isTerminal: true,
    get columns() {
      return stdout.columns ?? 80;
    },
  };
}
