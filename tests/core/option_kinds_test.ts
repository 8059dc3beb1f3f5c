// Values of options: those of another kind are refused by name, and each is read once, so that what
// was checked is what is used.

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  broadcastTo,
  col2im,
  expandDims,
  flip,
  full,
  oneHot,
  ones,
  pad,
  Random,
  randomNormal,
  repeat,
  reshape,
  slice,
  split,
  sum,
  tile,
  transpose,
} from "../../mod.ts";
import { checkOptions } from "../../src/core/options.ts";
import { glorotUniform } from "../../src/nn/mod.ts";
import { OPTION_CALLS } from "../support/option_calls.ts";

type Change = (value: unknown) => readonly unknown[];

/** Lists calls that are accepted with an option changed, or refused without its name. */
function accepted(change: Change): string[] {
  const found: string[] = [];
  for (const [name, { call, options }] of Object.entries(OPTION_CALLS)) {
    for (const [option, value] of Object.entries(options)) {
      for (const other of change(value)) {
        const text = `${name}({ ${option}: ${typeof other} ${String(other)} })`;
        try {
          call({ ...options, [option]: other });
          found.push(text);
        } catch (error) {
          const { message } = error as Error;
          const isNamed = message.startsWith("Cannot ") && message.includes(option);
          if (!isNamed) found.push(`${text}: ${message}`);
        }
      }
    }
  }
  return found;
}

Deno.test("option kinds: the table has all options of its functions, and every call is right", () => {
  const otherwise = new Set(["upsample size"]); // its other way to say `factor`
  for (const [name, { call, options }] of Object.entries(OPTION_CALLS)) {
    call(options);
    const { message } = assertThrows(() => call({ ...options, noSuchOption: 1 }), TypeError);
    const known =
      message.match(/options must be in \{ (.*) \}: got noSuchOption/)?.[1].split(", ") ?? [];
    const wanted = known.filter((option) => !otherwise.has(`${name} ${option}`));
    assertEquals(Object.keys(options).sort(), wanted.sort(), name);
  }
});

/** Values that plain JavaScript gives in place of each kind; a boolean is no number, nor the reverse. */
const OTHERS: Readonly<Record<string, Change>> = {
  "no boolean": (value) => typeof value === "boolean" ? ["false", "", 0, 1, 1n, null, []] : [],
  "no number": (value) => {
    if (typeof value !== "number") return [];
    return [String(value), BigInt(Math.ceil(value)), true, [value], Object(value), new Date(value)];
  },
  "no list of integers": (value) => {
    if (!Array.isArray(value)) return [];
    const [first] = value.flat();
    const given: unknown[] = [String(first), BigInt(first), true];
    const lists = given.map((one) => Array.isArray(value[0]) ? [[one, 0], [0, 0]] : [one, 1]);
    return [...given, ...lists];
  },
};

for (const [kind, change] of Object.entries(OTHERS)) {
  Deno.test(`option kinds: what is ${kind} is refused by name where one is wanted`, () => {
    assertEquals(accepted(change), []);
  });
}

Deno.test("option kinds: the words", () => {
  const words = (call: () => unknown) => (assertThrows(call, TypeError) as Error).message;
  const wrong = (value: unknown) => value as never;
  const x = ones([2, 3]);
  assertEquals(
    words(() => sum(x, { keepDims: wrong("false") })),
    'Cannot apply sum: keepDims must be true or false: got "false"',
  );
  assertEquals(
    words(() => split(x, 3, { axis: wrong("1") })),
    'Cannot apply split: axis must be a number: got "1"',
  );
  assertEquals(
    words(() => flip(x, { axis: wrong(1n) })),
    "Cannot apply flip: axis must be an integer from -2 to 1: axis is 1n, x is [2, 3]",
  );
});

/** Counts how often each property of an object, and of lists in it, is read. */
function counted<Target extends object>(target: Target, reads: Map<string, number>, path = "") {
  return new Proxy(target, {
    get(target, key): unknown {
      const value = Reflect.get(target, key);
      if (typeof key !== "string" || key === "length" || !Object.hasOwn(target, key)) return value;
      const at = `${path}${key}`;
      reads.set(at, (reads.get(at) ?? 0) + 1);
      return Array.isArray(value) ? counted(value, reads, `${at}.`) : value;
    },
  });
}

