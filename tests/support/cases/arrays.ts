// Random samples of the ops that move, repeat or reduce elements.

import fc from "fast-check";
import { apply, broadcastTo, cast, max, mean, pad, reshape, sum, transpose } from "../../../mod.ts";
import { type OpName, ops } from "../../../src/backends/mod.ts";
import { sumTo } from "../../../ops/shape/broadcast_to.ts";
import { reduceGeometry } from "../../../src/core/geometry/mod.ts";
import { sizeOf } from "../../../src/core/shape.ts";
import {
  distinct,
  orders,
  padAmounts,
  quarters,
  type ReductionCase,
  reductions,
  repetitions,
  shapes,
} from "../grids.ts";
import type { OpCase } from "./op_case.ts";
import { dividing, EXACT, EXACT_BETWEEN_KINKS, sample } from "../samples.ts";

const castCase: OpCase = {
  samples: shapes({ empty: true }).chain(quarters).map((x) =>
    sample({
      op: "cast",
      variables: { x },
      call: ({ x }) => cast(cast(x, x.dtype === "float64" ? "float32" : "float64"), x.dtype),
      options: EXACT,
    })
  ),
};

const broadcastToCase: OpCase = {
  samples: repetitions.chain(({ from, to }) =>
    quarters(from).map((x) =>
      sample({
        op: "broadcastTo",
        variables: { x },
        attributes: to,
        call: ({ x }) => broadcastTo(x, to),
        options: EXACT,
      })
    )
  ),
};

const sumToCase: OpCase = {
  samples: repetitions.chain(({ from, to }) =>
    quarters(to).map((x) =>
      sample({
        op: "sumTo",
        variables: { x },
        attributes: from,
        call: ({ x }) => sumTo(x, from),
        options: EXACT,
      })
    )
  ),
};

const reshapeCase: OpCase = {
  samples: shapes({ minRank: 1 })
    .chain((shape) => fc.record({ x: quarters(shape), split: fc.boolean() }))
    .map(({ x, split }) => {
      const to = split ? [1, -1] : [sizeOf(x.shape), 1];
      return sample({
        op: "reshape",
        variables: { x },
        attributes: to,
        call: ({ x }) => reshape(x, to),
        options: EXACT,
      });
    }),
};

const transposeCase: OpCase = {
  samples: shapes({ empty: true })
    .chain((shape) =>
      fc.record({ x: quarters(shape), axes: fc.option(orders(shape), { nil: undefined }) })
    )
    .map(({ x, axes }) =>
      sample({
        op: "transpose",
        variables: { x },
        attributes: axes,
        call: ({ x }) => transpose(x, axes),
        options: EXACT,
      })
    ),
};

const padCase: OpCase = {
  samples: shapes({ empty: true })
    .chain((shape) =>
      fc.record({
        x: quarters(shape),
        amounts: padAmounts(shape),
        value: fc.constantFrom(undefined, 1.25),
      })
    )
    .map(({ x, amounts, value }) =>
      sample({
        op: "pad",
        variables: { x },
        attributes: { amounts, value },
        call: ({ x }) => pad(x, amounts, { value }),
        options: EXACT,
      })
    ),
};

const sumCase: OpCase = {
  samples: reductions(true).chain(({ shape, options }) =>
    quarters(shape).map((x) =>
      sample({
        op: "sum",
        variables: { x },
        attributes: options,
        call: ({ x }) => sum(x, options),
        options: EXACT,
      })
    )
  ),
};

const meanCase: OpCase = {
  samples: reductions(false).chain(({ shape, options }) =>
    quarters(shape).map((x) =>
      sample({
        op: "mean",
        variables: { x },
        attributes: options,
        call: ({ x }) => mean(x, options),
        options: dividing([reduceGeometry("test", shape, options).count]),
      })
    )
  ),
};

const maxCase: OpCase = {
  selector: "x",
  samples: reductions(false).chain(({ shape, options }) =>
    distinct(shape).map((x) =>
      sample({
        op: "max",
        variables: { x },
        attributes: options,
        call: ({ x }) => max(x, options),
        options: EXACT_BETWEEN_KINKS,
      })
    )
  ),
};

const maxGrad: OpCase = {
  selector: "x",
  samples: reductions(false).chain((reduction) =>
    fc.record({ dy: quarters(geometryOf(reduction).shape), x: distinct(reduction.shape) })
      .map(({ dy, x }) =>
        sample({
          op: "maxGrad",
          variables: { dy },
          constants: { x },
          attributes: reduction.options,
          call: ({ dy, x }) => apply(ops.maxGrad, { dy, x }, geometryOf(reduction)),
          options: EXACT,
        })
      )
  ),
};

const maxGather: OpCase = {
  selector: "x",
  samples: reductions(false).chain((reduction) =>
    fc.record({ values: quarters(reduction.shape), x: distinct(reduction.shape) })
      .map(({ values, x }) =>
        sample({
          op: "maxGather",
          variables: { values },
          constants: { x },
          attributes: reduction.options,
          call: ({ values, x }) => apply(ops.maxGather, { values, x }, geometryOf(reduction)),
          options: EXACT,
        })
      )
  ),
};

function geometryOf({ shape, options }: ReductionCase) {
  return reduceGeometry("test", shape, options);
}

/** Cases of the ops that move, repeat or reduce elements. */
export const arrayCases = {
  broadcastTo: broadcastToCase,
  cast: castCase,
  max: maxCase,
  maxGather,
  maxGrad,
  mean: meanCase,
  pad: padCase,
  reshape: reshapeCase,
  sum: sumCase,
  sumTo: sumToCase,
  transpose: transposeCase,
} satisfies Partial<Record<OpName, OpCase>>;
