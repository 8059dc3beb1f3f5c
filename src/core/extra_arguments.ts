/**
 * Arguments beyond those that a function has: plain JavaScript may give some, as options that other
 * libraries know, which would be ignored.
 *
 * @module
 */
import { checkFunction } from "./check_kinds.ts";
import { formatValue } from "./format_value.ts";
import { kindOf } from "./kind_of.ts";

/**
 * Throws a `TypeError` that names the first argument after those which a function has. What a list
 * hands to its callbacks, an index and itself, is let pass: `xs.map(relu)` and `xs.reduce(add)`.
 *
 * Callers look at `arguments.length` first, which costs nothing.
 *
 * @param instead what to do, after a semicolon, for functions whose like has more elsewhere.
 */
export function refuseExtra(
  action: string,
  given: ArrayLike<unknown>,
  known: number,
  instead = "",
): void {
  const first = given[known];
  if (given.length === known + 2 && Array.isArray(given[known + 1])) return;
  if (first === undefined) return; // options passed on, if any
  const shown = kindOf(first) === "object"
    ? `{ ${Object.keys(first as object)} }`
    : formatValue(first);
  throw new TypeError(
    `Cannot ${action}: there are no options, and no argument after ${known}: got ${shown}${instead}`,
  );
}

/**
 * Throws a `TypeError` unless what makes a function of a function was given one, and nothing else.
 *
 * @param kind what the result has of the first argument: gradients.
 */
export function checkFunctionAlone(
  action: string,
  given: ArrayLike<unknown>,
  like: string,
  kind: string,
): void {
  refuseExtra(action, given, 1, `; ${kind} are of the first argument`);
  checkFunction(action, "f", given[0], like);
}