function readOften(call: (reads: Map<string, number>) => unknown): [string, number][] {
  const reads = new Map<string, number>();
  call(reads);
  return [...reads].filter(([, times]) => times > 1);
}

Deno.test("option kinds: each option is read once", () => {
  for (const [name, { call, options }] of Object.entries(OPTION_CALLS)) {
    assertEquals(readOften((reads) => call(counted(options, reads))), [], name);
  }
});

const x = ones([2, 3]);

/** Calls with a list, and one that it takes. */
const LISTS: Readonly<Record<string, readonly [(list: never) => unknown, readonly unknown[]]>> = {
  reshape: [(shape) => reshape(x, shape), [3, -1]],
  broadcastTo: [(shape) => broadcastTo(x, shape), [4, 2, 3]],
  tile: [(copies) => tile(x, copies), [2, 3]],
  transpose: [(axes) => transpose(x, axes), [1, 0]],
  pad: [(amounts) => pad(x, amounts), [[1, 0], [0, 2]]],
  slice: [(ranges) => slice(x, ranges), [[0, 1], [null, 2]]],
  split: [(parts) => split(x, parts, { axis: 1 }), [1, 2]],
  col2im: [(shape) => col2im(ones([4, 2]), shape, { size: [1, 2] }), [1, 4, 2, 1]],
  full: [(shape) => full(shape, 1), [3, 2]],
  randomNormal: [(shape) => randomNormal(new Random(0), shape), [3, 2]],
  glorotUniform: [(shape) => glorotUniform(new Random(0), shape), [3, 2]],
};

Deno.test("option kinds: each element of a list is read once", () => {
  for (const [name, [call, list]] of Object.entries(LISTS)) {
    assertEquals(readOften((reads) => call(counted(list, reads) as never)), [], name);
  }
});

Deno.test("option kinds: lists of digits, BigInts and what else is no integer are refused", () => {
  for (const [name, [call, list]] of Object.entries(LISTS)) {
    for (const change of [String, BigInt, () => NaN, () => true]) {
      const digits = (part: unknown): unknown =>
        Array.isArray(part) ? part.map(digits) : change((part ?? 0) as number);
      const error = assertThrows(() => call(digits(list) as never), `${name} ${change}`) as Error;
      assertMatch(error.message, /^Cannot /, `${name} ${change}`);
    }
  }
});

Deno.test("option kinds: numbers before the options are not made of other kinds", () => {
  const calls: ((n: never) => unknown)[] = [
    (axis) => expandDims(x, axis),
    (times) => repeat(x, times),
    (parts) => split(x, parts),
    (classes) => oneHot([1, 0], classes),
    (value) => full([2], value),
  ];
  for (const call of calls) {
    for (const wrong of ["2", 2n, true, ["2"], null]) {
      const error = assertThrows(() => call(wrong as never), `${call} ${wrong}`) as Error;
      assertMatch(error.message, /^Cannot /, `${call} ${wrong}`);
    }
  }
});

Deno.test("option lists: a list that lacks an option or the mark of a kind does not compile", () => {
  interface Options {
    readonly axis?: number;
    readonly keepDims?: boolean;
    readonly mode?: "edge" | "wrap";
  }
  const options: Options = { axis: 1 };
  assertEquals(checkOptions("test", options, "axis# keepDims? mode"), options);
  // @ts-expect-error: axis is a number
  checkOptions("test", options, "axis keepDims? mode");
  // @ts-expect-error: keepDims is a boolean
  checkOptions("test", options, "axis# keepDims mode");
  // @ts-expect-error: mode is neither
  assertThrows(() => checkOptions("test", { mode: "edge" } as Options, "axis# keepDims? mode#"));
  // @ts-expect-error: mode is missing
  checkOptions("test", options, "axis# keepDims?");
});
