// Small helpers: arithmetic on shapes, dtypes, checks of arguments, tables of text.

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ShapeError, tensor } from "../../mod.ts";
import { checkFloats, checkSameDType, checkTensors } from "../../src/core/checks.ts";
import {
  allocate,
  bytesPerElement,
  checkDType,
  dtypeOf,
  DTYPES,
  isFloat,
} from "../../src/core/dtype.ts";
import {
  checkShape,
  formatShape,
  indexOf,
  sameShape,
  sizeOf,
  stridesOf,
} from "../../src/core/shape.ts";
import { formatTable } from "../../src/display/table.ts";
import { assertExactError } from "../support/exact_error.ts";

Deno.test("shape: size, text, equality and strides", () => {
  assertEquals([[], [3], [2, 3, 4], [2, 0]].map(sizeOf), [1, 3, 24, 0]);
  assertEquals([[], [3], [2, 3]].map(formatShape), ["[]", "[3]", "[2, 3]"]);
  assertEquals(
    [
      sameShape([2, 3], [2, 3]),
      sameShape([2, 3], [3, 2]),
      sameShape([2], [2, 1]),
      sameShape([], []),
    ],
    [true, false, false, true],
  );
  assertEquals([stridesOf([]), stridesOf([5]), stridesOf([2, 3, 4])], [[], [1], [12, 4, 1]]);
});

Deno.test("shape: the index at an offset is the one whose strides lead there", () => {
  assertEquals([0, 1, 3, 5].map((offset) => indexOf(offset, [2, 3])), [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 2],
  ]);
  assertEquals(indexOf(0, []), []);
  const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 });
  fc.assert(fc.property(shapes, fc.nat(), (shape, at) => {
    const offset = at % sizeOf(shape);
    const index = indexOf(offset, shape);
    const strides = stridesOf(shape);
    assertEquals(index.reduce((total, n, i) => total + n * strides[i], 0), offset);
    assertEquals(index.every((n, i) => n >= 0 && n < shape[i]), true);
  }));
});

Deno.test("shape: a list of integers of at least 0", () => {
  for (const shape of [[], [0], [1, 2 ** 32], [2 ** 32, 0]]) checkShape("do it", shape);
  const rule = "Cannot do it: shape must be a list of integers of at least 0: got";
  assertExactError(() => checkShape("do it", [1, -1]), ShapeError, `${rule} [1, -1]`);
  assertExactError(() => checkShape("do it", [1.5]), ShapeError, `${rule} [1.5]`);
  assertExactError(() => checkShape("do it", [2 ** 53]), ShapeError, `${rule} [9007199254740992]`);
  assertExactError(() => checkShape("do it", 3 as never), ShapeError, `${rule} 3`);
});

Deno.test("shape: no more elements, all in all and along a dimension, than 32 bits can address", () => {
  const rule =
    "Cannot do it: an array must have at most 4294967296 elements, and as many along a " +
    "dimension: its shape would be";
  for (
    const shape of [[2 ** 32 + 1], [2 ** 53 - 1, 0], [65536, 65537], [2 ** 53 - 1, 2 ** 53 - 1]]
  ) {
    assertExactError(() => checkShape("do it", shape), RangeError, `${rule} [${shape.join(", ")}]`);
  }
});

Deno.test("dtype: bytes, floats, typed arrays", () => {
  assertEquals(DTYPES, ["float32", "float64", "int32", "uint8"]);
  assertEquals(DTYPES.map(bytesPerElement), [4, 8, 4, 1]);
  assertEquals(DTYPES.map(isFloat), [true, true, false, false]);
  for (const dtype of DTYPES) {
    const data = allocate(dtype, 3);
    assertEquals([data.length, data.BYTES_PER_ELEMENT], [3, bytesPerElement(dtype)]);
    assertEquals(dtypeOf(data), dtype);
    checkDType("do it", dtype);
  }
  assertEquals(dtypeOf(new Uint8ClampedArray(1)), "uint8");
  for (
    const other of [
      [1],
      1,
      null,
      new Int8Array(1),
      new BigInt64Array(1),
      new DataView(new ArrayBuffer(1)),
    ]
  ) {
    assertEquals(dtypeOf(other), undefined);
  }
  for (const wrong of ["bool", undefined]) {
    assertExactError(
      () => checkDType("do it", wrong),
      ShapeError,
      `Cannot do it: dtype must be one of float32, float64, int32, uint8: got ${wrong}`,
    );
  }
});

const float32 = tensor([1]);
const float64 = tensor([1], { dtype: "float64" });
const int32 = tensor([1], { dtype: "int32" });

Deno.test("checks: arguments that are no tensors are named", () => {
  checkTensors("do it", { x: float32, w: int32 });
  const wrong: [value: unknown, got: string][] = [
    [undefined, "undefined"],
    [3, "number"],
    [null, "null"],
    [[1], "an array"],
    ["1", "string"],
    [{}, "object"],
  ];
  for (const [value, got] of wrong) {
    const message = `Cannot do it: w must be a tensor: got ${got}; make one with tensor(values)`;
    for (const check of [checkTensors, checkSameDType, checkFloats]) {
      assertExactError(
        () => check("do it", { x: float32, w: value as never }),
        TypeError,
        message,
      );
    }
  }
});

Deno.test("checks: dtypes must be equal", () => {
  checkSameDType("do it", { x: int32, w: int32 });
  const message = "Cannot do it: dtypes must be equal, cast(x, dtype) converts: " +
    "x is float32, w is float32, bias is float64";
  const tensors = { x: float32, w: float32, bias: float64 };
  assertExactError(() => checkSameDType("do it", tensors), ShapeError, message);
  assertExactError(() => checkFloats("do it", tensors), ShapeError, message);
});

Deno.test("checks: dtypes must be floats", () => {
  checkFloats("do it", { x: float64, w: float64 });
  assertExactError(
    () => checkFloats("do it", { x: float32, w: int32 }),
    ShapeError,
    "Cannot do it: dtype must be float32 or float64, cast(x, dtype) converts: " +
      "x is float32, w is int32",
  );
});

Deno.test("checks: what is optional may be absent, but else must fit", () => {
  checkFloats("do it", { x: float64 }, { bias: undefined });
  checkFloats("do it", { x: float64 }, { bias: float64 });
  assertExactError(
    () => checkFloats("do it", { x: float32 }, { none: undefined, bias: float64 }),
    ShapeError,
    "Cannot do it: dtypes must be equal, cast(x, dtype) converts: x is float32, bias is float64",
  );
  assertExactError(
    () => checkFloats("do it", { x: float32 }, { bias: 3 as never }),
    TypeError,
    "Cannot do it: bias must be a tensor: got number; make one with tensor(values)",
  );
});

Deno.test("table: columns are as wide as their widest cell, left or right", () => {
  const text = formatTable(["name", "n"], [["a", "1"], ["longer", "1000"]], "lr");
  assertEquals(text.split("\n"), [
    "name       n",
    "────────────",
    "a          1",
    "longer  1000",
  ]);
  assertEquals(formatTable(["a", "b"], [], "ll"), "a  b\n────");
  assertEquals(formatTable(["a", "b"], [["x", ""]], "ll"), "a  b\n────\nx", "no blanks at the end");
});
