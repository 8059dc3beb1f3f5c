// Errors of imported models: what is not read is named, all at once; what fails names its node.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { relu, ShapeError, zeros } from "../../../mod.ts";
import { exportOnnx, importOnnx } from "../../../src/models/mod.ts";
import { MessageWriter } from "../../../src/models/onnx/message_writer.ts";
import type { OnnxModel, OnnxTensor } from "../../../src/models/onnx/model.ts";
import { GRAPH, MODEL, OPERATOR_SET, TENSOR } from "../../../src/models/onnx/schema.ts";
import { writeModel } from "../../../src/models/onnx/write_model.ts";
import { floats, graphOf, ints, type NodeText, text } from "./graphs.ts";

const modelOf = (nodes: readonly NodeText[], constants: readonly OnnxTensor[] = [], opset = 13) =>
  graphOf(nodes, { constants, opset });

Deno.test("importOnnx: refuses what the library does not have", async () => {
  const cases: [OnnxModel, string][] = [
    [
      modelOf([["Loop", ["x"], "y"]]),
      'operators must be among those of the library: "Loop"',
    ],
    [
      modelOf([["__proto__", ["x"], "y"]]),
      'operators must be among those of the library: "__proto__"',
    ],
    [
      modelOf([["Relu", ["z"], "y"]]),
      'nodes must read what is made before them: Relu reads "z"',
    ],
    [modelOf([["Relu", ["x"], "x"]]), 'results must have names, each another one: a second "x"'],
    [modelOf([["Relu", ["x"], "z"]]), 'results must be made by a node: "y" is not'],
    [modelOf([["Relu", ["x", "x"], "y"]]), 'Relu must have 1 to 1 inputs: "y" has 2'],
    [
      modelOf([["MaxPool", ["x"], "y", { kernel_shape: [2, 2], dilations: [1, 2] }]]),
      'MaxPool must have dilations 1: "y" has 1 and 2',
    ],
    [
      modelOf([["Resize", ["x"], "y", { mode: text("cubic") }]]),
      "Resize must be nearest (asymmetric with floor, or half_pixel), or linear (half_pixel or " +
      'align_corners): "y" has cubic, half_pixel, round_prefer_floor',
    ],
    [
      modelOf([["BatchNormalization", ["x", "x", "x", "x", "x"], "y", { training_mode: 1 }]]),
      'BatchNormalization must have training_mode 0: "y" has 1',
    ],
    [
      modelOf([["Dropout", ["x", "rate", "train"], "y"]], [
        floats("rate", [0.5], []),
        { name: "train", elements: "bool", shape: [], data: Uint8Array.of(1) },
      ]),
      'Dropout must not be in training mode: "y" has training_mode true',
    ],
    [
      modelOf([["Split", ["x"], ["y", "y"], { axis: 1 }]]),
      'results must have names, each another one: a second "y"',
    ],
    [
      modelOf([["LRN", ["x"], "y", { size: 4 }]]),
      'LRN must have an odd size: "y" has 4',
    ],
    [
      modelOf([["Conv", ["x", "x"], "y", { strides: 2 }]]),
      'Conv must have strides of kind ints: "y" has int',
    ],
    [
      modelOf([["SpaceToDepth", ["x"], "y", { blocksize: 2, mode: text("CRD") }]]),
      'SpaceToDepth must have settings that are known: "y" has "mode"',
    ],
    [
      modelOf([["MaxPool", ["x"], "y", { kernel_shape: [2, 2], pads: [1, 1] }]]),
      'MaxPool must have pads for the four sides of images: "y" has [1,1]',
    ],
    [
      modelOf([["MaxPool", ["x"], "y", { kernel_shape: [2, 2], pads: [1, 1, -1, 1] }]]),
      'MaxPool must have pads for the four sides of images: "y" has [1,1,-1,1]',
    ],
    [modelOf([], [], 6), "operators must be of version 7 to 27: 6"],
    [modelOf([], [], 28), "operators must be of version 7 to 27: 28"],
    [
      modelOf([["Relu", ["x"], "y"]], [ints("a", [1], [2])]),
      'constants must have as many elements as their shape: "a" is [2], with 1 elements',
    ],
  ];
  for (const [model, message] of cases) {
    await assertRejects(
      () => importOnnx(writeModel(model), { name: "m.onnx" }),
      SyntaxError,
      `Cannot read m.onnx: ${message}`,
    );
  }
});

