// The kernels of the WASM backend against the reference: equal where numbers are exact, within some
// roundings elsewhere; in both builds, with the same bits on one thread and on three. Sizes leave
// remainders of every kind, and some are large enough for several chunks of work.

import {
  add,
  apply,
  broadcastTo,
  div,
  max,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  pad,
  pow,
  relu,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
} from "@tapegrad/tapegrad";
import { ops } from "@tapegrad/tapegrad/backend";
import type { Shape } from "../../../src/core/shape.ts";
import { ROUNDING } from "../../support/compare.ts";
import {
  broadcastPairs,
  orders,
  padAmounts,
  reductions,
  repetitions,
  shapes,
} from "../../support/grids.ts";
import { gridValues, normalValues, ODD_SIZES, tiedValues } from "../../support/random_values.ts";
import { type Computation, test, testRandom } from "../../support/side_by_side.ts";

/** Values that are special in float32. */
const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1e-40, -1e-40, 3e38, -3e38, 1, -1, 0.1];

function special(repeats: number): { shape: Shape; data: number[] } {
  const data = Array.from({ length: repeats }, () => SPECIAL).flat();
  return { shape: [data.length], data };
}

test("functions of one element", function* () {
  for (
    const [f, values] of [[neg, gridValues], [square, gridValues], [relu, gridValues]] as const
  ) {
    for (const n of [...ODD_SIZES, 70_001]) {
      yield { what: `${f.name} of ${n}`, inputs: [values([n], n)], run: (x) => f(x) };
    }
  }
  for (const f of [neg, square, relu, sqrt]) {
    yield { what: `${f.name} of special values`, inputs: [special(3)], run: (x) => f(x) };
    // The signs of zeros show in their reciprocals.
    yield { what: `1 / ${f.name}`, inputs: [special(3)], run: (x) => div(1, f(x)) };
  }
  for (const n of [9, 70_001]) {
    const magnitudes = { shape: [n], data: Array.from(normalValues([n], 1).data, Math.abs) };
    yield { what: `sqrt of ${n}`, inputs: [magnitudes], run: (x) => sqrt(x) };
  }
});

const BINARY = { add, sub, mul, div, minimum, maximum };

function* binary(a: Shape, b: Shape): Generator<Computation> {
  for (const [name, f] of Object.entries(BINARY)) {
    const what = `${name} of [${a}] and [${b}]`;
    yield { what, inputs: [gridValues(a, 1), gridValues(b, 2)], run: (x, y) => f(x, y) };
  }
}

test("functions of two elements", function* () {
  for (const n of [...ODD_SIZES, 70_001]) yield* binary([n], [n]);
  for (const n of ODD_SIZES) {
    for (const [a, b] of [[[3, n], [n]], [[n, 3], [n, 1]], [[n], []]]) {
      yield* binary(a, b);
      yield* binary(b, a);
    }
  }
  // Rows that are cut into pieces, rows that make chunks, and rows in several dimensions.
  yield* binary([70_001], []);
  yield* binary([2, 70_001], [2, 1]);
  yield* binary([9001, 9], [9]);
  yield* binary([1, 9], [9001, 1]);
  yield* binary([7, 1, 50, 9], [1, 31, 1, 9]);
});

testRandom("functions of two elements, broadcast", broadcastPairs, ({ a, b }) => binary(a, b));

test("special values, two by two", function* () {
  const pairs = SPECIAL.flatMap((a) => SPECIAL.map((b) => [a, b]));
  const [a, b] = [0, 1].map((i) => ({ shape: [pairs.length], data: pairs.map((p) => p[i]) }));
  const apart = { pow: (x: Tensor, y: Tensor) => pow(x, y), reluGrad };
  for (const [name, f] of Object.entries({ ...BINARY, ...apart })) {
    yield {
      what: `${name} of special values`,
      inputs: [a, b],
      run: (x, y) => f(x, y),
      bound: ulps(name),
    };
  }
});

/** Bounds the error: powers may be a rounding off, other functions are exact. */
function ulps(name: string): Computation["bound"] {
  return name === "pow" ? (i, expected) => 2 * ROUNDING * Math.abs(expected[i]) : undefined;
}

function reluGrad(dy: Tensor, x: Tensor): Tensor {
  return apply(ops.reluGrad, { dy, x }, []);
}

test("reluGrad and accumulation", function* () {
  for (const n of [...ODD_SIZES, 70_001]) {
    const inputs = [gridValues([n], 1), gridValues([n], 2)];
    yield { what: `reluGrad of ${n}`, inputs, run: reluGrad };
    yield { what: `sum of ${n}`, inputs, run: (a, b) => apply(ops.accumulate, { a, b }) };
  }
});

function* transposed(shape: Shape, axes: readonly number[]): Generator<Computation> {
  const what = `transpose of [${shape}] to ${axes}`;
  yield { what, inputs: [gridValues(shape, 1)], run: (x) => transpose(x, axes) };
}

