// Random samples of the reductions that select, multiply or run along an axis.

import fc from "fast-check";
import { add, argMax, cast, cumsum, min, prod } from "../../../mod.ts";
import type { OpName } from "../../../src/backends/mod.ts";
import type { Shape } from "../../../src/core/shape.ts";
import { distinct, filled, quarters, reductions, shapes } from "../grids.ts";
import type { OpCase } from "./op_case.ts";
import { EXACT, EXACT_BETWEEN_KINKS, sample } from "../samples.ts";

/** Draws numbers of few bits, so that products of many are exact, and zeros among them. */
const factors = (shape: Shape) => filled(shape, fc.constantFrom(0, 1, -1, 1, -1, 2));

const minCase: OpCase = {
  selector: "x",
  samples: reductions(false).chain(({ shape, options }) =>
    distinct(shape).map((x) =>
      sample({
        op: "min",
        variables: { x },
        attributes: options,
        call: ({ x }) => min(x, options),
        options: EXACT_BETWEEN_KINKS,
      })
    )
  ),
};

const prodCase: OpCase = {
  samples: reductions(true).chain(({ shape, options }) =>
    factors(shape).map((x) =>
      sample({
        op: "prod",
        variables: { x },
        attributes: options,
        call: ({ x }) => prod(x, options),
        options: EXACT,
      })
    )
  ),
};

/** An axis of a shape, counted from either end. */
const axes = shapes({ minRank: 1 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    axis: fc.integer({ min: -shape.length, max: shape.length - 1 }),
  })
);

const argMaxCase: OpCase = {
  decides: true,
  samples: axes.chain(({ shape, axis }) =>
    distinct(shape).map((x) =>
      sample({
        op: "argMax",
        variables: { x },
        attributes: axis,
        call: ({ x }) => add(x, cast(argMax(x, { axis, keepDims: true }), x.dtype)),
        options: EXACT_BETWEEN_KINKS,
      })
    )
  ),
};

const cumsumCase: OpCase = {
  samples: axes.chain(({ shape, axis }) =>
    fc.record({ x: quarters(shape), exclusive: fc.boolean(), reverse: fc.boolean() })
      .map(({ x, ...flags }) =>
        sample({
          op: "cumsum",
          variables: { x },
          attributes: { axis, ...flags },
          call: ({ x }) => cumsum(x, { axis, ...flags }),
          options: EXACT,
        })
      )
  ),
};

/** Cases of the reductions that are not among those of arrays. */
export const reduceCases = {
  argMax: argMaxCase,
  cumsum: cumsumCase,
  min: minCase,
  prod: prodCase,
} satisfies Partial<Record<OpName, OpCase>>;
