// Files with numbers as large as there are: they are refused in time, and touch no other tensor.

import { assert, assertEquals } from "@std/assert";
import { Random, type Tensor, tensor } from "../../../mod.ts";
import { importOnnx } from "../../../src/models/mod.ts";
import type { OnnxTensor } from "../../../src/models/onnx/model.ts";
import { writeModel } from "../../../src/models/onnx/write_model.ts";
import { float, floats, graphOf, ints, type Settings, text } from "./graphs.ts";

const EXTREMES = [
  ...[0, 1, 1, 2, 2, 3, -1, -2],
  ...[
    2 ** 16,
    2 ** 27,
    2 ** 28,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 + 3,
    2 ** 53,
    -(2 ** 31),
    -(2 ** 62),
  ],
];

/** Attributes, and lists of integers as inputs, for an operator: how many numbers each has. */
interface Form {
  readonly shape: readonly number[];
  readonly attributes?: Readonly<Record<string, number>>;
  readonly inputs?: readonly number[];
  readonly weights?: readonly (readonly number[])[];
  readonly fixed?: Settings;
  readonly opset?: number;
}

const image = [1, 2, 5, 8];
const window = { strides: 2, pads: 4, dilations: 2 };
const forms: Readonly<Record<string, Form>> = {
  ArgMax: { shape: [2, 3], attributes: { axis: 0 } },
  AveragePool: { shape: image, attributes: { "kernel_shape": 2, strides: 2, pads: 4 } },
  Concat: { shape: [2, 3], attributes: { axis: 0 } },
  ConstantOfShape: { shape: [2, 3], inputs: [2] },
  Conv: { shape: image, attributes: { ...window, group: 0 }, weights: [[2, 2, 2, 2]] },
  ConvTranspose: {
    shape: image,
    attributes: { ...window, group: 0, "output_padding": 2 },
    weights: [[2, 2, 2, 2]],
  },
  CumSum: { shape: [2, 3], inputs: [1] },
  DepthToSpace: { shape: [1, 4, 2, 2], attributes: { blocksize: 0 } },
  Expand: { shape: [2, 3], inputs: [3] },
  Flatten: { shape: [2, 3], attributes: { axis: 0 } },
  Gather: { shape: [2, 3], inputs: [2], attributes: { axis: 0 } },
  GatherElements: { shape: [2], inputs: [2], attributes: { axis: 0 } },
  GroupNormalization: { shape: image, attributes: { "num_groups": 0 }, weights: [[2], [2]] },
  LRN: { shape: image, attributes: { size: 0 } },
  LayerNormalization: { shape: [2, 3], attributes: { axis: 0 }, weights: [[3]] },
  LpNormalization: { shape: [2, 3], attributes: { axis: 0, p: 0 } },
  MaxPool: { shape: image, attributes: { "kernel_shape": 2, strides: 2, pads: 4, "ceil_mode": 0 } },
  Pad: { shape: [2, 3], inputs: [4] },
  Range: { shape: [2, 3], inputs: [0, 0, 0] },
  ReduceSum: { shape: [2, 3], inputs: [2] },
  Reshape: { shape: [2, 3], inputs: [3], attributes: { allowzero: 0 } },
  Resize: { shape: [1, 1, 2, 2], fixed: { mode: text("linear") }, inputs: [4] },
  Slice: { shape: [4, 3], inputs: [2, 2, 2, 2] },
  Softmax: { shape: [2, 3], attributes: { axis: 0 } },
  SpaceToDepth: { shape: [1, 1, 4, 4], attributes: { blocksize: 0 } },
  Split: { shape: [2, 3], inputs: [1], attributes: { axis: 0 } },
  Squeeze: { shape: [1, 3, 1], inputs: [2] },
  Tile: { shape: [2, 3], inputs: [2] },
  Transpose: { shape: [2, 3], attributes: { perm: 2 } },
  Trilu: { shape: [2, 3], inputs: [0], opset: 14 },
  Unsqueeze: { shape: [2, 3], inputs: [2] },
};

/** Operators whose first input is not an array. */
const WITHOUT_X: readonly string[] = ["ConstantOfShape", "Range"];

/** A file with one node whose numbers are extremes; a list of 0 numbers is a single number. */
function extremeFile(operator: string, form: Form, random: Random): Uint8Array {
  const pick = () => EXTREMES[random.integer(EXTREMES.length)];
  const some = (count: number) => Array.from({ length: count || 1 }, pick);
  const constants: OnnxTensor[] = [
    ...(form.inputs ?? []).map((count, i) =>
      ints(`i${i}`, some(count), count === 0 ? [] : [count])
    ),
    ...(form.weights ?? []).map((shape, i) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return floats(`w${i}`, new Array(size).fill(0.5), [...shape]);
    }),
  ];
  const settings: Settings = {
    ...form.fixed,
    ...Object.fromEntries(
      Object.entries(form.attributes ?? {}).map(([name, count]) => {
        return [name, count === 0 ? pick() : some(count)];
      }),
    ),
    ...(operator === "LRN" ? { alpha: float(0.5) } : {}),
  };
  const names = constants.map(({ name }) => name);
  const x = WITHOUT_X.includes(operator) ? [] : ["x"];
  const inputs = operator === "Resize" ? ["x", "", "", ...names] : [...x, ...names];
  const outputs = operator === "Split" ? ["y", "z"] : "y";
  const { shape, opset = 18 } = form;
  return writeModel(graphOf([[operator, inputs, outputs, settings]], { constants, opset, shape }));
}

Deno.test("importOnnx: extreme numbers are refused in time, and touch no other tensor", async () => {
  const random = new Random(2);
  const counts = { applied: 0, refused: 0 };
  for (const [operator, form] of Object.entries(forms)) {
    for (let i = 0; i < 60; i++) {
      const file = extremeFile(operator, form, random);
      const canaries: Tensor[] = [];
      const canary = () => canaries.push(tensor(new Float32Array(64).fill(i)));
      canary();
      const size = form.shape.reduce((a, b) => a * b, 1);
      const x = tensor(Float32Array.from({ length: size }, (_, i) => i + 1), { shape: form.shape });
      canary();
      const start = performance.now();
      try {
        const model = await importOnnx(file, { maxElements: 2 ** 20 });
        canary();
        const y = model.apply(model.params, x);
        const finite = y.dataSync().every((v) => Math.abs(v) < 1e9 || Number.isNaN(v));
        assert(finite || operator === "Range", `${operator} ${i}: a foreign value`);
        counts.applied++;
        y.dispose();
      } catch (error) {
        assert(error instanceof Error && /^Cannot (read|apply)/.test(error.message), `${error}`);
        counts.refused++;
      }
      assert(performance.now() - start < 10_000, `${operator} ${i} takes long`);
      for (const tensor of canaries) {
        assertEquals(tensor.dataSync().every((v) => v === i), true, operator);
        tensor.dispose();
      }
    }
  }
  assert(counts.applied > 200 && counts.refused > 500, JSON.stringify(counts));
});