Deno.test("importOnnx: names all that it does not have at once", async () => {
  const file = writeModel(modelOf([
    ["Loop", ["x"], "a"],
    ["NonZero", ["a"], "b"],
    ["Loop", ["b"], ["c", "d"]],
    ["LRN", ["d"], "e", { size: 4 }],
    ["Gelu", ["e"], "f", { approximate: text("quick") }],
    ["Relu", ["f"], "y"],
  ]));
  await assertRejects(
    () => importOnnx(file, { name: "m.onnx" }),
    SyntaxError,
    [
      "Cannot read m.onnx: a file must have only what the library has: 4 problems",
      '- operators must be among those of the library: "Loop"',
      '- operators must be among those of the library: "NonZero"',
      '- LRN must have an odd size: "e" has 4',
      '- Gelu must have approximate none or tanh: "f" has quick',
    ].join("\n"),
  );
  const many = Array.from({ length: 30 }, (_, i): NodeText => [`Op${i}`, ["x"], `y${i}`]);
  const error = await assertRejects(() => importOnnx(writeModel(modelOf(many))), SyntaxError);
  assertEquals([error.message.split("\n").length, error.message.endsWith("\n- and 10 more")], [
    22,
    true,
  ]);
});

/** A file whose node is of another domain, and has a graph in an attribute. */
function foreignFile(domain: string): Uint8Array {
  const value = (to: MessageWriter, name: string) =>
    to.text(1, name).message(2, (type) =>
      type.message(1, (elements) => {
        elements.int(1, 1);
      }));
  return new MessageWriter().int(MODEL.irVersion, 8)
    .message(MODEL.opsetImport, (set) => set.int(OPERATOR_SET.version, 17))
    .message(MODEL.graph, (graph) =>
      graph
        .message(GRAPH.node, (node) => {
          node.text(1, "x").text(2, "a").text(4, "FusedConv").text(7, domain);
        })
        .message(GRAPH.node, (node) => {
          node.text(1, "a").text(2, "y").text(4, "Relu")
            .message(5, (attribute) => attribute.text(1, "body").int(20, 5));
        })
        .message(GRAPH.input, (input) => value(input, "x"))
        .message(GRAPH.output, (output) => value(output, "y")))
    .finish();
}

Deno.test("importOnnx: names operators of other domains and graphs in attributes", async () => {
  await assertRejects(
    () => importOnnx(foreignFile("com.microsoft"), { name: "m.onnx" }),
    SyntaxError,
    [
      "Cannot read m.onnx: a file must have only what the library has: 2 problems",
      '- operators must be the standard ones: "FusedConv" of "com.microsoft"',
      '- attributes must be numbers, texts or constants: "Relu" has a graph, "body"',
    ].join("\n"),
  );
});

/** A file without nodes: its sets of operators by domain, and the type of its input. */
function emptyFile(domains: readonly string[], type: (to: MessageWriter) => void): Uint8Array {
  const file = new MessageWriter().int(MODEL.irVersion, 8);
  for (const domain of domains) {
    file.message(
      MODEL.opsetImport,
      (set) => set.text(OPERATOR_SET.domain, domain).int(OPERATOR_SET.version, 17),
    );
  }
  return file.message(MODEL.graph, (graph) => {
    graph.message(GRAPH.input, (input) => input.text(1, "x").message(2, type));
  }).finish();
}

