// Operators of ONNX that arrange, take or reduce elements, in the forms that other programs write.

import { float, floats, ints, text } from "./graphs.ts";
import { type Case, filled, one } from "./operator_case_makers.ts";

const reduction = (operator: string): Case[] => [
  one([2, 3, 4], operator, { axes: [1, -1], keepdims: 0 }, [], 11),
  one([2, 3, 4], operator, {}, [], 11),
  one([2, 3, 4], operator, { keepdims: 1 }, [ints("axes", [-1])], 18),
  one([2, 3, 4], operator, { noop_with_empty_axes: 0, keepdims: 0 }, [], 18),
];

/** Cases by what they are about. */
export const arrayOperatorCases: Readonly<Record<string, readonly Case[]>> = {
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
};
