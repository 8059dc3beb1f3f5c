// Arguments beyond those that a function has: options of other libraries, in plain JavaScript.

import * as t from "@tapegrad/tapegrad";
import * as ops from "../../ops/mod.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";

// deno-lint-ignore no-explicit-any -- what types refuse, plain JavaScript may do
type Any = any;

const x = t.tensor([[1, 2, 3], [4, 5, 6]]);

/** Words of errors that refuse options: of functions that have some, and of those that have none. */
const REFUSED = /options must be in|there are no options/;

/** Calls an op with tensors and with an option that no op has; returns its error. */
function errorOf(name: string, op: Any): Error {
  const call = (tensors: number) =>
    assertThrows(() => op(...Array(tensors).fill(x), { nonsense: 1 }), Error, "Cannot ", name);
  const error = call(op.length);
  // Options that must be given count as an argument.
  return error.message.endsWith("got a tensor") ? call(op.length - 1) : error;
}

Deno.test("every op refuses an option that it does not know, those without options too", () => {
  let count = 0;
  for (const [name, op] of Object.entries(ops as Record<string, Any>)) {
    if (typeof op !== "function" || name === "einsum") continue; // of any number
    const error = errorOf(name, op);
    assert(REFUSED.test(error.message), `${name}: ${error.message}`);
    assert(error.message.includes("nonsense"), `${name}: ${error.message}`);
    count++;
  }
  assert(count > 120, `only ${count} ops`);
});

Deno.test("functions without options say what to do instead of them", () => {
  const none = "there are no options, and no argument after";
  const cases: [() => unknown, string][] = [
    [
      () => (t.softmax as Any)(x, { axis: 0 }),
      `apply softmax: ${none} 1: got { axis }; it goes along the last axis: transpose`,
    ],
    [
      () => (t.logSoftmax as Any)(x, 0),
      `apply logSoftmax: ${none} 1: got 0; it goes along the last axis: transpose`,
    ],
    [
      () => (t.slice as Any)(x, [0, 0], [1, 2]),
      `apply slice: ${none} 2: got [1, 2]; give a range for each axis, [start, stop]`,
    ],
    [
      () => (t.round as Any)(x, 2),
      `apply round: ${none} 1: got 2; scale before and after for other digits`,
    ],
    [
      () => (t.transpose as Any)(x, 1, 0),
      `apply transpose: ${none} 2: got 0; give the axes as a list, [1, 0]`,
    ],
    [
      () => (t.grad as Any)((a: t.Tensor, b: t.Tensor) => t.sum(t.mul(a, b)), [0, 1]),
      `make grad: ${none} 1: got [0, 1]; gradients are of the first argument`,
    ],
    [() => (t.add as Any)(x, x, 7), `apply add: ${none} 2: got 7`],
  ];
  for (const [call, message] of cases) {
    assertEquals(assertThrows(call, TypeError).message, `Cannot ${message}`);
  }
});

Deno.test("ops are callbacks of map and reduce, and take an argument that is undefined", () => {
  const [a, b] = [t.tensor([-1, 2]), t.tensor([3, -4])];
  const reduced: t.Tensor = [a, b, a].reduce(t.add);
  assertEquals([a, b].map(t.relu).map((y) => y.toArray()), [[0, 2], [3, 0]]);
  assertEquals(reduced.toArray(), [1, 0]);
  assertEquals((t.neg as Any)(a, undefined).toArray(), [1, -2]);
});

Deno.test("operators of JavaScript refuse tensors, text takes them", () => {
  const y: Any = t.tensor([2, 3]);
  for (const compute of [() => y * 2, () => y > 1, () => -y, () => Math.max(y, 1)]) {
    assertThrows(compute, TypeError, "Cannot compute with a tensor by operators: mul(x, 2)");
  }
  assertEquals([`${y}`, "y: " + y], ["Tensor float32 [2] [2, 3]", "y: Tensor float32 [2] [2, 3]"]);
});