Deno.test("importOnnx: names domains, elements and types of inputs that it does not read", async () => {
  const elements = (kind: number) => (type: MessageWriter) =>
    void type.message(1, (tensor) => void tensor.int(1, kind));
  const versions = "a file must tell the version of the standard operators: it has";
  const known = "float32, uint8, int8, uint16, int16, int32, int64, bool, float16, float64, " +
    "uint32, uint64";
  const cases: [Uint8Array, string][] = [
    [emptyFile(["ai.onnx.ml", "x"], elements(1)), `${versions} those of "ai.onnx.ml", "x" alone`],
    [emptyFile([], elements(1)), `${versions} no operators`],
    [
      emptyFile([""], elements(16)),
      `elements of inputs and results must be ${known}: "x" has bfloat16`,
    ],
    [
      emptyFile(["ai.onnx"], elements(99)),
      `elements of inputs and results must be ${known}: "x" has kind 99`,
    ],
    [
      emptyFile([""], (type) => void type.message(4, () => {})),
      'inputs and results must be tensors: "x" is a sequence',
    ],
  ];
  for (const [file, message] of cases) {
    await assertRejects(
      () => importOnnx(file, { name: "m.onnx" }),
      SyntaxError,
      `Cannot read m.onnx: ${message}`,
    );
  }
});

Deno.test("importOnnx: errors of a model that is applied name the node", async () => {
  const cases: [NodeText[], readonly OnnxTensor[], new () => Error, string][] = [
    [
      [["MatMul", ["x", "w"], "scores"], ["Relu", ["scores"], "y"]],
      [floats("w", [1, 2, 3], [3, 1])],
      ShapeError,
      'Cannot apply ONNX model: MatMul node "scores": Cannot apply matmul: ',
    ],
    [
      [["Gather", ["x", "at"], "y", { axis: 1 }]],
      [ints("at", [0, 2])],
      RangeError,
      'Cannot apply ONNX model: Gather node "y": indices must be from -2 to 1: got 2',
    ],
    [
      [["Unsqueeze", ["x", "axes"], "y"]],
      [ints("axes", [1, -4])],
      RangeError,
      'Cannot apply ONNX model: Unsqueeze node "y": each axis must be there once: got [1, -4]',
    ],
    [
      [["ReduceSum", ["x", "axes"], "y"]],
      [ints("axes", [3])],
      RangeError,
      'Cannot apply ONNX model: ReduceSum node "y": an axis must be from -3 to 2, of 3 ' +
      "dimensions: got 3",
    ],
    [
      [["Reshape", ["x", "shape"], "y"]],
      [ints("shape", [-1, 3])],
      ShapeError,
      'Cannot apply ONNX model: Reshape node "y": the new shape must be sizes, 0 for one of x that ' +
      "stays, and at most one -1 for what is left: x is [1, 2, 2], the shape [-1, 3]",
    ],
    [
      [["Split", ["x", "parts"], ["y", "z"], { axis: 1 }]],
      [ints("parts", [1, 2])],
      RangeError,
      'Cannot apply ONNX model: Split node "y": the 2 parts must add up to the 2 elements along ' +
      "the axis: 2 sizes, [1, 2]",
    ],
  ];
  for (const [nodes, constants, kind, message] of cases) {
    const model = await importOnnx(writeModel(modelOf(nodes, constants)));
    const error = assertThrows(() => model.apply(model.params, zeros([1, 2, 2])), kind, message);
    assertEquals((error as Error).cause instanceof Error, true);
  }
});

