// Ops made of conv2d: both orders of gradients on random samples, and how each is made of what is
// tested elsewhere.

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  avgPool,
  conv1d,
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  grad,
  maxPool,
  mul,
  referenceBackend,
  reshape,
  separableConv2d,
  ShapeError,
  sum,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from "../../mod.ts";
import type { Conv2dWindow, ImageLayout } from "../../src/core/geometry/mod.ts";
import { scaled } from "../support/effort.ts";
import { transposeOracle } from "../support/oracles/arrays.ts";
import { layouts } from "../support/cases/images.ts";
import { checkSample } from "../support/checks.ts";
import { assertTensor } from "../support/compare.ts";
import { distinct, quarters, type Values } from "../support/grids.ts";
import { shapeIn } from "../support/oracles/images.ts";
import { gridValues } from "../support/random_values.ts";
import { EXACT, EXACT_BETWEEN_KINKS, type Sample, sample } from "../support/samples.ts";
import { conv2dGradXOracle, conv2dOracle, convShape, product } from "../support/oracles/windows.ts";
import { convSizes, poolSizes } from "../support/windows.ts";

const BACKEND = referenceBackend();

const upload = ({ shape, data }: Values) => tensor(Array.from(data), { shape });

/** Tests both orders of gradients on random samples. */
function testGradients(name: string, samples: fc.Arbitrary<Sample>): void {
  Deno.test(`${name}: first and second order`, () => {
    fc.assert(fc.property(samples, (sample) => checkSample(sample, BACKEND)), {
      numRuns: scaled(40),
    });
  });
}

/** Filters `[KH, KW, C, O]` in a layout. */
function filtersIn(layout: ImageLayout, [kh, kw, c, o]: readonly number[]): number[] {
  return layout === "NHWC" ? [kh, kw, c, o] : [o, c, kh, kw];
}

testGradients(
  "conv2d in NCHW",
  convSizes.chain(({ x, w, options }) =>
    fc.record({
      x: quarters(shapeIn("NCHW", x)),
      w: quarters(filtersIn("NCHW", w)),
      bias: quarters([w[3]]),
    }).map((variables) =>
      sample({
        op: "conv2d",
        variables,
        attributes: options,
        call: ({ x, w, bias }) => conv2d(x, w, { ...options, bias, layout: "NCHW" }),
        options: EXACT,
      })
    )
  ),
);

testGradients(
  "maxPool in NCHW",
  poolSizes.chain(({ x: shape, options }) =>
    distinct(shapeIn("NCHW", shape)).map((x) =>
      sample({
        op: "maxPool",
        variables: { x },
        attributes: options,
        call: ({ x }) => maxPool(x, { ...options, layout: "NCHW" }),
        options: EXACT_BETWEEN_KINKS,
      })
    )
  ),
);

/** Depthwise convolutions: images, filters `[KH, KW, C, M]` and a window. */
const depthwiseSizes = fc.record({
  sizes: convSizes,
  multiplier: fc.integer({ min: 1, max: 3 }),
  layout: layouts,
}).map(({ sizes: { x, w, options: { groups: _, ...window } }, multiplier, layout }) => ({
  x,
  w: [w[0], w[1], x[3], multiplier],
  window,
  layout,
})).filter(({ x, w, window }) =>
  product(convShape(x, [...w.slice(0, 3), product(w)], window)) < 200
);

/** Puts the shape of depthwise filters into a layout. */
function depthwiseIn(layout: ImageLayout, [kh, kw, c, m]: readonly number[]): number[] {
  return layout === "NHWC" ? [kh, kw, c, m] : [c * m, 1, kh, kw];
}

testGradients(
  "depthwiseConv2d",
  depthwiseSizes.chain(({ x, w, window, layout }) =>
    fc.record({
      x: quarters(shapeIn(layout, x)),
      w: quarters(depthwiseIn(layout, w)),
      bias: quarters([w[2] * w[3]]),
    }).map((variables) =>
      sample({
        op: "depthwiseConv2d",
        variables,
        attributes: { ...window, layout },
        call: ({ x, w, bias }) => depthwiseConv2d(x, w, { ...window, bias, layout }),
        options: EXACT,
      })
    )
  ),
);

