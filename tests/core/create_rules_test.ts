// Tensors made by rule: zeros, ones, full, eye, arange, linspace, oneHot; and where they live.

import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import {
  arange,
  type CreateOptions,
  eye,
  full,
  linspace,
  oneHot,
  ones,
  ShapeError,
  tensor,
  zeros,
} from "../../mod.ts";
import { referenceBackend } from "../../src/backends/reference/mod.ts";
import { DTYPES } from "../../src/core/dtype.ts";
import { assertExactError } from "../support/exact_error.ts";

Deno.test("create: zeros, ones and full, of every dtype", () => {
  for (const dtype of DTYPES) {
    assertEquals(zeros([2, 2], { dtype }).toArray(), [[0, 0], [0, 0]]);
    assertEquals(ones([3], { dtype }).toArray(), [1, 1, 1]);
    assertEquals(full([2, 1], 7, { dtype }).toArray(), [[7], [7]]);
    for (const make of [zeros, ones]) assertEquals(make([1], { dtype }).dtype, dtype);
  }
  assertEquals([zeros([]).toArray(), ones([]).toArray(), full([], 2).toArray()], [0, 1, 2]);
  assertEquals([zeros([]).dtype, ones([]).dtype, full([], 2).dtype], Array(3).fill("float32"));
  assertEquals(zeros([0, 3]).shape, [0, 3]);
});

Deno.test("create: full keeps NaN and -0, and refuses what the dtype cannot hold", () => {
  assertStrictEquals(full([1], NaN).item(), NaN);
  assertStrictEquals(full([1], -0, { dtype: "float64" }).item(), -0);
  assertExactError(
    () => full([2], 1.5, { dtype: "int32" }),
    RangeError,
    "Cannot create tensor: int32 holds integers from -2147483648 to 2147483647: got 1.5",
  );
  assertExactError(
    () => full([2], "1" as unknown as number),
    TypeError,
    "Cannot create tensor: values must be numbers: got string 1",
  );
});

Deno.test("create: shapes and dtypes are checked, and shapes copied, everywhere", () => {
  const shapeRule = "Cannot create tensor: shape must be a list of integers of at least 0: got ";
  const wrongShapes: [() => unknown, string][] = [
    [() => zeros([-1]), "[-1]"],
    [() => ones([0.5]), "[0.5]"],
    [() => full(3 as unknown as number[], 0), "3"],
    [() => eye(-1), "[-1, -1]"],
    [() => eye(2, { columns: 1.5 }), "[2, 1.5]"],
    [() => oneHot([0], -2), "[-2]"],
  ];
  for (const [make, got] of wrongShapes) assertExactError(make, ShapeError, shapeRule + got);
  const countRule = "Cannot create tensor: count must be an integer of at least 0: got ";
  for (const count of [-1, 1.5]) {
    assertExactError(() => linspace(0, 1, count), RangeError, countRule + count);
  }
  const options = { dtype: "bool" } as unknown as CreateOptions;
  const wrongDTypes = [
    () => zeros([1], options),
    () => ones([1], options),
    () => full([1], 0, options),
    () => eye(1, options),
    () => arange(0, 1, 1, options),
    () => linspace(0, 1, 2, options),
    () => oneHot([0], 1, options),
  ];
  const dtypeRule = "Cannot create tensor: dtype must be one of float32, float64, int32, uint8: ";
  for (const make of wrongDTypes) assertExactError(make, ShapeError, dtypeRule + "got bool");
  const shape = [2];
  const x = zeros(shape);
  shape[0] = 5;
  assertEquals(x.shape, [2]);
});

Deno.test("create: eye has ones on its diagonal, of any number of columns", () => {
  assertEquals(eye(2).toArray(), [[1, 0], [0, 1]]);
  assertEquals(eye(3, { columns: 2 }).toArray(), [[1, 0], [0, 1], [0, 0]]);
  assertEquals(eye(4, { columns: 1 }).toArray(), [[1], [0], [0], [0]]);
  assertEquals(eye(1, { columns: 3, dtype: "uint8" }).toArray(), [[1, 0, 0]]);
  assertEquals(eye(1, { dtype: "uint8" }).dtype, "uint8");
  assertEquals(eye(0).shape, [0, 0]);
  assertEquals(eye(2, { columns: 0 }).shape, [2, 0]);
  assertEquals(eye(2).dtype, "float32");
});

Deno.test("create: arange counts from start to stop, without it", () => {
  assertEquals(arange(4).toArray(), [0, 1, 2, 3]);
  assertEquals(arange(2, 5).toArray(), [2, 3, 4]);
  assertEquals(arange(5, 2, -1).toArray(), [5, 4, 3]);
  assertEquals(arange(0, 1, 0.3, { dtype: "float64" }).toArray(), [0, 0.3, 0.6, 0.3 * 3]);
  assertEquals(arange(0, 10, 5, { dtype: "int32" }).toArray(), [0, 5]);
  for (const none of [arange(0), arange(-3), arange(5, 2), arange(2, 5, -1)]) {
    assertEquals(none.shape, [0]);
  }
  assertEquals(arange(2.5).toArray(), [0, 1, 2]);
  assertEquals(arange(1).dtype, "float32");
});

