// Random samples of the elementwise ops.

import fc from "fast-check";
import {
  add,
  apply,
  div,
  exp,
  log,
  mul,
  neg,
  type OpName,
  ops,
  relu,
  sigmoid,
  sqrt,
  square,
  sub,
  tanh,
  type Tensor,
} from "../../mod.ts";
import type { CheckGradOptions } from "../../src/core/check_grad.ts";
import { broadcastGeometry } from "../../src/core/geometry/mod.ts";
import type { Shape } from "../../src/core/shape.ts";
import { awayFromZero, broadcastPairs, quarters, shapes, smooth, type Values } from "./grids.ts";
import type { OpCase } from "./op_case.ts";
import { EXACT, EXACT_BETWEEN_KINKS, sample, SMOOTH } from "./samples.ts";

type Fill = (shape: Shape) => fc.Arbitrary<Values>;

function unary(
  op: (x: Tensor) => Tensor,
  fill: Fill,
  options: CheckGradOptions,
): OpCase {
  const samples = shapes({ empty: true }).chain(fill)
    .map((x) => sample({ op: op.name, variables: { x }, call: ({ x }) => op(x), options }));
  return { samples };
}

function binary(
  op: (a: Tensor, b: Tensor) => Tensor,
  fillB: Fill,
  options: CheckGradOptions,
): OpCase {
  const samples = broadcastPairs.chain(({ a, b }) => fc.record({ a: quarters(a), b: fillB(b) }))
    .map((variables) => sample({ op: op.name, variables, call: ({ a, b }) => op(a, b), options }));
  return { samples };
}

/** b selects: it is a constant, on either side of the kink. */
const reluGrad: OpCase = {
  samples: shapes({ empty: true }).chain((shape) =>
    fc.record({ a: quarters(shape), b: awayFromZero(shape) })
  )
    .map(({ a, b }) =>
      sample({
        op: "reluGrad",
        variables: { a },
        constants: { b },
        call: ({ a, b }) =>
          apply(ops.reluGrad, { a, b }, broadcastGeometry("test", a.shape, b.shape)),
        options: EXACT_BETWEEN_KINKS,
      })
    ),
};

const accumulate: OpCase = {
  samples: shapes({ empty: true })
    .chain((shape) => fc.record({ a: quarters(shape), b: quarters(shape) }))
    .map((variables) =>
      sample({
        op: "accumulate",
        variables,
        call: ({ a, b }) => apply(ops.accumulate, { a, b }),
        options: EXACT,
      })
    ),
};

/** Cases of the elementwise ops. */
export const elementwiseCases = {
  accumulate,
  add: binary(add, quarters, EXACT),
  sub: binary(sub, quarters, EXACT),
  mul: binary(mul, quarters, EXACT),
  div: binary(div, awayFromZero, SMOOTH),
  neg: unary(neg, quarters, EXACT),
  // Quadratic: its central difference is exact too.
  square: unary(square, quarters, EXACT),
  relu: unary(relu, awayFromZero, EXACT_BETWEEN_KINKS),
  reluGrad,
  exp: unary(exp, (shape) => smooth(shape, -3, 3), SMOOTH),
  log: unary(log, (shape) => smooth(shape, 0.25, 4), SMOOTH),
  sqrt: unary(sqrt, (shape) => smooth(shape, 0.25, 4), SMOOTH),
  tanh: unary(tanh, (shape) => smooth(shape, -3, 3), SMOOTH),
  sigmoid: unary(sigmoid, (shape) => smooth(shape, -4, 4), SMOOTH),
} satisfies Partial<Record<OpName, OpCase>>;
