// Training on several ranks against training on one: the same losses, metrics and decisions.

import { assert, assertEquals } from "@std/assert";
import { singleGroup } from "../../src/distributed/single_group.ts";
import { EFFORT, scaled } from "../support/effort.ts";
import { ifPossible } from "../support/permissions.ts";
import { NEEDS, runRanks } from "../support/ranks.ts";
import type { ModelName } from "./programs/models.ts";
import { type Settings, train, type Trained } from "./programs/training.ts";

const PROGRAM = new URL("./programs/training.ts", import.meta.url);

/** Largest difference of losses between numbers of ranks, relative. */
const TOLERANCE = 1e-5;

/** Batches of 16 and a last one of 3: some of four ranks have no example of it. */
const SETTINGS: Settings = { model: "S", examples: 35, batch: 16, epochs: scaled(6) };

/** Numbers of ranks next to one. */
const SIZES = EFFORT === "quick" ? [3] : [2, 3, 4];

async function onRanks(size: number, settings: Settings): Promise<Trained[]> {
  return await runRanks<Trained>(size, PROGRAM, "train", { argument: settings });
}

/** Throws unless numbers in nested values are equal, relative to the larger one. */
function assertNear(found: unknown, expected: unknown, where: string): void {
  if (typeof expected === "number") {
    const error = Math.abs(found as number - expected);
    assert(
      error <= TOLERANCE * Math.max(Math.abs(expected), 1e-2),
      `${where}: ${found}, ${expected}`,
    );
  } else if (typeof expected === "object" && expected !== null) {
    for (const [key, value] of Object.entries(expected)) {
      assertNear((found as Record<string, unknown>)[key], value, `${where}.${key}`);
    }
  } else assertEquals(found, expected, where);
}

Deno.test("fit in a group: one rank is training without a group, bit for bit", async () => {
  for (const model of ["deep", "dropout"] as const) {
    const settings = { ...SETTINGS, model, epochs: 2 };
    assertEquals(await train(singleGroup(), settings), await train(undefined, settings));
  }
});

for (const model of ["S", "M", "deep"] satisfies ModelName[]) {
  Deno.test(ifPossible({
    name: `fit in a group: ${model} has the losses of one rank on ${
      SIZES.join(", ")
    }, and equal parameters`,
    needs: NEEDS,
    effort: model === "M" ? "full" : undefined, // one epoch of it is too little to learn
    async fn() {
      const settings = { ...SETTINGS, model };
      const [one] = await onRanks(1, settings);
      assert(one.losses.at(-1)! < one.losses[0], "it learns");
      for (const size of SIZES) {
        const ranks = await onRanks(size, settings);
        assertNear(ranks[0].losses, one.losses, `${size} ranks, losses`);
        assertNear(ranks[0].reports, one.reports, `${size} ranks, reports`);
        for (const rank of ranks) assertEquals(rank, ranks[0]);
      }
    },
  }));
}

Deno.test(ifPossible({
  name: "fit in a group: two runs are equal bit for bit; dropout drops others on each rank",
  effort: "full",
  needs: NEEDS,
  async fn() {
    const settings = { ...SETTINGS, model: "dropout", epochs: 2 } as const;
    const [first] = await onRanks(3, settings);
    const [second] = await onRanks(3, settings);
    assertEquals(first, second);
    const [one] = await onRanks(1, settings);
    assert(first.losses[0] !== one.losses[0], "the masks are others");
  },
}));

Deno.test(ifPossible({
  name: "fit in a group: arrays, clipped gradients and small buckets train as on one rank",
  effort: "full",
  needs: NEEDS,
  async fn() {
    const settings = { ...SETTINGS, model: "M", epochs: 2, arrays: true, clip: true } as const;
    const [one] = await onRanks(1, settings);
    const [first, , third] = await onRanks(3, { ...settings, bucketBytes: 1 });
    assertNear(first.losses, one.losses, "losses");
    assertEquals(third, first);
  },
}));

Deno.test(ifPossible({
  name: "fit in a group: without sync each rank normalises its part, and parameters stay equal",
  needs: NEEDS,
  async fn() {
    const settings = { ...SETTINGS, model: "deep", epochs: 2, examples: 32 } as const;
    const [one] = await onRanks(1, settings);
    const ranks = await onRanks(2, { ...settings, syncBatchNorm: false });
    assertEquals(ranks[1], ranks[0]);
    assert(Math.abs(ranks[0].losses[0] - one.losses[0]) > 1e-4, "moments are others");
  },
}));

Deno.test(ifPossible({
  name: "fit in a group: gradients that cross as float16 lead to about the same losses",
  effort: "full",
  needs: NEEDS,
  async fn() {
    const settings = { ...SETTINGS, model: "M" } as const;
    const [one] = await onRanks(1, settings);
    const [first, second] = await onRanks(2, { ...settings, wire: "float16" });
    assertEquals(second, first);
    const [last, expected] = [first.losses.at(-1)!, one.losses.at(-1)!];
    assert(
      last !== expected && Math.abs(last - expected) < 0.01 * expected,
      `${last}, ${expected}`,
    );
  },
}));