Deno.test("importOnnx: sizes of results are checked before anything is built", async () => {
  const huge = 2 ** 27;
  const cases: [NodeText[], readonly OnnxTensor[], string][] = [
    [
      [["Resize", ["x", "", "", "sizes"], "y"]],
      [ints("sizes", [1, 1, huge, 2])],
      `images must be made at most ${2 ** 20} pixels high and wide: it would be [1, 1, ${huge}, 2]`,
    ],
    [
      [["Resize", ["x", "", "scales"], "y"]],
      [floats("scales", [1, 1, huge, huge])],
      "a result must have at most maxElements",
    ],
    [[["Expand", ["x", "s"], "y"]], [ints("s", [huge, huge, 2, 2])], "a result must have"],
    [[["Tile", ["x", "s"], "y"]], [ints("s", [huge, huge, 1, 1])], "a result must have"],
    [[["Pad", ["x", "p"], "y"]], [ints("p", [0, 0, huge, 0, 0, 0, 0, huge])], "a result must"],
    [[["ConstantOfShape", ["s"], "y"]], [ints("s", [huge, huge])], "a result must have"],
    [
      [["ConstantOfShape", ["s"], "y", { value: { type: "tensor", value: ints("", [1]) } }]],
      [ints("s", [huge])],
      "integers that a graph computes must be at most 16777216: shape [134217728]",
    ],
    [
      [["Range", ["a", "b", "c"], "y"]],
      [ints("a", [0], []), ints("b", [huge * huge], []), ints("c", [1], [])],
      "a result must have",
    ],
    [
      [["Range", ["a", "b", "c"], "y"]],
      [ints("a", [0], []), ints("b", [9], []), ints("c", [0], [])],
      "a range must go in steps other than 0: 0 to 9 by 0",
    ],
    [
      [["Unsqueeze", ["x", "axes"], "y"]],
      [ints("axes", Array.from({ length: 1e5 }, (_, i) => i))],
      "an array must have at most 64 dimensions: got 100004",
    ],
    ...["Reshape", "Expand"].map((operator): [NodeText[], OnnxTensor[], string] => [
      [[operator, ["x", "shape"], "y"]],
      [ints("shape", [...new Array(99_998).fill(1), 2, 2])],
      "an array must have at most 64 dimensions: got 100000",
    ]),
  ];
  for (const [nodes, constants, message] of cases) {
    const model = await importOnnx(
      writeModel(graphOf(nodes, { constants, shape: [1, 1, 2, 2] })),
      { maxElements: 2 ** 29 },
    );
    const found = assertThrows(() => model.apply(model.params, zeros([1, 1, 2, 2])), RangeError);
    assertEquals(
      found.message.includes(`${nodes[0][0]} node "y": ${message}`),
      true,
      found.message,
    );
  }
  await assertRejects(
    () => importOnnx(writeModel(modelOf([["Split", ["x"], "y", { num_outputs: 2 ** 28 }]]))),
    SyntaxError,
    'Split must have num_outputs 1, as many as results: "y" has 268435456',
  );
  const limited = await importOnnx(
    writeModel(graphOf([["Tile", ["x", "s"], "y"]], {
      constants: [ints("s", [1, 5])],
      shape: [1, 2],
    })),
    { maxElements: 9 },
  );
  assertThrows(
    () => limited.apply({}, zeros([1, 2])),
    RangeError,
    'Tile node "y": a result must have at most maxElements = 9 elements: it would be [1, 10]',
  );
});

Deno.test("importOnnx: refuses weights that are in another file", async () => {
  const file = new MessageWriter().int(MODEL.irVersion, 8)
    .message(MODEL.opsetImport, (set) => set.int(OPERATOR_SET.version, 17))
    .message(MODEL.graph, (graph) =>
      graph.message(GRAPH.initializer, (weight) => {
        weight.text(TENSOR.name, "conv.weight").int(TENSOR.dataType, 1).int(TENSOR.dims, 4)
          .message(TENSOR.externalData, (entry) => {
            entry.text(1, "location").text(2, "../../etc/passwd");
          })
          .int(TENSOR.dataLocation, 1);
      }))
    .finish();
  await assertRejects(
    () => importOnnx(file, { name: "m.onnx" }),
    SyntaxError,
    'Cannot read m.onnx: constants must be whole, in the file: "conv.weight" is elsewhere',
  );
});

Deno.test("importOnnx: inputs and weights must be those of the file", async () => {
  const file = exportOnnx((x) => relu(x), zeros([2, 3]));
  const model = await importOnnx(file);
  assertThrows(
    () => model.apply({}, zeros([2, 4])),
    ShapeError,
    "Cannot apply ONNX model: inputs must have the shapes of the file: x is [2, 4], the file has " +
      "[N, 3]",
  );
  const resize = await importOnnx(writeModel(graphOf([["Resize", ["x", "", "scales"], "y"]], {
    constants: [floats("scales", [1, 1, 1.5, 2])],
    shape: [1, 1, 2, 2],
  })));
  assertThrows(
    () => resize.apply({}, zeros([1, 1, 2, 2])),
    ShapeError,
    'Cannot apply ONNX model: Resize node "y": images must be made of a whole size, so many times ' +
      "larger: x is [1, 1, 2, 2], it asks for [1, 1, 3, 4]",
  );
  assertThrows(
    () => model.apply({}, {}),
    TypeError,
    'Cannot apply ONNX model: inputs must have a tensor for every name: nothing for "x"',
  );
});
