// Random samples of the ops that cut, join, and pick or add by indices.

import fc from "fast-check";
import {
  apply,
  concat,
  embedding,
  flip,
  pad,
  scatterAdd,
  scatterAddAlongAxis,
  slice,
  type SliceRange,
  stack,
  take,
  takeAlongAxis,
} from "../../../mod.ts";
import { type OpName, ops } from "../../../src/backends/mod.ts";
import {
  padGeometry,
  padWithinGeometry,
  partGeometry,
  sliceGeometry,
  takeAlongAxisGeometry,
  takeGeometry,
} from "../../../src/core/geometry/mod.ts";
import { labels, quarters, shapes, sizes, type Values } from "../grids.ts";
import type { OpCase } from "./op_case.ts";
import { type Constant, EXACT, sample } from "../samples.ts";

/** Draws a range of a dimension: of every kind, with ends before, in and after it. */
export function ranges(size: number): fc.Arbitrary<SliceRange> {
  const end = fc.option(fc.integer({ min: -size - 2, max: size + 2 }), { nil: null });
  const step = fc.constantFrom(undefined, null, 1, 2, 3, -1, -2, -3);
  const range = fc.tuple(end, end, step)
    .map(([start, stop, step]): SliceRange =>
      step === undefined ? [start, stop] : [start, stop, step]
    );
  const index = fc.integer({ min: -size, max: Math.max(size - 1, -size) });
  return size === 0
    ? fc.oneof(range, fc.constant(null))
    : fc.oneof(range, index, fc.constant(null));
}

/** A shape and ranges of its first dimensions. */
export const slices: fc.Arbitrary<{ shape: number[]; by: SliceRange[] }> = shapes({
  maxSize: 4,
  empty: true,
}).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    by: fc.tuple(...shape.map(ranges))
      .chain((all) => fc.nat(all.length).map((count) => all.slice(0, count))),
  })
);

const sliceCase: OpCase = {
  samples: slices.chain(({ shape, by }) =>
    quarters(shape).map((x) =>
      sample({
        op: "slice",
        variables: { x },
        attributes: by,
        call: ({ x }) => slice(x, by),
        options: EXACT,
      })
    )
  ),
};

const sliceGradCase: OpCase = {
  samples: slices.chain(({ shape, by }) => {
    const g = sliceGeometry(shape, by);
    return quarters(g.shape).map((dy) =>
      sample({
        op: "sliceGrad",
        variables: { dy },
        attributes: { shape, by },
        call: ({ dy }) => apply(ops.sliceGrad, { dy }, g),
        options: EXACT,
      })
    );
  }),
};

/** Runs along an axis, in order, with gaps before, between and after them, and without. */
const sliceGradsCase: OpCase = {
  samples: shapes({ minRank: 1 }).chain((shape) =>
    fc.record({
      axis: fc.nat(shape.length - 1),
      sizes: fc.tuple(fc.nat(2), sizes(3), fc.nat(2), sizes(2), fc.nat(2)),
    })
      .chain(({ axis, sizes: [before, a, between, b, after] }) => {
        const xShape = shape.with(axis, before + a + between + b + after);
        const runs = [
          partGeometry(xShape, axis, before, a),
          partGeometry(xShape, axis, before + a + between, b),
        ];
        return fc.record({ a: quarters(runs[0].shape), b: quarters(runs[1].shape) })
          .map(({ a, b }) =>
            sample({
              op: "sliceGrads",
              variables: { a, b },
              attributes: { xShape, axis, runs },
              call: ({ a, b }) => apply(ops.sliceGrads, { dy: [a, b] }, { xShape, axis, runs }),
              options: EXACT,
            })
          );
      })
  ),
};

const flipCase: OpCase = {
  samples: shapes({ minRank: 1, empty: true }).chain((shape) =>
    fc.record({ x: quarters(shape), axis: fc.option(fc.nat(shape.length - 1), { nil: undefined }) })
  ).map(({ x, axis }) =>
    sample({
      op: "flip",
      variables: { x },
      attributes: axis,
      call: ({ x }) => flip(x, { axis }),
      options: EXACT,
    })
  ),
};

/** Two or three parts, alike but along an axis. */
const joins = shapes({ minRank: 1 }).chain((shape) =>
  fc.record({
    axis: fc.integer({ min: -shape.length, max: shape.length - 1 }),
    sizes: fc.tuple(sizes(3, true), sizes(3, true), sizes(3)),
  }).chain(({ axis, sizes: [a, b, c] }) => {
    const part = (size: number) => quarters(shape.with(axis, size));
    return fc.record({ axis: fc.constant(axis), a: part(a), b: part(b), c: part(c) });
  })
);

const concatCase: OpCase = {
  samples: joins.map(({ axis, ...variables }) =>
    sample({
      op: "concat",
      variables,
      attributes: { axis },
      call: ({ a, b, c }) => concat([a, b, c, a], { axis }),
      options: EXACT,
    })
  ),
};

