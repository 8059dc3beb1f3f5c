// Integers of ONNX graphs: arrays of any rank on the host and in tensors, exact up to 2^53.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Random, randomNormal, ShapeError, tensor, zeros } from "../../../mod.ts";
import { importOnnx } from "../../../src/models/mod.ts";
import { numberOf } from "../../../src/models/onnx/message_reader.ts";
import type { ElementKind } from "../../../src/models/onnx/schema.ts";
import { writeModel } from "../../../src/models/onnx/write_model.ts";
import { scaled } from "../../support/effort.ts";
import { ifPossible } from "../../support/permissions.ts";
import {
  constant,
  floats,
  graphOf,
  type GraphOptions,
  ints,
  type NodeText,
  ofKind,
  text,
} from "./graphs.ts";
import { integerGraph } from "./integer_graphs.ts";
import { ORT_NEEDS, runOnnx } from "./runtime.ts";

/** Runs a graph on an input that it need not read. */
async function made(nodes: readonly NodeText[], options: GraphOptions = {}, x = zeros([2, 3])) {
  const model = await importOnnx(writeModel(graphOf(nodes, { shape: x.shape, ...options })));
  return model.apply(model.params, x);
}

/** The numbers that it makes. */
async function numbers(nodes: readonly NodeText[], options: GraphOptions = {}, x = zeros([2, 3])) {
  return Array.from((await made(nodes, options, x)).dataSync());
}

for (const isConstant of [true, false]) {
  const where = isConstant ? "constants" : "an input";
  Deno.test(ifPossible({
    name: `importOnnx: random graphs of integers of ${where} make what onnxruntime makes`,
    needs: ORT_NEEDS,
    sanitizeResources: false, // the runtime opens a message port when it is loaded
    async fn() {
      const samples = fc.tuple(fc.nat(1e6), fc.integer({ min: 1, max: 7 }));
      await fc.assert(
        fc.asyncProperty(samples, async ([seed, length]) => {
          const { nodes, constants, x: { shape, data } } = integerGraph(seed, length, isConstant);
          const options: GraphOptions = {
            ...{ constants, shape, opset: 18 },
            ...{ elements: "int64", made: "int64" },
          };
          const x = tensor(Int32Array.from(data), { shape });
          const file = writeModel(graphOf(nodes, options));
          const { y } = await runOnnx(file, { x }, "disabled", { x: "int64" });
          const model = await importOnnx(file);
          for (let time = 0; time < 2; time++) { // what constants make is kept the first time
            const found = model.apply({}, x);
            assertEquals(found.shape, y.shape);
            assertEquals(Array.from(found.dataSync()), Array.from(y.data));
            found.dispose();
          }
        }),
        { numRuns: scaled(150) },
      );
    },
  }));
}

/** All pairs of numbers from -3 to 3, without those whose second is 0 where that divides. */
function pairs(operator: string): readonly (readonly [number, number])[] {
  const few = [-3, -2, -1, 0, 1, 2, 3];
  const all = few.flatMap((a) => few.map((b) => [a, b] as const));
  if (operator === "Div" || operator === "Mod") return all.filter(([, b]) => b !== 0);
  return operator === "Pow" ? all.filter(([a, b]) => a !== 0 || b >= 0) : all;
}

