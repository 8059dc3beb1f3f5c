// Matrix products and what works on the rows of matrices, on any backend, against their definitions.

import { apply, dense, logSoftmax, matmul, softmax, softmaxCE } from "../../../mod.ts";
import { ops } from "../../../src/backends/mod.ts";
import type { Backend } from "../../../src/backends/kernels.ts";
import type { FloatDType } from "../../../src/core/dtype.ts";
import {
  binaryOracle,
  broadcastShape,
  dot,
  elementAt,
  fromIndex,
  matmulOracle,
  reluOracle,
  rowsOf,
  softmaxCEGradOracle,
  softmaxCEOracle,
  softmaxRow,
  transposeOracle,
} from "../oracles/arrays.ts";
import { assertSame, assertTensor, assertWithin, ROUNDING } from "../compare.ts";
import { type Check, inBothPrecisions } from "./check.ts";
import { gridValues, labelValues, ODD_SIZES } from "../random_values.ts";
import { upload } from "../samples.ts";
import type { Values } from "../grids.ts";
import { indicesOf } from "../oracles/windows.ts";

function checkProducts(backend: Backend, dtype: FloatDType): void {
  ODD_SIZES.forEach((rows, i) => {
    const inner = ODD_SIZES[(i * 5 + 2) % ODD_SIZES.length];
    const columns = ODD_SIZES[(i * 7 + 4) % ODD_SIZES.length];
    const [a, b] = [gridValues([rows, inner], 1), gridValues([inner, columns], 2)];
    const bias = gridValues([columns], 3);
    const expected = matmulOracle(a, b);
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const left = upload(transposeA ? transposeOracle(a, [1, 0]) : a, backend, dtype);
        const right = upload(transposeB ? transposeOracle(b, [1, 0]) : b, backend, dtype);
        const y = matmul(left, right, { transposeA, transposeB });
        const flags = `${transposeA ? "transposed " : ""}by ${transposeB ? "transposed " : ""}`;
        assertTensor(y, expected, `matmul ${flags}[${rows}, ${inner}, ${columns}], ${dtype}`);
      }
    }
    const [x, w, tensorBias] = [a, b, bias].map((v) => upload(v, backend, dtype));
    const y = dense(x, w, { bias: tensorBias });
    const withBias = binaryOracle((m, n) => m + n, expected, bias);
    assertTensor(y, withBias, `dense [${rows}, ${inner}, ${columns}], ${dtype}`);
    const active = dense(x, w, { bias: tensorBias, activation: "relu" });
    assertTensor(active, reluOracle(withBias), `dense with relu of ${rows} rows, ${dtype}`);
    const dy = gridValues([rows, columns], 4);
    const da = matmul(upload(dy, backend, dtype), w, { transposeB: true }).dataSync();
    assertSame([dot(a.data, da)], [dot(expected.data, dy.data)], `<a, da> of ${rows}, ${dtype}`);
  });
}

/** Checks batches of odd matrices that broadcast, by products of pairs, and their gradients. */
function checkBatches(backend: Backend, dtype: FloatDType): void {
  const put = (v: Values) => upload(v, backend, dtype);
  const matrixOf = (x: Values, index: readonly number[]): Values => {
    const [rows, columns] = x.shape.slice(-2);
    return fromIndex([rows, columns], ([i, j]) => elementAt(x, [...index, i, j]));
  };
  ODD_SIZES.forEach((n, seed) => {
    const [m, k] = [ODD_SIZES[(seed * 5 + 1) % 12], ODD_SIZES[(seed * 7 + 3) % 12]];
    for (const [left, right] of [[[3], [3]], [[2, 1], [3]], [[], [4]], [[5], []]]) {
      const [a, b] = [gridValues([...left, m, k], 1), gridValues([...right, k, n], 2)];
      const batch = broadcastShape(left, right);
      const products = [...indicesOf(batch)]
        .map((index) => matmulOracle(matrixOf(a, index), matrixOf(b, index)));
      const data = products.flatMap((product) => Array.from(product.data));
      const expected = { shape: [...batch, m, n], data };
      const what = `matmul of [${a.shape}] and [${b.shape}], ${dtype}`;
      const turn = (x: Values) =>
        transposeOracle(
          x,
          [...x.shape.keys()].map((d, _, { length }) => d < length - 2 ? d : 2 * length - 3 - d),
        );
      for (const transposeA of [false, true]) {
        const transposeB = !transposeA;
        const x = put(transposeA ? turn(a) : a);
        assertTensor(matmul(x, put(b), { transposeA }), expected, `${what}, a ${transposeA}`);
        const w = put(transposeB ? turn(b) : b);
        assertTensor(matmul(put(a), w, { transposeB }), expected, `${what}, b ${transposeB}`);
      }
    }
  });
}

/**
 * Checks rows to 16 roundings of float32, absolute: logits are at most 3, probabilities at most 1.
 */
function checkRows(backend: Backend, dtype: FloatDType): void {
  const bound = () => 16 * ROUNDING;
  for (const classes of ODD_SIZES) {
    const logits = gridValues([5, classes], 1);
    const x = upload(logits, backend, dtype);
    const p = rowsOf(logits).flatMap(softmaxRow);
    const what = `of ${classes} classes, ${dtype}`;
    assertWithin(softmax(x).dataSync(), p, bound, `softmax ${what}`);
    assertWithin(logSoftmax(x).dataSync(), p.map(Math.log), bound, `logSoftmax ${what}`);
    const indices = labelValues([5], 2, classes);
    const distribution = { shape: [5, classes], data: p };
    for (const [labels, isIndex] of [[indices, true], [distribution, false]] as const) {
      const given = upload({ ...labels, dtype: isIndex ? "int32" : undefined }, backend, dtype);
      for (const labelSmoothing of [0, 0.25]) {
        const y = softmaxCE(x, given, { labelSmoothing, reduction: "none" });
        const losses = softmaxCEOracle(logits, labels, labelSmoothing);
        assertWithin(y.dataSync(), losses.data, bound, `softmaxCE ${what}`);
        const seed = gridValues([5], 3);
        const g = { rows: 5, columns: classes, indices: isIndex, labelSmoothing };
        const dy = upload(seed, backend, dtype);
        const dx = apply(ops.softmaxCEGrad, { dy, logits: x, labels: given }, g).dataSync();
        const expected = softmaxCEGradOracle(seed, logits, labels, labelSmoothing);
        assertWithin(dx, expected.data, bound, `softmaxCEGrad ${what}`);
      }
    }
  }
}

/** Checks of matrix products, softmax and the cross entropy. */
export const matrixChecks = {
  "matrix products of odd shapes are by definition": inBothPrecisions(checkProducts),
  "batches of matrices are products of pairs": inBothPrecisions(checkBatches),
  "softmax and its cross entropy are by definition": inBothPrecisions(checkRows),
} satisfies Record<string, Check>;
