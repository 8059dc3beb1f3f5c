// Reductions that select, positions, running sums and floats of integers of the WASM backend against the
// reference: in both builds, with the same bits on one thread and on three.

import { apply, argMax, argMin, cast, cumsum, min, prod, type Tensor } from "@tapegrad/tapegrad";
import { ops } from "@tapegrad/tapegrad/backend";
import { reduceGeometry } from "../../../src/core/geometry/mod.ts";
import { gridValues, labelValues, ODD_SIZES, tiedValues } from "../../support/random_values.ts";
import { type Computation, test } from "../../support/side_by_side.ts";

/** Rows and columns long and short, several chunks, and axes apart. */
const GROUPS: readonly (readonly [shape: number[], axis: number[]])[] = [
  ...ODD_SIZES.map((n): [number[], number[]] => [[5, n], [1]]),
  ...ODD_SIZES.map((n): [number[], number[]] => [[2, 3, n], [1]]),

  [[70_001], [0]],
  [[2, 70_001], [1]],
  [[30_001, 3], [1]],
  [[30_001, 3], [0]],
  [[9, 8_001], [0]],
  [[90, 17, 33], [1]],
  [[2, 3, 4, 5], [1, 3]],
];

/** Finds the position of each group's first maximum, as floats. */
const positions = (x: Tensor, axis: number[], of: typeof argMax) =>
  axis.length === 1 ? cast(of(x, { axis: axis[0] }), "float32") : min(x, { axis });

function* selections(shape: number[], axis: number[]): Generator<Computation> {
  const x = tiedValues(shape, 1);
  const g = reduceGeometry("test", shape, { axis });
  const along = `of [${shape}] along ${axis}`;
  const dy = gridValues(g.shape, 2);
  yield { what: `min ${along}`, inputs: [x], run: (x) => min(x, { axis }) };
  yield { what: `argMax ${along}`, inputs: [x], run: (x) => positions(x, axis, argMax) };
  yield { what: `argMin ${along}`, inputs: [x], run: (x) => positions(x, axis, argMin) };
  const run = (dy: Tensor, x: Tensor) => apply(ops.maxGrad, { dy, x }, g);
  yield { what: `maxGrad ${along}`, inputs: [dy, x], run };
  const gather = (values: Tensor, x: Tensor) => apply(ops.maxGather, { values, x }, g);
  yield { what: `maxGather ${along}`, inputs: [gridValues(shape, 3), x], run: gather };
}

test("selections from groups", function* () {
  for (const [shape, axis] of GROUPS) yield* selections(shape, axis);
  const special = [NaN, -Infinity, Infinity, 0, -0, 1];
  for (const a of special) {
    for (const b of special) {
      for (const shape of [[2, 1], [2, 19], [19, 2]]) {
        const size = shape[0] * shape[1];
        const data = Array.from({ length: size }, (_, i) => i % 3 === 0 ? a : b);
        for (const axis of [0, 1]) {
          const run = (x: Tensor) => positions(x, [axis], argMax);
          yield { what: `argMax of ${a} and ${b}`, inputs: [{ shape, data }], run };
          const smallest = (x: Tensor) => min(x, { axis });
          yield { what: `min of ${a} and ${b}`, inputs: [{ shape, data }], run: smallest };
        }
      }
    }
  }
});

test("products along axes", function* () {
  for (const [shape, axis] of GROUPS) {
    // Powers of two, as many large ones as small ones: products are exact.
    const { data } = tiedValues(shape, 4);
    const x = {
      shape,
      data: Array.from(data, (v, i) => (v > 1 ? -1 : 1) * (i % 97 === 5 ? 2 : 1)),
    };
    const few = x.data.length > 2_000 ? { shape, data: x.data.map(Math.sign) } : x;
    yield { what: `prod of [${shape}]`, inputs: [few], run: (x) => prod(x, { axis }) };
  }
});

test("running sums", function* () {
  for (const [shape, [axis]] of GROUPS) {
    for (const exclusive of [false, true]) {
      for (const reverse of [false, true]) {
        yield {
          what: `cumsum of [${shape}] along ${axis}, ${exclusive}, ${reverse}`,
          inputs: [gridValues(shape, 1)],
          run: (x) => cumsum(x, { axis, exclusive, reverse }),
        };
      }
    }
  }
});

test("floats of integers", function* () {
  for (const n of [...ODD_SIZES, 70_001]) {
    for (const dtype of ["uint8", "int32"] as const) {
      const values = { ...labelValues([n], 1, 256), dtype };
      yield { what: `cast of ${n} ${dtype}`, inputs: [values], run: (x) => cast(x, "float32") };
    }
  }
  const data = [2 ** 31 - 1, -(2 ** 31), 16777217, -1];
  const large = { shape: [4], data, dtype: "int32" } as const;
  yield { what: "cast of large ones", inputs: [large], run: (x) => cast(x, "float32") };
});
