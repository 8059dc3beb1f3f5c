// Pools of sequences and of whole images, adaptive averages and upsampling: values by hand, ties,
// NaN, and both orders of gradients of what is made of other ops.

import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  adaptiveAvgPool,
  avgPool,
  avgPool1d,
  globalAvgPool,
  globalMaxPool,
  grad,
  maxPool1d,
  mul,
  referenceBackend,
  reshape,
  sum,
  type Tensor,
  tensor,
  upsample,
  type UpsampleOptions,
  zeros,
} from "../../mod.ts";
import { layouts } from "../support/cases/images.ts";
import { checkSample } from "../support/checks.ts";
import { assertTensor } from "../support/compare.ts";
import { scaled } from "../support/effort.ts";
import { distinct, quarters, type Values } from "../support/grids.ts";
import { shapeIn } from "../support/oracles/images.ts";
import { gridValues } from "../support/random_values.ts";
import { dividing, EXACT_BETWEEN_KINKS, type Sample, sample } from "../support/samples.ts";

const BACKEND = referenceBackend();

const upload = ({ shape, data }: Values) => tensor(Array.from(data), { shape });

/** Makes one sequence, or one row of an image, of one channel. */
const sequence = (values: number[]) => tensor(values, { shape: [1, values.length, 1] });
const row = (values: number[]) => tensor(values, { shape: [1, 1, values.length, 1] });

function testGradients(name: string, samples: fc.Arbitrary<Sample>): void {
  Deno.test(`${name}: first and second order`, () => {
    fc.assert(fc.property(samples, (sample) => checkSample(sample, BACKEND)), {
      numRuns: scaled(40),
    });
  });
}

const shapes3 = fc.tuple(
  fc.integer({ min: 0, max: 2 }),
  fc.integer({ min: 3, max: 7 }),
  fc.integer({ min: 1, max: 3 }),
);

const windows = fc.record({
  size: fc.integer({ min: 2, max: 3 }),
  stride: fc.integer({ min: 1, max: 4 }),
  padding: fc.constantFrom("valid" as const, "same" as const, 1, [1, 0] as const, [0, 1] as const),
});

testGradients(
  "maxPool1d",
  fc.record({ shape: shapes3, options: windows }).chain(({ shape, options }) =>
    distinct(shape).map((x) =>
      sample({
        op: "maxPool1d",
        variables: { x },
        attributes: options,
        call: ({ x }) => maxPool1d(x, options),
        options: EXACT_BETWEEN_KINKS,
      })
    )
  ),
);

testGradients(
  "avgPool1d",
  fc.record({ shape: shapes3, options: windows, countPadding: fc.boolean() })
    .chain(({ shape, options, countPadding }) =>
      quarters(shape).map((x) =>
        sample({
          op: "avgPool1d",
          variables: { x },
          attributes: { ...options, countPadding },
          call: ({ x }) => avgPool1d(x, { ...options, countPadding }),
          options: dividing([3]),
        })
      )
    ),
);

const images = fc.tuple(
  fc.integer({ min: 1, max: 2 }),
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 1, max: 3 }),
);

const globals = fc.record({ shape: images, layout: layouts, keepDims: fc.boolean() });

testGradients(
  "globalMaxPool",
  globals.chain(({ shape, ...options }) =>
    distinct(shapeIn(options.layout, shape)).map((x) =>
      sample({
        op: "globalMaxPool",
        variables: { x },
        attributes: options,
        call: ({ x }) => globalMaxPool(x, options),
        options: EXACT_BETWEEN_KINKS,
      })
    )
  ),
);

testGradients(
  "globalAvgPool",
  globals.chain(({ shape, ...options }) =>
    quarters(shapeIn(options.layout, shape)).map((x) =>
      sample({
        op: "globalAvgPool",
        variables: { x },
        attributes: options,
        call: ({ x }) => globalAvgPool(x, options),
        options: dividing([shape[1] * shape[2]]),
      })
    )
  ),
);

Deno.test("pools of sequences: values", () => {
  const x = sequence([1, 5, 2, 4, 3]);
  assertEquals([...maxPool1d(x, { size: 2 }).dataSync()], [5, 4]);
  assertEquals([...maxPool1d(x, { size: 3, stride: 1 }).dataSync()], [5, 5, 4]);
  assertEquals([...maxPool1d(x, { size: 2, padding: [1, 0] }).dataSync()], [1, 5, 4]);
  assertEquals([...avgPool1d(x, { size: 2, padding: "same" }).dataSync()], [3, 3, 3]);
  const counted = avgPool1d(x, { size: 2, padding: "same", countPadding: true });
  assertEquals([...counted.dataSync()], [3, 3, 1.5]);
  assertEquals(maxPool1d(zeros([0, 4, 2]), { size: 2 }).shape, [0, 2, 2]);
});

