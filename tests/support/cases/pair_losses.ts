// Random samples of the losses of single elements, and of their gradients.

import fc from "fast-check";
import {
  apply,
  huber,
  klDiv,
  mae,
  mse,
  sigmoidCE,
  sigmoidFocal,
  type Tensor,
} from "../../../mod.ts";
import { type OpName, ops, type PairLoss } from "../../../src/backends/mod.ts";
import type { CheckGradOptions } from "../../../src/testing/check_grad.ts";
import { awayFromZero, quarters, shapes, smooth, type Values } from "../grids.ts";
import type { OpCase } from "./op_case.ts";
import { EXACT, EXACT_BETWEEN_KINKS, sample, SMOOTH, type Tensors } from "../samples.ts";

/** Values of a loss's inputs, and what it is called with. */
interface Inputs<Options> {
  readonly x: Values;
  readonly target: Values;
  readonly options: Options;
}

type ReductionOption = { readonly reduction?: "sum" | "none" | "mean" };

/** Sums only, where a mean would divide by numbers that are no powers of two. */
const exactReduction = fc.constantFrom({ reduction: "sum" as const }, {
  reduction: "none" as const,
});
const anyReduction = fc.constantFrom<ReductionOption>(
  {},
  { reduction: "sum" },
  { reduction: "none" },
);

const someShape = shapes({ maxSize: 3, maxRank: 2 });

/** Quarters that differ by at least 1/2. */
const apart = someShape.chain((shape) =>
  fc.record({ x: quarters(shape), by: awayFromZero(shape) }).map(({ x, by }) => ({
    x,
    target: { shape, data: Array.from(x.data, (v, i) => v - by.data[i]) },
  }))
);

function lossCase<Options>(
  op: OpName,
  inputs: fc.Arbitrary<Inputs<Options>>,
  call: (x: Tensor, target: Tensor, options: Options) => Tensor,
  options: CheckGradOptions,
): OpCase {
  return {
    samples: inputs.map(({ x, target, options: attributes }) =>
      sample({
        op,
        variables: { x, target },
        attributes,
        call: ({ x, target }: Tensors) => call(x, target, attributes),
        options,
      })
    ),
  };
}

/** Makes the gradient of a loss: linear in dy. */
function gradCase<Options>(
  op: "mseGrad" | "maeGrad" | "huberGrad" | "sigmoidCEGrad" | "sigmoidFocalGrad" | "klDivGrad",
  inputs: fc.Arbitrary<Inputs<Options>>,
  lossOf: (options: Options) => PairLoss,
  options: CheckGradOptions,
): OpCase {
  return {
    samples: inputs.chain((given) =>
      quarters(given.x.shape).map((dy) => {
        const loss = lossOf(given.options);
        return sample({
          op,
          variables: { dy, x: given.x, target: given.target },
          attributes: loss,
          call: (tensors: Tensors) =>
            apply(
              ops[op] as typeof ops.mseGrad,
              tensors as Tensors<"dy" | "x" | "target">,
              loss as never,
            ),
          options,
        });
      })
    ),
  };
}

const squares = fc.record({ shape: someShape, options: exactReduction })
  .chain(({ shape, options }) =>
    fc.record({ x: quarters(shape), target: quarters(shape), options: fc.constant(options) })
  );

const absolutes = fc.tuple(apart, exactReduction).map(([pair, options]) => ({ ...pair, options }));

/** Eighths that are no quarters: no difference of quarters is at a kink. */
const hubers = fc.record({
  shape: someShape,
  delta: fc.constantFrom(0.125, 1.125, 2.625),
  reduction: anyReduction,
}).chain(({ shape, delta, reduction }) =>
  fc.record({
    x: quarters(shape),
    target: quarters(shape),
    options: fc.constant({ delta, ...reduction }),
  })
);

function binary<Options>(options: fc.Arbitrary<Options>): fc.Arbitrary<Inputs<Options>> {
  return fc.record({ shape: someShape, options }).chain(({ shape, options }) =>
    fc.record({
      x: smooth(shape, -4, 4),
      target: smooth(shape, 0, 1),
      options: fc.constant(options),
    })
  );
}

const crossEntropies = binary(
  fc.tuple(anyReduction, fc.constantFrom(1, 0, 2.5)).map(([reduction, positiveWeight]) => ({
    ...reduction,
    positiveWeight,
  })),
);

const focals = binary(
  fc.record({
    reduction: fc.constantFrom("mean" as const, "sum" as const, "none" as const),
    alpha: fc.constantFrom(0.25, 0.75, 1, null),
    gamma: fc.constantFrom(0, 0.5, 1, 2, 3.5),
  }),
);

const divergences = fc.record({
  shape: someShape,
  logTarget: fc.boolean(),
  reduction: anyReduction,
}).chain(({ shape, logTarget, reduction }) =>
  fc.record({
    x: smooth(shape, -4, 0),
    target: logTarget ? smooth(shape, -3, 0) : smooth(shape, 0.25, 1),
    options: fc.constant({ logTarget, ...reduction }),
  })
);

/** Cases of the losses of single elements. */
export const pairLossCases = {
  huber: lossCase("huber", hubers, huber, SMOOTH),
  huberGrad: gradCase("huberGrad", hubers, ({ delta }) => ({ kind: "huber", delta }), SMOOTH),
  klDiv: lossCase("klDiv", divergences, klDiv, SMOOTH),
  klDivGrad: gradCase(
    "klDivGrad",
    divergences,
    ({ logTarget }) => ({ kind: "divergence", logTarget }),
    SMOOTH,
  ),
  mae: lossCase("mae", absolutes, mae, EXACT_BETWEEN_KINKS),
  maeGrad: gradCase("maeGrad", absolutes, () => ({ kind: "absolute" }), EXACT_BETWEEN_KINKS),
  mse: lossCase("mse", squares, mse, EXACT),
  mseGrad: gradCase("mseGrad", squares, () => ({ kind: "squared" }), EXACT),
  sigmoidCE: lossCase("sigmoidCE", crossEntropies, sigmoidCE, SMOOTH),
  sigmoidCEGrad: gradCase(
    "sigmoidCEGrad",
    crossEntropies,
    ({ positiveWeight }) => ({ kind: "focal", positive: positiveWeight, negative: 1, gamma: 0 }),
    SMOOTH,
  ),
  sigmoidFocal: lossCase("sigmoidFocal", focals, sigmoidFocal, SMOOTH),
  sigmoidFocalGrad: gradCase(
    "sigmoidFocalGrad",
    focals,
    ({ alpha, gamma }) => ({
      kind: "focal",
      positive: alpha ?? 1,
      negative: alpha === null ? 1 : 1 - alpha,
      gamma,
    }),
    SMOOTH,
  ),
} satisfies Partial<Record<OpName, OpCase>>;
