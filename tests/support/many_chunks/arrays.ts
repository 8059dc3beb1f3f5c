// Calls of kernels that move, pick and reduce elements, and of matrix products, just above a chunk.

import {
  broadcastToGeometry,
  concatGeometry,
  cumsumGeometry,
  matmulPlan,
  padGeometry,
  reduceGeometry,
  sliceGeometry,
  type SliceRange,
  takeAlongAxisGeometry,
  takeGeometry,
  transposeGeometry,
} from "../../../src/core/geometry/mod.ts";
import type { Shape } from "../../../src/core/shape.ts";
import { REDUCE_KINDS } from "../../../src/backends/kinds.ts";
import { ABOVE_CHUNK, type ManyChunks } from "./case.ts";

const BACK: SliceRange = [null, null, -1];

/** Elements in other places. */
export function* moves(): Generator<ManyChunks> {
  for (const [shape, axes] of [[[301, 300], [1, 0]], [[20, 60, 70], [0, 2, 1]]]) {
    yield {
      what: `transpose of [${shape}]`,
      run: (k, a) => k.transpose(a.grid(shape), transposeGeometry(shape, axes)),
    };
  }
  const padded = padGeometry([300, 301], [[1, 2], [3, -1]], 0.5);
  yield { what: "pad", run: (k, a) => k.pad(a.grid([300, 301]), padded) };
  const repeated = broadcastToGeometry("test", [301, 1], [301, 300]);
  yield { what: "broadcastTo", run: (k, a) => k.broadcastTo(a.grid([301, 1]), repeated) };
  const parts: readonly Shape[] = [[300, 250], [300, 251]];
  yield {
    what: "concat",
    run: (k, a) => k.concat(parts.map((shape, i) => a.grid(shape, i)), concatGeometry(parts, 1)),
  };
  const cuts: readonly (readonly [Shape, readonly SliceRange[]])[] = [
    [[300, 301], [[1, -1], [2, -3]]],
    [[301, 300], [BACK, BACK]],
    [[2, ABOVE_CHUNK + 5], [null, [2, -3]]],
    [[2, ABOVE_CHUNK], [null, BACK]],
  ];
  for (const [shape, ranges] of cuts) {
    const g = sliceGeometry(shape, ranges);
    const what = `slice of [${shape}], ${JSON.stringify(ranges)}`;
    yield { what, run: (k, a) => k.slice(a.grid(shape), g) };
    yield { what: `its gradient: ${what}`, run: (k, a) => k.sliceGrad(a.grid(g.shape), g) };
  }
}

/** Rows picked by indices, and added to by them. */
export function* picks(): Generator<ManyChunks> {
  for (const dtype of ["int32", "uint8"] as const) {
    const rows = takeGeometry("test", [90, 301], [300], 0);
    yield {
      what: `gather of rows by ${dtype}`,
      run: (k, a) => k.gather(a.grid([90, 301]), a.integers([300], 90, dtype), rows),
    };
    yield {
      what: `scatterAdd of pieces of rows by ${dtype}`,
      run: (k, a) =>
        k.scatterAdd(a.grid([90, 301]), a.grid([300, 301], 2), a.integers([300], 90, dtype), rows),
    };
    const [blocks, each]: Shape[] = [[20, 9, 400], [20, 11, 400]];
    const along = takeAlongAxisGeometry("test", blocks, each, 1);
    yield {
      what: `gather along an axis by ${dtype}`,
      run: (k, a) => k.gather(a.grid(blocks), a.integers(each, 9, dtype), along),
    };
    yield {
      what: `scatterAdd along an axis by ${dtype}`,
      run: (k, a) => k.scatterAdd(null, a.grid(each), a.integers(each, 9, dtype), along),
    };
  }
}

/** Groups of elements: long rows, many rows, columns in parts, in blocks, and whole. */
const GROUPS: readonly (readonly [Shape, number])[] = [
  [[ABOVE_CHUNK], 0],
  [[2, ABOVE_CHUNK], 0],
  [[300, 301], 1],
  [[301, 300], 0],
  [[30, 5003], 0],
  [[9, 90, 103], 1],
];

/** Reductions, first maxima and running sums. */
export function* reductions(): Generator<ManyChunks> {
  for (const [shape, axis] of GROUPS) {
    const g = reduceGeometry("test", shape, { axis });
    const what = `of [${shape}] along ${axis}`;
    for (const kind of REDUCE_KINDS) {
      yield {
        what: `${kind} ${what}`,
        run: (k, a) => k.reduce(kind, kind === "prod" ? a.signs(shape) : a.grid(shape), g),
      };
    }
    yield { what: `argMax ${what}`, run: (k, a) => k.argMax(a.grid(shape), g) };
    yield {
      what: `maxGrad ${what}`,
      run: (k, a) => k.maxGrad(a.grid(g.shape, 2), a.grid(shape), g),
    };
    yield {
      what: `maxGather ${what}`,
      run: (k, a) => k.maxGather(a.grid(shape, 2), a.grid(shape), g),
    };
    for (const [exclusive, reverse] of [[false, false], [true, false], [false, true]]) {
      const sums = cumsumGeometry("test", shape, { axis, exclusive, reverse });
      yield { what: `cumsum ${what}`, run: (k, a) => k.cumsum(a.grid(shape), sums) };
    }
  }
}

/** Matrix products: blocks of rows, many matrices, and operands read transposed. */
export function* products(): Generator<ManyChunks> {
  const pairs: (readonly [Shape, Shape, { transposeA?: boolean; transposeB?: boolean }])[] = [
    [[65, 90], [90, 111], {}],
    [[65, 90], [111, 90], { transposeB: true }],
    [[90, 70], [90, 111], { transposeA: true }],
    [[190, 39], [190, 111], { transposeA: true }],
    [[3, 65, 90], [3, 90, 111], {}],
    [[5, 7, 9], [5, 9, 11], {}],
  ];
  for (const [left, right, options] of pairs) {
    const plan = matmulPlan(left, right, options);
    const columns = [plan.g.columns];
    const what = `[${left}] · [${right}] ${JSON.stringify(options)}`;
    yield {
      what,
      run: (k, a) => k.matmul(a.grid(plan.aShape), a.grid(plan.bShape, 2), null, plan.g),
    };
    yield {
      what: `${what}, biased and activated`,
      run: (k, a) =>
        k.matmul(a.grid(plan.aShape), a.grid(plan.bShape, 2), a.grid(columns, 3), plan.g, "relu"),
    };
  }
}
