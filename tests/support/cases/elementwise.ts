// Random samples of the elementwise ops.

import fc from "fast-check";
import {
  abs,
  add,
  apply,
  ceil,
  cos,
  div,
  erf,
  exp,
  expm1,
  floor,
  log,
  log1p,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  round,
  sigmoid,
  sign,
  sin,
  sqrt,
  square,
  sub,
  tan,
  tanh,
  type Tensor,
} from "../../../mod.ts";
import { type OpName, ops } from "../../../src/backends/mod.ts";
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

/** Makes different numbers on either side of a tie: both operands only select. */
function extremum(op: (a: Tensor, b: Tensor) => Tensor): OpCase {
  const samples = broadcastPairs
    .chain(({ a, b }) => fc.record({ a: quarters(a), b: betweenQuarters(b) }))
    .map((variables) =>
      sample({
        op: op.name,
        variables,
        call: ({ a, b }) => op(a, b),
        options: EXACT_BETWEEN_QUARTERS,
      })
    );
  return { samples, selector: ["a", "b"] };
}

const powers: OpCase = {
  samples: broadcastPairs
    .chain(({ a, b }) => fc.record({ a: smooth(a, 0.25, 3), b: smooth(b, -2, 3) }))
    .map((variables) =>
      sample({ op: "pow", variables, call: ({ a, b }) => pow(a, b), options: SMOOTH })
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
  abs: unary(abs, awayFromZero, EXACT_BETWEEN_KINKS),
  sign: unary(sign, awayFromZero, EXACT_BETWEEN_KINKS),
  floor: unary(floor, betweenQuarters, EXACT_BETWEEN_QUARTERS),
  ceil: unary(ceil, betweenQuarters, EXACT_BETWEEN_QUARTERS),
  round: unary(round, betweenQuarters, EXACT_BETWEEN_QUARTERS),
  expm1: unary(expm1, (shape) => smooth(shape, -3, 3), SMOOTH),
  log1p: unary(log1p, (shape) => smooth(shape, -0.75, 3), SMOOTH),
  sin: unary(sin, (shape) => smooth(shape, -6, 6), SMOOTH),
  cos: unary(cos, (shape) => smooth(shape, -6, 6), SMOOTH),
  tan: unary(tan, (shape) => smooth(shape, -1, 1), SMOOTH),
  erf: unary(erf, (shape) => smooth(shape, -3, 3), SMOOTH),
  minimum: extremum(minimum),
  maximum: extremum(maximum),
  pow: powers,
  exp: unary(exp, (shape) => smooth(shape, -3, 3), SMOOTH),
  log: unary(log, (shape) => smooth(shape, 0.25, 4), SMOOTH),
  sqrt: unary(sqrt, (shape) => smooth(shape, 0.25, 4), SMOOTH),
  tanh: unary(tanh, (shape) => smooth(shape, -3, 3), SMOOTH),
  sigmoid: unary(sigmoid, (shape) => smooth(shape, -4, 4), SMOOTH),
} satisfies Partial<Record<OpName, OpCase>>;
