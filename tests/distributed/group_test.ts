// Groups of workers and of one rank: what they exchange, and what happens where ranks part.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { singleGroup } from "../../src/distributed/single_group.ts";
import { workerGroup } from "../../src/distributed/worker_group.ts";
import { type WorkerSeat, workerSeats } from "../../src/distributed/worker_seats.ts";
import { ifPossible } from "../support/permissions.ts";
import { NEEDS, outcomesOf, runRanks } from "../support/ranks.ts";
import { everything } from "./programs/collectives.ts";

const PROGRAM = new URL("./programs/collectives.ts", import.meta.url);

/** Results that `everything` compares on a group of this size. */
function comparisons(size: number): number {
  return 2 * (4 + 4 + 3 + 3) + 4 * (size + 2);
}

for (const size of [1, 2, 3, 4]) {
  Deno.test(ifPossible({
    name: `group: every collective of ${size} workers, in one piece and in many`,
    needs: NEEDS,
    async fn() {
      for (const [argument, bytes] of [[5, undefined], [333, 64], [0, undefined]] as const) {
        const found = await runRanks<number>(size, PROGRAM, "everything", { argument, bytes });
        assertEquals(found, Array.from({ length: size }, () => comparisons(size)));
      }
    },
  }));
}

Deno.test("group: every collective of one rank", () => {
  assertEquals(everything(singleGroup(), 5), comparisons(1));
  assertEquals(everything(workerGroup(workerSeats(1)[0]), 5), comparisons(1));
});

Deno.test(ifPossible({
  name: "group: sums are equal bit for bit on all ranks, and from run to run",
  needs: NEEDS,
  async fn() {
    const options = { argument: 17_001, bytes: 4096 };
    const first = await runRanks<number[]>(3, PROGRAM, "roundedSum", options);
    const second = await runRanks<number[]>(3, PROGRAM, "roundedSum", options);
    for (const bits of [...first, ...second]) assertEquals(bits, first[0]);
  },
}));

Deno.test(ifPossible({
  name: "group: NaN, infinities, -0 and subnormals cross as they are",
  needs: NEEDS,
  async fn() {
    for (const found of await runRanks<number[]>(2, PROGRAM, "specials")) {
      assertEquals(found, [NaN, Infinity, -Infinity, 2 ** -148, -0]);
    }
  },
}));

Deno.test(ifPossible({
  name: "group: ranks that call different things are all told so",
  needs: NEEDS,
  async fn() {
    const said = {
      length: 'rank 0 called allReduce(float32[5], "sum"), rank 1 allReduce(float32[3], "sum")',
      reduction: 'rank 0 called allReduce(float32[5], "sum"), rank 1 allReduce(float32[5], "max")',
      call: "rank 0 called broadcast(float64[2], 1), rank 1 barrier()",
    };
    for (const [argument, words] of Object.entries(said)) {
      const outcomes = await outcomesOf(3, PROGRAM, "mismatch", { argument });
      const error = `Cannot go on: all ranks must call the same: ${words}`;
      assertEquals(outcomes, [{ error }, { error }, { error }]);
    }
  },
}));

Deno.test(ifPossible({
  name: "group: a rank that leaves, aborts or does not come ends the waiting of the others",
  needs: NEEDS,
  async fn() {
    const left = await outcomesOf(3, PROGRAM, "missing", { argument: "leave" });
    for (const rank of [0, 2]) {
      const { error } = left[rank] as { error: string };
      assert(error.endsWith("all ranks must be in the group: rank 1 has left it"), error);
    }
    const aborted = await outcomesOf(3, PROGRAM, "missing", { argument: "abort" });
    assertEquals(aborted[0], { error: "Cannot allReduce: rank 1 aborted the group: code 3" });
    assertEquals(aborted[1], { error: "Cannot go on: rank 1 aborted the group: code 3" });
    const options = { argument: "sleep", timeout: 0.2 };
    const [asleep] = await outcomesOf(2, PROGRAM, "missing", options);
    assertEquals(asleep, {
      error:
        "Cannot go on: all ranks must call allReduce within 0.2 s: rank 0 has waited for the " +
        "others",
    });
  },
}));

Deno.test("group: wrong arguments are refused in the user's words", () => {
  for (const group of [singleGroup(), workerGroup(workerSeats(1)[0])]) {
    const numbers = [1] as unknown as Float32Array;
    assertThrows(
      () => group.allReduce(numbers, "sum"),
      TypeError,
      "Cannot allReduce: x must be a Float32Array, Float64Array, Int32Array or Uint8Array: got [1]",
    );
    assertThrows(
      () => group.allReduce(Int32Array.of(1), "mean"),
      TypeError,
      "Cannot allReduce: a mean must be one of floats: got an array of int32",
    );
    assertThrows(
      () => group.reduceScatter(Float32Array.of(1), "product" as "sum"),
      TypeError,
      'Cannot reduceScatter: reduction must be one of sum, mean, max, min: got "product"',
    );
    assertThrows(
      () => group.broadcast(Float32Array.of(1), 1),
      RangeError,
      "Cannot broadcast: root must be a rank from 0 to 0: got 1",
    );
  }
  assertThrows(() => workerSeats(0), RangeError, "size must be an integer from 1 to 1024: got 0");
  assertThrows(() => workerSeats(2, { timeout: 0 }), RangeError, "timeout must be seconds above 0");
  assertThrows(() => workerGroup({} as WorkerSeat), TypeError, "must be one of workerSeats(size)");
});

Deno.test("group: one that was left is of no use", () => {
  const group = workerGroup(workerSeats(1)[0]);
  group[Symbol.dispose]();
  assertThrows(() => group.barrier(), TypeError, "this rank has left it");
});
