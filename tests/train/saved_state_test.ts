// States taken apart and put together: nothing is lost, and nothing is taken for something else.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { Tensor, tensor } from "../../mod.ts";
import { flattenState, type SavedState, unflattenState } from "../../src/train/saved_state.ts";
import { assertExactError } from "../support/exact_error.ts";

function again(state: SavedState): SavedState {
  const { tensors, structure } = flattenState("save", state);
  return unflattenState("Cannot read x", structure, tensors);
}

const keys = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.constantFrom("a", "a.b", "b", "tensor", "number", "object", "__proto__", "constructor", "[0]"),
);
const leaves = fc.oneof(
  fc.double(),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.nat(3).map((n) => tensor([n])),
);
const { state: states } = fc.letrec<{ state: SavedState }>((tie) => ({
  state: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    leaves,
    fc.array(tie("state"), { maxLength: 4 }),
    fc.dictionary(keys, tie("state"), { maxKeys: 4 }),
  ) as fc.Arbitrary<SavedState>,
}));

/**
 * Fails unless the same values are at the same places: tensors by identity, numbers by their bits.
 */
function assertSame(found: SavedState, expected: SavedState): void {
  if (typeof expected !== "object" || expected === null || expected instanceof Tensor) {
    assert(Object.is(found, expected), `${found} is not ${expected}`);
    return;
  }
  assertEquals(Array.isArray(found), Array.isArray(expected));
  assertEquals(Object.keys(found as object), Object.keys(expected));
  for (const [key, value] of Object.entries(expected)) {
    const inside = Object.getOwnPropertyDescriptor(found, key)!.value;
    assertSame(inside, value);
  }
}

Deno.test("saved state: what is put together is what was taken apart", () => {
  fc.assert(fc.property(states, (state) => assertSame(again(state), state)));
});

Deno.test("saved state: tensors are named by their path, each by another", () => {
  const [a, b, c] = [tensor(1), tensor(2), tensor(3)];
  const state = { params: { "conv1.w": a, conv1: { w: b }, list: [c] } };
  const { tensors } = flattenState("save", state);
  assertEquals(Object.keys(tensors), ["params.conv1.w", "params.conv1.w#2", "params.list[0]"]);
  assertSame(again(state), state);
  assertEquals(Object.keys(flattenState("save", a).tensors), ["tensor"]);
});

Deno.test("saved state: undefined is left out of objects, and null in lists", () => {
  assertEquals(again({ a: undefined, b: [undefined, 1] }), { b: [null, 1] });
});

Deno.test("saved state: names do not pollute", () => {
  const state = JSON.parse('{"__proto__": {"polluted": true}}');
  const found = again(state) as Record<string, unknown>;
  assertEquals(Object.keys(found), ["__proto__"]);
  assertStrictEquals(Object.getPrototypeOf(found), Object.prototype);
  assertStrictEquals(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("saved state: what cannot be saved", () => {
  const rule = "state must be tensors, numbers, strings and booleans in nested objects and arrays";
  const refused = (state: unknown, found: string) =>
    assertExactError(
      () => flattenState("save", state as SavedState),
      TypeError,
      `Cannot save: ${rule}: ${found}`,
    );
  refused({ a: [new Map()] }, "a[0] is a Map");
  refused({ a: { b: () => 1 } }, "a.b is a function");
  refused(3n, "it is the bigint 3");
  let deep: SavedState = 1;
  for (let i = 0; i < 65; i++) deep = [deep];
  assertExactError(
    () => flattenState("save", { deep }),
    RangeError,
    `Cannot save: state must not be nested deeper than 64: deep${"[0]".repeat(64)} is`,
  );
});

Deno.test("saved state: what is no state", () => {
  const cases: [structure: string, found: string][] = [
    ["", "no JSON"],
    ["{", "no JSON"],
    ["{}", "an object of 0 kinds"],
    ['{"tensor":"a","object":{}}', "an object of 2 kinds"],
    ['{"tensor":"b"}', 'no tensor "b"'],
    ['{"tensor":"__proto__"}', 'no tensor "__proto__"'],
    ['{"tensor":1}', 'an object of kind "tensor"'],
    ['{"number":"1"}', 'an object of kind "number"'],
    ['{"object":[]}', 'an object of kind "object"'],
    ['{"object":null}', 'an object of kind "object"'],
    ['{"else":1}', 'an object of kind "else"'],
    ["[".repeat(70) + "]".repeat(70), "nesting deeper than 64"],
    ["[".repeat(100_000), "no JSON"],
  ];
  for (const [structure, found] of cases) {
    assertExactError(
      () => unflattenState("Cannot read x", structure, { a: tensor(1) }),
      SyntaxError,
      `Cannot read x: the structure must be one of a checkpoint: found ${found}`,
    );
  }
});
