// Random samples of the elementwise ops.

import fc from "fast-check";
import {
  abs,
  add,
  apply,
  ceil,
  div,
  floor,
  fmod,
  isInf,
  isNaN,
  maximum,
  minimum,
  mod,
  mul,
  neg,
  pow,
  round,
  sign,
  square,
  sub,
  type Tensor,
  where,
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
import { ofFloatFunctions } from "../float_functions.ts";
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

/** Linear between jumps, which a dividend between quarters keeps away from. */
function remainder(op: (a: Tensor, b: Tensor) => Tensor): OpCase {
  const samples = broadcastPairs
    .chain(({ a, b }) => fc.record({ a: betweenQuarters(a), b: awayFromZero(b) }))
    .map((variables) =>
      sample({ op: op.name, variables, call: ({ a, b }) => op(a, b), options: EXACT_NEAR_JUMPS })
    );
  // A divisor far from a small dividend does not show that it decides.
  return { samples, hasFarKinks: true };
}

/** A question about one tensor; x is taken where the answer is no. */
function answer(op: (x: Tensor) => Tensor): OpCase {
  const samples = shapes({ empty: true }).chain(quarters).map((x) =>
    sample({ op: op.name, variables: { x }, call: ({ x }) => where(op(x), 2, x), options: EXACT })
  );
  return { samples, decides: true };
}

/** Step 1/256: jumps are an eighth away, and come nearer as fast as quotients are long, up to 17. */
const EXACT_NEAR_JUMPS: CheckGradOptions = { exact: true, step: 1 / 256 };

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
  ...ofFloatFunctions(({ of, tame: [from, to] }) =>
    unary(of, (shape) => smooth(shape, from, to), SMOOTH)
  ),
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
  minimum: extremum(minimum),
  maximum: extremum(maximum),
  mod: remainder(mod),
  fmod: remainder(fmod),
  isNaN: answer(isNaN),
  isInf: answer(isInf),
  pow: powers,
} satisfies Partial<Record<OpName, OpCase>>;
