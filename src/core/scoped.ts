/**
 * `using` as a function, for engines without that syntax: the library itself runs there.
 *
 * @module
 */
import { kindOf } from "./kind_of.ts";

/**
 * Runs a function with a tape, an arena or anything else that must be disposed of, and disposes of
 * it in the end, also when the function throws. It does what a `using` declaration does, which
 * Node 20 and older browsers cannot read.
 *
 * - **Edge cases**: where the function is async, the owner lives until its promise settles.
 *
 * @example
 * ```ts
 * import { mul, scoped, sum, Tape, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const w = tensor([1, 2, 3]);
 * const dw = scoped(new Tape(), (tape) => {
 *   tape.watch(w);
 *   const loss = sum(mul(w, w));
 *   return tape.keep(tape.gradient(loss, w)); // all else is freed
 * });
 * assertEquals(dw.toArray(), [2, 4, 6]);
 * ```
 *
 * @param owner what to dispose of in the end.
 * @param use the function; it is given the owner.
 * @returns what the function returns; what it promises, where it is async.
 * @throws {TypeError} if there is no owner or no function.
 */
export function scoped<Owner extends { dispose(): void }, Result>(
  owner: Owner,
  use: (owner: Owner) => Result,
): Result {
  if (typeof owner?.dispose !== "function" || typeof use !== "function") {
    throw new TypeError(
      "Cannot run a scope: it takes an owner with dispose(), such as new Tape(), and a function: " +
        `got ${kindOf(owner)} and ${kindOf(use)}`,
    );
  }
  let isAsync = false;
  try {
    const result = use(owner);
    if (!(result instanceof Promise)) return result;
    isAsync = true;
    return result.finally(() => owner.dispose()) as Result;
  } finally {
    if (!isAsync) owner.dispose();
  }
}
