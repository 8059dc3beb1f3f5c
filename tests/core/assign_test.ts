// Values given in place: who sees them, what memory it takes, what is refused before any change.

import { assertEquals, assertThrows } from "@std/assert";
import {
  applyUpdates,
  assign,
  sgd,
  ShapeError,
  square,
  sum,
  Tape,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { countingBackend } from "../support/counting_backend.ts";
import { assertExactError } from "../support/exact_error.ts";

Deno.test("assign: every holder of the tensor sees the new values, the source stays", () => {
  const params = { w: tensor([1, 2]), list: [tensor(3), null] };
  const { w } = params;
  const values = { w: tensor([5, 6]), list: [tensor(7), null] };
  assertEquals(assign(params, values) === params, true);
  assertEquals([w.toArray(), params.list[0]!.item()], [[5, 6], 7]);
  sgd({ learningRate: 1 }).step(w, tensor([1, 1]));
  assertEquals([w.toArray(), values.w.toArray()], [[4, 5], [5, 6]], "each alone from then on");
});

Deno.test("assign: memory is shared until one changes, and freed with its last user", () => {
  const backend = countingBackend();
  const [w, value] = [tensor([1, 2], { backend }), tensor([3, 4], { backend })];
  assign(w, value);
  assertEquals(backend.liveBytes, 8);
  value.dispose();
  assertEquals([w.toArray(), backend.liveBytes], [[3, 4], 8]);
  assign(w, w);
  assertEquals([w.toArray(), backend.liveBytes], [[3, 4], 8]);
  w.dispose();
  assertEquals(backend.liveBytes, 0);
});

Deno.test("assign: a value outlives the tape that owns it", () => {
  const w = tensor([1, 2]);
  {
    using tape = new Tape();
    tape.follow(w);
    assign(w, square(w));
    assign(w, square(w));
  }
  assertEquals(w.toArray(), [1, 16]);
});

Deno.test("assign: a gradient that would read an assigned tensor is refused", () => {
  using tape = new Tape();
  const w = tape.watch(tensor([1, 2]));
  const loss = sum(square(w));
  assign(w, tensor([3, 4]));
  const error = assertThrows(() => tape.gradient(loss, w), TypeError);
  assertEquals(
    error.message,
    "Cannot compute gradient: what backward reads must stay as it was: x of op square, " +
      "float32 [2], was changed in place (an optimizer step?)",
  );
});

Deno.test("assign: what does not fit is refused, and nothing is changed", () => {
  const params = { a: tensor([1, 2]), b: tensor(3) };
  const refuses = (values: unknown, rule: string, kind: new () => Error = ShapeError) => {
    assertExactError(() => assign<unknown>(params, values), kind, `Cannot assign: ${rule}`);
    assertEquals([params.a.toArray(), params.b.item()], [[1, 2], 3]);
  };
  const a = tensor([7, 8]);
  refuses({ a }, "params and values must have one structure: params has b, values has not");
  refuses(
    { a, b: tensor(1), c: tensor(1) },
    "params and values must have one structure: values has c, params has not",
  );
  refuses(
    { a, b: tensor([1]) },
    "a value must have the shape and dtype of its parameter: b is float32 [], its value " +
      "float32 [1]",
  );
  refuses(
    { a, b: tensor(1, { backend: countingBackend("other") }) },
    "a value must be on the backend of its parameter: b is on wasm, its value on other",
    TypeError,
  );
  const gone = tensor(1);
  gone.dispose();
  const freed = assertThrows(() => assign(params, { a, b: gone }), TypeError);
  assertEquals(freed.message.startsWith("Cannot use tensor: its memory has been freed"), true);
  assertEquals(params.a.toArray(), [1, 2]);
  assertExactError(
    () => assign({ x: a, y: a }, { x: a, y: a }),
    TypeError,
    "Cannot assign: each parameter must occur once in params: x and y are the same tensor",
  );
});

Deno.test("applyUpdates: gives all collected values, and forgets them", () => {
  const [mean, variance] = [tensor([0, 0]), tensor([1, 1])];
  const updates = new Map<Tensor, Tensor>([[mean, tensor([1, 2])], [variance, tensor([3, 4])]]);
  applyUpdates(updates);
  assertEquals([mean.toArray(), variance.toArray(), updates.size], [[1, 2], [3, 4], 0]);
  updates.set(mean, tensor([1]));
  assertThrows(() => applyUpdates(updates), ShapeError);
  assertEquals(mean.toArray(), [1, 2]);
});
