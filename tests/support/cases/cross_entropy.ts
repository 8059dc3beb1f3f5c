// Random samples of the cross entropy of softmax: indices and distributions, weights, ignored rows.

import fc from "fast-check";
import { apply, mul, type Reduction, softmaxCE, type Tensor } from "../../../mod.ts";
import { type OpName, ops, type SoftmaxCEGeometry } from "../../../src/backends/mod.ts";
import { labels as classLabels, quarters, sizes, smooth, type Values } from "../grids.ts";
import type { OpCase } from "./op_case.ts";
import { type Constant, type Sample, sample, SMOOTH, type Tensors } from "../samples.ts";

/** Options of a loss but for its weights, its logits, and labels of either kind. */
interface Loss {
  readonly options: {
    readonly labelSmoothing?: number;
    readonly reduction?: Reduction;
  };
  readonly ignoreIndex?: number;
  readonly isWeighted: boolean;
  readonly logits: Values;
  readonly dy: Values;
  readonly indices: Values;
  readonly distribution: Values;
  readonly classWeights: Values;
}

const losses: fc.Arbitrary<Loss> = fc.record({
  lead: fc.oneof(fc.array(sizes(3), { minLength: 1, maxLength: 1 }), fc.constantFrom([], [2, 2])),
  classes: sizes(4),
}).chain(({ lead, classes }) =>
  fc.record({
    options: fc.record({
      labelSmoothing: fc.constantFrom(0, 0.125, 0.5, 1),
      reduction: fc.constantFrom("mean" as const, "sum" as const, "none" as const),
    }, { requiredKeys: [] }),
    ignoreIndex: fc.constantFrom(undefined, undefined, 0, -1),
    isWeighted: fc.boolean(),
    logits: smooth([...lead, classes], -3, 3),
    dy: quarters(lead),
    indices: classLabels(lead, classes),
    // Rows need not sum to 1: the gradient holds for any.
    distribution: smooth([...lead, classes], 0, 1),
    classWeights: smooth([classes], 0.25, 2),
  })
);

/** Makes class indices, those of class 0 the index that is ignored; not all of them. */
function classes({ indices, ignoreIndex = 0 }: Loss): Constant {
  const data = Array.from(indices.data, (label, i) => i > 0 && label === 0 ? ignoreIndex : label);
  return { ...indices, data, dtype: "int32" };
}

/** Returns false for a mean of rows that are all ignored, which is NaN and has no differences. */
function counts({ indices, ignoreIndex }: Loss): boolean {
  return ignoreIndex !== 0 || Array.from(indices.data).some((label) => label !== 0);
}

function weightsOf({ isWeighted, classWeights }: Loss): { classWeights: Values } | undefined {
  return isWeighted ? { classWeights } : undefined;
}

const withIndices: fc.Arbitrary<Sample> = losses.filter(counts).map((loss) => {
  const options = { ...loss.options, ignoreIndex: loss.ignoreIndex };
  return sample({
    op: "softmaxCE",
    variables: { logits: loss.logits },
    constants: { labels: classes(loss), ...weightsOf(loss) },
    attributes: options,
    call: ({ logits, labels, classWeights }: Tensors) =>
      softmaxCE(logits, labels, { ...options, classWeights }),
    options: SMOOTH,
  });
});

const withDistributions: fc.Arbitrary<Sample> = losses.map((loss) =>
  sample({
    op: "softmaxCE",
    variables: { logits: loss.logits, labels: loss.distribution },
    constants: { ...weightsOf(loss) },
    attributes: loss.options,
    call: ({ logits, labels, classWeights }: Tensors) =>
      softmaxCE(logits, labels, { ...loss.options, classWeights }),
    options: SMOOTH,
  })
);

const gradOfIndices: fc.Arbitrary<Sample> = losses.filter(counts).map((loss) => {
  const divided = loss.isWeighted;
  return sample({
    op: "softmaxCEGrad",
    variables: { dy: loss.dy, logits: loss.logits },
    constants: { labels: classes(loss), ...weightsOf(loss) },
    attributes: { ...loss.options, ignoreIndex: loss.ignoreIndex, divided },
    call: ({ dy, ...rows }: Tensors) =>
      apply(ops.softmaxCEGrad, { dy, ...toRows(rows) }, {
        ...geometryOf(loss, true),
        ignoreIndex: loss.ignoreIndex,
        divided,
      }),
    options: SMOOTH,
  });
});

const gradOfDistributions: fc.Arbitrary<Sample> = losses.map((loss) =>
  sample({
    op: "softmaxCEGrad",
    variables: { dy: loss.dy, logits: loss.logits, labels: loss.distribution },
    constants: { ...weightsOf(loss) },
    attributes: loss.options,
    call: ({ dy, ...rows }: Tensors) =>
      apply(ops.softmaxCEGrad, { dy, ...toRows(rows) }, geometryOf(loss, false)),
    options: SMOOTH,
  })
);

const masses: fc.Arbitrary<Sample> = losses.filter(counts).map((loss) => {
  const g = { ...geometryOf(loss, true), ignoreIndex: loss.ignoreIndex };
  return sample({
    op: "softmaxCEMass",
    variables: { x: loss.dy, logits: loss.logits },
    constants: { labels: classes(loss), ...weightsOf(loss) },
    attributes: g,
    call: ({ x, ...rows }: Tensors) => mul(x, apply(ops.softmaxCEMass, toRows(rows), g)),
    options: SMOOTH,
  });
});

function toRows({ logits, labels, classWeights }: Tensors<string>) {
  return { logits, labels, classWeights: classWeights as Tensor | undefined };
}

function geometryOf({ logits, options }: Loss, indices: boolean): SoftmaxCEGeometry {
  const columns = logits.shape[logits.shape.length - 1];
  const rows = logits.data.length / columns;
  return { rows, columns, indices, labelSmoothing: options.labelSmoothing ?? 0 };
}

/** Cases of the cross entropy. */
export const crossEntropyCases = {
  softmaxCE: { samples: fc.oneof(withIndices, withDistributions) },
  softmaxCEGrad: { samples: fc.oneof(gradOfIndices, gradOfDistributions) },
  softmaxCEMass: { samples: masses },
} satisfies Partial<Record<OpName, OpCase>>;
