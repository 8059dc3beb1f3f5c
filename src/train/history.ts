/**
 * The history of a training: its epochs, as curves and as a table.
 *
 * @module
 */
import { htmlTable } from "../display/markup.ts";
import { type CurveValues, pictures } from "../display/drawing.ts";
import type { Shown } from "../display/shown.ts";
import { formatTable } from "../display/table.ts";
import type { EpochReport } from "./callback.ts";
import type { Metrics, Scores } from "./scores.ts";

/** Columns of a table of epochs. */
interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * The epochs of a training: a list of reports that prints as a table, and shows itself as curves in
 * a notebook.
 *
 * In a notebook the curves need `./plot` to be loaded; without it there is a table. Metrics that
 * are no numbers (a confusion matrix) are in the reports only.
 *
 * @example
 * ```ts
 * import { sgd, mse, tensor } from "@tapegrad/tapegrad";
 * import { constant, Dense } from "@tapegrad/tapegrad/nn";
 * import { Random } from "@tapegrad/tapegrad";
 * import { fit, TrainingHistory } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const model = Dense({ units: 1, bias: false, initializer: constant(0) });
 * const params = model.init(new Random(0), [1]);
 * const history = new TrainingHistory();
 * const data = { x: tensor([[1]]), y: tensor([[2]]) };
 * const optimizer = sgd({ learningRate: 0.25 });
 * for await (const report of fit(model, data, { params, loss: mse, optimizer, epochs: 3 })) {
 *   history.add(report);
 * }
 * assertEquals(history.series.loss.training.y, [4, 1, 0.25]);
 * ```
 */
export class TrainingHistory<M extends Metrics = Metrics> implements Iterable<EpochReport<M>> {
  readonly #epochs: EpochReport<M>[];

  /**
   * Makes a history of the epochs that there are already.
   *
   * @param epochs reports of {@link fit}; none by default.
   */
  constructor(epochs: Iterable<EpochReport<M>> = []) {
    this.#epochs = [...epochs];
  }

  /** The reports, in order; for `history` of {@link fit}, too, to go on from here. */
  get epochs(): readonly EpochReport<M>[] {
    return this.#epochs;
  }

  /** Number of epochs. */
  get length(): number {
    return this.#epochs.length;
  }

  /**
   * Adds an epoch.
   *
   * @param report what {@link fit} gives after it.
   */
  add(report: EpochReport<M>): void {
    this.#epochs.push(report);
  }

  /** Yields the reports, one after the other. */
  [Symbol.iterator](): Iterator<EpochReport<M>> {
    return this.#epochs[Symbol.iterator]();
  }

