/**
 * Checks that an argument is of a kind: a function, a list, an object with certain methods. Plain
 * JavaScript may give others, which would fail late, in words of the machine.
 *
 * @module
 */
import { kindOf } from "./kind_of.ts";
import { formatValue } from "./format_value.ts";

/** Shows an argument that is of the wrong kind. */
function shown(value: unknown): string {
  return typeof value === "object" ? kindOf(value) : formatValue(value);
}

/** Throws a `TypeError` unless a value is a function; `like` says which. */
export function checkFunction(action: string, name: string, value: unknown, like: string): void {
  if (typeof value === "function") return;
  throw new TypeError(`Cannot ${action}: ${name} must be a function, ${like}: got ${shown(value)}`);
}

/** Throws a `TypeError` unless a value is an array; `like` says of what. */
export function checkList(action: string, name: string, value: unknown, like: string): void {
  if (Array.isArray(value)) return;
  throw new TypeError(`Cannot ${action}: ${name} must be a list, ${like}: got ${shown(value)}`);
}

/** Throws a `TypeError` unless a value has a method; `like` says where to get one. */
export function checkHas(
  action: string,
  name: string,
  value: unknown,
  method: string,
  like: string,
): void {
  const isObject = typeof value === "object" && value !== null;
  if (isObject && typeof (value as Record<string, unknown>)[method] === "function") return;
  throw new TypeError(`Cannot ${action}: ${name} must be ${like}: got ${shown(value)}`);
}
