// Exported ops along axes: the same axis for batches of any size, wherever the batch is.

import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  argMax,
  avgPool,
  batchNormInference,
  concat,
  conv2dTranspose,
  cumsum,
  flip,
  layerNorm,
  neg,
  pad,
  slice,
  softmax,
  stack,
  sum,
  take,
  takeAlongAxis,
  type Tensor,
  tensor,
  transpose,
} from "../../../mod.ts";
import { exportOnnx, importOnnx } from "../../../src/models/mod.ts";
import { scaled } from "../../support/effort.ts";
import { ifPossible } from "../../support/permissions.ts";
import { assertClose } from "./close.ts";
import { ORT_NEEDS, runOnnx } from "./runtime.ts";

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Different numbers. */
function ramp(shape: readonly number[]): Tensor {
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => (i * 7 % 23 - 11) / 2);
  return tensor(data, { shape });
}

/** Indices that all are there: of the first element, and the last where there are more. */
function places(shape: readonly number[], size: number): Tensor {
  return tensor(Int32Array.from({ length: sizeOf(shape) }, (_, i) => i % size), { shape });
}

type Function1 = (x: Tensor) => Tensor;

/** Functions of an axis that is not the batch. */
const alongAxis: Readonly<Record<string, (axis: number) => Function1>> = {
  argMax: (axis) => (x) => argMax(x, { axis }),
  concat: (axis) => (x) => concat([x, x], { axis }),
  cumsum: (axis) => (x) => cumsum(x, { axis, exclusive: true }),
  cumsumBack: (axis) => (x) => cumsum(x, { axis, reverse: true }),
  flip: (axis) => (x) => flip(x, { axis }),
  pad: (axis) => (x) => pad(x, x.shape.map((_, i) => i === axis ? [2, 1] : [0, 0]), { value: 5 }),
  padEdge: (axis) => (x) => {
    return pad(x, x.shape.map((_, i) => i === axis ? [2, 1] : [0, 0]), { mode: "edge" });
  },
  slice: (axis) => (x) => slice(x, x.shape.map((_, i) => i === axis ? [-1, null, -2] : null)),
  softmax: (axis) => (x) => {
    const axes = x.shape.map((_, i) => i).with(axis, x.rank - 1).with(-1, axis);
    return transpose(softmax(transpose(x, axes)), axes);
  },
  stack: (axis) => (x) => stack([x, x], { axis }),
  sum: (axis) => (x) => sum(x, { axis, keepDims: true }),
  take: (axis) => (x) => take(x, places([2], x.shape[axis]), { axis }),
  takeRows: (axis) => (x) => take(x, places([1, 3], x.shape[axis]), { axis }),
  takeAlongAxis: (axis) => (x) => {
    return takeAlongAxis(x, places(x.shape.with(axis, 2), 1), { axis });
  },
};

/** Sizes besides the batch, where the batch is among them, what is computed along which of them. */
const sample = fc.record({
  rest: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  batchAt: fc.nat(3),
  axis: fc.nat(2),
  name: fc.constantFrom(...Object.keys(alongAxis)),
  traced: fc.constantFrom(1, 2),
});

Deno.test(ifPossible({
  name: "exportOnnx: what goes along an axis does so for every batch in onnxruntime",
  needs: ORT_NEEDS,
  sanitizeResources: false, // the runtime opens a message port when it is loaded
  async fn() {
    await fc.assert(
      fc.asyncProperty(sample, async ({ rest, batchAt, axis, name, traced }) => {
        const rank = rest.length + 1;
        const at = batchAt % rank;
        const others = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== at);
        const along = alongAxis[name](others[axis % others.length]);
        // The batch is put among the other dimensions.
        const order = Array.from({ length: rank }, (_, i) => i === at ? 0 : i < at ? i + 1 : i);
        const f: Function1 = (x) => along(transpose(x, order));
        const file = exportOnnx(f, ramp([traced, ...rest]));
        const model = await importOnnx(file);
        for (const batch of [1, 3]) {
          const x = ramp([batch, ...rest]);
          const expected = f(x);
          const { y } = await runOnnx(file, { x });
          assertEquals(y.shape, expected.shape);
          assertClose(y.data, expected.dataSync(), name);
          assertClose(model.apply(model.params, x).dataSync(), expected.dataSync(), name);
        }
      }),
      { numRuns: scaled(200) },
    );
  },
}));

