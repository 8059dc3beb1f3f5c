// slice, split, flip, concat, stack, squeeze, expandDims, tile, repeat, take, scatterAdd, embedding
// and the modes of pad: values by hand, definitions, gradients of what is repeated.

import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import {
  add,
  arange,
  Arena,
  concat,
  embedding,
  expandDims,
  flip,
  grad,
  mul,
  ones,
  pad,
  referenceBackend,
  repeat,
  reshape,
  scatterAdd,
  slice,
  split,
  square,
  squeeze,
  stack,
  sum,
  take,
  takeAlongAxis,
  Tape,
  type Tensor,
  tensor,
  tile,
  zeros,
} from "../../mod.ts";
import { checkGrad } from "../../src/testing/check_grad.ts";
import { scaled } from "../support/effort.ts";
import { fromIndex } from "../support/oracles/arrays.ts";
import { slices } from "../support/cases/slicing.ts";
import { assertTensor } from "../support/compare.ts";
import { quarters, shapes, sizes, type Values } from "../support/grids.ts";
import { sliceOracle } from "../support/oracles/slicing.ts";
import { offset } from "../support/oracles/windows.ts";

const put = ({ shape, data }: Values) => tensor(Array.from(data), { shape, dtype: "float64" });
const int32 = (...values: number[]) => tensor(values, { dtype: "int32" });

Deno.test("pieces: slice by hand", () => {
  const x = reshape(arange(12), [3, 4]);
  assertEquals(slice(x, []).toArray(), x.toArray());
  assertEquals(slice(x, [1]).toArray(), [4, 5, 6, 7]);
  assertEquals(slice(x, [-1, -1]).item(), 11);
  assertEquals(slice(x, [null, [1, -1]]).toArray(), [[1, 2], [5, 6], [9, 10]]);
  assertEquals(slice(x, [[null, null, -2], [null, 0, -2]]).toArray(), [[11, 9], [3, 1]]);
  assertEquals(slice(x, [[2, 1]]).shape, [0, 4]);
  assertEquals(slice(x, [[0, 100, 100]]).toArray(), [[0, 1, 2, 3]]);
  assertEquals(slice(x, [[undefined, 1]]).shape, [1, 4]);
});

Deno.test("pieces: slice takes what Python's slice takes", () => {
  const samples = slices.chain(({ shape, by }) => fc.tuple(quarters(shape), fc.constant(by)));
  fc.assert(fc.property(samples, ([x, by]) => {
    assertTensor(slice(put(x), by), sliceOracle(x, by), "slice");
  }));
});

Deno.test("pieces: parts that were split are joined again by concat", () => {
  const x = reshape(arange(24), [2, 6, 2]);
  for (const parts of [1, 2, 3, [6], [0, 4, 2], [1, 1, 4]]) {
    const cut = split(x, parts, { axis: 1 });
    assertEquals(concat(cut, { axis: -2 }).toArray(), x.toArray(), `split by ${parts}`);
  }
  assertEquals(split(arange(3), 3).map((part) => part.toArray()), [[0], [1], [2]]);
  assertEquals(split(zeros([0]), []), []);
});

Deno.test("pieces: stack is concat of what was expanded", () => {
  const [a, b] = [reshape(arange(6), [2, 3]), ones([2, 3])];
  for (const axis of [0, 1, 2, -1, -2, -3]) {
    const expanded = concat([expandDims(a, axis), expandDims(b, axis)], { axis });
    assertEquals(stack([a, b], { axis }).toArray(), expanded.toArray(), `axis ${axis}`);
  }
  assertEquals(stack([tensor(1), tensor(2)]).toArray(), [1, 2]);
});

Deno.test("pieces: a tensor that is joined twice gets both gradients", () => {
  const w = tensor([[1, 2], [3, 4], [5, 6]]);
  const weights = concat([w, tensor([[9, 9], [7, 8]])]);
  const f = (x: Tensor) => sum(mul(concat([x, tensor([[0, 0]]), x]), weights));
  assertEquals(grad(f)(zeros([2, 2])).toArray(), [[1 + 9, 2 + 9], [3 + 7, 4 + 8]]);
});