Deno.test(ifPossible({
  name: "importOnnx: every operator on pairs of integers, as onnxruntime computes it",
  needs: ORT_NEEDS,
  sanitizeResources: false, // the runtime opens a message port when it is loaded
  async fn() {
    const truths = ["And", "Or", "Xor"];
    const questions = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"];
    const several = ["Add", "Sub", "Mul", "Div", "Max", "Min", "Pow"];
    const plain = [...truths, ...questions, ...several].map((name) => [name, {}] as const);
    for (const [operator, settings] of [...plain, ["Mod", {}], ["Mod", { fmod: 1 }]] as const) {
      const list = pairs(operator);
      const [a, b] = [0, 1].map((i) => list.map((pair) => pair[i]));
      const isTruth = truths.includes(operator);
      for (const first of ["c", "x"]) {
        const nodes: NodeText[] = [
          ["Cast", [first], "a", { to: isTruth ? 9 : 7 }],
          ["Cast", ["b"], "d", { to: isTruth ? 9 : 7 }],
          [operator, ["a", "d"], "e", settings],
          ["Cast", ["e"], "y", { to: 7 }],
        ];
        const options: GraphOptions = {
          ...{ constants: [ints("c", a), ints("b", b)], opset: 18, shape: [a.length] },
          ...{ elements: "int64", made: "int64" },
        };
        const x = tensor(Int32Array.from(a));
        const { y } = await runOnnx(writeModel(graphOf(nodes, options)), { x }, "disabled", {
          x: "int64",
        });
        assertEquals(await numbers(nodes, options, x), Array.from(y.data), `${operator} ${first}`);
      }
    }
    const zero: GraphOptions = { constants: [ints("a", [0]), ints("b", [-1])] };
    await assertRejects(
      () => numbers([["Pow", ["a", "b"], "y"]], zero),
      RangeError,
      "divided by 0",
    );
  },
}));

Deno.test("importOnnx: a causal mask of constants hides what comes later", async () => {
  // As exported from transformers: positions compared with positions, one of them as a column.
  const [rows, columns] = [3, 4];
  const mask: readonly NodeText[] = [
    ["Range", ["zero", "columns", "one"], "keys"],
    ["Range", ["zero", "rows", "one"], "queries"],
    ["Unsqueeze", ["queries", "last"], "column"],
    ["LessOrEqual", ["keys", "column"], "isSeen"],
    ["Where", ["isSeen", "x", "hidden"], "y"],
  ];
  const constants = [
    ints("zero", [0], []),
    ints("one", [1], []),
    ints("rows", [rows], []),
    ints("columns", [columns], []),
    ints("last", [-1]),
    floats("hidden", [-1e9], []),
  ];
  const options = { constants, opset: 16 };
  const seen = [[1, -1e9, -1e9, -1e9], [1, 1, -1e9, -1e9], [1, 1, 1, -1e9]];
  const ones = tensor(new Float32Array(12).fill(1), { shape: [rows, columns] });
  assertEquals(await numbers(mask, options, ones), seen.flat());
  // And as a buffer of truth values of which a part is taken.
  const buffer = Array.from({ length: 25 }, (_, i) => Number(i % 5 <= Math.floor(i / 5)));
  const part: readonly NodeText[] = [
    ["Slice", ["buffer", "start", "end", "axes"], "isSeen"],
    ["Where", ["isSeen", "x", "hidden"], "y"],
  ];
  const buffers = [
    ofKind("bool", "buffer", buffer, [5, 5]),
    ints("start", [0, 0]),
    ints("end", [rows, columns]),
    ints("axes", [0, 1]),
    floats("hidden", [-1e9], []),
  ];
  assertEquals(await numbers(part, { constants: buffers }, ones), seen.flat());
});

