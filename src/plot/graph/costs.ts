/**
 * Costs of the nodes of a graph, from the runs of a profiler.
 *
 * @module
 */
import type { Profile, ProfiledOp } from "../../core/profile.ts";

/** Time, operations and bytes of something. */
export interface Cost {
  readonly milliseconds: number;
  readonly flops: number;
  readonly bytes: number;
}

/** Cost of the backward pass of an entry. */
export interface BackwardCost extends Cost {
  /**
   * Ops that ran for the gradient of an input, by its place; those that several inputs share at -1.
   */
  readonly rules: ReadonlyMap<number, readonly ProfiledOp[]>;
}

/** Cost of nothing. */
export const ZERO: Cost = { milliseconds: 0, flops: 0, bytes: 0 };

/** Sums costs. */
export function sumOfCosts(costs: Iterable<Cost>): Cost {
  let [milliseconds, flops, bytes] = [0, 0, 0];
  for (const cost of costs) {
    milliseconds += cost.milliseconds;
    flops += cost.flops;
    bytes += cost.bytes;
  }
  return { milliseconds, flops, bytes };
}

/** The costs of a tape by entry. */
export interface Costs {
  /** True if anything was timed. */
  readonly isProfiled: boolean;
  /** True if a backward pass was timed. */
  readonly hasBackward: boolean;
  readonly forward: ReadonlyMap<number, Cost>;
  readonly backward: ReadonlyMap<number, BackwardCost>;
  /** Costs of everything, in both passes, and of what no entry claimed. */
  readonly total: { readonly forward: Cost; readonly backward: Cost; readonly unclaimed: Cost };
  /** Sums the costs of entries. */
  sumForward(entries: readonly number[]): Cost;
  sumBackward(entries: readonly number[]): BackwardCost;
}

/** Sorts what a profiler found by entries. */
export function costsOf(profiler: Profile | null): Costs {
  const forward = new Map<number, Cost>();
  const rules = new Map<number, Map<number, ProfiledOp[]>>();
  let unclaimed = ZERO;
  for (const { entry, pass, input, ops } of profiler?.runs ?? []) {
    if (entry < 0) unclaimed = sumOfCosts([unclaimed, ...ops]);
    else if (pass === "forward") {
      forward.set(entry, sumOfCosts([forward.get(entry) ?? ZERO, ...ops]));
    } else {
      const ofEntry = rules.get(entry) ?? new Map<number, ProfiledOp[]>();
      const ofInput = ofEntry.get(input) ?? [];
      ofInput.push(...ops);
      rules.set(entry, ofEntry.set(input, ofInput));
    }
  }
  const backward = new Map<number, BackwardCost>();
  for (const [entry, known] of rules) {
    backward.set(entry, { ...sumOfCosts([...known.values()].flat()), rules: known });
  }
  const pick = <C extends Cost>(costs: ReadonlyMap<number, C>, entries: readonly number[]) =>
    entries.flatMap((entry) => costs.get(entry) ?? []);
  return {
    isProfiled: (profiler?.rows.length ?? 0) > 0,
    hasBackward: backward.size > 0,
    forward,
    backward,
    total: {
      forward: sumOfCosts(forward.values()),
      backward: sumOfCosts(backward.values()),
      unclaimed,
    },
    sumForward: (entries) => sumOfCosts(pick(forward, entries)),
    sumBackward: (entries) => ({ ...sumOfCosts(pick(backward, entries)), rules: new Map() }),
  };
}