const stackCase: OpCase = {
  samples: shapes().chain((shape) =>
    fc.record({
      a: quarters(shape),
      b: quarters(shape),
      axis: fc.integer({ min: -shape.length - 1, max: shape.length }),
    })
  ).map(({ axis, ...variables }) =>
    sample({
      op: "stack",
      variables,
      attributes: { axis },
      call: ({ a, b }) => stack([a, b, b], { axis }),
      options: EXACT,
    })
  ),
};

const MODES = ["reflect", "symmetric", "edge", "wrap"] as const;

const pads = shapes({ minRank: 1 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    mode: fc.constantFrom(...MODES),
    amounts: fc.tuple(...shape.map(() => fc.tuple(fc.nat(3), fc.nat(3)))),
  })
);

const padWithinCase: OpCase = {
  samples: pads.chain(({ shape, mode, amounts }) =>
    quarters(shape).map((x) =>
      sample({
        op: "padWithin",
        variables: { x },
        attributes: { mode, amounts },
        call: ({ x }) => pad(x, amounts, { mode }),
        options: EXACT,
      })
    )
  ),
};

const padWithinGradCase: OpCase = {
  samples: pads.chain(({ shape, mode, amounts }) => {
    const padded = padGeometry(shape, amounts, 0);
    const g = padWithinGeometry(padded, mode);
    return quarters(padded.shape).map((dy) =>
      sample({
        op: "padWithinGrad",
        variables: { dy },
        attributes: { shape, mode, amounts },
        call: ({ dy }) => apply(ops.padWithinGrad, { dy }, g),
        options: EXACT,
      })
    );
  }),
};

/** A shape, an axis of it, and indices into that axis: a list for all, or one for each element. */
const picks = shapes({ minRank: 1 }).chain((shape) =>
  fc.record({
    axis: fc.integer({ min: -shape.length, max: shape.length - 1 }),
    along: fc.boolean(),
    list: shapes({ maxRank: 2 }),
    count: sizes(4),
  }).chain(({ axis, along, list, count }) => {
    const indexShape = along ? shape.with(axis, count) : list;
    const geometry = along ? takeAlongAxisGeometry : takeGeometry;
    return fc.record({
      shape: fc.constant(shape),
      axis: fc.constant(axis),
      along: fc.constant(along),
      indices: labels(indexShape, shape.at(axis)!),
      g: fc.constant(geometry("test", shape, indexShape, axis)),
    });
  })
);

const gatherCase: OpCase = {
  samples: picks.chain(({ shape, axis, along, indices }) =>
    quarters(shape).map((x) =>
      sample({
        op: "gather",
        variables: { x },
        constants: { indices: integers(indices) },
        attributes: { axis, along },
        call: ({ x, indices }) => (along ? takeAlongAxis : take)(x, indices, { axis }),
        options: EXACT,
      })
    )
  ),
};

const scatterAddCase: OpCase = {
  samples: picks.chain(({ shape, axis, along, indices, g }) =>
    fc.record({ x: quarters(shape), updates: quarters(g.shape) }).map((variables) =>
      sample({
        op: "scatterAdd",
        variables,
        constants: { indices: integers(indices) },
        attributes: { axis, along },
        call: ({ x, updates, indices }) =>
          (along ? scatterAddAlongAxis : scatterAdd)(x, indices, updates, { axis }),
        options: EXACT,
      })
    )
  ),
};

const embeddingCase: OpCase = {
  // The row of the padding index is read like any other and has no gradient: it is a constant.
  samples: fc.record({ rows: sizes(3), columns: sizes(3), list: shapes({ maxRank: 2 }) })
    .chain(({ rows, columns, list }) =>
      fc.record({
        row: quarters([1, columns]),
        w: quarters([rows, columns]),
        ids: labels(list, rows + 1),
      })
    ).map(({ row, w, ids }) =>
      sample({
        op: "embedding",
        variables: { w },
        constants: { row, ids: integers(ids) },
        call: ({ w, row, ids }) => embedding(ids, concat([row, w]), { paddingIndex: 0 }),
        options: EXACT,
      })
    ),
};

function integers(indices: Values): Constant {
  return { ...indices, dtype: "int32" };
}

/** Cases of the ops that cut, join, and pick or add by indices. */
export const pieceCases = {
  concat: concatCase,
  embedding: embeddingCase,
  flip: flipCase,
  gather: gatherCase,
  padWithin: padWithinCase,
  padWithinGrad: padWithinGradCase,
  scatterAdd: scatterAddCase,
  slice: sliceCase,
  sliceGrad: sliceGradCase,
  sliceGrads: sliceGradsCase,
  stack: stackCase,
} satisfies Partial<Record<OpName, OpCase>>;
