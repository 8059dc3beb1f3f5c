// Backends that take time to answer: what can be read when, and where errors come out.

import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  adam,
  add,
  argMax,
  clipByGlobalNorm,
  embedding,
  oneHot,
  referenceBackend,
  reshape,
  sgd,
  softmaxCE,
  type Tensor,
  tensor,
  wasmBackend,
} from "../../mod.ts";
import { bringToHost } from "../../src/core/reading.ts";
import { internals } from "../../src/core/tensor.ts";
import { assertExactError, assertExactRejection } from "../support/exact_error.ts";
import { slowBackend } from "../support/slow_backend.ts";

Deno.test("slow backend: data() waits; what cannot wait says so", async () => {
  const backend = slowBackend();
  const x = tensor([[1, 2], [3, 4]], { backend });
  const y = add(x, 1);
  const message = "Cannot read tensor at once: its backend must answer at once: slow takes time; " +
    "await tensor.data() first, then it can";
  const scalar = add(tensor(1, { backend }), 1);
  for (const read of [() => y.dataSync(), () => y.toArray(), () => scalar.item()]) {
    assertExactError(read, TypeError, message);
  }
  assertEquals(String(y), "Tensor float32 [2, 2] (elements by await tensor.data())");
  assert(Deno.inspect(y).includes("await tensor.data()"));
  assertEquals([...await y.data()], [2, 3, 4, 5]);
  assertEquals(y.toArray(), [[2, 3], [4, 5]]);
  const cube = reshape(add(tensor([1, 2, 3, 4, 5, 6], { backend }), 0), [1, 2, 3]);
  await cube.data();
  assertEquals(String(cube), String(reshape(tensor([1, 2, 3, 4, 5, 6]), [1, 2, 3])));
  const long = add(tensor(Array.from({ length: 2007 }, (_, i) => i), { backend }), 0);
  await long.data();
  assertEquals(String(long).split("[2007]")[1].replace(/\s/g, ""), "[0,1,2,…,2004,2005,2006]");
});

Deno.test("slow backend: data() gives what was there when it was called", async () => {
  const backend = slowBackend();
  const x = add(tensor([1, 2, 3], { backend }), 0);
  const before = x.data();
  sgd({ learningRate: 1 }).step(x, tensor([1, 1, 1], { backend }));
  const after = x.data();
  x.dispose();
  assertEquals([[...await before], [...await after]], [[1, 2, 3], [0, 1, 2]]);
});

Deno.test("slow backend: labels that were sent there are checked at once", () => {
  const backend = slowBackend();
  const logits = tensor([[1, 2], [3, 4], [5, 6]], { backend });
  for (const dtype of ["int32", "uint8"] as const) {
    const labels = tensor([0, 1, 2], { dtype, backend });
    const message = "Cannot apply softmaxCE: labels must be from 0 to 1: the label of row 2 is 2";
    assertExactError(() => softmaxCE(logits, labels), RangeError, message);
  }
  const values = Int32Array.of(0, 1, 1);
  const labels = tensor(values, { backend });
  values[1] = 7; // the host's copy is its own
  softmaxCE(logits, labels);
  const ids = tensor([[0, 3]], { dtype: "int32", backend });
  assertExactError(
    () => embedding(ids, logits),
    RangeError,
    "Cannot apply embedding: ids must be from 0 to 2: ids[0, 1] is 3",
  );
  assertEquals(backend.reads, 0);
});

Deno.test("slow backend: labels made there are checked meanwhile; the next data() throws", async () => {
  const backend = slowBackend();
  const logits = tensor([[1, 2, 4], [3, 4, 0]], { backend });
  const labels = argMax(tensor([[1, 2, 0, 0], [0, 0, 0, 3]], { backend }), { axis: 1 });
  const loss = softmaxCE(logits, labels);
  await assertExactRejection(
    () => loss.data(),
    RangeError,
    "Cannot apply softmaxCE: labels must be from 0 to 2: the label of row 1 is 3",
  );
  await loss.data(); // an error is thrown once
  const good = softmaxCE(logits, argMax(logits, { axis: 1 }));
  assertEquals((await good.data()).length, 1);
});