testGradients(
  "separableConv2d",
  depthwiseSizes.chain(({ x, w, window, layout }) =>
    fc.record({
      x: quarters(shapeIn(layout, x)),
      w: quarters(depthwiseIn(layout, w)),
      pointwise: quarters(filtersIn(layout, [1, 1, w[2] * w[3], 2])),
      bias: quarters([2]),
    }).map((variables) =>
      sample({
        op: "separableConv2d",
        variables,
        attributes: { ...window, layout },
        call: ({ x, w, pointwise, bias }) =>
          separableConv2d(x, w, pointwise, { ...window, bias, layout }),
        options: EXACT,
      })
    )
  ),
);

/** Transposed convolutions: of images like the results of a convolution, with its filters. */
const transposedSizes = fc.record({
  sizes: convSizes,
  extra: fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })),
  layout: layouts,
}).map(({ sizes: { x, w, options }, extra, layout }) => {
  const [sh, sw] = [options.stride ?? 1].flat();
  const [dh, dw] = [options.dilation ?? 1].flat();
  const most = [Math.max(sh, dh), Math.max(sw ?? sh, dw ?? dh)];
  const outputPadding = options.padding === "same"
    ? 0
    : [extra[0] % most[0], extra[1] % most[1]] as const;
  return { x: convShape(x, w, options), w, options: { ...options, outputPadding }, layout };
}).filter(({ x, w, options }) => {
  try {
    conv2dTranspose(zeros(x), zeros(w), options);
    return product(x) < 40;
  } catch (error) {
    if (error instanceof ShapeError) return false; // padding took all pixels away
    throw error;
  }
});

testGradients(
  "conv2dTranspose",
  transposedSizes.chain(({ x, w, options, layout }) =>
    fc.record({
      x: quarters(shapeIn(layout, x)),
      w: quarters(filtersIn(layout, w)),
      bias: quarters([w[2] * (options.groups ?? 1)]),
    }).map((variables) =>
      sample({
        op: "conv2dTranspose",
        variables,
        attributes: { ...options, layout },
        call: ({ x, w, bias }) => conv2dTranspose(x, w, { ...options, bias, layout }),
        options: EXACT,
      })
    )
  ),
);

testGradients(
  "conv1d",
  convSizes.filter(({ w }) => w[0] === 1).chain(({ x, w, options }) => {
    const window = rowOf(options);
    return fc.record({ x: quarters([x[0], x[2], x[3]]), w: quarters(w.slice(1)) })
      .map((variables) =>
        sample({
          op: "conv1d",
          variables,
          attributes: window,
          call: ({ x, w }) => conv1d(x, w, window),
          options: EXACT,
        })
      );
  }),
);

/** Makes the options of a row of an image. */
function rowOf({ stride = 1, dilation = 1, padding, groups }: Conv2dWindow) {
  const along = (value: number | readonly [number, number]) =>
    typeof value === "number" ? value : value[1];
  return {
    stride: along(stride),
    dilation: along(dilation),
    padding: Array.isArray(padding)
      ? padding[1] as [number, number]
      : padding as "same" | number | undefined,
    groups,
  };
}

Deno.test("conv2d: NCHW is NHWC with the dimensions in another order", () => {
  fc.assert(fc.property(convSizes, ({ x, w, options }) => {
    const [vx, vw] = [gridValues(x, 1), gridValues(w, 2)];
    const y = conv2dOracle(vx, vw, options);
    const images = upload(transposeOracle(vx, [0, 3, 1, 2]));
    const filters = upload(transposeOracle(vw, [3, 2, 0, 1]));
    const first = conv2d(images, filters, { ...options, layout: "NCHW" });
    assertTensor(first, transposeOracle(y, [0, 3, 1, 2]), "NCHW");
  }));
});

