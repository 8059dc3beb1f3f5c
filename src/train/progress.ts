/**
 * Progress of a training: a bar on a terminal, a plain line an epoch elsewhere.
 *
 * @module
 */
import { checkOptions } from "../core/options.ts";
import { printable } from "../core/printable.ts";
import { formatCount } from "../display/amounts.ts";
import { formatDuration } from "../display/duration.ts";
import type { Callback, EpochReport, StepReport, Training } from "./callback.ts";
import { backendOf } from "./model.ts";
import type { Scores } from "./scores.ts";

/** Place to which progress is written. */
export interface ProgressOutput {
  /** Writes text as it is. */
  write(text: string): void;
  /** True if lines can be written over: a terminal, not a file or a pipe. */
  readonly isTerminal: boolean;
  /** Width of a line; 80 by default, and where a terminal does not know and says 0. */
  readonly columns?: number;
  /**
   * Calls `then` when the program is interrupted (Ctrl+C) while a bar is drawn, for the prompt to
   * begin on a line of its own; returns a function that ends that. Nothing by default.
   */
  readonly onInterrupt?: (then: () => void) => () => void;
}

/** Options of {@link progressBar}. */
export interface ProgressOptions {
  /** Place to write to; standard output by default, the console in browsers. */
  readonly output?: ProgressOutput;
  /** Word for many examples, `"rows"`; `"examples"` by default. */
  readonly unit?: string;
  /** A clock in milliseconds; `performance.now` by default. */
  readonly now?: () => number;
}

/** Milliseconds between two drawings of the bar. */
const REDRAW = 80;
const BAR_CELLS = 24;
/** Fewest cells of a bar that still shows something. */
const LEAST_CELLS = 8;
/** Columns of a terminal that does not say. */
const USUAL_COLUMNS = 80;

/**
 * Shows how far a training is: on a terminal a bar with loss, metrics, examples per second and time
 * left, elsewhere one line an epoch. The last line stays. A training without it is silent. While a
 * backend compiles programs the terminal says how many.
 *
 * - **Edge cases**: metrics that are no numbers are not shown; the time left is unknown where the
 *   data does not tell its size. On a narrow terminal the bar gets shorter and goes, then the speed,
 *   then metrics from the last; the time left stays. At Ctrl+C the terminal's line is ended, and the
 *   program with it, unless it listens itself: by `process.on("SIGINT", …)`, in Deno too.
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
 * await fit(model, { x: tensor([[1]]), y: tensor([0], { dtype: "int32" }) }, {
 *   params: model.init(new Random(0), [1]),
 *   loss: softmaxCE,
 *   optimizer: sgd({ learningRate: 1 }),
 *   epochs: 1,
 *   callbacks: [progressBar({ output })],
 * });
 * assertMatch(text, /^epoch 1\/1 {2}loss 0.6931 {2}[\d,]+ examples\/s\n$/);
 * ```
 *
 * @param options `output`, `unit`, `now`.
 * @returns a callback for one training at a time.
 */
export function progressBar(options: ProgressOptions = {}): Callback {
  options = checkOptions("make progressBar", options, "output unit now");
  const { output = standardOutput(), unit = "examples", now = () => performance.now() } = options;
  return new ProgressBar(output, unit, now);
}

class ProgressBar implements Callback {
  readonly firstRankOnly = true;
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
  #unlisten: (() => void) | undefined;
  #unwatch: (() => void) | undefined;

  constructor(output: ProgressOutput, unit: string, now: () => number) {
    this.#output = output;
    this.#unit = unit;
    this.#now = now;
  }

