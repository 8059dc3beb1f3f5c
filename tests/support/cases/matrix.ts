// Random samples of matrix products and of what works on the rows of matrices.

import fc from "fast-check";
import { dense, logSoftmax, matmul, softmax, type Tensor } from "../../../mod.ts";
import type { OpName } from "../../../src/backends/mod.ts";
import { broadcastPairs, farFromZero, offGrid, quarters, shapes, sizes, smooth } from "../grids.ts";
import type { OpCase } from "./op_case.ts";
import { EXACT, sample, SMOOTH } from "../samples.ts";

const matmulCase: OpCase = {
  samples: fc.record({
    batch: fc.oneof(fc.constant({ a: [], b: [] }), broadcastPairs),
    rows: sizes(3),
    inner: sizes(4),
    columns: sizes(3),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
  }).chain(({ batch, rows, inner, columns, ...options }) =>
    fc.record({
      a: quarters([...batch.a, ...options.transposeA ? [inner, rows] : [rows, inner]]),
      b: quarters([...batch.b, ...options.transposeB ? [columns, inner] : [inner, columns]]),
    }).map((variables) =>
      sample({
        op: "matmul",
        variables,
        attributes: options,
        call: ({ a, b }) => matmul(a, b, options),
        options: EXACT,
      })
    )
  ),
};

const denseSizes = fc.record({
  lead: shapes({ maxRank: 2, empty: true }),
  inputs: sizes(4),
  outputs: sizes(3),
});

const denseWithBias = denseSizes.chain(({ lead, inputs, outputs }) =>
  fc.record({
    x: quarters([...lead, inputs]),
    w: quarters([inputs, outputs]),
    bias: quarters([outputs]),
  }).map((variables) =>
    sample({
      op: "dense",
      variables,
      call: ({ x, w, bias }) => dense(x, w, { bias }),
      options: EXACT,
    })
  )
);

const denseAlone = denseSizes.chain(({ lead, inputs, outputs }) =>
  fc.record({ x: quarters([...lead, inputs]), w: quarters([inputs, outputs]) })
    .map((variables) =>
      sample({ op: "dense", variables, call: ({ x, w }) => dense(x, w), options: EXACT })
    )
);

/** The bias keeps what relu is given away from its kink: far away, or farther than the step. */
const denseRelu: OpCase = {
  hasFarKinks: true,
  samples: fc.record({ sizes: denseSizes, isFar: fc.boolean() }).chain(({ sizes, isFar }) => {
    const { lead, inputs, outputs } = sizes;
    return fc.record({
      x: quarters([...lead, inputs]),
      w: quarters([inputs, outputs]),
      bias: (isFar ? farFromZero : offGrid)([outputs]),
    }).map((variables) =>
      sample({
        op: "denseRelu",
        variables,
        call: ({ x, w, bias }) => dense(x, w, { bias, activation: "relu" }),
        options: isFar ? EXACT : SMOOTH,
      })
    );
  }),
};

function rows(op: (x: Tensor) => Tensor): OpCase {
  const samples = shapes({ minRank: 1, maxSize: 4 }).chain((shape) => smooth(shape, -3, 3))
    .map((x) => sample({ op: op.name, variables: { x }, call: ({ x }) => op(x), options: SMOOTH }));
  return { samples };
}

/** Cases of matrix products and softmax. */
export const matrixCases = {
  dense: { samples: fc.oneof(denseWithBias, denseAlone) },
  denseRelu,
  logSoftmax: rows(logSoftmax),
  matmul: matmulCase,
  softmax: rows(softmax),
} satisfies Partial<Record<OpName, OpCase>>;
