// Random samples of the activation functions, their gradients, comparisons and choices.

import fc from "fast-check";
import {
  apply,
  clip,
  elu,
  equal,
  gelu,
  greater,
  greaterEqual,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  less,
  lessEqual,
  logicalXor,
  logSigmoid,
  mish,
  notEqual,
  relu,
  relu6,
  silu,
  softplus,
  type Tensor,
  where,
} from "../../../mod.ts";
import { type OpName, ops } from "../../../src/backends/mod.ts";
import type { ActivationGradOp } from "../../../ops/elementwise/define_activation.ts";
import type { ActivationParameters } from "../../../src/backends/kernels.ts";
import type { CheckGradOptions } from "../../../src/testing/check_grad.ts";
import type { Shape } from "../../../src/core/shape.ts";
import {
  awayFromZero,
  betweenQuarters,
  broadcastPairs,
  quarters,
  shapes,
  smooth,
  type Values,
} from "../grids.ts";
import type { OpCase } from "./op_case.ts";
import { EXACT, EXACT_BETWEEN_KINKS, EXACT_BETWEEN_QUARTERS, sample, SMOOTH } from "../samples.ts";

/** A function with its parameters, as a user and as its op knows them. */
interface Variant {
  readonly of: (x: Tensor) => Tensor;
  readonly parameters: ActivationParameters;
}

type Fill = (shape: Shape) => fc.Arbitrary<Values>;

const plain = (of: (x: Tensor) => Tensor): Variant[] => [{ of, parameters: {} }];
const tame: Fill = (shape) => smooth(shape, -4, 4);
/** Between kinks, where the slope is no binary fraction. */
const SIXTHS: CheckGradOptions = { step: 1 / 16, tolerance: 1e-12 };

function activation(
  name: OpName,
  variants: readonly Variant[],
  fill: Fill,
  options: CheckGradOptions,
): OpCase {
  return {
    samples: shapes({ empty: true })
      .chain((shape) => fc.record({ x: fill(shape), variant: fc.constantFrom(...variants) }))
      .map(({ x, variant: { of, parameters } }) =>
        sample({
          op: name,
          variables: { x },
          attributes: parameters,
          call: ({ x }) => of(x),
          options,
        })
      ),
  };
}

/** Makes cases of the gradient of a function that is linear between kinks: x is constant there. */
function selecting(
  op: ActivationGradOp,
  variants: readonly Variant[],
  fill: Fill,
  options: CheckGradOptions,
): OpCase {
  return {
    samples: gradients(fill, variants).map(({ dy, x, variant: { parameters } }) =>
      sample({
        op: op.name,
        variables: { dy },
        constants: { x },
        attributes: parameters,
        call: ({ dy, x }) => apply(op, { dy, x }, parameters),
        options,
      })
    ),
  };
}

/** Makes cases of the gradient of a function that bends. */
function bending(
  op: ActivationGradOp,
  variants: readonly Variant[],
  fill: Fill = tame,
): OpCase {
  return {
    samples: gradients(fill, variants).map(({ dy, x, variant: { parameters } }) =>
      sample({
        op: op.name,
        variables: { dy, x },
        attributes: parameters,
        call: ({ dy, x }) => apply(op, { dy, x }, parameters),
        options: SMOOTH,
      })
    ),
  };
}

function gradients(fill: Fill, variants: readonly Variant[]) {
  return shapes({ empty: true }).chain((shape) =>
    fc.record({ dy: quarters(shape), x: fill(shape), variant: fc.constantFrom(...variants) })
  );
}

const RELU = plain(relu);
const RELU6 = plain(relu6);
const LEAKY = [0.25, 0.5, -0.125].map((slope): Variant => ({
  of: (x) => leakyRelu(x, { slope }),
  parameters: { slope },
}));
const CLIP = [[-1, 1.5], [0, Infinity]].map(([low, high]): Variant => ({
  of: (x) => clip(x, low, high),
  parameters: { low, high },
}));
const ELU = [1, 0.5, 2].map((alpha): Variant => ({
  of: (x) => elu(x, { alpha }),
  parameters: { above: 1, below: alpha },
}));
const TANH_GELU = plain((x) => gelu(x, { approximate: "tanh" }));