Deno.test("importOnnx: integers of 64 bits are exact up to 2^53, and an error beyond", async () => {
  const large = [3e9, -3e9, 2 ** 40 + 1, 2 ** 53 - 1, 2 ** 53];
  const constants = [ints("c", large), ints("one", [1]), ints("two", [2])];
  const y = await made([["Identity", ["c"], "y"]], { constants, made: "int64" });
  assertEquals([y.dtype, y.toArray()], ["float64", large]);
  const cast = (to: number): NodeText[] => [["Cast", ["c"], "y", { to }]];
  assertEquals(await numbers(cast(1), { constants }), large.map(Math.fround));
  assertEquals(await numbers(cast(11), { constants }), large);
  assertEquals(await numbers(cast(9), { constants }), [1, 1, 1, 1, 1]);
  // int32 has no such numbers: they wrap around, as in NumPy and C.
  assertEquals(await numbers(cast(6), { constants }), [-1294967296, 1294967296, 1, -1, 0]);
  await assertRejects(
    () => numbers([["Add", ["c", "one"], "y"]], { constants }),
    RangeError,
    'Cannot apply ONNX model: Add node "y": whole numbers must be from -(2^53) to 2^53: got ' +
      "9007199254740992 + 1",
  );
  await assertRejects(() => numbers([["Mul", ["c", "two"], "y"]], { constants }), RangeError);
  const edge = [ints("c", [2 ** 53 - 1, 3]), ints("one", [1]), ints("d", [-(2 ** 53), 5])];
  assertEquals(await numbers([["Add", ["c", "one"], "y"]], { constants: edge }), [2 ** 53, 4]);
  assertEquals(
    await numbers([["Sub", ["d", "c"], "y"]], { constants: [edge[2], ints("c", [0, 1])] }),
    [
      ...[-(2 ** 53), 4],
    ],
  );
  const factors = [ints("c", [3]), ints("d", [3002399751580331])]; // 2^53 + 1
  await assertRejects(
    () => numbers([["Mul", ["c", "d"], "y"]], { constants: factors }),
    RangeError,
    "to 2^53: got 3 * 3002399751580331",
  );
  assertEquals([2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n].map(numberOf), [
    ...[2 ** 53, 2 ** 53 + 2, -(2 ** 53) - 2],
  ]);
  const beyond = [ints("c", [2 ** 60]), ints("one", [1])];
  for (const operator of ["Add", "Equal", "Pow"]) {
    const node: NodeText = [operator, ["c", "one"], "y"];
    const isQuestion = operator === "Equal";
    if (isQuestion) assertEquals(await numbers([node], { constants: beyond }), [0]);
    else {await assertRejects(
        () => numbers([node], { constants: beyond }),
        RangeError,
        "to 2^53: got",
      );}
  }
  await assertRejects(() => numbers(cast(1), { constants: beyond }), RangeError, "to 2^53: got");
});

Deno.test("importOnnx: integers of tensors are exact too", async () => {
  const floatsToInts = (x: number[], ...nodes: NodeText[]) =>
    numbers([["Cast", ["x"], "i", { to: 7 }], ...nodes], {
      constants: [ints("b", [2 ** 31]), ints("big", [2 ** 50])],
      made: "int64",
    }, tensor(Float64Array.from(x)));
  const keep: NodeText = ["Identity", ["i"], "y"];
  assertEquals(await floatsToInts([3e9, -3e9, 1.7, -1.7], keep), [3e9, -3e9, 1, -1]);
  assertEquals(await floatsToInts([3e9, -3e9], ["Cast", ["i"], "y", { to: 1 }]), [3e9, -3e9]);
  assertEquals(
    await floatsToInts([2 ** 31 - 1, 5], ["Add", ["i", "b"], "y"]),
    [2 ** 32 - 1, 2 ** 31 + 5],
  );
  assertEquals(await floatsToInts([2 ** 26 + 1], ["Mul", ["i", "i"], "y"]), [(2 ** 26 + 1) ** 2]);
  assertEquals(await floatsToInts([-7, 7], ["Div", ["b", "i"], "y"]), [-306783378, 306783378]);
  await assertRejects(
    () => floatsToInts([9], ["Mul", ["i", "big"], "y"]),
    RangeError,
    'Cannot apply ONNX model: Mul node "y": whole numbers must be',
  );
  await assertRejects(() => floatsToInts([Infinity], keep), RangeError, "to 2^53: got");
  await assertRejects(
    () => floatsToInts([1, 0], ["Div", ["b", "i"], "y"]),
    RangeError,
    'Cannot apply ONNX model: Div node "y": integers must not be divided by 0: the divisor has one',
  );
});

/** Results of arithmetic of a few bits, by C's rules: low bits are kept. */
const wrapped: readonly (readonly [ElementKind, string, number, number, number])[] = [
  ["int8", "Add", 100, 100, -56],
  ["int8", "Sub", -100, 100, 56],
  ["int8", "Mul", 100, 3, 44],
  ["int8", "Pow", 3, 5, -13],
  ["int8", "Div", -128, -1, -128],
  ["uint8", "Add", 200, 100, 44],
  ["uint8", "Sub", 5, 10, 251],
  ["uint8", "Mul", 250, 10, 196],
  ["uint8", "Pow", 3, 6, 217],
  ["int16", "Add", 30000, 30000, -5536],
  ["int16", "Mul", 300, 300, 24464],
  ["uint16", "Sub", 5, 10, 65531],
  ["uint16", "Mul", 65535, 65535, 1],
  ["int32", "Add", 2 ** 31 - 1, 5, -(2 ** 31) + 4],
  ["int32", "Mul", 123456789, 987654321, -67153019],
  ["uint32", "Sub", 5, 10, 2 ** 32 - 5],
];

