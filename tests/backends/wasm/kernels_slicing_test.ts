// Cutting, joining, picking and adding on the WASM backend against the reference: the same bits, on
// one thread and on three, for shapes of many chunks.

import {
  concat,
  embedding,
  flip,
  grad,
  scatterAdd,
  scatterAddAlongAxis,
  slice,
  stack,
  sum,
  take,
  takeAlongAxis,
  type Tensor,
} from "@tapegrad/tapegrad";
import { gridValues, labelValues } from "../../support/random_values.ts";
import type { Constant } from "../../support/samples.ts";
import { test } from "../../support/side_by_side.ts";

const BACK = [null, null, -1] as const;

test("cutting much, and its gradient", function* () {
  const images = gridValues([4, 65, 63, 3], 1);
  const cuts: [string, (x: Tensor) => Tensor][] = [
    ["mirrored", (x) => flip(x, { axis: 2 })],
    ["channels in reverse", (x) => slice(x, [null, null, null, BACK])],
    ["cropped", (x) => slice(x, [null, [3, -3], [5, -5]])],
    ["every other pixel", (x) => slice(x, [null, [null, null, 2], [null, null, -2]])],
    ["one channel", (x) => slice(x, [null, null, null, 1])],
  ];
  for (const [what, run] of cuts) {
    yield { what, inputs: [images], run };
    const gradient = grad((x: Tensor) => sum(run(x)));
    yield { what: `the gradient of ${what}`, inputs: [images], run: gradient };
  }
});

test("rows read from the last element to the first", function* () {
  for (const length of [1, 2, 3, 4, 5, 7, 8, 13, 40_001]) {
    const run = (x: Tensor) => flip(x, { axis: 1 });
    yield { what: `rows of ${length} in reverse`, inputs: [gridValues([3, length], 1)], run };
  }
});

test("joining much", function* () {
  const parts = [gridValues([300, 7, 70], 1), gridValues([300, 5, 70], 2)];
  yield { what: "concat", inputs: parts, run: (a, b) => concat([a, b, a], { axis: 1 }) };
  const [x] = parts;
  yield { what: "stack", inputs: [x, x], run: (a, b) => stack([a, b], { axis: -1 }) };
});

test("picking and adding much", function* () {
  const table = gridValues([500, 70], 1);
  const ids: Constant = { ...labelValues([3000], 2, 500), dtype: "int32" };
  const updates = gridValues([3000, 70], 3);
  yield { what: "embedding", inputs: [table, ids], run: (w, ids) => embedding(ids, w) };
  yield {
    what: "the gradient of embedding",
    inputs: [table, ids],
    run: (w, ids) => grad((w: Tensor) => sum(embedding(ids, w, { paddingIndex: 3 })))(w),
  };
  yield {
    what: "scatterAdd",
    inputs: [table, ids, updates],
    run: (x, ids, updates) => scatterAdd(x, ids, updates),
  };
  const blocks = gridValues([40, 9, 200], 4);
  const each: Constant = { ...labelValues([40, 20, 200], 5, 9), dtype: "uint8" };
  const added = gridValues([40, 20, 200], 6);
  yield {
    what: "takeAlongAxis",
    inputs: [blocks, each],
    run: (x, indices) => takeAlongAxis(x, indices, { axis: 1 }),
  };
  yield {
    what: "scatterAddAlongAxis",
    inputs: [blocks, each, added],
    run: (x, indices, updates) => scatterAddAlongAxis(x, indices, updates, { axis: 1 }),
  };
  yield {
    what: "take along the last axis",
    inputs: [table, { ...labelValues([33], 7, 70), dtype: "int32" }],
    run: (x, indices) => take(x, indices, { axis: 1 }),
  };
});