test("transposing", function* () {
  for (const m of ODD_SIZES) for (const n of ODD_SIZES) yield* transposed([m, n], [1, 0]);
  yield* transposed([300, 301], [1, 0]);
  yield* transposed([3, 70, 65, 9], [0, 3, 1, 2]);
  yield* transposed([3, 9, 70, 65], [0, 2, 3, 1]);
  yield* transposed([30, 9, 70, 5], [2, 1, 0, 3]);
  yield* transposed([30, 9, 7, 50], [3, 2, 1, 0]);
});

testRandom(
  "transposing anything",
  shapes({ maxRank: 5, maxSize: 6, empty: true })
    .chain((shape) => orders(shape).map((axes) => ({ shape, axes }))),
  ({ shape, axes }) => transposed(shape, axes),
);

testRandom(
  "padding",
  shapes({ maxRank: 4, maxSize: 9, empty: true })
    .chain((shape) => padAmounts(shape).map((amounts) => ({ shape, amounts }))),
  function* ({ shape, amounts }) {
    for (const value of [0, -0.75]) {
      const what = `pad of [${shape}] by ${JSON.stringify(amounts)}`;
      yield { what, inputs: [gridValues(shape, 1)], run: (x) => pad(x, amounts, { value }) };
    }
  },
);

testRandom("repeating", repetitions, function* ({ from, to }) {
  const what = `[${from}] to [${to}]`;
  yield { what, inputs: [gridValues(from, 1)], run: (x) => broadcastTo(x, to) };
});

test("moving much", function* () {
  const image = [3, 50, 60, 9];
  const amounts = [[0, 0], [1, 2], [-3, 4], [0, 0]] as const;
  yield { what: "pad", inputs: [gridValues(image, 1)], run: (x) => pad(x, amounts) };
  for (const [from, to] of [[[], [70_001]], [[9], [9001, 9]], [[9001, 1], [9001, 9]]]) {
    const inputs = [gridValues(from, 1)];
    yield { what: `[${from}] to [${to}]`, inputs, run: (x) => broadcastTo(x, to) };
  }
});

function* reduced(shape: Shape, axis: number | readonly number[]): Generator<Computation> {
  const along = `of [${shape}] along ${axis}`;
  const [grid, tied] = [gridValues, tiedValues].map((make) => make(shape, 1));
  yield { what: `sum ${along}`, inputs: [grid], run: (x) => sum(x, { axis }) };
  yield { what: `mean ${along}`, inputs: [grid], run: (x) => mean(x, { axis }) };
  yield { what: `max ${along}`, inputs: [tied], run: (x) => max(x, { axis }) };
}

test("reductions", function* () {
  for (const n of ODD_SIZES) {
    yield* reduced([5, n], 0);
    yield* reduced([33, n], 0);
    yield* reduced([5, n], 1);
  }
  // In parts, in blocks of columns, and along axes that are not neighbours.
  yield* reduced([70_001], 0);
  yield* reduced([2, 70_001], 1);
  yield* reduced([40_000, 3], 0);
  yield* reduced([3, 40, 50, 13], [0, 1, 2]);
  yield* reduced([3, 40, 50, 13], [0, 2]);
  yield* reduced([2, 40_000, 2], 1);
  yield* reduced([2, 70_001], 0);
});

test("long sums of real data lose few digits", function* () {
  for (const shape of [[70_001], [3, 40, 50, 13], [40_000, 3]]) {
    const { data } = normalValues(shape, 1);
    const inputs = [{ shape, data: Array.from(data, Math.abs) }];
    const axis = shape.length === 1 ? [0] : shape.slice(1).map((_, d) => d);
    // One sum after the other would be off by 50 roundings and more.
    const bound = (i: number, expected: ArrayLike<number>) => 32 * ROUNDING * expected[i];
    yield { what: `sum of [${shape}]`, inputs, run: (x) => sum(x, { axis }), bound };
  }
});

testRandom(
  "reductions of anything",
  reductions(false),
  function* ({ shape, options: { axis, keepDims } }) {
    for (const [name, f] of Object.entries({ sum, mean, max })) {
      const values = name === "max" ? tiedValues : gridValues;
      const what = `${name} of [${shape}] along ${axis}`;
      yield { what, inputs: [values(shape, 1)], run: (x) => f(x, { axis, keepDims }) };
    }
  },
);

test("NaN and infinities in reductions", function* () {
  for (const n of [1, 3, 4, 9, 33, 70_001]) {
    for (const [value, at] of [[NaN, 0], [NaN, n - 1], [-Infinity, n >> 1]]) {
      const row = Array.from(gridValues([n], n).data);
      row[at] = value;
      const columns = row.flatMap((v) => [v, 1, -v]);
      for (const f of [sum, max]) {
        const what = `${f.name} of ${n} with ${value} at ${at}`;
        yield { what, inputs: [{ shape: [n], data: row }], run: (x) => f(x) };
        const inputs = [{ shape: [n, 3], data: columns }];
        yield { what: `${what}, columns`, inputs, run: (x) => f(x, { axis: 0 }) };
      }
    }
  }
});