Deno.test("slow backend: nobody has to wait for a check", async () => {
  const backend = slowBackend();
  const labels = argMax(tensor([[0, 1]], { backend }), { axis: 1 });
  assertEquals(oneHot(labels, 1).shape, [1, 1]); // 1 is no label; nothing is asked for
  await new Promise((resolve) => setTimeout(resolve, 10));
});

Deno.test("slow backend: a norm that is not finite is an error of the next reading", async () => {
  const backend = slowBackend();
  const grads = { w: tensor([1, Infinity], { backend }) };
  const [{ w }] = clipByGlobalNorm(grads, 1, { errorIfNonFinite: true });
  await assertExactRejection(
    () => w.data(),
    RangeError,
    "Cannot clip gradients: the norm must be finite: it is Infinity",
  );
  const [good] = clipByGlobalNorm({ w: tensor([3, 4], { backend }) }, 5, {
    errorIfNonFinite: true,
  });
  assertEquals((await good.w.data()).length, 2);
});

Deno.test("slow backend: what was waited for can be read at once until it changes", async () => {
  const backend = slowBackend();
  const x = add(tensor([1, 2], { backend }), 1);
  await x.data();
  await Promise.all([bringToHost(x), x.data()]);
  assertEquals([backend.reads, x.toArray()], [1, [2, 3]]);
  x.dataSync()[0] = 9; // a copy
  (await x.data())[1] = 9;
  assertEquals(x.toArray(), [2, 3]);
  sgd({ learningRate: 1 }).step(x, tensor([1, 1], { backend }));
  assertThrows(() => x.toArray(), TypeError);
  assertEquals([...await x.data()], [1, 2]);
});

Deno.test("slow backend: a reading on its way is not kept when the memory changes", async () => {
  const backend = slowBackend();
  const x = add(tensor([1, 2], { backend }), 1);
  const ones = tensor([1, 1], { backend });
  const before = x.data();
  sgd({ learningRate: 1 }).step(x, ones);
  assertEquals([...await before], [2, 3]);
  assertThrows(() => x.dataSync(), TypeError);
  const [earlier, later] = [x.data(), x.data()];
  assertEquals([[...await later], [...await earlier], x.toArray()], [[1, 2], [1, 2], [1, 2]]);
});

Deno.test("slow backend: moments that were read are read anew after a step", async () => {
  const backend = slowBackend();
  const optimizer = adam({ learningRate: 1, beta1: 0.5 });
  const w = tensor([1, 2], { backend });
  const grads = { w: tensor([4, 8], { backend }) };
  const momentOf = async () => {
    optimizer.step({ w }, grads);
    const { params } = optimizer.state() as { params: { w: { m: Tensor } } };
    return [...await params.w.m.data()];
  };
  assertEquals([await momentOf(), await momentOf()], [[2, 4], [3, 6]]);
});

Deno.test("optimizers take promises of gradients", async () => {
  const w = tensor([1, 2]);
  const optimizer = sgd({ learningRate: 0.5 });
  const stepped: Promise<typeof w> = optimizer.step(w, Promise.resolve(tensor([2, 2])));
  assertEquals(w.toArray(), [1, 2]);
  assertStrictEquals(await stepped, w);
  assertEquals(w.toArray(), [0, 1]);
  await assertRejects(() => optimizer.step(w, Promise.resolve(tensor([2, 2, 2]))));
  await assertRejects(() => optimizer.step(w, Promise.reject(new Error("lost"))), Error, "lost");
});

Deno.test("hostAddress: where arrays are, for engines that work there in place", () => {
  using wasm = wasmBackend({ threads: 1 });
  for (const backend of [referenceBackend(), wasm]) {
    const x = tensor([1, 2, 3], { backend });
    const y = tensor([4, 5], { dtype: "float64", backend });
    const place = backend.hostAddress!(internals.array(y));
    assertEquals(place.byteLength, 16);
    const values = new Float64Array(place.buffer, place.byteOffset, 2);
    assertEquals([...values], [4, 5]);
    values[1] = 6; // in place
    assertEquals([x.toArray(), y.toArray()], [[1, 2, 3], [4, 6]]);
  }
  assertEquals(slowBackend().hostAddress, undefined);
});
