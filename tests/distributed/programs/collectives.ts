// Calls of a group, as each rank makes them.

import type { TypedArray } from "../../../src/core/dtype.ts";
import type { Group, RankReduction } from "../../../src/distributed/group.ts";

const KINDS = [Float32Array, Float64Array, Int32Array, Uint8Array] as const;
const REDUCTIONS: readonly RankReduction[] = ["sum", "mean", "max", "min"];

/** Numbers of a rank that fit into a byte, sums over 4 ranks too. */
function numbers(kind: typeof KINDS[number], rank: number, length: number): TypedArray {
  return kind.from(Array.from({ length }, (_, i) => (i * 7 + rank * 5) % 61));
}

/** Compares every collective with plain loops; returns how many results were compared. */
export function everything(group: Group, length: number): number {
  const { size, rank } = group;
  const ranks = Array.from({ length: size }, (_, r) => r);
  let compared = 0;
  const check = (found: TypedArray, expected: (i: number) => number, what: string) => {
    for (let i = 0; i < found.length; i++) {
      if (found[i] === expected(i)) continue;
      throw new Error(`${what}: element ${i} is ${found[i]}, not ${expected(i)}`);
    }
    compared++;
  };
  for (const kind of KINDS) {
    const isWhole = kind === Int32Array || kind === Uint8Array;
    for (const reduction of REDUCTIONS) {
      if (reduction === "mean" && isWhole) continue;
      const all = ranks.map((r) => numbers(kind, r, length * size));
      const one = kind.of(0);
      const joined = (i: number) => {
        const values = all.map((x) => x[i]);
        const sum = values.reduce((a, b) => a + b, 0);
        const made = {
          sum,
          mean: sum / size,
          max: Math.max(...values),
          min: Math.min(...values),
        }[reduction];
        one[0] = made;
        return one[0];
      };
      const x = numbers(kind, rank, length * size);
      check(group.reduceScatter(x, reduction), (i) => joined(rank * length + i), "reduceScatter");
      group.allReduce(x, reduction);
      check(x, joined, "allReduce");
    }
    const own = numbers(kind, rank, length);
    const rows = ranks.map((r) => numbers(kind, r, length));
    check(group.allGather(own), (i) => rows[Math.floor(i / length)][i % length], "allGather");
    for (const root of ranks) {
      const x = numbers(kind, rank, length);
      group.broadcast(x, root);
      check(x, (i) => rows[root][i], "broadcast");
    }
    const parts = ranks.map((r) => numbers(kind, r, length * size));
    check(
      group.allToAll(numbers(kind, rank, length * size)),
      (i) => parts[Math.floor(i / length)][rank * length + i % length],
      "allToAll",
    );
    group.barrier();
  }
  return compared;
}

/** Sums numbers whose sum depends on the order; returns the bits. */
export function roundedSum(group: Group, length: number): number[] {
  const x = Float32Array.from(
    { length },
    (_, i) => Math.sin(i + 1) * 10 ** ((group.rank * 3 + i) % 7),
  );
  group.allReduce(x, "sum");
  return [...new Int32Array(x.buffer)];
}

/** Reduces NaN, infinities, -0 and the smallest subnormal. */
export function specials(group: Group): number[] {
  const values = [[NaN, Infinity, 1, 2 ** -149, -0], [1, 1, -Infinity, 2 ** -149, -0]];
  const x = Float32Array.from(values[Math.min(group.rank, 1)]);
  group.allReduce(x, "sum");
  return [...x];
}

/** Calls other things on rank 1. */
export function mismatch(group: Group, how: "length" | "call" | "reduction"): void {
  const isOther = group.rank === 1;
  if (how === "length") group.allReduce(new Float32Array(isOther ? 3 : 5), "sum");
  else if (how === "reduction") group.allReduce(new Float32Array(5), isOther ? "max" : "sum");
  else if (isOther) group.barrier();
  else group.broadcast(new Float64Array(2), 1);
}

/** Leaves, aborts, or stays away on rank 1, while others wait. */
export async function missing(group: Group, how: "leave" | "abort" | "sleep"): Promise<void> {
  group.barrier();
  if (group.rank !== 1) return group.allReduce(new Float32Array(5), "sum");
  if (how === "leave") group[Symbol.dispose]();
  else if (how === "abort") group.abort(3);
  else await new Promise((resolve) => setTimeout(resolve, 600));
}
