// Checkpoints for any number of ranks, optimizers whose state is spread, and decisions of one rank
// that are those of all.

import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { adam, sgd, tensor } from "../../mod.ts";
import { shardedOptimizer } from "../../src/distributed/sharded_optimizer.ts";
import { singleGroup } from "../../src/distributed/single_group.ts";
import type { Optimizer } from "../../src/optim/mod.ts";
import { EFFORT } from "../support/effort.ts";
import { ifPossible } from "../support/permissions.ts";
import { NEEDS, runRanks } from "../support/ranks.ts";
import type { Resuming, trainTo } from "./programs/resuming.ts";

type Trained = Awaited<ReturnType<typeof trainTo>>;

const PROGRAM = new URL("./programs/resuming.ts", import.meta.url);

async function onRanks(size: number, settings: Resuming): Promise<Trained[]> {
  return await runRanks<Trained>(size, PROGRAM, "trainTo", { argument: settings });
}

function assertNear(found: readonly number[], expected: readonly number[]): void {
  assertEquals(found.length, expected.length);
  found.forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-5 * Math.abs(expected[i])));
}

Deno.test(ifPossible({
  name: "sharded optimizer: trains as the optimizer itself, with its share of the memory",
  needs: NEEDS,
  async fn() {
    for (const clip of EFFORT === "quick" ? [true] : [false, true]) {
      const [plain] = await onRanks(3, { epochs: 2, isSharded: false, clip });
      const ranks = await onRanks(3, { epochs: 2, isSharded: true, clip });
      for (const { hashes } of ranks) assertEquals(hashes, ranks[0].hashes);
      assertNear(ranks[0].losses, plain.losses);
      const bytes = ranks.map(({ stateBytes }) => stateBytes);
      // Two moments of each parameter that is trained; running moments of the two norms are not.
      const trained = plain.values.reduce((sum, { length }) => sum + length, 0) - 2 * (8 + 16);
      assertEquals(plain.stateBytes, 2 * 4 * trained);
      for (const one of bytes) {
        assert(Math.abs(one - plain.stateBytes / 3) <= 2 * 4 * 3, `${bytes}`);
      }
    }
  },
}));

Deno.test(ifPossible({
  name: "resume: a training goes on with 1, 2 and 4 ranks, sharded or not, as if never ended",
  needs: { ...NEEDS, write: true },
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const path = `${folder}/run.safetensors`;
      type Step = readonly [size: number, epochs: number, isSharded: boolean];
      const all: readonly Step[] = [
        [4, 1, false],
        [2, 2, true],
        [1, 3, false],
        [3, 4, true],
        [4, 5, true],
      ];
      const steps = EFFORT === "quick" ? all.slice(0, 2) : all;
      const [whole] = await onRanks(2, { epochs: steps.length, isSharded: false });
      for (const [size, epochs, isSharded] of steps) {
        const ranks = await onRanks(size, { path, epochs, isSharded });
        assertNear(ranks[0].losses, whole.losses.slice(0, epochs));
        for (const { hashes } of ranks) assertEquals(hashes, ranks[0].hashes);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));

Deno.test(ifPossible({
  name: "fit in a group: what one rank decides, all do: an abort, a callback's stop",
  needs: NEEDS,
  async fn() {
    const aborted = await runRanks(3, PROGRAM, "decide", { argument: "abort" });
    const other = "The training was aborted on rank 1";
    assertEquals(aborted, [
      { name: "AbortError", message: other, place: [], seen: ["1"] },
      { name: "AbortError", message: "The signal has been aborted", place: [], seen: [] },
      { name: "AbortError", message: other, place: [], seen: [] },
    ]);
    const stopped = await runRanks(3, PROGRAM, "decide", { argument: "callback" });
    const seen = [["1", "2", "3"], [], []];
    assertEquals(stopped, seen.map((seen) => ({ epochs: 3, seen })));
  },
}));

Deno.test(ifPossible({
  name: "fit in a group: early stopping and NaN on one rank are alike on all",
  needs: NEEDS,
  async fn() {
    const early = await runRanks<{ epochs: number }>(2, PROGRAM, "decide", { argument: "early" });
    assertEquals(early.map(({ epochs }) => epochs), [3, 3]);
    const lost = await runRanks<{ name: string; place: unknown[] }>(3, PROGRAM, "decide", {
      argument: "NaN",
    });
    for (const { name, place } of lost) {
      assertEquals([name, ...place.slice(0, 2)], ["NonFiniteLossError", 1, 3]);
    }
    for (const { place } of lost) assertEquals(place, lost[2].place); // the rank that has it
    assert(lost[0].place[2] !== undefined, "it is found");
  },
}));

Deno.test(ifPossible({
  name:
    "fit in a group: each rank has a stream of random numbers of its own, the same in every run",
  needs: NEEDS,
  async fn() {
    const first = await runRanks<number[]>(3, PROGRAM, "streams");
    assertEquals(new Set(first.flat()).size, 9); // of three ranks in three steps
    assertEquals(await runRanks<number[]>(3, PROGRAM, "streams"), first);
  },
}));

Deno.test(ifPossible({
  name:
    "fit in a group: parameters that part are found after the epoch, or the next that is checked",
  needs: NEEDS,
  async fn() {
    const said =
      "tensors must be equal on all ranks: dense.bias differs on rank 1 from that on rank 0";
    for (const [argument, seen] of [[1, "1"], [3, "1,2"]] as const) {
      const all = await runRanks<string>(2, PROGRAM, "drift", { argument });
      assertEquals(all, [`${seen}: Cannot go on: ${said}`, `${seen}: Cannot go on: ${said}`]);
    }
  },
}));

Deno.test("sharded optimizer: of one rank it is the optimizer, with its state", () => {
  const params = () => ({ a: tensor([1, 2, 3]), b: [tensor([[4]], { dtype: "float64" }), null] });
  const grads = () => ({ a: tensor([1, -1, 2]), b: [tensor([[3]], { dtype: "float64" }), null] });
  const make: readonly (() => Optimizer)[] = [
    () => adam({ learningRate: 0.1 }),
    () => sgd({ learningRate: 0.1, momentum: 0.9 }),
  ];
  for (const one of make) {
    const [plain, sharded] = [params(), params()];
    using optimizer = one();
    using spread = shardedOptimizer(one(), singleGroup());
    for (let step = 0; step < 2; step++) {
      optimizer.step(plain, grads());
      spread.step(sharded, grads());
    }
    using loaded = shardedOptimizer(one(), singleGroup());
    loaded.load(spread.state());
    assertEquals(valuesIn(loaded.state()), valuesIn(optimizer.state()));
    optimizer.step(plain, grads());
    loaded.step(sharded, grads());
    assertEquals(valuesIn(sharded), valuesIn(plain));
    assertEquals(valuesIn(loaded.state()), valuesIn(optimizer.state()));
  }
  assertThrows(
    () => shardedOptimizer({} as Optimizer, singleGroup()),
    TypeError,
    "Cannot make shardedOptimizer: optimizer must be one",
  );
});

/** Copies nested tensors as plain values. */
function valuesIn(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("toArray" in value) return (value as { toArray(): unknown }).toArray();
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, valuesIn(child)]));
}
