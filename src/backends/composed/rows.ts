/**
 * Softmax, its logarithm and the cross entropy, composed of primitives.
 *
 * @module
 */
import type { RowsGeometry, SoftmaxCEGeometry } from "../../core/geometry/mod.ts";
import { takeGeometry } from "../../core/geometry/mod.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Kernels, NdArray } from "../kernels.ts";
import type { Primitives } from "./primitives.ts";
import { computed, type Scratch, shaped, type Term } from "./scratch.ts";

/** Makes rows of zeros with a one at each label; labels are a column. */
export function hotRows(s: Scratch, labels: NdArray, classes: number, like: NdArray["dtype"]) {
  const integers = s.own(s.k.cast(labels, "int32"));
  const data = Int32Array.from({ length: classes }, (_, j) => j);
  const all = s.own(s.k.create({ shape: [classes], dtype: "int32", data }));
  return s.own(s.k.cast(s.compare("equal", integers, all), like));
}

/** Computes rows less the logarithm of the sum of their exponentials, and their maxima. */
function logRows(s: Scratch, x: NdArray): { logs: NdArray; max: NdArray } {
  const max = s.reduce("max", x, [1]);
  const centred = s.sub(x, max);
  const logSum = s.map("log", s.reduce("sum", s.map("exp", centred), [1]));
  const isFinite = s.compare("less", s.map("abs", max), Infinity);
  return { logs: s.sub(centred, s.where(isFinite, logSum, 0)), max };
}

/** The kernels of rows. */
export function rowKernels(
  k: Primitives,
): Pick<Kernels, "softmax" | "logSoftmax" | "softmaxCE" | "softmaxCEGrad"> {
  /** Computes on rows, unless there is no element. */
  function onRows(x: NdArray, g: RowsGeometry, compute: (s: Scratch, x: NdArray) => NdArray) {
    if (sizeOf(x.shape) === 0) return k.fill(x.shape, x.dtype, 0);
    return shaped(computed(k, (s) => compute(s, shaped(x, [g.rows, g.columns]))), x.shape);
  }

  return {
    softmax: (x, g) => onRows(x, g, (s, rows) => s.map("exp", logRows(s, rows).logs)),
    logSoftmax: (x, g) => onRows(x, g, (s, rows) => logRows(s, rows).logs),
    softmaxCE(logits, labels, classWeights, g) {
      const shape = logits.shape.slice(0, -1);
      if (sizeOf(logits.shape) === 0) return k.fill(shape, logits.dtype, 0);
      const y = computed(k, (s) => {
        const t = targets(s, labels, classWeights, logits.dtype, g);
        const { logs, max } = logRows(s, shaped(logits, [g.rows, g.columns]));
        const parts = s.mul(t.shares, s.map("neg", logs));
        const counted = s.where(s.compare("equal", t.shares, 0), 0, parts);
        const losses = s.where(
          s.compare("notEqual", max, max),
          max,
          s.reduce("sum", counted, [1]),
        );
        return s.div(t.ignored === null ? losses : s.where(t.ignored, 0, losses), t.divisor);
      });
      return shaped(y, shape);
    },
    softmaxCEGrad(dy, logits, labels, classWeights, g) {
      if (sizeOf(logits.shape) === 0) return k.fill(logits.shape, logits.dtype, 0);
      const y = computed(k, (s) => {
        const { shares, ignored, divisor } = targets(s, labels, classWeights, logits.dtype, g);
        const { logs } = logRows(s, shaped(logits, [g.rows, g.columns]));
        const mass = s.reduce("sum", shares, [1]);
        const unit = s.sub(s.mul(s.map("exp", logs), mass), shares);
        const dx = s.mul(s.div(shaped(dy, [g.rows, 1]), divisor), unit);
        return ignored === null ? dx : s.where(ignored, 0, dx);
      });
      return shaped(y, logits.shape);
    },
  };
}

/** Weighted shares `[rows, columns]`, the rows that do not count, and the divisor of losses. */
interface Targets {
  readonly shares: NdArray;
  readonly ignored: NdArray | null;
  readonly divisor: Term;
}

function targets(
  s: Scratch,
  labels: NdArray,
  classWeights: NdArray | null,
  dtype: NdArray["dtype"],
  g: SoftmaxCEGeometry,
): Targets {
  const column = shaped(labels, [g.rows, g.indices ? 1 : g.columns]);
  const own = g.indices ? hotRows(s, column, g.columns, dtype) : column;
  const smoothed = s.add(s.mul(own, 1 - g.labelSmoothing), g.labelSmoothing / g.columns);
  const shares = classWeights === null ? smoothed : s.mul(smoothed, classWeights);
  const integers = g.indices ? s.own(s.k.cast(column, "int32")) : null;
  const ignored = integers === null || g.ignoreIndex === undefined
    ? null
    : s.compare("equal", integers, g.ignoreIndex);
  if (!g.divided) return { shares, ignored, divisor: 1 };
  const weights = classWeights ?? s.own(s.k.fill([g.columns], dtype, 1));
  const picking = takeGeometry("compose kernels", [g.columns], [g.rows, 1], 0);
  const skip = g.ignoreIndex ?? picking.skip;
  const picked = s.own(s.k.gather(weights, column, { ...picking, skip }));
  return { shares, ignored, divisor: s.reduce("sum", picked, [0, 1]) };
}
