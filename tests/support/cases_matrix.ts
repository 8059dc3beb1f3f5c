// Random samples of matrix products and of what works on the rows of matrices.

import fc from "fast-check";
import {
  apply,
  dense,
  logSoftmax,
  matmul,
  type OpName,
  ops,
  softmax,
  softmaxCE,
  type Tensor,
} from "../../mod.ts";
import { labels as classLabels, quarters, shapes, sizes, smooth, type Values } from "./grids.ts";
import type { OpCase } from "./op_case.ts";
import { type Constant, EXACT, type Sample, sample, SMOOTH } from "./samples.ts";

const matmulCase: OpCase = {
  samples: fc.record({
    rows: sizes(3),
    inner: sizes(4),
    columns: sizes(3),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
  }).chain(({ rows, inner, columns, ...options }) =>
    fc.record({
      a: quarters(options.transposeA ? [inner, rows] : [rows, inner]),
      b: quarters(options.transposeB ? [columns, inner] : [inner, columns]),
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

function rows(op: (x: Tensor) => Tensor): OpCase {
  const samples = shapes({ minRank: 1, maxSize: 4 }).chain((shape) => smooth(shape, -3, 3))
    .map((x) => sample({ op: op.name, variables: { x }, call: ({ x }) => op(x), options: SMOOTH }));
  return { samples };
}

/** Options of a loss, its logits, and labels of either kind. */
interface Loss {
  readonly options: {
    readonly labelSmoothing?: number;
    readonly reduction?: "mean" | "sum" | "none";
  };
  readonly logits: Values;
  readonly dy: Values;
  readonly indices: Values;
  readonly distribution: Values;
}

const losses: fc.Arbitrary<Loss> = fc.record({ n: sizes(3), classes: sizes(4) })
  .chain(({ n, classes }) =>
    fc.record({
      options: fc.record({
        labelSmoothing: fc.constantFrom(0, 0.125, 0.5, 1),
        reduction: fc.constantFrom("mean" as const, "sum" as const, "none" as const),
      }, { requiredKeys: [] }),
      logits: smooth([n, classes], -3, 3),
      dy: quarters([n]),
      indices: classLabels([n], classes),
      // Rows need not sum to 1: the gradient holds for any.
      distribution: smooth([n, classes], 0, 1),
    })
  );

const withIndices: fc.Arbitrary<Sample> = losses.map(({ options, logits, indices }) =>
  sample({
    op: "softmaxCE",
    variables: { logits },
    constants: { labels: classes(indices) },
    attributes: options,
    call: ({ logits, labels }) => softmaxCE(logits, labels, options),
    options: SMOOTH,
  })
);

const withDistributions: fc.Arbitrary<Sample> = losses.map(({ options, logits, distribution }) =>
  sample({
    op: "softmaxCE",
    variables: { logits, labels: distribution },
    attributes: options,
    call: ({ logits, labels }) => softmaxCE(logits, labels, options),
    options: SMOOTH,
  })
);

const gradOfIndices: fc.Arbitrary<Sample> = losses.map(({ options, logits, dy, indices }) =>
  sample({
    op: "softmaxCEGrad",
    variables: { dy, logits },
    constants: { labels: classes(indices) },
    attributes: options,
    call: ({ dy, logits, labels }) =>
      apply(ops.softmaxCEGrad, { dy, logits, labels }, geometryOf(logits, true, options)),
    options: SMOOTH,
  })
);

const gradOfDistributions: fc.Arbitrary<Sample> = losses
  .map(({ options, logits, dy, distribution }) =>
    sample({
      op: "softmaxCEGrad",
      variables: { dy, logits, labels: distribution },
      attributes: options,
      call: ({ dy, logits, labels }) =>
        apply(ops.softmaxCEGrad, { dy, logits, labels }, geometryOf(logits, false, options)),
      options: SMOOTH,
    })
  );

function classes(indices: Values): Constant {
  return { ...indices, dtype: "int32" };
}

function geometryOf(logits: Tensor, indices: boolean, { labelSmoothing = 0 }: Loss["options"]) {
  const [rows, columns] = logits.shape;
  return { rows, columns, indices, labelSmoothing };
}

/** Cases of matrix products, softmax and the cross entropy. */
export const matrixCases = {
  dense: { samples: fc.oneof(denseWithBias, denseAlone) },
  logSoftmax: rows(logSoftmax),
  matmul: matmulCase,
  softmax: rows(softmax),
  softmaxCE: { samples: fc.oneof(withIndices, withDistributions) },
  softmaxCEGrad: { samples: fc.oneof(gradOfIndices, gradOfDistributions) },
} satisfies Partial<Record<OpName, OpCase>>;
