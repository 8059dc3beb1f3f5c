// Operators of ONNX in the forms that other programs write them.

import { arrayOperatorCases } from "./array_operator_cases.ts";
import { float, floats, ints, type NodeText, text } from "./graphs.ts";
import { type Case, filled, one } from "./operator_case_makers.ts";

const image = [2, 3, 7, 8];
const pool = (operator: string, settings: NodeText[3], shape = image) =>
  one(shape, operator, { kernel_shape: [3, 2], ...settings });
const none = floats("roi", [], [0]);
const resize = (mode: string, place: string, nearest: string, scales: number[], opset = 13) =>
  one(
    [1, 2, 4, 5],
    "Resize",
    {
      mode: text(mode),
      coordinate_transformation_mode: text(place),
      nearest_mode: text(nearest),
    },
    [none, floats("scales", [1, 1, ...scales])],
    opset,
  );
/** Cases by what they are about. */
export const operatorCases: Readonly<Record<string, readonly Case[]>> = {
  ...arrayOperatorCases,
  "ceil_mode of pools": [
    ...["MaxPool", "AveragePool"].flatMap((operator) => [
      pool(operator, { ceil_mode: 1, strides: [2, 2] }),
      pool(operator, { ceil_mode: 1, strides: [3, 3], pads: [1, 0, 1, 1] }),
      pool(operator, { ceil_mode: 1, strides: [2, 3], pads: [1, 1, 0, 0] }, [1, 1, 6, 6]),
      pool(operator, { ceil_mode: 1, strides: [2, 2], auto_pad: text("SAME_UPPER") }),
      pool(operator, { ceil_mode: 0, strides: [2, 2] }),
      pool(operator, {}),
      pool(operator, { ceil_mode: 1, strides: [2, 3], auto_pad: text("VALID") }),
    ]),
    pool("AveragePool", {
      ceil_mode: 1,
      strides: [3, 3],
      pads: [1, 0, 1, 1],
      count_include_pad: 1,
    }),
    pool("AveragePool", {
      ceil_mode: 0,
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      count_include_pad: 1,
    }),
  ],
  "ceil_mode of averages that count padding": [
    pool("AveragePool", {
      ...{ ceil_mode: 1, strides: [2, 3], auto_pad: text("VALID") },
      count_include_pad: 1,
    }),
    pool("AveragePool", {
      ceil_mode: 1,
      strides: [3, 3],
      pads: [0, 0, 0, 1],
      count_include_pad: 1,
    }),
  ],
  "auto_pad": [
    ...["SAME_LOWER", "SAME_UPPER", "VALID"].flatMap((mode) => [
      pool("MaxPool", { auto_pad: text(mode), strides: [2, 3] }),
      pool("AveragePool", { auto_pad: text(mode), strides: [2, 1] }),
      one(image, "Conv", { auto_pad: text(mode), strides: [2, 1] }, [filled("w", 4, 3, 4, 2)]),
      one(image, "Conv", { auto_pad: text(mode) }, [filled("w", 4, 3, 3, 3), filled("b", 4)]),
    ]),
  ],
  "Conv and ConvTranspose": [
    one(image, "Conv", { group: 3, dilations: [2, 1], pads: [2, 0, 1, 1] }, [
      filled("w", 6, 1, 3, 3),
    ]),
    one(image, "ConvTranspose", {
      group: 3,
      strides: [2, 3],
      pads: [1, 0, 0, 1],
      output_padding: [1, 0],
    }, [filled("w", 3, 2, 3, 3), filled("b", 6)]),
    one(image, "ConvTranspose", { auto_pad: text("SAME_UPPER"), strides: [2, 2] }, [
      filled("w", 3, 2, 3, 3),
    ]),
  ],
  "Resize": [
    resize("nearest", "asymmetric", "floor", [2, 3]),
    resize("nearest", "asymmetric", "floor", [1.5, 0.6]),
    resize("nearest", "half_pixel", "round_prefer_floor", [2, 3]),
    resize("nearest", "pytorch_half_pixel", "round_prefer_ceil", [4, 5]),
    resize("linear", "half_pixel", "floor", [2, 3]),
    resize("linear", "pytorch_half_pixel", "floor", [0.5, 0.2]),
    resize("linear", "align_corners", "floor", [2.5, 2]),
    one([1, 2, 4, 5], "Resize", { mode: text("linear") }, [
      none,
      floats("scales", [], [0]),
      ints("sizes", [1, 2, 7, 3]),
    ]),
    one([1, 2, 4, 5], "Resize", { mode: text("linear"), axes: [2, 3] }, [
      none,
      floats("scales", [], [0]),
      ints("sizes", [8, 3]),
    ], 18),
    one([1, 2, 4, 5], "Resize", {}, [floats("scales", [1, 1, 2, 2])], 10),
    one([1, 2, 4, 5], "Upsample", {}, [floats("scales", [1, 1, 2, 3])], 9),
    one([1, 2, 4, 5], "Upsample", { scales: { type: "floats", value: [1, 1, 3, 2] } }, [], 7),
  ],
  "Gemm": [0, 1].flatMap((transA) =>
    [0, 1].map((transB) =>
      one(
        [3, 4],
        "Gemm",
        { transA, transB, alpha: float(0.5), beta: float(2) },
        [
          transB ? filled("w", 5, transA ? 3 : 4) : filled("w", transA ? 3 : 4, 5),
          [filled("c", 5), filled("c", transA ? 4 : 3, 1)][transB],
        ],
      )
    )
  ).concat([one([3, 4], "Gemm", {}, [filled("w", 4, 2)])]),
  "Clip": [
    one([2, 5], "Clip", { min: float(-0.5), max: float(0.25) }, [], 6 + 1),
    one([2, 5], "Clip", {}, [floats("low", [-0.5], [])], 13),
    [[2, 5], [["Clip", ["x", "", "high"], "y"]], { constants: [floats("high", [0.1], [])] }],
    one([2, 5], "Clip", {}, [floats("low", [1], []), floats("high", [-1], [])], 13),
    [[2, 5], [["ReduceMin", ["x"], "low", { keepdims: 0 }], ["Abs", ["low"], "high"], [
      "Clip",
      ["x", "low", "high"],
      "y",
    ]]],
  ],
  "Gelu": [
    one([2, 3], "Gelu", {}, [], 20),
    one([2, 3], "Gelu", { approximate: text("none") }, [], 20),
    one([2, 3], "Gelu", { approximate: text("tanh") }, [], 20),
  ],
  "powers": [
    one([2, 3], "Pow", {}, [ints("e", [2, 0, 3])]),
    one([2, 3], "Pow", {}, [floats("e", [2, 3, 1])]),
    ...[ints("e", [2, 5, 0, 3, -1, -3]), floats("e", [0.5, 2, 0, 1.5, -1, -2])].map((
      exponents,
    ): Case => [[2, 3], [["Pow", ["b", "e"], "p"], ["Cast", ["p"], "y", { to: 1 }]], {
      constants: [ints("b", [9, -3, 7, 4, 1, -1]), exponents],
    }]),
    [[2, 3], [["Cast", ["x"], "b", { to: 6 }], ["Pow", ["b", "e"], "p"], ["Cast", ["p"], "y", {
      to: 1,
    }]], { constants: [ints("e", [2, 3, 4])] }],
  ],
  "normalisation": [
    one(image, "BatchNormalization", { epsilon: float(0.01) }, [
      filled("scale", 3),
      filled("bias", 3),
      filled("mean", 3),
      floats("variance", [1, 2, 0.5]),
    ], 15),
    one(image, "InstanceNormalization", { epsilon: float(0.1) }, [
      filled("scale", 3),
      filled("bias", 3),
    ]),
    one([2, 4, 3], "LayerNormalization", { axis: 1 }, [filled("s", 4, 3), filled("b", 4, 3)], 17),
    one(
      [2, 4, 3, 2],
      "GroupNormalization",
      { num_groups: 2 },
      [filled("s", 4), filled("b", 4)],
      21,
    ),
    one([2, 4, 3, 2], "LRN", { size: 3, alpha: float(0.5), bias: float(2) }),
    one([2, 4], "LpNormalization", { axis: 1, p: 1 }),
    ...[1, 2].flatMap((p) =>
      [0, 1].map((axis): Case => [[3, 4], [["Mul", ["x", "rows"], "m"], [
        "LpNormalization",
        ["m"],
        "y",
        { axis, p },
      ]], {
        constants: [
          axis === 0 ? floats("rows", [0, 2, 0, 3], [1, 4]) : floats("rows", [0, 2, 3], [3, 1]),
        ],
      }])
    ),
  ],
  "whole networks' odds and ends": [
    one([2, 3, 4], "Flatten", { axis: 2 }),
    one([2, 3, 4], "Flatten", { axis: 0 }),
    one([2, 3, 4], "Softmax", {}, [], 11),
    one([2, 3, 4], "Softmax", {}, [], 13),
    one([2, 3, 4], "Softmax", { axis: 1 }, [], 11),
    one([2, 3, 4], "Softmax", { axis: 1 }, [], 13),
    one([2, 3, 4], "LogSoftmax", { axis: -2 }, [], 13),
    one([2, 8, 3, 2], "DepthToSpace", { blocksize: 2 }),
    one([2, 8, 3, 2], "DepthToSpace", { blocksize: 2, mode: text("CRD") }),
    one([2, 2, 4, 6], "SpaceToDepth", { blocksize: 2 }),
    one(image, "GlobalAveragePool"),
    one(image, "GlobalMaxPool"),
    one([2, 3], "Identity"),
    one([2, 3], "Dropout", {}, [], 13),
    one([2, 3], "Celu", { alpha: float(0.5) }, [], 12),
    one([2, 3], "Softsign"),
    one([2, 3], "ThresholdedRelu", { alpha: float(0.2) }),
    one([2, 3], "Einsum", { equation: text("ij,jk->ki") }, [filled("w", 3, 4)]),
    one([2, 3], "HardSigmoid", { alpha: float(0.3), beta: float(0.4) }),
    one([2, 3], "PRelu", {}, [floats("slope", [0.1, 0.2, 0.3])]),
  ],
};
