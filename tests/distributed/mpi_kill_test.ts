// Trainings on MPI that are killed again and again, and go on with another number of ranks.

import { assert, assertEquals } from "@std/assert";
import { referenceBackend } from "../../src/backends/reference/mod.ts";
import { Random } from "../../src/random/random.ts";
import { type EpochReport, FileError, loadCheckpoint } from "../../src/train/mod.ts";
import { scaled } from "../support/effort.ts";
import { IMPLEMENTATIONS, MPI_NEEDS, reasonAgainst, runJob } from "../support/mpi.ts";
import { ifPossible } from "../support/permissions.ts";
import { trainOn } from "./programs/killed.ts";

const PROGRAM = new URL("./programs/killed.ts", import.meta.url);

const KILLS = scaled(10);

/** Seconds from the start of a training to its end, at most, and until the job must be over. */
const LONGEST = 0.4;
const LIMIT = 30;

/** Largest difference of losses from those of a training that was never ended, relative. */
const TOLERANCE = 1e-5;

/** The part of a checkpoint that is looked at. */
interface Saved {
  readonly epoch: number;
  readonly history: readonly EpochReport[];
}

const FLAGS = ["--no-check", "--allow-ffi", "--allow-read", "--allow-write", "--allow-run=sh"];

Deno.test(ifPossible({
  name: `mpi: a training killed ${KILLS} times, on 1 to 4 ranks in turn, is the one that never was`,
  needs: { ...MPI_NEEDS, write: true },
  skip: IMPLEMENTATIONS.map(reasonAgainst).find((reason) => reason !== undefined),
  effort: "full",
  async fn() {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/run.safetensors`;
    const backend = referenceBackend();
    const load = () =>
      loadCheckpoint<Saved>(path, { backend }).catch((error) => {
        if (error instanceof FileError) return { epoch: 0, history: [] }; // it was killed before
        throw error;
      });
    try {
      const random = new Random(5);
      let last = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const ranks = 1 + (kill + 1) % 4;
        const victim = random.integer(ranks);
        const seconds = random.uniform(0, LONGEST).toFixed(3);
        const from = kill % 4 === 3 ? "start" : "epoch";
        const { code, stderr } = await runJob(IMPLEMENTATIONS[kill % 2], {
          ranks,
          program: [PROGRAM, path, String(victim), seconds, from],
          flags: FLAGS,
          limit: LIMIT,
        });
        assert(code !== 0, `kill ${kill}: code ${code}: ${stderr}`);
        const { epoch, history } = await load();
        const isFurther = from === "start" ? epoch >= last : epoch > last;
        assert(isFurther, `kill ${kill}: epoch ${epoch} after ${last}`);
        assertEquals(history.map((report) => report.epoch), history.map((_, i) => i + 1));
        last = epoch;
      }
      const { history } = await load();
      const unbroken = await trainOn(undefined, undefined, last);
      history.forEach(({ loss }, i) => {
        const error = Math.abs(loss - unbroken[i]) / unbroken[i];
        assert(error <= TOLERANCE, `epoch ${i + 1}: ${loss}, not ${unbroken[i]}`);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));