Deno.test("importOnnx: integers of fewer bits wrap around, on the host and in tensors", async () => {
  for (const [kind, operator, a, b, expected] of wrapped) {
    const what = `${kind} ${operator}`;
    const node: NodeText = [operator, ["a", "b"], "y"];
    const int = kind as "int8";
    const constants = [ofKind(int, "a", [a, a]), ofKind(int, "b", [b])];
    const host = await made([node], { constants, made: kind });
    assertEquals(Array.from(host.dataSync()), [expected, expected], what);
    if (kind === "uint32") continue; // beyond the dtypes of inputs
    const data = kind === "uint8" ? Uint8Array.of(a) : Int32Array.of(a);
    const device = await made(
      [[operator, ["x", "b"], "y"]],
      { constants, elements: kind, made: kind },
      tensor(data),
    );
    assertEquals([device.dtype, ...device.dataSync()], [host.dtype, expected], `${what} of x`);
  }
  for (
    const [operator, kind, x, expected] of [
      ["Abs", "int8", -128, -128],
      ["Neg", "int8", -128, -128],
      ["Neg", "int16", -32768, -32768],
    ] as const
  ) {
    const constants = [ofKind(kind, "c", [x])];
    assertEquals(await numbers([[operator, ["c"], "y"]], { constants }), [expected]);
    const given = tensor(Int32Array.of(x));
    assertEquals(await numbers([[operator, ["x"], "y"]], { elements: kind }, given), [expected]);
  }
  const casts = { int8: [3, 44], uint8: [2, 44], int16: [5, 300], uint16: [4, 300] } as const;
  for (const [to, expected] of Object.values(casts)) {
    const constants = [ints("c", [300, 65836, -212])];
    const narrow: NodeText[] = [["Cast", ["c"], "y", { to }]];
    const [first] = await numbers(narrow, { constants });
    assertEquals(first, expected);
    const floats = tensor(Float32Array.of(300.9));
    assertEquals(await numbers([["Cast", ["x"], "y", { to }]], {}, floats), [expected]);
  }
});

Deno.test("importOnnx: integers have one zero", async () => {
  const constants = [ints("c", [-1, 0, -256]), ints("zero", [0])];
  const reciprocal: NodeText[] = [["Cast", ["m"], "f", { to: 1 }], ["Reciprocal", ["f"], "y"]];
  assertEquals(await numbers([["Mul", ["c", "zero"], "m"], ...reciprocal], { constants }), [
    ...[Infinity, Infinity, Infinity],
  ]);
  const narrow: NodeText[] = [["Cast", ["c"], "n", { to: 3 }], ["Neg", ["n"], "m"], ...reciprocal];
  assertEquals(await numbers(narrow, { constants }), [1, Infinity, Infinity]);
});

