// Tensors of given values: nesting, typed arrays, dtypes, shapes, and what is refused.

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type DType, ShapeError, tensor, type TensorOptions } from "../../mod.ts";
import { allocate, DTYPES } from "../../src/core/dtype.ts";
import { assertExactError } from "../support/exact_error.ts";

/** Creates from whatever a caller without types may pass. */
function create(values: unknown, options: unknown = {}): unknown {
  return tensor(values as number, options as TensorOptions);
}

Deno.test("create: nested lists give the shape of their nesting", () => {
  const shapes: [values: unknown, shape: number[]][] = [
    [5, []],
    [[5], [1]],
    [[1, 2, 3], [3]],
    [[[1, 2, 3], [4, 5, 6]], [2, 3]],
    [[[[1]], [[2]]], [2, 1, 1]],
    [[], [0]],
    [[[], []], [2, 0]],
    [[[[]], [[]], [[]]], [3, 1, 0]],
  ];
  for (const [values, shape] of shapes) {
    const x = tensor(values as number);
    assertEquals([...x.shape], shape);
    assertEquals(x.toArray(), values);
    assertEquals(x.dtype, "float32");
  }
});

Deno.test("create: any nested lists come back as they went in", () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 });
  fc.assert(fc.property(shapes, fc.constantFrom(...DTYPES), (shape, dtype) => {
    let next = 0;
    const nest = (rest: number[]): unknown =>
      rest.length === 0 ? next++ : Array.from({ length: rest[0] }, () => nest(rest.slice(1)));
    const values = nest(shape) as number;
    const x = tensor(values, { dtype });
    assertEquals(x.toArray(), values);
    assertEquals([...x.dataSync()], Array.from({ length: next }, (_, i) => i));
  }));
});

Deno.test("create: a typed array keeps its dtype and has one dimension", () => {
  for (const dtype of DTYPES) {
    const values = allocate(dtype, 3);
    values.set([1, 2, 3]);
    const x = tensor(values);
    assertEquals([x.dtype, x.shape], [dtype, [3]]);
    values[0] = 9;
    assertEquals(x.toArray(), [1, 2, 3], "elements are copied");
  }
  const clamped = tensor(new Uint8ClampedArray([0, 300]));
  assertEquals([clamped.dtype, clamped.toArray()], ["uint8", [0, 255]]);
  assertEquals(tensor(new Float64Array(0)).shape, [0]);
});

Deno.test("create: a view of part of a buffer gives that part", () => {
  const whole = new Float32Array([1, 2, 3, 4]);
  assertEquals(tensor(whole.subarray(1, 3)).toArray(), [2, 3]);
});

Deno.test("create: a dtype other than the typed array's converts", () => {
  assertEquals(tensor(new Uint8Array([1, 255]), { dtype: "float64" }).toArray(), [1, 255]);
  const narrow = tensor(new Float64Array([0.1]), { dtype: "float32" });
  assertStrictEquals(narrow.item(), Math.fround(0.1));
});

Deno.test("create: the shape option arranges values, of lists and typed arrays", () => {
  assertEquals(tensor([1, 2, 3, 4], { shape: [2, 2] }).toArray(), [[1, 2], [3, 4]]);
  assertEquals(tensor([[1, 2], [3, 4]], { shape: [4] }).toArray(), [1, 2, 3, 4]);
  assertEquals(tensor(new Int32Array([1, 2]), { shape: [2, 1] }).toArray(), [[1], [2]]);
  assertEquals(tensor([7], { shape: [] }).toArray(), 7);
  assertEquals(tensor(7, { shape: [1, 1] }).toArray(), [[7]]);
  assertEquals(tensor([], { shape: [3, 0, 2] }).toArray(), [[], [], []]);
});

Deno.test("create: the shape is copied", () => {
  const shape = [2, 1];
  const x = tensor([1, 2], { shape });
  shape[0] = 1;
  assertEquals(x.shape, [2, 1]);
});

Deno.test("create: integers at the ends of their range are kept", () => {
  const ends = [-(2 ** 31), 2 ** 31 - 1];
  assertEquals(tensor(ends, { dtype: "int32" }).toArray(), ends);
  assertEquals(tensor([0, 255], { dtype: "uint8" }).toArray(), [0, 255]);
});

Deno.test("create: a number that an integer dtype cannot hold is an error", () => {
  const wrong: [value: number, dtype: DType, shown: string][] = [
    [2 ** 31, "int32", "2147483648"],
    [-(2 ** 31) - 1, "int32", "-2147483649"],
    [0.5, "int32", "0.5"],
    [NaN, "int32", "NaN"],
    [Infinity, "int32", "Infinity"],
    [256, "uint8", "256"],
    [-1, "uint8", "-1"],
    [1.25, "uint8", "1.25"],
    [NaN, "uint8", "NaN"],
  ];
  const ranges = { int32: "-2147483648 to 2147483647", uint8: "0 to 255" };
  for (const [value, dtype, shown] of wrong) {
    const rule = `${dtype} holds integers from ${ranges[dtype as "int32" | "uint8"]}`;
    assertExactError(
      () => tensor([[1, 2], [3, value]], { dtype }),
      RangeError,
      `Cannot create tensor: ${rule}: got ${shown} at index [1, 1]`,
    );
  }
});

