/**
 * Progress of a training: a bar on a terminal, a plain line an epoch elsewhere.
 *
 * @module
 */

/** Where progress is written. */
export interface ProgressOutput {
  /** Writes text as it is. */
  write(text: string): void;
  /** Whether lines can be written over: a terminal, not a file or a pipe. */
  readonly isTerminal: boolean;
  /** Width of a line; 80 by default. */
  readonly columns?: number;
}

/** What is trained. */
export interface ProgressOptions {
  /** Number of epochs. */
  readonly epochs: number;
  /** Examples in an epoch. */
  readonly examples: number;
  /** Where to write. */
  readonly output: ProgressOutput;
  /** A clock in milliseconds; `performance.now` by default. */
  readonly now?: () => number;
}

/** What one step has done. */
export interface StepReport {
  /** Examples in the batch. */
  readonly examples: number;
  /** Mean loss of the batch. */
  readonly loss: number;
  /** Examples of the batch that were classified right. */
  readonly right: number;
}

/** Means over an epoch. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  /** Mean loss of the examples. */
  readonly loss: number;
  /** From 0 to 1. */
  readonly accuracy: number;
  /** Examples per second. */
  readonly speed: number;
}

/** Milliseconds between two drawings of the bar. */
const REDRAW = 80;
const BAR_CELLS = 24;

/**
 * Shows how far a training is: on a terminal a bar with loss, accuracy, examples per second and
 * time left, elsewhere one line an epoch.
 *
 * @example
 * ```ts
 * import { Progress } from "@tapegrad/tapegrad/train";
 * import { assertStringIncludes } from "@std/assert";
 *
 * let text = "";
 * const output = { write: (s: string) => (text += s), isTerminal: false };
 * const progress = new Progress({ epochs: 1, examples: 64, output });
 * progress.step({ examples: 64, loss: 1.5, right: 32 });
 * progress.endEpoch();
 * assertStringIncludes(text, "epoch 1/1  loss 1.5000  accuracy 0.500");
 * ```
 */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #now: () => number;
  readonly #start: number;
  #epoch = 1;
  #epochStart: number;
  #examples = 0;
  #lossSum = 0;
  #right = 0;
  #drawnAt = -Infinity;

  /**
   * Starts the clock.
   *
   * @param options what is trained, and where to write.
   */
  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#start = this.#epochStart = this.#now();
  }

  /**
   * Takes note of a step, and redraws the bar now and then.
   *
   * @param report examples, mean loss and number of right ones in the batch.
   */
  step({ examples, loss, right }: StepReport): void {
    this.#examples += examples;
    this.#lossSum += loss * examples;
    this.#right += right;
    const now = this.#now();
    if (this.#options.output.isTerminal && now - this.#drawnAt >= REDRAW) {
      this.#drawnAt = now;
      this.#draw(this.#bar());
    }
  }

  /**
   * Ends an epoch: writes its line where there is no bar.
   *
   * @returns the means over the epoch.
   */
  endEpoch(): EpochReport {
    const { output, epochs } = this.#options;
    const report = this.#report();
    if (!output.isTerminal) output.write(`${this.#line(report)}\n`);
    else this.#draw(this.#bar());
    if (output.isTerminal && this.#epoch === epochs) output.write("\n");
    this.#epoch++;
    this.#epochStart = this.#now();
    this.#examples = this.#lossSum = this.#right = 0;
    return report;
  }

  #report(): EpochReport {
    const seconds = (this.#now() - this.#epochStart) / 1000;
    return {
      epoch: this.#epoch,
      loss: this.#lossSum / this.#examples,
      accuracy: this.#right / this.#examples,
      speed: this.#examples / seconds,
    };
  }

  /** Writes over the line that is there. */
  #draw(text: string): void {
    const { output } = this.#options;
    const columns = output.columns ?? 80;
    output.write(`\r${text.slice(0, columns - 1).padEnd(columns - 1)}`);
  }

  #bar(): string {
    const { examples, epochs } = this.#options;
    const done = Math.min(this.#examples / examples, 1);
    const cells = Math.round(done * BAR_CELLS);
    const bar = "█".repeat(cells) + "░".repeat(BAR_CELLS - cells);
    const share = (this.#epoch - 1 + done) / epochs;
    const left = (this.#now() - this.#start) * (1 / share - 1) / 1000;
    return `${bar} ${this.#line(this.#report())}  ETA ${formatSeconds(left)}`;
  }

  #line({ epoch, loss, accuracy, speed }: EpochReport): string {
    const { epochs } = this.#options;
    const number = String(epoch).padStart(String(epochs).length);
    return `epoch ${number}/${epochs}  loss ${loss.toFixed(4)}  ` +
      `accuracy ${accuracy.toFixed(3)}  ${formatSpeed(speed)} images/s`;
  }
}

function formatSpeed(speed: number): string {
  return Number.isFinite(speed) ? Math.round(speed).toLocaleString("en-US") : "–";
}

/** `2:05` for 125 seconds, `1:02:05` with hours. */
function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  const whole = Math.ceil(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
