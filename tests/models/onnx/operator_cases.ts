// Operators of ONNX in the forms that other programs write them.

import { Random, randomNormal } from "../../../mod.ts";
import type { OnnxTensor } from "../../../src/models/onnx/model.ts";
import { float, floats, type GraphOptions, ints, type NodeText, text } from "./graphs.ts";

/** Shape of x, the nodes, and what else the graph has. */
export type Case = readonly [
  shape: readonly number[],
  nodes: readonly NodeText[],
  options?: GraphOptions,
];

/** A graph of one node. */
const one = (
  shape: readonly number[],
  operator: string,
  settings: NodeText[3] = {},
  constants: readonly OnnxTensor[] = [],
  opset = 18,
): Case => [
  shape,
  [[operator, ["x", ...constants.map(({ name }) => name)], "y", settings]],
  { constants, opset },
];

function filled(name: string, ...shape: number[]): OnnxTensor {
  const values = randomNormal(new Random(shape.length), shape).dataSync();
  return floats(name, Array.from(values), shape);
}

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
const reduction = (operator: string): Case[] => [
  one([2, 3, 4], operator, { axes: [1, -1], keepdims: 0 }, [], 11),
  one([2, 3, 4], operator, {}, [], 11),
  one([2, 3, 4], operator, { keepdims: 1 }, [ints("axes", [-1])], 18),
  one([2, 3, 4], operator, { noop_with_empty_axes: 0, keepdims: 0 }, [], 18),
];