Deno.test("pools: NCHW is NHWC with the dimensions in another order", () => {
  fc.assert(fc.property(poolSizes, ({ x, options }) => {
    const v = gridValues(x, 1);
    const [last, first] = [upload(v), upload(transposeOracle(v, [0, 3, 1, 2]))];
    for (const pool of [maxPool, avgPool]) {
      const expected = transpose(pool(last, options), [0, 3, 1, 2]);
      const y = pool(first, { ...options, layout: "NCHW" });
      assertTensor(y, { shape: expected.shape, data: expected.dataSync() }, pool.name);
    }
  }));
});

Deno.test("depthwiseConv2d: result c M + m is channel c with its filter m", () => {
  const x = tensor([1, 10, 2, 20], { shape: [1, 1, 2, 2] });
  const w = tensor([1, 2, 3, 4], { shape: [1, 1, 2, 2] });
  assertEquals([...depthwiseConv2d(x, w).dataSync()], [1, 2, 30, 40, 2, 4, 60, 80]);
  const first = depthwiseConv2d(transpose(x, [0, 3, 1, 2]), reshape(w, [4, 1, 1, 1]), {
    layout: "NCHW",
  });
  assertEquals([...first.dataSync()], [1, 2, 2, 4, 30, 60, 40, 80]);
});

Deno.test("separableConv2d: a depthwise convolution, then one of 1 x 1", () => {
  const [x, w, p] = [[2, 5, 6, 3], [3, 2, 3, 2], [1, 1, 6, 4]].map((shape, i) =>
    upload(gridValues(shape, i))
  );
  const bias = tensor([1, 2, 3, 4]);
  const options = { stride: 2, padding: "same", dilation: [1, 2] } as const;
  const y = separableConv2d(x, w, p, { ...options, bias });
  const expected = conv2d(depthwiseConv2d(x, w, options), p, { bias });
  assertTensor(y, { shape: expected.shape, data: expected.dataSync() }, "separable");
});

Deno.test("conv2dTranspose: the size is PyTorch's, and TensorFlow's with same", () => {
  const sizeOf = (
    length: number,
    kernel: number,
    options: Parameters<typeof conv2dTranspose>[2],
  ) =>
    conv2dTranspose(zeros([1, length, length, 1]), zeros([kernel, kernel, 1, 1]), options).shape[1];
  assertEquals(sizeOf(4, 3, {}), 6);
  assertEquals(sizeOf(4, 3, { stride: 2 }), 9);
  assertEquals(sizeOf(4, 3, { stride: 2, padding: 1 }), 7);
  assertEquals(sizeOf(4, 3, { stride: 2, padding: 1, outputPadding: 1 }), 8);
  assertEquals(sizeOf(4, 3, { stride: 3, padding: 2, outputPadding: 2, dilation: 2 }), 12);
  assertEquals(sizeOf(4, 3, { dilation: 3, outputPadding: 2 }), 12); // below the dilation
  assertEquals(sizeOf(4, 2, { padding: "full" }), 3);
  for (const kernel of [1, 2, 3, 4, 5]) {
    assertEquals(sizeOf(4, kernel, { stride: 2, padding: "same" }), 8);
    assertEquals(sizeOf(4, kernel, { stride: 3, padding: "same" }), 12);
  }
});

Deno.test("conv2dTranspose: the gradient of a convolution", () => {
  fc.assert(fc.property(convSizes, ({ x, w, options: { padding, ...rest } }) => {
    if (x[0] === 0 || padding === "same") return;
    const options = { padding, ...rest };
    const shape = convShape(x, w, options);
    const [dy, vw] = [gridValues(shape, 1), gridValues(w, 2)];
    const expected = conv2dGradXOracle(dy, vw, x, options);
    // The part left over at the end of x has to be stated in the size of the result.
    const smallest = smallestLike(x, w, shape, options);
    if (smallest === undefined) return;
    const y = conv2dTranspose(upload(dy), upload(vw), { ...options, outputPadding: smallest });
    assertTensor(y, expected, "conv2dTranspose");
  }));
});