Deno.test("importOnnx: products, sums and places of integers along axes", async () => {
  const constants = [
    ofKind("int32", "a", [1, -2, 3, 4, 5, -6], [2, 3]),
    ofKind("int32", "b", [7, 0, -1, 2, 1, 1], [3, 2]),
    ofKind("int32", "c", [10, -10]),
    ints("axis", [-1], []),
    ints("last", [1]),
  ];
  const made = { constants, made: "int32", opset: 18 } as const;
  const product = [12, -1, 17, 4];
  assertEquals(await numbers([["MatMul", ["a", "b"], "y"]], made), product);
  assertEquals(await numbers([["Gemm", ["a", "b", "c"], "y"]], made), [22, -11, 27, -6]);
  assertEquals(await numbers([["Gemm", ["b", "a"], "y", { transA: 1, transB: 1 }]], made), [
    ...[12, 17, -1, 4],
  ]);
  const equation = { equation: text("ij,jk->ki") };
  assertEquals(await numbers([["Einsum", ["a", "b"], "y", equation]], made), [12, 17, -1, 4]);
  assertEquals(await numbers([["CumSum", ["a", "axis"], "y"]], made), [1, -1, 2, 4, 9, 3]);
  assertEquals(await numbers([["ArgMax", ["a"], "y", { axis: 1 }]], made), [2, 1]);
  for (
    const [operator, expected] of [
      ["ReduceL1", [6, 15]],
      ["ReduceL2", [3, 8]],
      ["ReduceLogSum", [0, 1]],
      ["ReduceLogSumExp", [3, 5]],
      ["ReduceMax", [3, 5]],
      ["ReduceMean", [0, 1]],
      ["ReduceMin", [-2, -6]],
      ["ReduceProd", [-6, -120]],
      ["ReduceSum", [2, 3]],
      ["ReduceSumSquare", [14, 77]],
    ] as const
  ) {
    assertEquals(await numbers([[operator, ["a", "last"], "y"]], made), [...expected], operator);
    const x = tensor(Int32Array.of(1, -2, 3, 4, 5, -6), { shape: [2, 3] });
    const given = { ...made, elements: "int32" } as const;
    const found = await numbers([[operator, ["x", "last"], "y"]], given, x);
    assertEquals(found, [...expected], `${operator} of x`);
  }
});

Deno.test("importOnnx: constants of every kind of integers, raw", async () => {
  for (
    const [kind, values] of [
      ["int8", [-128, 127]],
      ["uint8", [0, 255]],
      ["int16", [-32768, 32767]],
      ["uint16", [0, 65535]],
      ["int32", [-(2 ** 31), 2 ** 31 - 1]],
      ["uint32", [0, 2 ** 32 - 1]],
      ["int64", [-(2 ** 53) + 1, 2 ** 53 - 1]],
      ["uint64", [0, 2 ** 53 - 1]],
      ["bool", [0, 1]],
    ] as const
  ) {
    const constants = [ofKind(kind, "c", values)];
    assertEquals(await numbers([["Cast", ["c"], "y", { to: 11 }]], { constants }), [...values]);
  }
});

Deno.test("importOnnx: inputs of integers must be integers", async () => {
  const nodes: NodeText[] = [["Gather", ["table", "x"], "y"]];
  const constants = [floats("table", [1, 2, 3, 4, 5, 6], [3, 2])];
  const options: GraphOptions = { constants, elements: "int64", shape: [2] };
  assertEquals(await numbers(nodes, options, tensor(Uint8Array.of(2, 0))), [5, 6, 1, 2]);
  assertEquals(await numbers(nodes, options, tensor(Float64Array.of(-1, 0))), [5, 6, 1, 2]);
  const model = await importOnnx(writeModel(graphOf(nodes, options)));
  assertThrows(
    () => model.apply(model.params, tensor([2, 0])),
    ShapeError,
    "Cannot apply ONNX model: inputs must have the elements of the file, cast(x, dtype) converts: " +
      "x is float32, the file has int64, which is int32 here",
  );
});

Deno.test("importOnnx: a tensor of integers is made on the backend of the model, once", async () => {
  const nodes: NodeText[] = [
    ["ConstantOfShape", ["sizes"], "ones", { value: constant(ofKind("bool", "", [1])) }],
    ["Trilu", ["ones"], "mask", { upper: 0 }],
    ["Where", ["mask", "x", "c"], "y"],
  ];
  const constants = [ints("sizes", [300, 200]), floats("c", [0], [])];
  const model = await importOnnx(writeModel(graphOf(nodes, { constants, shape: [300, 200] })));
  const x = randomNormal(new Random(0), [300, 200]);
  const first = model.apply({}, x);
  const before = x.backend.liveBytes;
  for (let i = 0; i < 5; i++) model.apply({}, x).dispose();
  assertEquals(x.backend.liveBytes, before);
  assert(first.dataSync().some((v) => v === 0));
});
