/**
 * Softmax, its logarithm and the cross entropy: an invocation takes a row. Rows that are too long
 * are declined.
 *
 * @module
 */
import type { RowsGeometry, SoftmaxCEGeometry } from "../../../core/geometry/mod.ts";
import { DECLINED, type FastKernels } from "../../fallback.ts";
import type { NdArray } from "../../kernels.ts";
import { access, bits, type Programs } from "../programs.ts";

type Names = "softmax" | "logSoftmax" | "softmaxCE" | "softmaxCEGrad";

/** Longest row that an invocation goes through, several times: loops have limits. */
const LONGEST_ROW = 8192;
/** Most rows whose weights an invocation adds up. */
const MOST_DIVIDED = 4096;

/** WGSL: `most` and `rest`, so that `most + rest` is the logarithm of the sum of exponentials. */
const LOG_SUM = `let start = wordX + i * columns;
var most = f(start);
for (var j = 1u; j < columns; j++) { most = larger(most, f(start + j)); }
var total = 0.0;
for (var j = 0u; j < columns; j++) { total += expOf(f(start + j) - most); }
let rest = select(0.0, logOf(total), isFinite(most));`;

/** The kernels. */
export function rowKernels(g: Programs): Pick<FastKernels, Names> {
  const { memory } = g;

  function overRows(key: string, x: NdArray, { rows, columns }: RowsGeometry, value: string) {
    if (columns > LONGEST_ROW) return DECLINED;
    const y = memory.reserve(x.shape, "float32");
    g.each({
      key,
      count: rows,
      numbers: { wordX: memory.word(x), wordY: memory.word(y), columns },
      body: () =>
        `${LOG_SUM}
for (var j = 0u; j < columns; j++) {
  let log = f(start + j) - most - rest;
  put(wordY + i * columns + j, ${value});
}`,
    });
    return y;
  }

  return {
    softmax: (x, rows) => overRows("softmax", x, rows, "expOf(log)"),
    logSoftmax: (x, rows) => overRows("logSoftmax", x, rows, "log"),

    softmaxCE(logits, labels, classWeights, rows) {
      if (isTooLong(rows)) return DECLINED;
      const y = memory.reserve(logits.shape.slice(0, -1), "float32");
      g.each({
        key: `softmaxCE ${variant(labels, classWeights, rows)}`,
        count: rows.rows,
        numbers: {
          wordX: memory.word(logits),
          wordY: memory.word(y),
          ...targetNumbers(g, labels, classWeights, rows),
        },
        body: () =>
          `${targets(labels, classWeights, rows)}
${LOG_SUM}
var sum = vec2<f32>(0.0, 0.0);
var mass = vec2<f32>(0.0, 0.0);
for (var j = 0u; j < columns; j++) {
  ${share(classWeights, rows)}
  if (share != 0.0) { sum = added(sum, share * (most - f(start + j))); }
  mass = added(mass, share);
}
let loss = select(fma(mass.x, rest, sum.x), most, isNan(most));
let counted = select(loss, 0.0, ignored);
put(wordY + i, ${rows.divided ? "counted / divisor" : "counted"});`,
      });
      return y;
    },

    softmaxCEGrad(dy, logits, labels, classWeights, rows) {
      if (isTooLong(rows)) return DECLINED;
      const dx = memory.reserve(logits.shape, "float32");
      g.each({
        key: `softmaxCEGrad ${variant(labels, classWeights, rows)}`,
        count: rows.rows,
        numbers: {
          wordX: memory.word(logits),
          wordY: memory.word(dx),
          wordDy: memory.word(dy),
          ...targetNumbers(g, labels, classWeights, rows),
        },
        body: () =>
          `${targets(labels, classWeights, rows)}
${LOG_SUM}
var mass = 0.0;
for (var j = 0u; j < columns; j++) {
  ${share(classWeights, rows)}
  mass += share;
}
let rate = ${rows.divided ? "f(wordDy + i) / divisor" : "f(wordDy + i)"};
for (var j = 0u; j < columns; j++) {
  ${share(classWeights, rows)}
  let unit = expOf(f(start + j) - most - rest) * mass - share;
  put(wordY + i * columns + j, select(rate * unit, 0.0, ignored));
}`,
      });
      return dx;
    },
  };
}

function isTooLong({ rows, columns, divided }: SoftmaxCEGeometry): boolean {
  return columns > LONGEST_ROW || (divided === true && rows > MOST_DIVIDED);
}

function variant(labels: NdArray, weights: NdArray | null, rows: SoftmaxCEGeometry): string {
  return [rows.indices, labels.dtype === "float32", weights !== null, rows.divided === true]
    .map(Number).join("");
}

/** No label: what ignoreIndex is where there is none, in words that no class index has. */
const NO_INDEX = 0x80000000;

function targetNumbers(
  g: Programs,
  labels: NdArray,
  weights: NdArray | null,
  { rows, columns, labelSmoothing, ignoreIndex }: SoftmaxCEGeometry,
) {
  return {
    wordLabels: g.memory.word(labels),
    wordWeights: weights === null ? 0 : g.memory.word(weights),
    rows,
    columns,
    keep: bits(1 - labelSmoothing),
    even: bits(labelSmoothing / columns),
    ignoreIndex: ignoreIndex === undefined ? NO_INDEX : ignoreIndex >>> 0,
  };
}

/** WGSL: whether the row is ignored, and the sum of the weights of labels. */
function targets(labels: NdArray, weights: NdArray | null, rows: SoftmaxCEGeometry): string {
  const { get } = access(labels.dtype);
  const label = "heap[wordLabels + i]";
  const weight = weights === null ? "1.0" : "f(wordWeights + label)";
  return `let ignored = ${rows.indices ? `${label} == ignoreIndex` : "false"};
${rows.indices ? `let own = ${get}(wordLabels + i);` : ""}
${
    rows.divided
      ? `var divisor = 0.0;
for (var row = 0u; row < rows; row++) {
  let label = heap[wordLabels + row];
  if (label != ignoreIndex) { divisor += ${weight}; }
}`
      : ""
  }`;
}

/** WGSL: the weighted share of the target that class j has. */
function share(weights: NdArray | null, rows: SoftmaxCEGeometry): string {
  const own = rows.indices ? "select(0.0, 1.0, own == i32(j))" : "f(wordLabels + i * columns + j)";
  const smoothed = `(${own} * bitcast<f32>(keep) + bitcast<f32>(even))`;
  return `let share = ${weights === null ? "" : "f(wordWeights + j) * "}${smoothed};`;
}
