// A rank of MPI that makes every collective and trains models; rank 0 writes what came out as JSON.

import { useBackend } from "../../../src/core/backend.ts";
import { wasmBackend } from "../../../src/backends/wasm/mod.ts";
import { hashOf } from "../../../src/distributed/broadcast_tensors.ts";
import { mpi } from "../../../src/distributed/mod.ts";
import { everything, roundedSum, specials } from "./collectives.ts";
import { averaged, compared, normalized } from "./exchanges.ts";
import { type Settings, train } from "./training.ts";

/** Lengths of arrays: empty, those that engines move about, and some that go in pieces. */
const LENGTHS = [0, 1, 5, 40_000];

async function main(trainings: readonly Settings[]): Promise<void> {
  using group = mpi({ timeout: 60 });
  useBackend(wasmBackend({ threads: 1 }));
  const own = {
    compared: LENGTHS.map((length) => everything(group, length)),
    rounded: hashOf(Int32Array.from(roundedSum(group, 170_001))),
    specials: specials(group).map(String),
    averaged: group.size === 3 ? await averaged(group, {}) : null,
    told: group.size === 3 ? await compared(group) : null,
    positions: normalized(group, 7).positions,
    trained: [] as unknown[],
  };
  for (const settings of trainings) own.trained.push(await train(group, settings));
  const text = new TextEncoder().encode(JSON.stringify(own));
  const hashes = group.allGather(Int32Array.from(hashOf(text)));
  const isSame = hashes.every((word, i) => word === hashes[i % 2]);
  if (group.rank === 0) console.log(JSON.stringify({ size: group.size, isSame, ...own }));
}

await main(JSON.parse(Deno.args[0]));
