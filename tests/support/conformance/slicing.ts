// Cutting, joining, picking and adding by indices on any backend, against their definitions.

import {
  concat,
  embedding,
  flip,
  ones,
  scatterAdd,
  scatterAddAlongAxis,
  slice,
  type SliceRange,
  stack,
  take,
  takeAlongAxis,
  Tape,
  tensor,
} from "../../../mod.ts";
import type { Backend } from "../../../src/backends/kernels.ts";
import type { DType } from "../../../src/core/dtype.ts";
import { DTYPES } from "../../../src/core/dtype.ts";
import { assertTensor } from "../compare.ts";
import type { Check } from "./check.ts";
import type { Values } from "../grids.ts";
import {
  concatOracle,
  scatterAddAlongAxisOracle,
  scatterAddOracle,
  sliceOracle,
  takeAlongAxisOracle,
  takeOracle,
} from "../oracles/slicing.ts";
import { labelValues, ODD_SIZES } from "../random_values.ts";
import { upload } from "../samples.ts";

const ALL = null;
const BACK: SliceRange = [null, null, -1];

const SLICES: readonly (readonly [number[], SliceRange[]])[] = [
  [[9], [[2, 7]]],
  [[9], [[null, null, 2]]],
  [[9], [[7, 1, -2]]],
  [[9], [[-100, 100]]],
  [[9], [[5, 5]]],
  [[6, 8], [ALL, [2, 6]]],
  [[6, 8], [[1, -1], ALL]],
  [[6, 8], [BACK, BACK]],
  [[6, 8], [2, [null, null, 3]]],
  [[6, 8], [ALL, -1]],
  [[2, 5, 6, 3], [ALL, ALL, BACK]],
  [[2, 5, 6, 3], [ALL, [1, 4], [1, 5], [0, 2]]],
  [[2, 5, 6, 4], [1, [null, null, 2], [null, null, 2]]],
  [[3, 70000], [ALL, [1, null]]],
];

/** Makes small integers, which every dtype holds. */
function values(shape: readonly number[], seed: number): Values {
  return labelValues(shape, seed, 100);
}

function checkCuts(backend: Backend, dtype: DType): void {
  const put = (v: Values) => upload(v, backend, dtype);
  for (const [shape, ranges] of SLICES) {
    const x = values(shape, 1);
    const what = `slice of [${shape}] by ${JSON.stringify(ranges)}, ${dtype}`;
    assertTensor(slice(put(x), ranges), sliceOracle(x, ranges), what);
  }
  for (const n of ODD_SIZES) {
    const x = values([3, n], n);
    assertTensor(flip(put(x), { axis: 1 }), sliceOracle(x, [ALL, BACK]), `flip of ${n}, ${dtype}`);
  }
}

function checkJoins(backend: Backend, dtype: DType): void {
  const put = (v: Values) => upload(v, backend, dtype);
  for (const n of ODD_SIZES) {
    const along = (axis: number) => [n, 2, 0, 5].map((m, i) => values([3, 4].with(axis, m), i));
    for (const axis of [0, 1]) {
      const y = concat(along(axis).map(put), { axis });
      assertTensor(y, concatOracle(along(axis), axis), `concat of ${n} along ${axis}, ${dtype}`);
    }
    const [a, b] = [values([2, n], 1), values([2, n], 2)];
    for (const [axis, part] of [[0, [1, 2, n]], [1, [2, 1, n]], [2, [2, n, 1]]] as const) {
      const parts = [a, b].map(({ data }) => ({ shape: part, data }));
      const y = stack([a, b].map(put), { axis });
      assertTensor(y, concatOracle(parts, axis), `stack of ${n} along ${axis}, ${dtype}`);
    }
  }
}

function checkPicks(backend: Backend, dtype: DType): void {
  const put = (v: Values) => upload(v, backend, dtype);
  for (const indexType of ["int32", "uint8"] as const) {
    const index = (v: Values) => upload(v, backend, indexType);
    for (const n of ODD_SIZES) {
      const x = values([2, 5, n], 1);
      for (const axis of [0, 1, 2]) {
        const what = `of ${n} along ${axis} by ${indexType}, ${dtype}`;
        const list = labelValues([2, 7], 2, x.shape[axis]);
        const taken = takeOracle(x, list, axis);
        assertTensor(take(put(x), index(list), { axis }), taken, `take ${what}`);
        const updates = labelValues(taken.shape, 3, 3);
        assertTensor(
          scatterAdd(put(x), index(list), put(updates), { axis }),
          scatterAddOracle(x, list, updates, axis),
          `scatterAdd ${what}`,
        );
        const each = labelValues(x.shape.with(axis, 3), 4, x.shape[axis]);
        assertTensor(
          takeAlongAxis(put(x), index(each), { axis }),
          takeAlongAxisOracle(x, each, axis),
          `takeAlongAxis ${what}`,
        );
        const single = labelValues(each.shape, 5, 3);
        assertTensor(
          scatterAddAlongAxis(put(x), index(each), put(single), { axis }),
          scatterAddAlongAxisOracle(x, each, single, axis),
          `scatterAddAlongAxis ${what}`,
        );
      }
    }
  }
}

/**
 * Checks that forward reads the row like any other, and that the gradient leaves it out, to the
 * second order.
 */
function checkPadding(backend: Backend): void {
  const w = tensor([[1, 2], [3, 4], [5, 6]], { backend });
  const ids = tensor([1, 0, 1, 2], { dtype: "int32", backend });
  using tape = new Tape();
  tape.watch(w);
  const seed = tape.watch(tensor([[1, 2], [3, 4], [5, 6], [7, 8]], { backend }));
  using inner = new Tape();
  inner.watch(w);
  const y = embedding(ids, w, { paddingIndex: 1 });
  assertTensor(y, { shape: [4, 2], data: [3, 4, 1, 2, 3, 4, 5, 6] }, "embedding");
  const dw = inner.gradient(y, w, { seed });
  assertTensor(dw, { shape: [3, 2], data: [3, 4, 0, 0, 7, 8] }, "the gradient of the table");
  const ddy = tape.gradient(dw, seed, { seed: ones([3, 2], { backend }) });
  assertTensor(ddy, { shape: [4, 2], data: [0, 0, 1, 1, 0, 0, 1, 1] }, "the second order");
}

function inEveryType(check: (backend: Backend, dtype: DType) => void): Check {
  return (backend) => DTYPES.forEach((dtype) => check(backend, dtype));
}

/** Checks of pieces. */
export const pieceChecks = {
  "slices are by NumPy's rules, of every dtype": inEveryType(checkCuts),
  "parts are joined in their order, of every dtype": inEveryType(checkJoins),
  "the row of a padding index has no gradient": checkPadding,
  "indices pick, and add in their order, of every dtype": inEveryType(checkPicks),
} satisfies Record<string, Check>;
