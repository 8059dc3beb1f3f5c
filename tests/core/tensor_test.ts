// Elements, text and copies of a tensor; and its end.

import {
  assert,
  assertEquals,
  assertFalse,
  assertNotStrictEquals,
  assertStrictEquals,
} from "@std/assert";
import { add, type DType, mul, reshape, ShapeError, Tensor, tensor, zeros } from "../../mod.ts";
import { referenceBackend } from "../../src/backends/reference/mod.ts";
import { assertExactError, assertExactRejection } from "../support/exact_error.ts";

const DISPOSED =
  "Cannot use tensor: its memory has been freed: float32 [2]; a tape frees what it recorded " +
  "when it ends, tape.keep(tensor) lets a tensor outlive it";

function disposed(): Tensor {
  const x = tensor([1, 2]);
  x.dispose();
  return x;
}

Deno.test("tensor: shape, dtype, rank, size, bytes and backend", () => {
  const backend = referenceBackend();
  const bytes: Record<DType, number> = { float32: 24, float64: 48, int32: 24, uint8: 6 };
  for (const [dtype, expected] of Object.entries(bytes) as [DType, number][]) {
    using x = zeros([2, 3], { dtype, backend });
    assertEquals([x.shape, x.dtype, x.rank, x.size, x.bytes], [[2, 3], dtype, 2, 6, expected]);
    assertStrictEquals(x.backend, backend);
    assertEquals(backend.liveBytes, expected);
  }
  assertEquals(backend.liveBytes, 0);
  using scalar = tensor(5);
  assertEquals([scalar.shape, scalar.rank, scalar.size, scalar.bytes], [[], 0, 1, 4]);
});

Deno.test("tensor: data and dataSync copy the elements in the dtype's typed array", async () => {
  const expected = {
    float32: new Float32Array([1, 2, 3]),
    float64: new Float64Array([1, 2, 3]),
    int32: new Int32Array([1, 2, 3]),
    uint8: new Uint8Array([1, 2, 3]),
  };
  for (const [dtype, elements] of Object.entries(expected)) {
    using x = tensor([1, 2, 3], { dtype: dtype as DType });
    assertEquals(await x.data(), elements);
    assertEquals(x.dataSync(), elements);
    const [first, second] = [x.dataSync(), await x.data()];
    first[0] = 9;
    second[1] = 9;
    assertEquals(x.dataSync(), elements, "what was read is a copy");
  }
});

Deno.test("tensor: item is the only element, of any rank", () => {
  assertEquals(tensor(7).item(), 7);
  assertEquals(tensor([[[8]]]).item(), 8);
  assertEquals(tensor([-3], { dtype: "int32" }).item(), -3);
});

Deno.test("tensor: item refuses more elements than one, and none", () => {
  const rule = "Cannot read item: the tensor must have one element: its shape is ";
  assertExactError(() => tensor([1, 2]).item(), ShapeError, `${rule}[2]`);
  assertExactError(() => zeros([2, 0]).item(), ShapeError, `${rule}[2, 0]`);
});

Deno.test("tensor: toArray nests as deep as there are dimensions", () => {
  assertEquals(tensor(4).toArray(), 4);
  assertEquals(tensor([1, 2]).toArray(), [1, 2]);
  const values = [[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, 10], [11, 12]]];
  assertEquals(tensor(values).toArray(), values);
  assertEquals(zeros([0]).toArray(), []);
  assertEquals(zeros([2, 0]).toArray(), [[], []]);
  assertEquals(zeros([0, 2]).toArray(), []);
});

Deno.test("tensor: a clone has memory of its own and outlives its original", () => {
  const backend = referenceBackend();
  const x = tensor([[1, 2]], { dtype: "int32", backend });
  const copy = x.clone();
  assertNotStrictEquals(copy, x);
  assertEquals([copy.shape, copy.dtype], [[1, 2], "int32"]);
  assertEquals(backend.liveBytes, 16);
  x.dispose();
  assertEquals(backend.liveBytes, 8);
  assertEquals(copy.toArray(), [[1, 2]]);
});