Deno.test("create: the index of a wrong number is that in the given shape", () => {
  assertExactError(
    () => tensor(new Float64Array([0, 1, 2, 3, 4, 5.5]), { shape: [2, 1, 3], dtype: "uint8" }),
    RangeError,
    "Cannot create tensor: uint8 holds integers from 0 to 255: got 5.5 at index [1, 0, 2]",
  );
});

Deno.test("create: ragged lists are an error that says where", () => {
  const ragged: [values: unknown, expected: string][] = [
    [[[1, 2], [3]], "expected a list of 2 at [1], got a list of 1"],
    [[[1], [2, 3]], "expected a list of 1 at [1], got a list of 2"],
    [[[1, 2], 3], "expected a list of 2 at [1], got number"],
    [[1, [2]], "expected a number at [1], got a list of 1"],
    [[[[1]], [[]]], "expected a list of 1 at [1, 0], got a list of 0"],
    [[[], [1]], "expected a list of 0 at [1], got a list of 1"],
    [[[1], ["x"], "y"], "expected a list of 1 at [2], got string"],
  ];
  for (const [values, expected] of ragged) {
    assertExactError(
      () => create(values),
      ShapeError,
      `Cannot create tensor: nested lists must be equally long: ${expected}`,
    );
  }
});

Deno.test("create: values that are no numbers are an error", () => {
  const wrong: [values: unknown, got: string][] = [
    ["3", "string 3 at index []"],
    [[1, "2"], "string 2 at index [1]"],
    [[[true]], "boolean true at index [0, 0]"],
    [[1n], "bigint 1 at index [0]"],
    [[null], "null at index [0]"],
    [undefined, "undefined undefined at index []"],
  ];
  for (const [values, got] of wrong) {
    assertExactError(
      () => create(values),
      TypeError,
      `Cannot create tensor: values must be numbers: got ${got}`,
    );
  }
});

Deno.test("create: holes and lists of another size than the shape are an error", () => {
  const rule = "Cannot create tensor: values must fill the shape: got";
  const wrong: [() => unknown, string][] = [
    [() => tensor([1, 2, 3], { shape: [2, 2] }), "3 values, shape [2, 2] holds 4"],
    [() => tensor([], { shape: [] }), "0 values, shape [] holds 1"],
    [() => tensor(new Float32Array(2), { shape: [0] }), "2 values, shape [0] holds 0"],
    // deno-lint-ignore no-sparse-arrays -- the hole is what is tested
    [() => create([1, , 3]), "2 values, shape [3] holds 3"],
  ];
  for (const [make, got] of wrong) assertExactError(make, ShapeError, `${rule} ${got}`);
});

Deno.test("create: a shape that is none is an error", () => {
  const rule = "Cannot create tensor: shape must be a list of integers of at least 0: got";
  const wrong: [shape: unknown, got: string][] = [
    [[-1], "[-1]"],
    [[1.5, 2], "[1.5, 2]"],
    [[NaN], "[NaN]"],
    [[2 ** 53], "[9007199254740992]"],
    [["1"], '["1"]'],
    [[2, null], "[2, null]"],
    [1, "1"],
    ["ab", '"ab"'],
  ];
  for (const [shape, got] of wrong) {
    assertExactError(() => create([1], { shape }), ShapeError, `${rule} ${got}`);
  }
});

Deno.test("create: a dtype that does not exist is an error", () => {
  for (const dtype of ["float16", "", 32]) {
    assertExactError(
      () => create([1], { dtype }),
      ShapeError,
      "Cannot create tensor: dtype must be one of float32, float64, int32, uint8: got " + dtype,
    );
  }
});

Deno.test("create: types refuse what cannot become a tensor", () => {
  const calls = [
    // @ts-expect-error: text is no value
    () => tensor("3"),
    // @ts-expect-error: float16 is no dtype
    () => tensor([1], { dtype: "float16" }),
    // @ts-expect-error: there is no such typed array
    () => tensor(new BigInt64Array(1)),
  ];
  for (const call of calls) assertEquals(typeof call, "function");
});

Deno.test("tensor: options are read once, before the values, which a getter may change", () => {
  const reads: string[] = [];
  const buffer = new ArrayBuffer(24, { maxByteLength: 24 });
  const values = new Float32Array(buffer).fill(7);
  const options = {
    get shape() {
      reads.push("shape");
      return [3, 2];
    },
    get dtype() {
      reads.push("dtype");
      return undefined;
    },
    get backend() {
      reads.push("backend");
      buffer.resize(8);
      return undefined;
    },
  };
  assertThrows(() => tensor(values, options), ShapeError, "got 2 values, shape [3, 2] holds 6");
  assertEquals(reads, ["dtype", "backend", "shape"]);
});
