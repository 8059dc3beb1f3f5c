// Random samples of normalisations by batch, layer and group, of their gradients, and of dropout.

import fc from "fast-check";
import {
  apply,
  batchNorm,
  batchNormInference,
  groupNorm,
  instanceNorm,
  layerNorm,
  type Tensor,
} from "../../../mod.ts";
import { type NormGeometry, type OpName, ops } from "../../../src/backends/mod.ts";
import { momentsOf } from "../../../ops/norms/normalize.ts";
import { quarters, shapes, sizes, smooth, type Values } from "../grids.ts";
import type { OpCase } from "./op_case.ts";
import { EXACT, type Sample, sample, SMOOTH, type Tensors } from "../samples.ts";

/** Large enough that groups of one element or of equal ones are tame too. */
const EPSILON = 0.5;

interface Given {
  readonly x: Values;
  readonly dy: Values;
  readonly scale: Values;
  readonly bias: Values;
  readonly form: "batch" | "layer" | "group" | "instance" | "plain";
  readonly groups: number;
}

const given: fc.Arbitrary<Given> = fc.record({
  lead: fc.array(sizes(3), { minLength: 1, maxLength: 2 }),
  groups: sizes(2),
  size: sizes(2),
  form: fc.constantFrom("batch", "layer", "group", "instance", "plain"),
}).chain(({ lead, groups, size, form }) =>
  fc.record({
    x: smooth([...lead, groups * size], -3, 3),
    dy: quarters([...lead, groups * size]),
    scale: smooth([groups * size], -2, 2),
    bias: smooth([groups * size], -2, 2),
    form: fc.constant(form),
    groups: fc.constant(groups),
  })
);

function geometryOf({ x: { shape }, groups }: Given): NormGeometry {
  const size = shape[shape.length - 1] / groups;
  const positions = shape.slice(1, -1).reduce((a, b) => a * b, 1);
  return { batch: shape[0], positions, groups, size, epsilon: EPSILON };
}

function call(
  { form, groups }: Given,
  { x, scale, bias }: { x: Tensor; scale?: Tensor; bias?: Tensor },
): Tensor {
  const options = { scale, bias, epsilon: EPSILON };
  switch (form) {
    case "batch":
      return batchNorm(x, options).y;
    case "layer":
      return layerNorm(x, options);
    case "group":
      return groupNorm(x, { ...options, groups });
    case "instance":
      return instanceNorm(x, options);
    case "plain":
      return groupNorm(x, { epsilon: EPSILON, groups });
  }
}

const normalized: fc.Arbitrary<Sample> = given.map((given) => {
  const { x, scale, bias, form } = given;
  return sample({
    op: "normalize",
    variables: form === "plain" ? { x } : { x, scale, bias },
    attributes: { form, groups: given.groups },
    call: (tensors: Tensors) => call(given, tensors as { x: Tensor }),
    options: SMOOTH,
  });
});

/** Makes a sample of a gradient, of moments that move with x. */
function gradient(
  op: OpName,
  withScale: boolean,
  run: (g: NormGeometry, tensors: Tensors) => Tensor,
): OpCase {
  const samples = given.map((given) => {
    const { dy, x, scale } = given;
    const g = geometryOf(given);
    return sample({
      op,
      variables: withScale ? { dy, x, scale } : { dy, x },
      attributes: g,
      call: (tensors: Tensors) => run(g, { ...tensors, moments: momentsOf(tensors.x, g) }),
      options: SMOOTH,
    });
  });
  return { samples };
}

const momentsCase: OpCase = {
  samples: given.map((given) => {
    const g = geometryOf(given);
    return sample({
      op: "moments",
      variables: { x: given.x },
      attributes: g,
      call: ({ x }) => momentsOf(x, g),
      options: SMOOTH,
    });
  }),
};

const inference: OpCase = {
  samples: given.chain((given) => {
    const channels = given.scale.shape;
    return fc.record({ mean: quarters(channels), variance: smooth(channels, 0, 2) })
      .map((moments) => {
        const { x, scale, bias, form } = given;
        const parameters: Record<string, Values> = form === "plain" ? {} : { scale, bias };
        return sample({
          op: "normalizeBy",
          variables: { x, ...moments, ...parameters },
          call: ({ x, mean, variance, ...rest }: Tensors) =>
            batchNormInference(x, { mean, variance, ...rest, epsilon: EPSILON }),
          options: SMOOTH,
        });
      });
  }),
};

const dropoutCase: OpCase = {
  samples: shapes({ maxSize: 4, empty: true }).chain((shape) =>
    fc.record({
      x: quarters(shape),
      key: fc.tuple(fc.nat(), fc.nat()),
      // Powers of two: what is kept is divided without rounding.
      rate: fc.constantFrom(0.5, 0.75, 1),
    })
  ).map(({ x, key, rate }) =>
    sample({
      op: "dropout",
      variables: { x },
      attributes: { key, rate },
      call: ({ x }) => apply(ops.dropout, { x }, { key, rate }),
      options: EXACT,
    })
  ),
};

/** Cases of normalisation and dropout. */
export const normCases = {
  dropout: dropoutCase,
  moments: momentsCase,
  normalize: { samples: normalized },
  normalizeBy: inference,
  normalizeGrad: {
    samples: fc.oneof(
      gradient(
        "normalizeGrad",
        true,
        (g, { dy, x, moments, scale }) => apply(ops.normalizeGrad, { dy, x, moments, scale }, g),
      ).samples,
      gradient(
        "normalizeGrad",
        false,
        (g, { dy, x, moments }) => apply(ops.normalizeGrad, { dy, x, moments }, g),
      ).samples,
    ),
  },
  normalizeSums: gradient(
    "normalizeSums",
    false,
    (g, { dy, x, moments }) => apply(ops.normalizeSums, { dy, x, moments }, g),
  ),
} satisfies Partial<Record<OpName, OpCase>>;