Deno.test("create: arange refuses what is not finite, a step of 0 and wrong integers", () => {
  const rule = "Cannot create tensor: arange needs finite numbers and a step other than 0: ";
  const wrong: [() => unknown, string][] = [
    [() => arange(Infinity), "start is 0, stop is Infinity, step is 1"],
    [() => arange(NaN, 2), "start is NaN, stop is 2, step is 1"],
    [() => arange(0, 2, 0), "start is 0, stop is 2, step is 0"],
    [() => arange(0, 2, NaN), "start is 0, stop is 2, step is NaN"],
  ];
  for (const [make, got] of wrong) assertExactError(make, RangeError, rule + got);
  assertExactError(
    () => arange(0, 1, 0.5, { dtype: "int32" }),
    RangeError,
    "Cannot create tensor: int32 holds integers from -2147483648 to 2147483647: " +
      "got 0.5 at index [1]",
  );
});

Deno.test("create: linspace goes from start to stop, both exactly", () => {
  assertEquals(linspace(0, 1, 5).toArray(), [0, 0.25, 0.5, 0.75, 1]);
  assertEquals(linspace(3, -3, 4).toArray(), [3, 1, -1, -3]);
  assertEquals(linspace(2, 2, 3).toArray(), [2, 2, 2]);
  assertEquals(linspace(0, 6, 3, { dtype: "int32" }).toArray(), [0, 3, 6]);
  assertEquals(linspace(0, 1, 2).dtype, "float32");
  const ends = fc.integer({ min: -1000, max: 1000 }).map((n) => n / 7);
  fc.assert(fc.property(ends, ends, fc.integer({ min: 2, max: 40 }), (start, stop, count) => {
    const x = linspace(start, stop, count, { dtype: "float64" }).dataSync();
    assertStrictEquals(x[0], start);
    assertStrictEquals(x[count - 1], stop);
    assertEquals(x.length, count);
  }));
});

Deno.test("create: linspace of one number is its start, of none is empty", () => {
  assertEquals(linspace(3, 5, 1).toArray(), [3]);
  assertEquals(linspace(3, 3, 1).toArray(), [3]);
  assertEquals(linspace(3, 5, 0).toArray(), []);
});

Deno.test("create: linspace refuses ends that are not finite", () => {
  const rule = "Cannot create tensor: linspace needs finite numbers: ";
  assertExactError(() => linspace(NaN, 1, 2), RangeError, `${rule}start is NaN, stop is 1`);
  assertExactError(
    () => linspace(0, -Infinity, 2),
    RangeError,
    `${rule}start is 0, stop is -Infinity`,
  );
});

Deno.test("create: oneHot has a one at each label", () => {
  assertEquals(oneHot([1, 0, 2], 3).toArray(), [[0, 1, 0], [1, 0, 0], [0, 0, 1]]);
  assertEquals(oneHot([[1], [0]], 2).toArray(), [[[0, 1]], [[1, 0]]]);
  assertEquals(oneHot(1, 3).toArray(), [0, 1, 0]);
  assertEquals(oneHot([], 3).shape, [0, 3]);
  assertEquals(oneHot([0], 1).dtype, "float32");
  for (const dtype of ["int32", "uint8"] as const) {
    const labels = tensor([2, 0], { dtype });
    assertEquals(oneHot(labels, 3, { dtype: "float64" }).toArray(), [[0, 0, 1], [1, 0, 0]]);
    assertEquals(oneHot(labels, 3, { dtype: "float64" }).dtype, "float64");
    assertEquals(labels.toArray(), [2, 0], "given labels stay as they are");
  }
});

Deno.test("create: oneHot keeps no memory for labels given as a list", () => {
  const backend = referenceBackend();
  using rows = oneHot([0, 1], 2, { backend });
  assertEquals(backend.liveBytes, rows.bytes);
});

Deno.test("create: oneHot lives where its labels do", () => {
  const backend = referenceBackend();
  const labels = tensor([1], { dtype: "int32", backend });
  assertStrictEquals(oneHot(labels, 2).backend, backend);
});

Deno.test("create: oneHot refuses labels that are no class, naming the first", () => {
  const rule = "Cannot create tensor: labels must be from 0 to ";
  const wrong: [labels: number | number[] | number[][], classes: number, got: string][] = [
    [5, 3, "2: the label is 5"],
    [[0, 3, 4], 3, "2: the label of row 1 is 3"],
    [[0, -1], 3, "2: the label of row 1 is -1"],
    [[[0, 1], [1, 2]], 2, "1: the label of row 1, 1 is 2"],
    [[0], 0, "-1: the label of row 0 is 0"],
  ];
  for (const [labels, classes, got] of wrong) {
    assertExactError(() => oneHot(labels, classes), RangeError, rule + got);
  }
});

Deno.test("create: oneHot refuses labels that are no integers", () => {
  assertExactError(
    () => oneHot(tensor([0, 1]), 2),
    ShapeError,
    "Cannot create tensor: labels must be int32 or uint8: labels is float32; " +
      'cast(labels, "int32") converts',
  );
  assertExactError(
    () => oneHot([0.5], 2),
    RangeError,
    "Cannot create tensor: int32 holds integers from -2147483648 to 2147483647: " +
      "got 0.5 at index [0]",
  );
});

Deno.test("create: every function takes a backend", () => {
  const backend = referenceBackend();
  const options = { backend };
  const made = [
    tensor([1, 2], options),
    zeros([2], options),
    ones([2], options),
    full([2], 3, options),
    eye(2, options),
    arange(0, 2, 1, options),
    linspace(0, 1, 2, options),
    oneHot([0], 2, options),
  ];
  for (const x of made) assertStrictEquals(x.backend, backend);
  assertEquals(backend.liveBytes, made.reduce((total, x) => total + x.bytes, 0));
});