  /**
   * Loss and metrics as `curves` of `./plot` takes them: for each the curve of the training, and,
   * dashed, that of the validation, if there is one; over the numbers of the epochs.
   *
   * @returns curves by the names `training` and `validation`, by `loss` and the names of metrics.
   */
  get series(): Readonly<Record<string, Readonly<Record<string, CurveValues>>>> {
    return Object.fromEntries(this.#names.map((name) => {
      const curves: Record<string, CurveValues> = {
        training: this.#curve((report) => valueOf(report, name)),
      };
      const validation = this.#curve(({ validation }) => validation && valueOf(validation, name));
      if (validation.x.length > 0) curves.validation = { ...validation, dashed: true };
      return [name, curves];
    }));
  }

  /**
   * Writes a table with a row per epoch: loss, metrics, those of the validation, seconds.
   *
   * @returns lines of text with aligned columns.
   */
  toString(): string {
    const { headings, rows } = this.#table();
    return formatTable(headings, rows, "r".repeat(headings.length));
  }

  /** Text that `console.log` shows in Deno. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  /** Text that `console.log` shows in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** Forms that Deno's Jupyter kernel shows: curves where `./plot` is loaded, and a table. */
  [Symbol.for("Jupyter.display")](): Shown {
    const { headings, rows } = this.#table();
    const hidden = rows.length - 2 * SHOWN_EPOCHS;
    const shown = hidden <= 0
      ? rows
      : [...rows.slice(0, SHOWN_EPOCHS), headings.map(() => "…"), ...rows.slice(-SHOWN_EPOCHS)];
    const table = htmlTable({ headings, rows: shown, align: "r".repeat(headings.length) });
    const drawing = pictures();
    const curves = drawing === null || rows.length === 0
      ? []
      : Object.entries(this.series).map(([name, curves]) => drawing.curves(curves, name));
    const html = `<div style="display:flex;flex-wrap:wrap;gap:8px">${
      curves.join("")
    }</div>${table}`;
    return { "text/plain": this.toString(), "text/html": curves.length === 0 ? table : html };
  }

  /** `loss`, and the metrics that are numbers. */
  get #names(): readonly string[] {
    const names = new Set(["loss"]);
    for (const report of this.#epochs) {
      for (const scores of [report, report.validation ?? report]) {
        for (const [name, value] of Object.entries(scores.metrics)) {
          if (typeof value === "number") names.add(name);
        }
      }
    }
    return [...names];
  }

  #curve(value: (report: EpochReport<M>) => number | undefined): { x: number[]; y: number[] } {
    const curve = { x: [] as number[], y: [] as number[] };
    for (const report of this.#epochs) {
      const y = value(report);
      if (y === undefined) continue;
      curve.x.push(report.epoch);
      curve.y.push(y);
    }
    return curve;
  }

  #table(): Table {
    const names = this.#names;
    const isValidated = this.#epochs.some(({ validation }) => validation !== undefined);
    const cells = (scores: Pick<Scores<M>, "loss" | "metrics"> | undefined) =>
      names.map((name) => {
        const value = scores && valueOf(scores, name);
        return value === undefined ? "" : formatScore(value);
      });
    const validated = isValidated ? names.map((name) => `val ${name}`) : [];
    return {
      headings: ["epoch", ...names, ...validated, "seconds"],
      rows: this.#epochs.map((report) => [
        String(report.epoch),
        ...cells(report),
        ...isValidated ? cells(report.validation) : [],
        report.seconds.toFixed(2),
      ]),
    };
  }
}

/** Number of epochs at the beginning and at the end that a table of a longer history has. */
const SHOWN_EPOCHS = 10;

/** Writes four decimals; of smaller values, three digits. */
function formatScore(value: number): string {
  return Math.abs(value) >= 0.001 || value === 0 ? value.toFixed(4) : value.toPrecision(3);
}

function valueOf(
  { loss, metrics }: Pick<Scores, "loss" | "metrics">,
  name: string,
): number | undefined {
  const value = name === "loss" ? loss : metrics[name];
  return typeof value === "number" ? value : undefined;
}

/**
 * Runs a training to its end, and gives its history.
 *
 * @example
 * ```ts
 * import { mse, Random, sgd, tensor } from "@tapegrad/tapegrad";
 * import { Dense } from "@tapegrad/tapegrad/nn";
 * import { collect, fit } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const model = Dense({ units: 1 });
 * const params = model.init(new Random(0), [1]);
 * const data = { x: tensor([[1], [2]]), y: tensor([[2], [4]]) };
 * const options = { params, loss: mse, optimizer: sgd({ learningRate: 0.1 }), epochs: 5 };
 * const history = await collect(fit(model, data, options));
 * assertEquals(history.length, 5);
 * console.log(String(history)); // a row per epoch
 * ```
 *
 * @param training reports of epochs, as {@link fit} gives them.
 * @returns its epochs.
 * @throws (asynchronously) what the training throws.
 */
export async function collect<M extends Metrics>(
  training: AsyncIterable<EpochReport<M>>,
): Promise<TrainingHistory<M>> {
  const history = new TrainingHistory<M>();
  for await (const report of training) history.add(report);
  return history;
}