Deno.test("tensor: a clone of a reshaped tensor has the new shape", () => {
  assertEquals(reshape(tensor([1, 2, 3, 4]), [2, 2]).clone().toArray(), [[1, 2], [3, 4]]);
});

Deno.test("tensor: dispose frees the memory, once", () => {
  const backend = referenceBackend();
  const x = tensor([1, 2], { backend });
  const y = tensor([3], { backend });
  assertEquals([x.isDisposed, backend.liveBytes], [false, 12]);
  x.dispose();
  assertEquals([x.isDisposed, backend.liveBytes], [true, 4]);
  x.dispose();
  x[Symbol.dispose]();
  assertEquals(backend.liveBytes, 4);
  assertFalse(y.isDisposed);
});

Deno.test("tensor: using frees the memory at the end of the block", () => {
  const backend = referenceBackend();
  let seen: Tensor;
  {
    using x = tensor([1, 2], { backend });
    seen = x;
    assertEquals(backend.liveBytes, 8);
  }
  assert(seen.isDisposed);
  assertEquals(backend.liveBytes, 0);
});

Deno.test("tensor: shared memory is freed with the last tensor that shows it", () => {
  const backend = referenceBackend();
  const x = tensor([1, 2, 3, 4], { backend });
  const y = reshape(x, [2, 2]);
  assertEquals(backend.liveBytes, 16);
  x.dispose();
  assertEquals(backend.liveBytes, 16);
  assertEquals(y.toArray(), [[1, 2], [3, 4]]);
  y.dispose();
  assertEquals(backend.liveBytes, 0);
});

Deno.test("tensor: after dispose shape and dtype remain, and every use is an error", () => {
  const x = disposed();
  assertEquals([x.shape, x.dtype, x.rank, x.size], [[2], "float32", 1, 2]);
  const uses: Record<string, () => unknown> = {
    dataSync: () => x.dataSync(),
    toArray: () => x.toArray(),
    clone: () => x.clone(),
    bytes: () => x.bytes,
    add: () => add(x, 1),
    mul: () => mul(tensor([1, 1]), x),
    reshape: () => reshape(x, [2, 1]),
  };
  for (const use of Object.values(uses)) assertExactError(use, TypeError, DISPOSED);
});

Deno.test("tensor: data of a disposed tensor rejects", async () => {
  await assertExactRejection(() => disposed().data(), TypeError, DISPOSED);
});

Deno.test("tensor: the text has dtype, shape and elements; none of what was freed", () => {
  assertEquals(String(tensor([[1, 2], [3, 4]])), "Tensor float32 [2, 2]\n[[1, 2],\n [3, 4]]");
  assertEquals(String(tensor(5, { dtype: "int32" })), "Tensor int32 [] 5");
  assertEquals(String(disposed()), "Tensor float32 [2] (disposed)");
});

Deno.test("tensor: console.log shows the text, in Deno and in Node", () => {
  const x = tensor([1.5]);
  const text = "Tensor float32 [1] [1.5]";
  assertEquals(Deno.inspect(x), text);
  assertEquals(Deno.inspect({ x }), `{ x: ${text} }`);
  const inspect = Symbol.for("nodejs.util.inspect.custom");
  assertEquals((x as unknown as Record<symbol, () => string>)[inspect](), text);
});

Deno.test("tensor: no way to make one but the functions that create them", () => {
  // @ts-expect-error: the constructor is private
  const make = () => new Tensor();
  assertEquals(typeof make, "function");
});

Deno.test("tensor: NaN, infinities and -0 are kept", () => {
  const values = [NaN, -0, Infinity, -Infinity];
  for (const dtype of ["float32", "float64"] as const) {
    const kept = [...tensor(values, { dtype }).dataSync()];
    kept.forEach((value, i) => assertStrictEquals(value, values[i]));
    assertStrictEquals(tensor(-0, { dtype }).item(), -0);
    assertStrictEquals(tensor(-0, { dtype }).clone().item(), -0);
    assertStrictEquals([tensor([-0], { dtype }).toArray()].flat(2)[0], -0);
  }
});