Deno.test("pieces: squeeze and expandDims share memory", () => {
  const backend = referenceBackend();
  const x = zeros([1, 3, 1], { backend });
  const before = backend.liveBytes;
  assertEquals(squeeze(x).shape, [3]);
  assertEquals(squeeze(x, { axis: 0 }).shape, [3, 1]);
  assertEquals(squeeze(x, { axis: [0, -1] }).shape, [3]);
  assertEquals(squeeze(zeros([1, 1])).shape, []);
  assertStrictEquals(squeeze(zeros([2])).rank, 1);
  assertEquals(expandDims(x, -1).shape, [1, 3, 1, 1]);
  assertEquals(expandDims(x, 1).shape, [1, 1, 3, 1]);
  assertEquals(expandDims(tensor(1), 0).shape, [1]);
  assertEquals(backend.liveBytes, before);
});

Deno.test("pieces: tile and repeat by hand, and by definition", () => {
  const x = tensor([[1, 2], [3, 4]]);
  assertEquals(tile(x, [1, 2]).toArray(), [[1, 2, 1, 2], [3, 4, 3, 4]]);
  assertEquals(tile(x, [2]).toArray(), [[1, 2, 1, 2], [3, 4, 3, 4]]);
  assertEquals(tile(x, [2, 1, 1]).shape, [2, 2, 2]);
  assertEquals(tile(x, [0, 1]).shape, [0, 2]);
  assertEquals(repeat(x, 2).toArray(), [[1, 2], [1, 2], [3, 4], [3, 4]]);
  assertEquals(repeat(x, 2, { axis: -1 }).toArray(), [[1, 1, 2, 2], [3, 3, 4, 4]]);
  assertEquals(repeat(x, 0).shape, [0, 2]);
  const samples = shapes({ minRank: 1 }).chain((shape) =>
    fc.tuple(quarters(shape), fc.tuple(...shape.map(() => sizes(3, true))))
  );
  fc.assert(
    fc.property(samples, ([x, copies]) => {
      const expected = fromIndex(
        x.shape.map((n, d) => n * copies[d]),
        (index) => x.data[offset(index.map((i, d) => i % x.shape[d]), x.shape)],
      );
      assertTensor(tile(put(x), copies), expected, "tile");
      checkGrad((x) => tile(x, copies), [put(x)], { exact: true, order: 2 });
      checkGrad((x) => repeat(x, copies[0], { axis: -1 }), [put(x)], { exact: true, order: 2 });
    }),
    { numRuns: scaled(30) },
  );
});

Deno.test("pieces: pad by NumPy's modes", () => {
  // numpy.pad([1, 2, 3], (5, 4), mode), NumPy 1.26
  const x = tensor([1, 2, 3]);
  const padded = {
    reflect: [2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3],
    symmetric: [2, 3, 3, 2, 1, 1, 2, 3, 3, 2, 1, 1],
    edge: [1, 1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 3],
    wrap: [2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1],
  } as const;
  for (const mode of ["reflect", "symmetric", "edge", "wrap"] as const) {
    assertEquals(pad(x, [[5, 4]], { mode }).toArray(), [...padded[mode]], mode);
    assertEquals(pad(x, [[0, 0]], { mode }).toArray(), [1, 2, 3], `${mode} by nothing`);
    assertEquals(pad(tensor([7]), [[1, 2]], { mode }).toArray(), [7, 7, 7, 7], `${mode} of one`);
  }
  const corners = pad(tensor([[1, 2], [3, 4]]), [[1, 0], [0, 1]], { mode: "reflect" });
  assertEquals(corners.toArray(), [[3, 4, 3], [1, 2, 1], [3, 4, 3]]);
  const mass = grad((x: Tensor) => sum(pad(x, [[5, 4]], { mode: "edge" })))(x);
  assertEquals(mass.toArray(), [6, 1, 5]);
});

