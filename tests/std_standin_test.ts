// The stand-ins for @std/assert and @std/testing mean what the real packages mean. All that is
// imported from those names holds with the real ones too, so that the two can be exchanged.

import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertIsError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotInstanceOf,
  assertNotMatch,
  assertNotStrictEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
  fail,
  unimplemented,
  unreachable,
} from "@std/assert";
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from "@std/testing/bdd";
import { assertSpyCalls, MockError, spy, stub } from "@std/testing/mock";
import { difference } from "./support/std/assert/difference.ts";

/**
 * Returns the message of the assertion that fails. Not through assertThrows: that is under test
 * too.
 */
function failure(assertion: () => unknown): string {
  try {
    assertion();
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
  throw new TypeError("The assertion should have failed and did not");
}

const circular = (name: string): unknown => {
  const node: Record<string, unknown> = { name };
  node.self = node;
  return node;
};

const EQUAL: [string, unknown, unknown][] = [
  ["NaN", NaN, NaN],
  ["0 and -0", 0, -0],
  ["0 and -0 inside", { a: [0] }, { a: [-0] }],
  ["nested", { a: [1, { b: "c" }] }, { a: [1, { b: "c" }] }],
  ["keys in another order", { a: 1, b: 2 }, { b: 2, a: 1 }],
  ["no prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ["typed arrays", new Float32Array([1, NaN, 0]), new Float32Array([1, NaN, -0])],
  ["dates", new Date(5), new Date(5)],
  ["invalid dates", new Date(NaN), new Date(NaN)],
  ["patterns", /a/g, /a/g],
  ["sets in another order", new Set([1, { a: 2 }]), new Set([{ a: 2 }, 1])],
  ["maps in another order", new Map([["a", [1]], ["b", [2]]]), new Map([["b", [2]], ["a", [1]]])],
  ["maps with objects as keys", new Map([[{ a: 1 }, 2]]), new Map([[{ a: 1 }, 2]])],
  ["circular", circular("a"), circular("a")],
];

const DIFFERENT: [string, unknown, unknown][] = [
  ["types", 1, "1"],
  ["null and undefined", null, undefined],
  ["an undefined property", { a: undefined }, {}],
  ["other undefined properties", { a: undefined }, { b: undefined }],
  ["lengths", [1, 2], [1, 2, 3]],
  ["order", [1, 2], [2, 1]],
  ["deep inside", { a: [1, { b: "c" }] }, { a: [1, { b: "d" }] }],
  ["classes", new Float32Array([1]), new Float64Array([1])],
  ["array and typed array", [1], new Float32Array([1])],
  ["elements", new Float32Array([1, 2]), new Float32Array([1, 3])],
  ["dates", new Date(5), new Date(6)],
  ["a valid and an invalid date", new Date(5), new Date(NaN)],
  ["flags of patterns", /a/g, /a/i],
  ["members of sets", new Set([1, 2]), new Set([1, 3])],
  ["sizes of sets", new Set([1]), new Set([1, 2])],
  ["values of maps", new Map([["a", 1]]), new Map([["a", 2]])],
  ["keys of maps", new Map([["a", 1]]), new Map([["b", 1]])],
  ["circular", circular("a"), circular("b")],
  ["functions", () => 1, () => 1],
];

Deno.test("equal: same structure, same class, equal contents", async (t) => {
  for (const [name, a, b] of EQUAL) {
    await t.step(name, () => {
      assert(equal(a, b) && equal(b, a));
      assertEquals(a, b);
      failure(() => assertNotEquals(a, b));
    });
  }
});

Deno.test("equal: anything else differs", async (t) => {
  for (const [name, a, b] of DIFFERENT) {
    await t.step(name, () => {
      assert(!equal(a, b) && !equal(b, a));
      assertNotEquals(a, b);
      failure(() => assertEquals(a, b));
    });
  }
});

Deno.test("equal: the hidden contents of a WeakMap cannot be compared", () => {
  assertThrows(() => equal(new WeakMap(), new WeakMap()), TypeError);
});

Deno.test("assertEquals: the message shows both values and the caller's reason", () => {
  const message = failure(() => assertEquals([1, 2, 3], [1, 2, 4], "after one step"));
  assertStringIncludes(message, "Values are not equal: after one step");
  assertMatch(message, /\b3\b/);
  assertMatch(message, /\b4\b/);
});

Deno.test("difference: says where, and stops after the first few", () => {
  const cases: [unknown, unknown, string][] = [
    [1, "1", "    value: actual 1, expected '1'"],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, "    .a[1].b: actual 2, expected 3"],
    [[1], [1, 2], "    [1]: actual nothing, expected 2"],
    [{ a: undefined }, {}, "    .a: actual undefined, expected nothing"],
    ["x\ny", "x\nz", "    [1]: actual 'y', expected 'z'"],
    [[1], new Int8Array([1]), "    value: actual [ 1 ], expected Int8Array(1) [ 1 ]"],
    [new Set([1]), new Set([2]), "    value: actual Set(1) { 1 }, expected Set(1) { 2 }"],
  ];
  for (const [actual, expected, lines] of cases) assertEquals(difference(actual, expected), lines);
  const many = difference(new Float32Array(1e5), new Float32Array(1e5).fill(1)).split("\n");
  assertEquals(many.length, 11);
  assertEquals(many[9], "    [9]: actual 0, expected 1");
  assertEquals(many[10], "    and more");
});

Deno.test("assertStrictEquals: identity, as Object.is has it", () => {
  const array = [1];
  assertStrictEquals(array, array);
  assertStrictEquals(NaN, NaN);
  assertNotStrictEquals(0, -0);
  assertNotStrictEquals(array, [1]);
  failure(() => assertNotStrictEquals(NaN, NaN));
  failure(() => assertStrictEquals<number>(0, -0));
  assertStringIncludes(failure(() => assertStrictEquals(array, [1])), "not reference-equal");
});

Deno.test("assertAlmostEquals: within the tolerance, the limit included", () => {
  assertAlmostEquals(1 + 1e-8, 1);
  assertAlmostEquals(1.5, 1, 0.5);
  assertAlmostEquals(NaN, NaN);
  assertAlmostEquals(Infinity, Infinity);
  failure(() => assertAlmostEquals(1 + 1e-6, 1));
  failure(() => assertAlmostEquals(NaN, 1, 1e9));
  failure(() => assertAlmostEquals(1, NaN, 1e9));
  failure(() => assertAlmostEquals(Infinity, -Infinity));
  assertStringIncludes(failure(() => assertAlmostEquals(2, 1, 0.5)), "greater than");
});

Deno.test("ordering: NaN is in no order with anything", () => {
  assertGreater(2, 1);
  assertGreaterOrEqual(1, 1);
  assertLess(1, 2);
  assertLessOrEqual(1, 1);
  failure(() => assertGreater(1, 1));
  failure(() => assertGreaterOrEqual(1, 2));
  failure(() => assertLess(1, 1));
  failure(() => assertLessOrEqual(2, 1));
  failure(() => assertGreater(NaN, 1));
  failure(() => assertLessOrEqual(NaN, 1));
});

Deno.test("truth and existence", () => {
  assert("text");
  assertFalse(0);
  assertExists(0);
  assertEquals(failure(() => assert(0, "why")), "why");
  failure(() => assertFalse("text"));
  failure(() => assertExists(null));
  failure(() => assertExists(undefined));
});

Deno.test("classes", () => {
  assertInstanceOf(new RangeError(), Error);
  assertNotInstanceOf(new RangeError(), TypeError);
  assertStringIncludes(failure(() => assertInstanceOf(new RangeError(), TypeError)), "TypeError");
  failure(() => assertInstanceOf("text", String));
  failure(() => assertInstanceOf(null, Object));
  failure(() => assertNotInstanceOf(new RangeError(), Error));
});

Deno.test("text", () => {
  assertMatch("tape", /a/);
  assertNotMatch("tape", /x/);
  assertStringIncludes("tape", "ap");
  failure(() => assertMatch("tape", /x/));
  failure(() => assertNotMatch("tape", /a/));
  failure(() => assertStringIncludes("tape", "x"));
});

Deno.test("assertArrayIncludes: elements are compared deeply", () => {
  assertArrayIncludes([{ a: 1 }, { a: 2 }], [{ a: 2 }]);
  assertArrayIncludes(new Uint8Array([1, 2]), [2]);
  failure(() => assertArrayIncludes([{ a: 1 }], [{ a: 2 }]));
});

Deno.test("assertObjectMatch: what is expected is there, what is more is ignored", () => {
  assertObjectMatch({ a: 1, b: { c: [1, 2], d: 2 } }, { b: { c: [1, 2] } });
  assertObjectMatch({ list: [{ a: 1, b: 2 }] }, { list: [{ a: 1 }] });
  assertObjectMatch({ map: new Map([["a", 1], ["b", 2]]) }, { map: new Map([["a", 1]]) });
  assertObjectMatch({ set: new Set([1, 2]) }, { set: new Set([1]) });
  failure(() => assertObjectMatch({ a: 1 }, { a: 2 }));
  failure(() => assertObjectMatch({ a: 1 }, { a: 1, b: undefined }));
  failure(() => assertObjectMatch({ a: { b: 1 } }, { a: { b: 1, c: 2 } }));
  failure(() => assertObjectMatch({ list: [1] }, { list: [1, 2] }));
  failure(() => assertObjectMatch({ set: new Set([1]) }, { set: new Set([1, 2]) }));
  failure(() => assertObjectMatch({ map: new Map([["a", 1]]) }, { map: new Map([["a", 2]]) }));
});

Deno.test("assertIsError: the class and the text of the message", () => {
  assertIsError(new RangeError("row 3"));
  assertIsError(new RangeError("row 3"), Error, "row");
  assertIsError(new RangeError("row 3"), RangeError, /row \d/);
  failure(() => assertIsError("row 3"));
  failure(() => assertIsError(new RangeError("row 3"), TypeError));
  assertStringIncludes(
    failure(() => assertIsError(new RangeError("row 3"), RangeError, "row 4")),
    '"row 4", but got "row 3"',
  );
});

Deno.test("assertThrows: returns what was thrown, rejects what was not asked for", () => {
  const throwsRange = () => {
    throw new RangeError("row 3");
  };
  const error: RangeError = assertThrows(throwsRange, RangeError, "row");
  assertEquals(error.message, "row 3");
  assertInstanceOf(assertThrows(throwsRange), RangeError);
  assertInstanceOf(assertThrows(throwsRange, Error), RangeError);
  assertStringIncludes(
    failure(() => assertThrows(throwsRange, TypeError)),
    'Expected error to be instance of "TypeError", but was "RangeError"',
  );
  failure(() => assertThrows(throwsRange, RangeError, "row 4"));
});

Deno.test("assertThrows: something must be thrown, and with a class it must be an error", () => {
  const throwsText = () => {
    // deno-lint-ignore no-throw-literal -- that it is no error is the point
    throw "text";
  };
  assertEquals(assertThrows(throwsText), "text");
  assertEquals(failure(() => assertThrows(throwsText, Error)), "A non-Error object was thrown.");
  assertEquals(failure(() => assertThrows(() => 1)), "Expected function to throw.");
  assertEquals(failure(() => assertThrows(() => 1, "why")), "Expected function to throw: why");
});

Deno.test("assertRejects: resolves to what was rejected with", async () => {
  const rejects = () => Promise.reject(new RangeError("row 3"));
  const error: RangeError = await assertRejects(rejects, RangeError, "row");
  assertEquals(error.message, "row 3");
  assertInstanceOf(await assertRejects(rejects), RangeError);
  const inner = [
    () => assertRejects(rejects, TypeError),
    () => assertRejects(rejects, RangeError, "row 4"),
    () => assertRejects(() => Promise.reject("text"), Error),
    () => assertRejects(() => Promise.resolve(1)),
    () =>
      assertRejects(() => {
        throw new RangeError("before there is a promise");
      }),
  ];
  for (const assertion of inner) await assertRejects(assertion, AssertionError);
});

Deno.test("fail, unreachable, unimplemented always fail", () => {
  assertEquals(failure(() => fail("why")), "Failed assertion: why");
  assertEquals(failure(() => unreachable()), "Unreachable.");
  assertEquals(failure(() => unimplemented("why")), "Unimplemented: why");
});

describe("bdd: hooks run around every test, nested ones inside", () => {
  const log: string[] = [];
  beforeAll(() => void log.push("first"));
  beforeEach(() => void log.push("before"));
  afterEach(() => void log.push("after"));
  afterAll(() => assertEquals(log.join(" "), "first before a after before inner b after"));

  it("runs a test", () => void log.push("a"));
  describe("nested", () => {
    beforeEach(() => void log.push("inner"));
    it("runs a nested test", () => void log.push("b"));
  });
});

Deno.test("spy: records arguments, results and errors", () => {
  const half = spy((x: number) => {
    if (x % 2 !== 0) throw new RangeError("odd");
    return x / 2;
  });
  assertEquals(half(4), 2);
  assertThrows(() => half(3), RangeError, "odd");
  assertSpyCalls(half, 2);
  assertEquals(half.calls[0].args, [4]);
  assertEquals(half.calls[0].returned, 2);
  assertIsError(half.calls[1].error, RangeError);
  failure(() => assertSpyCalls(half, 1));
});

Deno.test("stub: replaces a method until it is restored", () => {
  const original = () => "real";
  const object = { method: original };
  {
    using fake = stub(object, "method", () => "fake");
    assertEquals(object.method(), "fake");
    assertSpyCalls(fake, 1);
  }
  assertStrictEquals(object.method, original);
});

Deno.test("stub: an inherited method is uncovered again, a second restore is an error", () => {
  const object = new Date(0);
  const fake = stub(object, "getTime");
  assertEquals(object.getTime() as unknown, undefined);
  fake.restore();
  assertEquals(object.getTime(), 0);
  assertThrows(() => fake.restore(), MockError);
  assertThrows(() => stub({ size: 1 }, "size"), MockError);
});
