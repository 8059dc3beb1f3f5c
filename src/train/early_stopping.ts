/**
 * Ending a training that no longer gets better.
 *
 * @module
 */
import { checkFunction } from "../core/check_kinds.ts";
import { checkOptions } from "../core/options.ts";
import { checkInteger } from "../core/check_integer.ts";
import { assign } from "../core/assign.ts";
import { kindOf } from "../core/kind_of.ts";
import { leavesOf, mapStructure } from "../core/structure.ts";
import type { Callback, EpochReport } from "./callback.ts";
import type { Metric, Metrics } from "./scores.ts";

/** Options of {@link earlyStopping}; M are the metrics that it may read, by default of numbers. */
export interface EarlyStoppingOptions<M extends Metrics = Readonly<Record<string, Metric>>> {
  /** Epochs without a better value before training ends; 5 by default. */
  readonly patience?: number;
  /**
   * Number to watch: `({ validation }) => validation!.metrics.accuracy`. The validation loss by
   * default, the training loss where there is none.
   */
  readonly monitor?: (report: EpochReport<M>) => number;
  /** Direction of better values, low or high; `"min"` by default. */
  readonly mode?: "min" | "max";
  /** A value must be better by more than this; 0 by default. */
  readonly minDelta?: number;
  /** Restore the parameters of the best epoch when training is over; true by default. */
  readonly restoreBest?: boolean;
}

/**
 * Ends a training when a value has not become better for some epochs, and goes back to the
 * parameters of the best one, however the training ends.
 *
 * - **Edge cases**: NaN is never better.
 * - **Source**: Keras's `EarlyStopping`.
 *
 * @example
 * ```ts
 * import { mean, sgd, square, sub, tensor } from "@tapegrad/tapegrad";
 * import { Dense } from "@tapegrad/tapegrad/nn";
 * import { Random } from "@tapegrad/tapegrad";
 * import { earlyStopping, fit } from "@tapegrad/tapegrad/train";
 * import { assert } from "@std/assert";
 *
 * const model = Dense({ units: 1 });
 * const params = model.init(new Random(0), [1]);
 * const data = { x: tensor([[1], [2]]), y: tensor([[2], [4]]) };
 * const history = await fit(model, data, {
 *   params,
 *   loss: (y, target) => mean(square(sub(y, target))),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   epochs: 1000,
 *   callbacks: [earlyStopping({ patience: 3, minDelta: 1e-4 })],
 * });
 * assert(history.length < 1000);
 * ```
 *
 * @param options `patience`, `monitor`, `mode`, `minDelta`, `restoreBest`.
 * @returns a callback for one training at a time.
 * @throws {RangeError} if patience or minDelta is out of range.
 * @throws {TypeError} (from the training) if monitor gives no number.
 */
export function earlyStopping<M extends Metrics = Readonly<Record<string, Metric>>>(
  options: EarlyStoppingOptions<M> = {},
): Callback {
  options = checkOptions(
    "make earlyStopping",
    options,
    "patience# monitor mode minDelta# restoreBest?",
  );
  const { patience = 5, mode = "min", minDelta = 0, restoreBest = true } = options;
  const { monitor = (report: EpochReport<M>) => (report.validation ?? report).loss } = options;
  checkFunction("make earlyStopping", "monitor", monitor, "(report) => report.loss");
  checkInteger("make earlyStopping", "patience", patience, 1);
  if (!(minDelta >= 0 && minDelta < Infinity)) {
    throw new RangeError(
      `Cannot make earlyStopping: minDelta must be a number of at least 0: got ${minDelta}`,
    );
  }
  let best = Infinity;
  let waited = 0;
  let kept: unknown;

  function forget(): void {
    for (const { tensor } of leavesOf("stop early", kept)) tensor.dispose();
    kept = undefined;
  }

  return {
    start() {
      best = Infinity;
      waited = 0;
      forget();
    },
    epoch(report, { params }) {
      const watched: unknown = monitor(report as EpochReport<M>);
      if (typeof watched !== "number") {
        throw new TypeError(
          `Cannot stop early: monitor must give a number: got ${kindOf(watched)} after epoch ` +
            report.epoch,
        );
      }
      const value = mode === "max" ? -watched : watched;
      if (value < best - minDelta || (best === Infinity && value < best)) {
        best = value;
        waited = 0;
        forget();
        if (restoreBest) kept = mapStructure("stop early", params, (tensor) => tensor.clone());
        return;
      }
      waited++;
      return waited >= patience ? "stop" : undefined;
    },
    end({ params }) {
      if (kept !== undefined) assign(params, kept);
      forget();
    },
  };
}
