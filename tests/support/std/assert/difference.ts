// Differences of two values, for the message of a failed comparison. Only the first differences are
// looked for: a line diff of two large arrays, as node:assert makes it, takes minutes.

import { inspect } from "node:util";
import { equal } from "./equal.ts";

const MAX_SHOWN = 10;
/** Deeper than this, values are shown whole; it also ends the descent into circular ones. */
const MAX_DEPTH = 8;

/** Stands for an element or property that one of the two values does not have. */
const ABSENT = Symbol("nothing");

/** Writes a line for each of the first differences: where, the actual and the expected value. */
export function difference(actual: unknown, expected: unknown): string {
  const lines = [...differences(actual, expected, "", 0).take(MAX_SHOWN + 1)];
  if (lines.length > MAX_SHOWN) lines[MAX_SHOWN] = "and more";
  return lines.map((line) => `    ${line}`).join("\n");
}

/** Writes the value as one line of text. */
export function show(value: unknown): string {
  if (value === ABSENT) return "nothing";
  return inspect(value, { depth: 2, maxArrayLength: 20, breakLength: Infinity });
}

function* differences(
  actual: unknown,
  expected: unknown,
  path: string,
  depth: number,
): Generator<string> {
  const [a, b] = [parts(actual), parts(expected)];
  let descended = false;
  if (a && b && depth < MAX_DEPTH && sameKind(actual, expected)) {
    for (const key of keys(a, b)) {
      const [x, y] = [part(a, key), part(b, key)];
      if (equal(x, y)) continue;
      descended = true;
      yield* differences(x, y, path + step(key), depth + 1);
    }
  }
  if (!descended) yield `${path || "value"}: actual ${show(actual)}, expected ${show(expected)}`;
}

/** Returns a value that has parts: an object, or the lines of a text that has several. */
function parts(value: unknown): object | undefined {
  if (typeof value === "string" && value.includes("\n")) return value.split("\n");
  return typeof value === "object" && value !== null ? value : undefined;
}

function sameKind(a: unknown, b: unknown): boolean {
  return Object.getPrototypeOf(a) === Object.getPrototypeOf(b);
}

function keys(a: object, b: object): Iterable<PropertyKey> {
  if (!isList(a) || !isList(b)) return Reflect.ownKeys({ ...a, ...b });
  return Array(Math.max(a.length, b.length)).keys();
}

function isList(value: object): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

function part(value: object, key: PropertyKey): unknown {
  return key in value ? Reflect.get(value, key) : ABSENT;
}

function step(key: PropertyKey): string {
  return typeof key === "string" ? `.${key}` : `[${String(key)}]`;
}