  start({ params }: Training): void {
    this.#unwatch = backendOf(params)?.watchPrograms?.((compiled, wanted) => {
      const now = this.#now();
      if (!this.#output.isTerminal || now - this.#drawnAt < REDRAW) return;
      this.#drawnAt = now;
      this.#draw({ ...NO_LINE, epoch: `compiling ${compiled} of ${wanted} programs` });
    });
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
    this.#draw(this.#bar(this.#line(epoch, soFar(), training), epoch, training));
  }

  epoch(report: EpochReport, training: Training): void {
    const { epoch, validation } = report;
    const line = this.#line(epoch, report, training, validation);
    if (!this.#output.isTerminal) this.#output.write(`${written(line)}\n`);
    // This line may be the last, which stays: scores are worth more on it than the time left.
    else this.#draw({ ...this.#bar(line, epoch, training), isTimeKept: false });
    this.#epochStart = this.#now();
    this.#examples = 0;
  }

  end(): void {
    if (this.#isDrawn) this.#output.write("\n");
    this.#isDrawn = false;
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  /** Writes over the line that is there. */
  #draw(line: Line): void {
    const { columns = 0, onInterrupt } = this.#output;
    // The last column stays free: some terminals begin a new line with it.
    const width = (columns > 0 ? columns : USUAL_COLUMNS) - 1;
    this.#output.write(`\r${shortened(line, width).padEnd(width)}`);
    this.#isDrawn = true;
    this.#unlisten ??= onInterrupt?.(() => this.end());
  }

  /** Adds the bar and the time left; nothing where the data does not tell its size. */
  #bar(line: Line, epoch: number, { size, epochs }: Training): Line {
    if (size === undefined) return line;
    const done = Math.min(this.#examples / Math.max(size, 1), 1);
    const before = Math.max(this.#firstEpoch, 1) - 1;
    const share = (epoch - 1 - before + done) / (epochs - before);
    const left = (this.#now() - this.#start) * (1 / share - 1) / 1000;
    return { ...line, done, time: [`ETA ${formatDuration(left)}`] };
  }

  #line(epoch: number, scores: Shown, { epochs }: Training, validation?: Shown): Line {
    const number = String(epoch).padStart(String(epochs).length);
    const speed = formatSpeed(this.#examples / this.#epochSeconds);
    const val = validation === undefined ? [] : formatScores(validation, "val ");
    return {
      cells: BAR_CELLS,
      done: undefined,
      epoch: `epoch ${number}/${epochs}`,
      scores: [...formatScores(scores, ""), ...val],
      speed: [`${speed} ${this.#unit}/s`],
      time: [],
      isTimeKept: true,
    };
  }
}

/** Parts of a line, from left to right. */
interface Line {
  /** Cells of the bar. */
  readonly cells: number;
  /** Share of the bar that is filled; undefined without a bar. */
  readonly done: number | undefined;
  readonly epoch: string;
  readonly scores: readonly string[];
  readonly speed: readonly string[];
  readonly time: readonly string[];
  /** True if scores give way to the time left. */
  readonly isTimeKept: boolean;
}

/** A line with nothing on it. */
const NO_LINE: Line = {
  cells: 0,
  done: undefined,
  epoch: "",
  scores: [],
  speed: [],
  time: [],
  isTimeKept: true,
};

function written({ cells, done, epoch, scores, speed, time }: Line): string {
  const filled = Math.round((done ?? 0) * cells);
  const bar = done === undefined || cells === 0
    ? ""
    : `${"█".repeat(filled)}${"░".repeat(cells - filled)} `;
  return bar + [epoch, ...scores, ...speed, ...time].map(printable).join("  ");
}

/** Writes a line of at most so many characters: parts that tell least make room for the others. */
function shortened(line: Line, width: number): string {
  const text = written(line);
  const surplus = text.length - width;
  if (surplus <= 0) return text;
  const { cells, scores } = line;
  if (line.done !== undefined && cells > 0) {
    const fewer = cells - surplus;
    return shortened({ ...line, cells: fewer >= LEAST_CELLS ? fewer : 0 }, width);
  }
  if (line.speed.length > 0) return shortened({ ...line, speed: [] }, width);
  if (line.time.length > 0 && !line.isTimeKept) return shortened({ ...line, time: [] }, width);
  if (scores.length > 1) return shortened({ ...line, scores: scores.slice(0, -1) }, width);
  return text.slice(0, width);
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
  on(signal: string, listener: () => void): unknown;
  off(signal: string, listener: () => void): unknown;
  listenerCount(signal: string): number;
  exit(code: number): never;
}

const INTERRUPT = "SIGINT";
/** Exit code of a program that an interrupt has ended: 128 and the number of the signal. */
const INTERRUPTED = 130;

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
      return stdout.columns;
    },
    onInterrupt: (then) => onInterrupt(process!, then),
  };
}

/** Listens; a program that does not listen itself ends, as it would have without this listener. */
function onInterrupt(process: Process, then: () => void): () => void {
  const listener = () => {
    then();
    if (process.listenerCount(INTERRUPT) === 0) process.exit(INTERRUPTED);
  };
  process.on(INTERRUPT, listener);
  return () => void process.off(INTERRUPT, listener);
}