const averages: readonly Function1[] = [true, false].flatMap((countPadding) => [
  (x: Tensor) =>
    avgPool(x, { size: [3, 2], stride: [2, 3], padding: [[0, 2], [1, 0]], countPadding }),
  (x: Tensor) => avgPool(x, { size: [2, 3], stride: 1, padding: [[1, 0], [2, 1]], countPadding }),
  (x: Tensor) => avgPool(x, { size: [2, 4], stride: [1, 2], padding: "same", countPadding }),
  (x: Tensor) => avgPool(x, { size: 2, stride: 3, padding: "full", countPadding }),
]);
const moments = { mean: tensor([0.5, -1]), variance: tensor([0.01, 0]), epsilon: 0.25 };

/** Functions by what they are about, and the shape of an example. */
const settings: Readonly<Record<string, readonly [readonly Function1[], readonly number[]]>> = {
  "averages that count padding on one side": [averages, [5, 7, 2]],
  "transposed convolutions with padding of their own at each end": [
    [
      (x) => conv2dTranspose(x, ramp([2, 3, 3, 2]), { stride: [3, 2], outputPadding: [1, 0] }),
      (x) => conv2dTranspose(x, ramp([3, 2, 1, 2]), { stride: [2, 3], outputPadding: [0, 2] }),
      (x) => conv2dTranspose(x, ramp([3, 4, 3, 2]), { stride: [1, 2], padding: [[0, 2], [1, 0]] }),
    ],
    [3, 4, 2],
  ],
  "epsilons, of images": [[(x) => batchNormInference(x, moments)], [2, 3, 2]],
  "epsilons, of rows": [
    [(x) => batchNormInference(x, moments), (x) => layerNorm(x, { epsilon: 0.25 })],
    [2],
  ],
};

for (const [name, [functions, rest]] of Object.entries(settings)) {
  Deno.test(ifPossible({
    name: `exportOnnx: ${name}`,
    needs: ORT_NEEDS,
    sanitizeResources: false, // the runtime opens a message port when it is loaded
    async fn() {
      for (const [i, f] of functions.entries()) {
        const x = ramp([3, ...rest]);
        const { y } = await runOnnx(exportOnnx(f, ramp([1, ...rest])), { x });
        assertEquals(y.shape, f(x).shape, `${name} ${i}`);
        assertClose(y.data, f(x).dataSync(), `${name} ${i}`);
      }
    },
  }));
}

Deno.test(ifPossible({
  name: "exportOnnx: sums of bytes are wider than bytes",
  needs: ORT_NEEDS,
  sanitizeResources: false, // the runtime opens a message port when it is loaded
  async fn() {
    const x = tensor(Uint8Array.of(200, 100, 250, 0, 1, 2), { shape: [2, 3] });
    const { y } = await runOnnx(exportOnnx((x) => sum(x, { axis: 1 }), x), { x });
    assertEquals([y.dtype, ...y.data], ["int32", 550, 3]);
  },
}));

Deno.test(ifPossible({
  name: "exportOnnx: minus bytes",
  needs: ORT_NEEDS,
  sanitizeResources: false, // the runtime opens a message port when it is loaded
  async fn() {
    const x = tensor(Uint8Array.of(0, 1, 200), { shape: [3, 1] });
    const { y } = await runOnnx(exportOnnx(neg, x), { x });
    assertEquals([y.dtype, ...y.data], ["uint8", 0, 255, 56]);
  },
}));

Deno.test("exportOnnx: running sums along the batch are refused", () => {
  assertThrows(
    () => exportOnnx(alongAxis.cumsum(0), ramp([2, 3])),
    RangeError,
    "Cannot export ONNX: op cumsum must not sum along the batch: it grows",
  );
});