/** Cases by what they are about. */
export const operatorCases: Readonly<Record<string, readonly Case[]>> = {
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
  "Split": [
    [[2, 6], [["Split", ["x"], ["a", "b", "c"], { axis: 1 }], ["Concat", ["c", "a", "b"], "y", {
      axis: 1,
    }]], { opset: 11 }],
    [[2, 6], [["Split", ["x"], ["a", "b"], { axis: -1, split: [1, 5] }], [
      "MatMul",
      ["x", "w"],
      "m",
    ], ["Mul", ["a", "m"], "y"]], { opset: 12, constants: [filled("w", 6, 3)] }],
    [[2, 6], [["Split", ["x", "sizes"], ["a", "b"], { axis: 1 }], ["Concat", ["b", "a"], "y", {
      axis: 1,
    }]], { opset: 13, constants: [ints("sizes", [4, 2])] }],
    [[2, 7], [["Split", ["x"], ["a", "b", "c"], { axis: 1, num_outputs: 3 }], [
      "Concat",
      ["c", "b", "a"],
      "y",
      { axis: 1 },
    ]], { opset: 18 }],
  ],
  "Pad": [
    one([2, 3, 4], "Pad", { pads: [0, 1, 2, 1, 0, 1], value: float(2) }, [], 10),
    one([2, 3, 4], "Pad", {}, [ints("pads", [0, 1, 2, 1, -1, 1]), floats("v", [3], [])]),
    ...["reflect", "edge"].map((mode) =>
      one([2, 3, 4], "Pad", { mode: text(mode) }, [ints("pads", [0, 1, 2, 0, 0, 1])])
    ),
    one([2, 3, 4], "Pad", { mode: text("wrap") }, [ints("pads", [0, 1, 2, 0, 0, 1])], 19),
    [
      [2, 3],
      [["ReduceMax", ["x"], "value", { keepdims: 0 }], ["Pad", ["x", "pads", "value"], "y"]],
      {
        constants: [ints("pads", [1, 0, 0, 2])],
      },
    ],
    [[2, 3, 4], [["Pad", ["x", "pads", "", "axes"], "y"]], {
      opset: 18,
      constants: [ints("pads", [1, 0, 2, 1]), ints("axes", [-1, 0])],
    }],
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
  "reductions": [
    "ReduceMean",
    "ReduceMax",
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSumExp",
    "ReduceSumSquare",
    "ReduceProd",
  ].flatMap(reduction).concat([
    one([2, 3], "ReduceSum", { axes: [1] }, [], 11),
    one([2, 3], "ReduceSum", {}, [ints("axes", [0])], 13),
    one([2, 3], "ReduceSum", { noop_with_empty_axes: 1 }, [], 13),
  ]),
  "reductions of nothing": [
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceProd",
    "ReduceSum",
    "ReduceSumSquare",
  ].flatMap((operator) => [
    one([2, 3], operator, { noop_with_empty_axes: 1, keepdims: 0 }, [], 18),
    one([2, 3], operator, { noop_with_empty_axes: 1 }, [ints("axes", [])], 18),
    one([], operator, { keepdims: 0 }, [], 18),
  ]),
  "Slice with ends beyond the axis": [
    [-10, -100, -1],
    [-10, -2, -1],
    [-4, -5, -1],
    [-3, -9, -1],
    [5, -100, -2],
    [2, 0, -1],
    [1, 5, -1],
    [0, -9, -1],
    [-10, 100, 2],
    [9, 10, 1],
    [-1, -10, -3],
  ].map(([start, end, step]) =>
    one([2, 3], "Slice", {}, [
      ints("start", [start]),
      ints("end", [end]),
      ints("axis", [-1]),
      ints("step", [step]),
    ])
  ),
  "Gelu": [
    one([2, 3], "Gelu", {}, [], 20),
    one([2, 3], "Gelu", { approximate: text("none") }, [], 20),
    one([2, 3], "Gelu", { approximate: text("tanh") }, [], 20),
  ],
  "Trilu, Mean, Xor and CastLike": [
    one([2, 4, 3], "Trilu", {}, [], 14),
    one([2, 3, 4], "Trilu", { upper: 0 }, [ints("k", [1], [])], 14),
    one([4, 3], "Trilu", { upper: 1 }, [ints("k", [-2], [])], 14),
    one([2, 3], "Mean", {}, [floats("b", [1, 2, 4]), floats("c", [8], [1, 1])], 13),
    one([2, 3], "CastLike", {}, [floats("b", [1])], 15),
    [[2, 3], [["Less", ["x", "zero"], "a"], ["Less", ["x", "one"], "b"], ["Xor", ["a", "b"], "c"], [
      "Cast",
      ["c"],
      "y",
      { to: 1 },
    ]], { constants: [floats("zero", [0], []), floats("one", [1], [])] }],
  ],
  "ArgMax and ArgMin": ["ArgMax", "ArgMin"].flatMap((operator) =>
    [[0, 1], [-1, 0], [1, 1]].map(([axis, keepdims]): Case => [
      [2, 3, 4],
      [[operator, ["x"], "at", axis === 0 ? {} : { axis, keepdims }], ["Cast", ["at"], "y", {
        to: 1,
      }]],
    ])
  ),
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
  "indices from the end": [
    [[3, 2], [["Cast", ["at"], "i", { to: 7 }], ["Gather", ["x", "i"], "y"]], {
      constants: [floats("at", [-1, 0, -3], [3])],
    }],
    one([3, 2], "Gather", { axis: -1 }, [ints("at", [-1, 0, 1, -2], [2, 2])]),
    one([3, 2], "GatherElements", { axis: -2 }, [ints("at", [-1, 1], [1, 2])]),
    one([3, 2], "GatherElements", { axis: 1 }, [ints("at", [-1, 0, 1, 0, 0, 1], [2, 3])]),
  ],
  "Squeeze and Unsqueeze": [
    one([2, 1, 3, 1], "Squeeze", { axes: [1] }, [], 11),
    one([2, 1, 3, 1], "Squeeze", {}, [ints("axes", [-1])], 13),
    one([2, 1, 3, 1], "Squeeze", {}, [], 13),
    one([2, 3], "Unsqueeze", { axes: [0, 3] }, [], 11),
    one([2, 3], "Unsqueeze", {}, [ints("axes", [-1, 1])], 13),
  ],
  "shapes that are computed": [
    [[2, 3, 4], [
      ["Shape", ["x"], "shape"],
      ["Slice", ["shape", "from", "to"], "two"],
      ["Concat", ["two", "rest"], "sizes", { axis: 0 }],
      ["Reshape", ["x", "sizes"], "y"],
    ], { constants: [ints("from", [0]), ints("to", [2]), ints("rest", [2, -1])] }],
    [[2, 3, 4], [
      ["Shape", ["x"], "shape"],
      ["Slice", ["shape", "from", "to", "axis", "step"], "back"],
      ["Reshape", ["x", "back"], "y"],
    ], {
      constants: [ints("from", [-1]), ints("to", [-4]), ints("axis", [0]), ints("step", [-1])],
    }],
    [[2, 1, 4], [
      ["ConstantOfShape", ["count"], "ones", {
        value: { type: "tensor", value: ints("", [1]) },
      }],
      ["Equal", ["wanted", "minus"], "isKept"],
      ["Where", ["isKept", "ones", "wanted"], "sizes"],
      ["Expand", ["x", "sizes"], "y"],
    ], { constants: [ints("count", [3]), ints("wanted", [-1, 5, -1]), ints("minus", [-1])] }],
    [[2, 3], [
      ["Shape", ["x"], "shape"],
      ["ConstantOfShape", ["shape"], "fill", {
        value: { type: "tensor", value: floats("", [2.5]) },
      }],
      ["Add", ["x", "fill"], "y"],
    ]],
    [[2, 3, 4], [
      ["Shape", ["x"], "shape"],
      ["Gather", ["shape", "one"], "size"],
      ["Cast", ["size"], "float", { to: 1 }],
      ["Mul", ["float", "half"], "scaled"],
      ["Floor", ["scaled"], "floor"],
      ["Cast", ["floor"], "whole", { to: 7 }],
      ["Unsqueeze", ["whole", "zero"], "list"],
      ["Slice", ["x", "zero", "list", "axis"], "y"],
    ], {
      constants: [
        ints("one", [1], []),
        floats("half", [0.7], []),
        ints("zero", [0]),
        ints("axis", [1]),
      ],
    }],
    [[2, 3], [["Tile", ["x", "copies"], "y"]], { constants: [ints("copies", [2, 3])] }],
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
