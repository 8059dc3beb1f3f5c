/**
 * A function run on a tape, ready to be walked back from any of its results.
 *
 * @module
 */
import { runBackward, zerosLike } from "../core/backward.ts";
import { followConstants, watchAliases } from "../core/grad.ts";
import { leavesOf, mapStructure } from "../core/structure.ts";
import type { Tape } from "../core/tape.ts";
import { UNRECORDED } from "../core/track.ts";
import type { Pair } from "../core/paired_leaves.ts";

/** A function of parameters and anything else, whose results are tensors in any structure. */
export type TensorFunction<P, Rest extends unknown[], Y> = (params: P, ...rest: Rest) => Y;

/** Parameters and result of a function that ran on a tape. */
export interface Traced<P, Y> {
  /** Stand-ins of the parameters, watched. */
  readonly params: P;
  /** Result of the function. */
  readonly y: Y;
}

/** Runs f on a tape that watches stand-ins of the parameters. */
export function trace<P, Rest extends unknown[], Y>(
  tape: Tape,
  action: string,
  f: TensorFunction<P, Rest, Y>,
  params: P,
  rest: Rest,
): Traced<P, Y> {
  const watched = watchAliases(tape, action, params);
  followConstants(tape, rest);
  const y: unknown = f(watched, ...rest);
  if (y instanceof Promise) {
    throw new TypeError(
      `Cannot ${action}: the function must return tensors in nested objects and arrays: ` +
        "got a promise; it must not be async",
    );
  }
  leavesOf(action, y);
  return { params: watched, y: y as Y };
}

/**
 * Computes the gradients of the sum of `<tensor, partner>` over all pairs. Pairs that have no
 * partner, or whose tensor does not depend on the watched, add nothing.
 */
export function pullBack<S>(tape: Tape, pairs: readonly Pair[], structure: S): S {
  const starts = pairs.flatMap(({ tensor, partner }) =>
    partner === undefined || tape.slotOf(tensor) === UNRECORDED
      ? []
      : [{ y: tensor, seed: partner }]
  );
  if (starts.length === 0) return mapStructure("compute gradient", structure, zerosLike);
  return runBackward(tape, starts, structure);
}