Deno.test("embedding: the padding row is read as any other, and has no gradient of any order", () => {
  const ids = tensor([[2, 0, 3], [3, 3, 1]], { dtype: "int32" });
  const weights = tensor([[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]]);
  const w = tensor([[1, -1], [2, -2], [3, -3], [4, -4]]);
  const plain = embedding(ids, w).toArray();
  const whole = [[3, 4], [11, 12], [1, 2], [21, 24]];
  for (const paddingIndex of [undefined, 0, 1, 2, 3]) {
    assertEquals(embedding(ids, w, { paddingIndex }).toArray(), plain, `row ${paddingIndex}`);
    const loss = (w: Tensor) => sum(mul(embedding(ids, w, { paddingIndex }), weights));
    const expected = whole.map((row, i) => i === paddingIndex ? [0, 0] : row);
    assertEquals(grad(loss)(w).toArray(), expected, `row ${paddingIndex}`);
    // Of squares, whose gradient's gradient is 2 for each time that a row is read.
    const squares = (w: Tensor) => sum(square(embedding(ids, w, { paddingIndex })));
    const second = grad((w: Tensor) => sum(grad(squares)(w)))(w).toArray();
    const times = [1, 1, 1, 3].map((n, i) => i === paddingIndex ? [0, 0] : [2 * n, 2 * n]);
    assertEquals(second, times, `row ${paddingIndex}`);
  }
});

Deno.test("pieces: images of bytes are cut, joined and picked", () => {
  const images = tensor(Uint8Array.from({ length: 24 }, (_, i) => 10 * i), { shape: [2, 2, 2, 3] });
  assertEquals(slice(images, [1, 0, 0]).toArray(), [120, 130, 140]);
  const mirrored = flip(images, { axis: 2 });
  assertEquals([mirrored.dtype, slice(mirrored, [0, 0, 0]).toArray()], ["uint8", [30, 40, 50]]);
  assertEquals(concat([images, images]).shape, [4, 2, 2, 3]);
  const picked = take(images, int32(1, 1, 0));
  assertEquals([picked.dtype, picked.shape], ["uint8", [3, 2, 2, 3]]);
  assertEquals(slice(picked, [2]).toArray(), slice(images, [0]).toArray());
  assertEquals(pad(tensor(new Uint8Array([1, 2])), [[1, 1]], { mode: "edge" }).toArray(), [
    1,
    1,
    2,
    2,
  ]);
  assertEquals(
    scatterAdd(tensor(new Uint8Array([250])), int32(0, 0), tensor(new Uint8Array([4, 4])))
      .toArray(),
    [2],
  );
});

Deno.test("pieces: what is picked often collects its gradients", () => {
  const x = tensor([1, 2, 3]);
  const weights = tensor([10, 20, 30, 40]);
  const f = (x: Tensor) => sum(mul(take(x, int32(2, 0, 2, 2)), weights));
  assertEquals(grad(f)(x).toArray(), [20, 0, 80]);
  const rows = tensor([[0], [0], [1]], { dtype: "int32" });
  const g = (x: Tensor) => sum(takeAlongAxis(x, rows, { axis: 1 }));
  assertEquals(grad(g)(ones([3, 2])).toArray(), [[1, 0], [1, 0], [0, 1]]);
  assertEquals(take(x, int32()).shape, [0]);
  assertEquals(take(x, tensor(1, { dtype: "int32" })).item(), 2);
});

Deno.test("pieces: an embedding learns the rows it reads", () => {
  const w = tensor([[1, 2], [3, 4], [5, 6]]);
  const ids = tensor([[2, 0], [2, 1]], { dtype: "int32" });
  assertEquals(embedding(ids, w).toArray(), [[[5, 6], [1, 2]], [[5, 6], [3, 4]]]);
  assertEquals(grad((w: Tensor) => sum(embedding(ids, w)))(w).toArray(), [[1, 1], [1, 1], [2, 2]]);
  const padded = grad((w: Tensor) => sum(embedding(ids, w, { paddingIndex: 2 })));
  assertEquals(padded(w).toArray(), [[1, 1], [1, 1], [0, 0]]);
});

Deno.test("pieces: a tape lists a list, and owns what it made", () => {
  const backend = referenceBackend();
  const parts = [tensor([1], { backend }), tensor([2, 3], { backend })];
  const before = backend.liveBytes;
  {
    using tape = new Tape();
    tape.watch(parts);
    const y = concat([parts[0], parts[1], parts[0]]);
    assertEquals(tape.entries.map(({ inputs, saved }) => [inputs, saved]), [[[0, 1, 0], []]]);
    const [da, db] = tape.gradient(sum(mul(y, y)), parts);
    assertEquals([da.toArray(), db.toArray()], [[4], [4, 6]]);
  }
  {
    using arena = new Arena();
    arena.follow(parts);
    add(stack([parts[0], parts[0]]), 1);
  }
  assertEquals(backend.liveBytes, before);
});