/**
 * Finds the output padding with which a transposed convolution has the shape x; none where it
 * cannot.
 */
function smallestLike(
  x: readonly number[],
  w: readonly number[],
  y: readonly number[],
  options: Conv2dWindow,
): readonly [number, number] | undefined {
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) {
      try {
        const all = { ...options, outputPadding: [i, j] as const };
        const { shape } = conv2dTranspose(zeros([0, ...y.slice(1)]), zeros(w), all);
        if (shape[1] === x[1] && shape[2] === x[2]) return [i, j];
      } catch (error) {
        // More than the stride allows, or nothing left.
        if (!(error instanceof RangeError || error instanceof ShapeError)) throw error;
      }
    }
  }
  return undefined;
}

Deno.test("conv2dTranspose: pixels that no filter reaches are the bias alone", () => {
  const x = tensor([5], { shape: [1, 1, 1, 1] });
  const w = tensor([1], { shape: [1, 1, 1, 1] });
  const y = conv2dTranspose(x, w, { stride: 3, outputPadding: [0, 2], bias: tensor([0.5]) });
  assertEquals([...y.dataSync()], [5.5, 0.5, 0.5]);
});

Deno.test("conv2dTranspose: groups are transposed convolutions side by side", () => {
  const x = tensor([1, 2], { shape: [1, 1, 1, 2] });
  const w = tensor([3, 5, 7, 11], { shape: [1, 1, 2, 2] });
  const y = conv2dTranspose(x, w, { groups: 2 });
  assertEquals([...y.dataSync()], [3, 7, 10, 22]);
});

Deno.test("conv1d: a convolution of images of one row", () => {
  const x = tensor([1, 2, 4, 8, 16], { shape: [1, 5, 1] });
  const w = tensor([1, 100], { shape: [2, 1, 1] });
  const values = (options: Parameters<typeof conv1d>[2]) => [...conv1d(x, w, options).dataSync()];
  assertEquals(values({}), [201, 402, 804, 1608]);
  assertEquals(values({ stride: 2 }), [201, 804]);
  assertEquals(values({ dilation: 3 }), [801, 1602]);
  assertEquals(values({ padding: "same" }), [201, 402, 804, 1608, 16]);
  assertEquals(values({ padding: "full" }), [100, 201, 402, 804, 1608, 16]);
  assertEquals(values({ padding: [0, 2], stride: 3 }), [201, 1608]);
  assertEquals(values({ padding: 1, stride: 5, bias: tensor([0.5]) }), [100.5, 16.5]);
  const grouped = conv1d(reshape(x, [1, 1, 5]), reshape(tensor([1, 2, 3, 4, 5]), [1, 1, 5]), {
    groups: 5,
  });
  assertEquals([...grouped.dataSync()], [1, 4, 12, 32, 80]);
});

Deno.test("conv1d: no sequences give no results", () => {
  assertEquals(conv1d(zeros([0, 5, 2]), zeros([3, 2, 4])).shape, [0, 3, 4]);
});

Deno.test("conv2d: the gradients in NCHW have the shapes of the inputs", () => {
  const params = { x: zeros([2, 3, 5, 4]), w: zeros([6, 3, 2, 2]), bias: zeros([6]) };
  const f = ({ x, w, bias }: Record<string, Tensor>) => {
    const y = conv2d(x, w, { bias, layout: "NCHW" });
    return sum(mul(y, y));
  };
  const grads = grad(f)(params as Record<string, Tensor>);
  assertEquals(grads.x.shape, params.x.shape);
  assertEquals(grads.w.shape, params.w.shape);
  assertEquals(grads.bias.shape, params.bias.shape);
});
