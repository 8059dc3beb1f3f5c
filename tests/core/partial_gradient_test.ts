// Gradients of tensors that are taken apart by slices: runs with gaps, that overlap, along several
// axes, next to other uses, to second order, and through what keeps contributions apart.

import { assertEquals } from "@std/assert";
import {
  add,
  checkGrad,
  checkpoint,
  concat,
  grad,
  mul,
  scoped,
  slice,
  type SliceRange,
  square,
  sum,
  Tape,
  type Tensor,
  tensor,
  wasmBackend,
} from "../../mod.ts";
import { referenceBackend } from "../../src/backends/reference/mod.ts";

const SHAPE = [3, 5, 2];

const RANGES: Record<string, readonly (readonly SliceRange[])[]> = {
  "all parts, out of order": [[2], [0], [1]],
  "with gaps before, between and after": [[null, [1, 2]], [null, [3, 4]]],
  "that overlap": [[null, [0, 3]], [null, [1, 4]], [null, [2, 5]], [null, [1, 4]]],
  "the same thrice": [[1], [1], [1]],
  "along each axis": [[0], [null, 4], [null, null, 1], [null, [0, 2]], [[1, 3]]],
  "with a part of nothing": [[null, [2, 2]], [null, [1, 3]]],
  "that are no runs": [[null, [null, null, -1]], [[0, 2], [1, 3]], [null, [0, 5, 2]], [null, 2]],
  "of which one is the whole": [[null], [2]],
};

function values(backend = referenceBackend()): Tensor {
  const data = Array.from({ length: 30 }, (_, i) => (i * 7 % 11 - 5) / 4);
  return tensor(data, { shape: SHAPE, dtype: "float64", backend });
}

/** The sum of squares of all parts, each with a weight of its own, and of the whole in between. */
function cost(x: Tensor, ranges: readonly (readonly SliceRange[])[]): Tensor {
  const terms = ranges.map((by, i) => mul(sum(square(slice(x, by))), i + 1));
  terms.splice(1, 0, sum(mul(x, x)));
  return terms.reduce(add);
}

/** The gradient that each element has: twice its value, as often as it is taken. */
function expected(x: Tensor, ranges: readonly (readonly SliceRange[])[]): number[] {
  const index = tensor(Array.from({ length: 30 }, (_, i) => i), { shape: SHAPE, dtype: "float64" });
  const weights = new Array(30).fill(1);
  ranges.forEach((by, i) => slice(index, by).dataSync().forEach((at) => weights[at] += i + 1));
  return Array.from(x.dataSync(), (value, i) => 2 * value * weights[i]);
}

for (const [name, ranges] of Object.entries(RANGES)) {
  Deno.test(`gradients of slices: ${name}`, () => {
    for (const backend of [referenceBackend(), wasmBackend({ threads: 1 })]) {
      const x = values(backend);
      const before = backend.liveBytes;
      scoped(new Tape(), (tape) => {
        tape.watch(x);
        const y = cost(x, ranges);
        assertEquals([...tape.gradient(y, x).dataSync()], expected(x, ranges));
        assertEquals([...tape.gradient(y, x).dataSync()], expected(x, ranges), "again");
      });
      assertEquals(backend.liveBytes, before);
    }
    checkGrad((x: Tensor) => cost(x, ranges), values(), { order: 2 });
  });
}

Deno.test("gradients of slices: of gradients, by a tape around", () => {
  const x = values();
  const cubes = (x: Tensor) => sum(mul(slice(x, [null, [1, 3]]), square(slice(x, [null, [2, 4]]))));
  const second = grad((x: Tensor) => sum(square(grad(cubes)(x))))(x);
  const joined = (x: Tensor) => {
    const [b, c, d] = [1, 2, 3].map((at) => slice(x, [null, [at, at + 1]]));
    return sum(mul(concat([b, c], { axis: 1 }), square(concat([c, d], { axis: 1 }))));
  };
  assertEquals(
    [...second.dataSync()],
    [...grad((x: Tensor) => sum(square(grad(joined)(x))))(x).dataSync()],
  );
});

Deno.test("gradients of slices: a part that is computed again gives the same bits", () => {
  const f = (x: Tensor) => cost(x, RANGES["that overlap"]);
  const x = values();
  assertEquals(
    [...grad(checkpoint(f))(x).dataSync()],
    [...grad(f)(x).dataSync()],
  );
});
