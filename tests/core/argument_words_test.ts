// Words for values in messages, the check of whole numbers, and values made once.

import { assertEquals, assertThrows } from "@std/assert";
import { tensor } from "../../mod.ts";
import { checkInteger } from "../../src/core/check_integer.ts";
import { kindOf } from "../../src/core/kind_of.ts";
import { once } from "../../src/core/once.ts";

Deno.test("kindOf: words for values of every kind; only classes of the platform have names", () => {
  const kinds: [unknown, string][] = [
    [null, "null"],
    [undefined, "undefined"],
    [1n, "bigint"],
    ["", "string"],
    [() => 1, "function"],
    [[], "an array"],
    [{}, "object"],
    [Object.create(null), "object"],
    [tensor(1), "object"],
    [new Uint8ClampedArray(1), "Uint8ClampedArray"],
    [new Map(), "Map"],
  ];
  for (const [value, kind] of kinds) assertEquals(kindOf(value), kind);
});

Deno.test("checkInteger: bounds belong to the range, and are said as far as there are any", () => {
  const error = (value: unknown, ...bounds: number[]) =>
    assertThrows(() => checkInteger("count", "n", value, ...bounds), RangeError).message;
  checkInteger("count", "n", -3);
  checkInteger("count", "n", 2, 2);
  checkInteger("count", "n", 7, 2, 7);
  assertEquals(error(0.5), "Cannot count: n must be an integer: got 0.5");
  assertEquals(error(2 ** 53), "Cannot count: n must be an integer: got 9007199254740992");
  assertEquals(error("3"), "Cannot count: n must be an integer: got 3");
  assertEquals(error(NaN, 0), "Cannot count: n must be an integer of at least 0: got NaN");
  assertEquals(error(1, 2), "Cannot count: n must be an integer of at least 2: got 1");
  assertEquals(error(8, 2, 7), "Cannot count: n must be an integer from 2 to 7: got 8");
});

Deno.test("once: makes nothing before it is asked, and one value, undefined too", () => {
  let made = 0;
  const value = once(() => void made++);
  assertEquals(made, 0);
  value();
  value();
  assertEquals(made, 1);
});
