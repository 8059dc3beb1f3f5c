// The pooling kernels of the WASM backend against the reference: equal where numbers are exact, in
// both builds, with the same bits on one thread and on three.

import { apply, avgPool, maxPool, type Tensor } from "@tapegrad/tapegrad";
import { ops } from "@tapegrad/tapegrad/backend";
import { pool2dGeometry, type Pool2dWindow } from "../../../src/core/geometry/mod.ts";
import { ROUNDING } from "../../support/compare.ts";
import type { Values } from "../../support/grids.ts";
import { gridValues, normalValues, ODD_SIZES, tiedValues } from "../../support/random_values.ts";
import { type Computation, test, testRandom } from "../../support/side_by_side.ts";
import { poolSizes } from "../../support/windows.ts";

/** Computations of `maxPool`, its gradient and the gradient of that. */
function* maxPools(x: Values, options: Pool2dWindow): Generator<Computation> {
  const g = pool2dGeometry("test", x.shape, options, false);
  const what = `of [${x.shape}], ${JSON.stringify(options)}`;
  const [dy, values] = [gridValues(g.yShape, 2), gridValues(x.shape, 3)];
  yield { what: `maxPool ${what}`, inputs: [x], run: (x) => maxPool(x, options) };
  yield {
    what: `maxPoolGrad ${what}`,
    inputs: [dy, x],
    run: (dy, x) => apply(ops.maxPoolGrad, { dy, x }, g),
  };
  yield {
    what: `maxPoolGather ${what}`,
    inputs: [values, x],
    run: (values, x) => apply(ops.maxPoolGather, { values, x }, g),
  };
}

/** Computations of `avgPool` and its gradient. */
function* averagePools(x: Values, options: Pool2dWindow): Generator<Computation> {
  for (const countPadding of [false, true]) {
    const g = pool2dGeometry("test", x.shape, options, countPadding);
    const what = `of [${x.shape}], ${JSON.stringify({ ...options, countPadding })}`;
    const run = (x: Tensor) => avgPool(x, { ...options, countPadding });
    yield { what: `avgPool ${what}`, inputs: [x], run };
    yield {
      what: `avgPoolGrad ${what}`,
      inputs: [gridValues(g.yShape, 2)],
      run: (dy) => apply(ops.avgPoolGrad, { dy }, g),
      // Each share of a pixel is rounded, and so are their sums. Seen: 1.6 roundings.
      bound: (i, expected) => 8 * ROUNDING * (1 + Math.abs(expected[i])),
    };
  }
}

function* pools(shape: readonly number[], options: Pool2dWindow): Generator<Computation> {
  yield* maxPools(tiedValues(shape, 1), options);
  yield* maxPools(normalValues(shape, 1), options);
  yield* averagePools(gridValues(shape, 1), options);
}

testRandom("pools of any window", poolSizes, ({ x, options }) => pools(x, options));

test("pools of any number of channels", function* () {
  for (const channels of ODD_SIZES) {
    yield* pools([2, 7, 6, channels], { size: 2 });
    yield* pools([2, 7, 8, channels], { size: 3, stride: 2, padding: "same" });
    yield* pools([1, 11, 13, channels], { size: [5, 6], stride: [6, 5], padding: 2 });
  }
});

test("pools of widths from 1 to 20", function* () {
  for (let width = 1; width <= 20; width++) {
    yield* pools([1, 5, width, 3], { size: [2, Math.min(width, 2)] });
    yield* pools([1, width, 5, 5], { size: 3, stride: 1, padding: "same" });
    yield* pools([1, 9, width, 4], { size: [8, Math.min(width, 8)] });
  }
});

test("pools of many images, in several chunks", function* () {
  for (const [shape, options] of MANY) {
    yield* maxPools(normalValues(shape, 1), options);
    yield* averagePools(gridValues(shape, 1), options);
  }
});

const MANY: readonly (readonly [number[], Pool2dWindow])[] = [
  [[2, 64, 64, 9], { size: 8 }],
  [[3, 27, 26, 33], { size: 2 }],
  [[3, 27, 26, 33], { size: 3, stride: 2 }],
];

test("NaN and infinities in windows", function* () {
  for (const options of [{ size: 2 }, { size: 3, stride: 2 }, { size: [6, 7] as const }]) {
    for (const channels of [1, 3, 4, 9, 17]) {
      for (const share of [0.02, 0.5, 1]) {
        yield* maxPools(withSpecial([2, 12, 14, channels], share), options);
      }
    }
  }
});

/** Makes values full of ties, a share of them NaN or infinite. */
function withSpecial(shape: readonly number[], share: number): Values {
  const { data } = tiedValues(shape, 1);
  const chance = normalValues(shape, 2).data;
  const special = [NaN, Infinity, -Infinity, NaN];
  const isSpecial = (i: number) => (Math.abs(chance[i]) * 1000) % 1 < share;
  return { shape, data: Array.from(data, (v, i) => isSpecial(i) ? special[v] : v) };
}
