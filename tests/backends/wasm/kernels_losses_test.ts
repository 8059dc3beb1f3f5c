// The kernels of losses of elements and of weighted cross entropies, next to the reference: within
// some roundings, in both builds, with the same bits on one thread and on three.

import { apply, softmaxCE } from "../../../mod.ts";
import { ops, type PairLoss } from "../../../src/backends/mod.ts";
import { ROUNDING } from "../../support/compare.ts";
import { gridValues, labelValues, normalValues, ODD_SIZES } from "../../support/random_values.ts";
import { test } from "../../support/side_by_side.ts";

const LOSSES: readonly PairLoss[] = [
  { kind: "squared" },
  { kind: "absolute" },
  { kind: "huber", delta: 0.75 },
  { kind: "focal", positive: 1, negative: 1, gamma: 0 },
  { kind: "focal", positive: 0.25, negative: 0.75, gamma: 2 },
  { kind: "divergence", logTarget: false },
  { kind: "divergence", logTarget: true },
];

test("losses of elements", function* () {
  for (const size of [...ODD_SIZES, 40001]) {
    const x = normalValues([size], 1);
    const target = {
      shape: [size],
      data: Array.from(gridValues([size], 2).data, (v) => v / 3 % 1),
    };
    const dy = gridValues([size], 3);
    const labels = { ...target, data: target.data.map((v) => Math.fround(Math.abs(v))) };
    for (const loss of LOSSES) {
      // Logarithms and exponentials of x, of some units in the last place.
      const bound = (i: number) => 32 * ROUNDING * (4 + Math.abs(x.data[i])) * 3;
      const what = `${JSON.stringify(loss)} of ${size}`;
      const [run, gradient] = [ops.mse, ops.mseGrad];
      yield {
        what,
        inputs: [x, labels],
        run: (x, target) => apply(run, { x, target }, loss as never),
        bound,
      };
      yield {
        what: `the gradient of ${what}`,
        inputs: [dy, x, labels],
        run: (dy, x, target) => apply(gradient, { dy, x, target }, loss as never),
        bound,
      };
    }
  }
});

test("the cross entropy with weights and ignored rows", function* () {
  for (const columns of [...ODD_SIZES, 300]) {
    const rows = 900;
    const logits = normalValues([rows, columns], 1);
    const labels = labelValues([rows], 2, Math.min(columns, 256));
    const weights = { shape: [columns], data: labelValues([columns], 3, 4).data };
    const dy = gridValues([rows], 4);
    for (const dtype of ["int32", "uint8"] as const) {
      const inputs = [logits, { ...labels, dtype }, { ...weights, data: weights.data }];
      const bound = () => 512 * ROUNDING;
      const options = { ignoreIndex: 0, labelSmoothing: 0.25 };
      yield {
        what: `softmaxCE of [${rows}, ${columns}], ${dtype}`,
        inputs,
        run: (logits, labels, classWeights) =>
          softmaxCE(logits, labels, { ...options, classWeights, reduction: "none" }),
        bound,
      };
      const g = { rows, columns, indices: true, divided: true, ...options };
      yield {
        what: `softmaxCEGrad of [${rows}, ${columns}], ${dtype}`,
        inputs: [dy, ...inputs],
        run: (dy, logits, labels, classWeights) =>
          apply(ops.softmaxCEGrad, { dy, logits, labels, classWeights }, g),
        bound,
      };
    }
  }
});
