// Windows, groups and shapes of imported models in all their forms, as onnxruntime computes them.

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Tensor, tensor } from "../../../mod.ts";
import { importOnnx } from "../../../src/models/mod.ts";
import { writeModel } from "../../../src/models/onnx/write_model.ts";
import { scaled } from "../../support/effort.ts";
import { ifPossible } from "../../support/permissions.ts";
import { assertClose } from "./close.ts";
import {
  float,
  floats,
  graphOf,
  type GraphOptions,
  ints,
  type NodeText,
  type Settings,
} from "./graphs.ts";
import { ORT_NEEDS, runOnnx } from "./runtime.ts";

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Different numbers, above and below 0. */
function ramp(shape: readonly number[]): Tensor {
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => (i * 7 % 23 - 11) / 4);
  return tensor(data, { shape });
}

async function compare(nodes: readonly NodeText[], options: GraphOptions, x: Tensor) {
  const file = writeModel(graphOf(nodes, { shape: x.shape, ...options }));
  const { y } = await runOnnx(file, { x });
  const model = await importOnnx(file);
  const found = model.apply(model.params, x);
  assertEquals(found.shape, y.shape);
  assertClose(found.dataSync(), y.data, nodes[0][0]);
}

const two = (max: number, min = 1) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

/** Pools whose windows, at least those that ONNX does not drop, hold some of the image. */
const pool = fc.record({
  operator: fc.constantFrom("MaxPool", "AveragePool"),
  size: two(7, 3),
  kernel: two(4),
  strides: two(4),
  pads: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
  ceil: fc.constantFrom(0, 1),
  counted: fc.constantFrom(0, 1),
}).filter(({ size, kernel, pads }) =>
  kernel.every((k, i) => pads[i] < k && pads[i + 2] < k && size[i] + pads[i] + pads[i + 2] >= k)
);

Deno.test(ifPossible({
  name: "importOnnx: pools of any window, with and without ceil_mode",
  needs: ORT_NEEDS,
  sanitizeResources: false, // the runtime opens a message port when it is loaded
  async fn() {
    await fc.assert(
      fc.asyncProperty(pool, async ({ operator, size, kernel, strides, pads, ceil, counted }) => {
        const settings: Settings = {
          ...{ "kernel_shape": kernel, strides, pads, "ceil_mode": ceil },
          ...(operator === "AveragePool" ? { "count_include_pad": counted } : {}),
        };
        const x = ramp([2, 1, ...size]);
        await compare([[operator, ["x"], "y", settings]], { opset: 19 }, x);
      }),
      { numRuns: scaled(300) },
    );
  },
}));

Deno.test(ifPossible({
  name: "importOnnx: a window that would begin behind the image is left out",
  needs: ORT_NEEDS,
  sanitizeResources: false, // the runtime opens a message port when it is loaded
  async fn() {
    // The last window of 2 begins where an image of 3 ends, after one row of padding in front.
    for (const operator of ["MaxPool", "AveragePool"]) {
      const settings = {
        ...{ kernel_shape: [2, 2], strides: [2, 4], pads: [1, 0, 1, 1], ceil_mode: 1 },
      };
      await compare([[operator, ["x"], "y", settings]], { opset: 19 }, ramp([1, 2, 3, 4]));
    }
  },
}));

Deno.test(ifPossible({
  name: "importOnnx: 0 in a shape keeps a size, or is one with allowzero",
  needs: ORT_NEEDS,
  sanitizeResources: false, // the runtime opens a message port when it is loaded
  async fn() {
    const reshape = (allowzero: number, shape: number[], x: Tensor) =>
      compare([["Reshape", ["x", "s"], "y", { allowzero }]], {
        ...{ opset: 14, constants: [ints("s", shape)] },
      }, x);
    await reshape(0, [0, 0, 2, 2], ramp([2, 3, 4]));
    await reshape(0, [0, -1], ramp([2, 3, 4]));
    await reshape(1, [3, 0, 2], ramp([0, 4]));
    await reshape(0, [0, 3], ramp([0, 3]));
    await reshape(1, [4, -1], ramp([2, 3, 2]));
  },
}));

/** Normalised by groups, from the definition: a factor and a summand for each group or channel. */
function normalized(x: Tensor, groups: number, scale: number[], bias: number[], epsilon: number) {
  const [n, channels, ...rest] = x.shape;
  const data = x.dataSync();
  const inner = sizeOf(rest);
  const size = channels / groups * inner;
  return Array.from({ length: n * groups }, (_, row) => {
    const group = Array.from(data.subarray(row * size, (row + 1) * size));
    const mean = group.reduce((a, b) => a + b, 0) / size;
    const variance = group.reduce((a, b) => a + (b - mean) ** 2, 0) / size;
    return group.map((v, i) => {
      const channel = (row % groups) * channels / groups + Math.floor(i / inner);
      const at = scale.length === groups ? row % groups : channel;
      return (v - mean) / Math.sqrt(variance + epsilon) * scale[at] + bias[at];
    });
  }).flat();
}

Deno.test("importOnnx: groups are scaled one by one before version 21, then channels", async () => {
  const x = ramp([2, 6, 2, 3]);
  for (
    const [opset, scale, bias] of [
      [18, [2, -1, 0.5], [0.25, 3, -1]],
      [21, [2, -1, 0.5, 3, 1, 4], [0.25, 3, -1, 0, 7, 2]],
    ] as const
  ) {
    const constants = [floats("scale", [...scale]), floats("bias", [...bias])];
    const model = await importOnnx(writeModel(graphOf([
      ["GroupNormalization", ["x", "scale", "bias"], "y", { num_groups: 3, epsilon: float(0.25) }],
    ], { constants, opset, shape: x.shape })));
    const y = model.apply(model.params, x);
    assertClose(y.dataSync(), normalized(x, 3, [...scale], [...bias], 0.25), `opset ${opset}`);
  }
});