/** Makes cases of a comparison. The values never tie; x is taken where the answer is yes. */
function comparison(op: (a: Tensor, b: Tensor) => Tensor): OpCase {
  return {
    decides: true,
    samples: broadcastPairs
      .chain(({ a, b }) => fc.record({ a: quarters(a), b: betweenQuarters(b), x: quarters(a) }))
      .map((variables) =>
        sample({
          op: op.name,
          variables,
          call: ({ a, b, x }) => where(op(a, b), x, 2),
          options: EXACT_BETWEEN_QUARTERS,
        })
      ),
  };
}

const choice: OpCase = {
  samples: fc.tuple(broadcastPairs, fc.boolean())
    .chain(([{ a, b }, first]) =>
      fc.record({ a: quarters(a), b: quarters(b), condition: quarters(first ? a : b) })
    )
    .map(({ condition, ...variables }) =>
      sample({
        op: "where",
        variables,
        constants: { condition: { ...condition, data: bits(condition), dtype: "uint8" } },
        call: ({ condition, a, b }) => where(condition, a, b),
        options: EXACT,
      })
    ),
};

function bits({ data }: Values): number[] {
  return Array.from(data, (value) => Number(value > 0));
}

/** Cases of the activation functions, of comparisons and choices. */
export const activationCases = {
  relu: activation("relu", RELU, awayFromZero, EXACT_BETWEEN_KINKS),
  reluGrad: selecting(ops.reluGrad, RELU, awayFromZero, EXACT),
  relu6: activation("relu6", RELU6, betweenQuarters, EXACT_BETWEEN_QUARTERS),
  relu6Grad: selecting(ops.relu6Grad, RELU6, betweenQuarters, EXACT),
  leakyRelu: activation("leakyRelu", LEAKY, awayFromZero, EXACT_BETWEEN_KINKS),
  leakyReluGrad: selecting(ops.leakyReluGrad, LEAKY, awayFromZero, EXACT),
  clip: activation("clip", CLIP, betweenQuarters, EXACT_BETWEEN_QUARTERS),
  clipGrad: selecting(ops.clipGrad, CLIP, betweenQuarters, EXACT),
  hardSigmoid: activation("hardSigmoid", plain(hardSigmoid), betweenQuarters, SIXTHS),
  hardSigmoidGrad: selecting(ops.hardSigmoidGrad, plain(hardSigmoid), betweenQuarters, SIXTHS),
  hardSwish: activation("hardSwish", plain(hardSwish), betweenQuarters, SIXTHS),
  hardSwishGrad: bending(ops.hardSwishGrad, plain(hardSwish), betweenQuarters),
  elu: activation("elu", ELU, awayFromZero, SMOOTH),
  eluGrad: bending(ops.eluGrad, ELU, awayFromZero),
  softplus: activation("softplus", plain(softplus), tame, SMOOTH),
  softplusGrad: bending(ops.softplusGrad, plain(softplus)),
  logSigmoid: activation("logSigmoid", plain(logSigmoid), tame, SMOOTH),
  logSigmoidGrad: bending(ops.logSigmoidGrad, plain(logSigmoid)),
  silu: activation("silu", plain(silu), tame, SMOOTH),
  siluGrad: bending(ops.siluGrad, plain(silu)),
  mish: activation("mish", plain(mish), tame, SMOOTH),
  mishGrad: bending(ops.mishGrad, plain(mish)),
  gelu: activation("gelu", plain((x) => gelu(x)), tame, SMOOTH),
  geluGrad: bending(ops.geluGrad, plain((x) => gelu(x))),
  geluTanh: activation("geluTanh", TANH_GELU, tame, SMOOTH),
  geluTanhGrad: bending(ops.geluTanhGrad, TANH_GELU),
  equal: comparison(equal),
  notEqual: comparison(notEqual),
  less: comparison(less),
  lessEqual: comparison(lessEqual),
  greater: comparison(greater),
  greaterEqual: comparison(greaterEqual),
  logicalXor: comparison(logicalXor),
  where: choice,
} satisfies Partial<Record<OpName, OpCase>>;