Deno.test("pools of whole images: shapes, ties and NaN", () => {
  const x = tensor([1, NaN, 3, 2, 3, 0], { shape: [1, 1, 3, 2] });
  assertEquals(globalMaxPool(x).toArray(), [[3, NaN]]);
  assertEquals(globalAvgPool(x, { keepDims: true }).shape, [1, 1, 1, 2]);
  assertEquals(globalMaxPool(x, { layout: "NCHW" }).toArray(), [[NaN]]);
  assertEquals(globalMaxPool(x, { layout: "NCHW", keepDims: true }).shape, [1, 1, 1, 1]);
  const dx = grad((x: Tensor) => sum(globalMaxPool(x)))(x);
  assertEquals([...dx.dataSync()], [0, 1, 1, 0, 0, 0]); // the first of the two 3, the NaN
});

Deno.test("globalAvgPool: an average pool of the whole image", () => {
  const x = upload(gridValues([3, 4, 8, 5], 1));
  const y = avgPool(x, { size: [4, 8] });
  assertTensor(globalAvgPool(x, { keepDims: true }), { shape: y.shape, data: y.dataSync() }, "y");
});

Deno.test("adaptiveAvgPool: PyTorch's windows, which overlap where sizes do not divide", () => {
  const values = (
    x: number[],
    size: number,
  ) => [...adaptiveAvgPool(row(x), { size: [1, size] }).dataSync()];
  assertEquals(values([1, 2, 4, 8], 2), [1.5, 6]);
  assertEquals(values([1, 2, 6, 8, 12], 2), [3, 26 / 3].map(Math.fround)); // of 3 and 3, the middle twice
  assertEquals(values([1, 3, 5, 7, 9, 11, 13], 4), [2, 5, 9, 12]); // [0,2) [1,4) [3,6) [5,7)
  assertEquals(values([1, 2], 3), [1, 1.5, 2]); // larger than the image
});

Deno.test("adaptiveAvgPool: conserves what goes into its gradient", () => {
  const f = (x: Tensor) => sum(mul(adaptiveAvgPool(x, { size: [1, 4] }), row([4, 8, 16, 32])));
  const dx = grad(f)(row([0, 0, 0, 0, 0, 0, 0]));
  assertAlmostEquals(sum(dx).item(), 60, 1e-5);
});

Deno.test("upsample: PyTorch's nearest", () => {
  const values = (
    x: number[],
    size: number,
  ) => [...upsample(row(x), { size: [1, size] }).dataSync()];
  assertEquals(values([1, 2, 3], 6), [1, 1, 2, 2, 3, 3]);
  assertEquals(values([1, 2, 3], 5), [1, 1, 2, 2, 3]); // floor(i 3 / 5): 0 0 1 1 2
  assertEquals(values([1, 2, 3], 7), [1, 1, 1, 2, 2, 3, 3]);
  assertEquals(values([1, 2, 3, 4, 5], 2), [1, 3]);
});

Deno.test("upsample: PyTorch's bilinear, by pixel centres and by corners", () => {
  const values = (
    x: number[],
    options: UpsampleOptions,
  ) => [...upsample(row(x), { mode: "bilinear", ...options }).dataSync()];
  assertEquals(values([1, 5], { size: [1, 4] }), [1, 2, 4, 5]);
  assertEquals(values([0, 8], { size: [1, 8] }), [0, 0, 1, 3, 5, 7, 8, 8]);
  assertEquals(values([1, 5], { size: [1, 5], alignCorners: true }), [1, 2, 3, 4, 5]);
  assertEquals(values([1, 5], { size: 1 }), [3]);
  assertEquals(values([1, 5], { size: 1, alignCorners: true }), [1]);
  assertEquals(values([1, 5, 9], { size: [2, 3] }), [1, 5, 9, 1, 5, 9]);
});

Deno.test("upsample: NaN reaches what is made of it, and no more", () => {
  const wide = (options: UpsampleOptions) => [...upsample(row([1, NaN, 3, 5]), options).dataSync()];
  assertEquals(wide({ factor: [1, 2] }), [1, 1, NaN, NaN, 3, 3, 5, 5]);
  const linear = wide({ factor: [1, 2], mode: "bilinear" });
  assertEquals(linear, [1, NaN, NaN, NaN, NaN, 3.5, 4.5, 5]);
  const corners = { size: [1, 7], mode: "bilinear", alignCorners: true } as const;
  assertEquals(wide(corners), [1, NaN, NaN, NaN, 3, 4, 5]);
});

Deno.test("upsample and adaptiveAvgPool: no images, and images in NCHW", () => {
  assertEquals(upsample(zeros([0, 2, 3, 4]), { factor: 2 }).shape, [0, 4, 6, 4]);
  assertEquals(adaptiveAvgPool(zeros([0, 5, 3, 4]), { size: 2 }).shape, [0, 2, 2, 4]);
  const x = tensor([1, 2, 3, 4], { shape: [1, 2, 1, 2] });
  const y = upsample(x, { factor: [1, 2], layout: "NCHW" });
  assertEquals(reshape(y, [2, 4]).toArray(), [[1, 1, 2, 2], [3, 3, 4, 4]]);
  const mean = adaptiveAvgPool(x, { size: 1, layout: "NCHW" });
  assertEquals(mean.shape, [1, 2, 1, 1]);
  assertEquals([...mean.dataSync()], [1.5, 3.5]);
});
