// Groups of MPI on two hosts that are joined by a network: the same losses, counted bytes, and ranks
// that die on the other host.

import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { assertDead, DEATH_LIMIT, DEATHS, die } from "../support/deaths.ts";
import { EFFORT } from "../support/effort.ts";
import { IMPLEMENTATIONS, MPI_NEEDS, reasonAgainst, runJob } from "../support/mpi.ts";
import { ifPossible } from "../support/permissions.ts";
import { makeHosts, reasonAgainstHosts } from "../support/two_hosts.ts";
import { type Settings, train, type Trained } from "./programs/training.ts";

const RANK = new URL("./programs/mpi_rank.ts", import.meta.url);

/** Seconds that a job may take when all goes well. */
const LIMIT = 60;

const NEEDS = { ...MPI_NEEDS, write: true, sys: true } as const;

/** Ways to die that are tried at every effort; the launcher of Open MPI takes seconds for each. */
const USUAL: readonly string[] = ["throw", "exit", "kill", "return"];

/** Milliseconds until ranks on two hosts are surely at work. */
const AT_WORK = 4000;

const NONE: readonly Settings[] = [];
const TRAINING: Settings = { model: "M", examples: 35, batch: 16, epochs: 4, bucketBytes: 2 ** 20 };

/** Bytes of a gradient of this model: of all parameters, in float32. */
const GRADIENT_BYTES = 4 *
  (3 * 3 * 3 * 8 + 8 + 3 * 3 * 8 * 16 + 16 + 9 * 16 * 16 + 16 + 16 * 5 + 5);

for (const implementation of IMPLEMENTATIONS) {
  const skip = reasonAgainst(implementation) ?? reasonAgainstHosts();

  Deno.test(ifPossible({
    name: `two hosts: ${implementation.name}: the losses of one rank; gradients cross the network`,
    needs: NEEDS,
    skip,
    effort: "full",
    async fn() {
      await using hosts = await makeHosts();
      const job = hosts.job(implementation);
      const measured = async (trainings: readonly Settings[]) => {
        const before = await hosts.bytes();
        const program = [RANK, JSON.stringify(trainings)];
        const ended = await runJob(implementation, { ...job, ranks: 2, program, limit: LIMIT });
        assertEquals(ended.code, 0, ended.stderr);
        const found: { isSame: boolean; trained: Trained[] } = JSON.parse(ended.stdout);
        assert(found.isSame);
        return { bytes: await hosts.bytes() - before, trained: found.trained };
      };
      const { bytes: others } = await measured(NONE);
      const { bytes, trained: [{ losses }] } = await measured([TRAINING]);
      const alone = await train(undefined, TRAINING);
      losses.forEach((loss, i) =>
        assertAlmostEquals(loss, alone.losses[i], 1e-5 * alone.losses[i])
      );
      // Each rank sends its gradient to the other; what else crosses is small.
      const least = losses.length * 2 * GRADIENT_BYTES;
      const crossed = bytes - others;
      assert(crossed > 0.9 * least && crossed < 2.5 * least, `${crossed} bytes, at least ${least}`);
    },
  }));

  Deno.test(ifPossible({
    name: `two hosts: ${implementation.name}: a rank that dies takes the job down`,
    needs: NEEDS,
    skip,
    effort: "full",
    async fn(t) {
      await using hosts = await makeHosts();
      const job = hosts.job(implementation);
      for (const [way, cause] of Object.entries(DEATHS)) {
        if (EFFORT !== "high" && !USUAL.includes(way)) continue;
        await t.step(way, async () => assertDead(await die(implementation, way, job), way, cause));
      }
      await t.step("silence", async () => {
        const cause = /rank 0 has waited for the others in allReduce of 100000 elements for 1 s/g;
        const ended = await die(implementation, "silence", { ...job, timeout: "1" });
        assertDead(ended, "silence", cause);
      });
    },
  }));
}

/** Cuts, and those who find them out: the ranks by their timeout, or a launcher that asks. */
const CUTS = [
  {
    implementation: IMPLEMENTATIONS[0],
    asking: [],
    timeout: "1",
    cause: "rank 0 has waited for the others in allGather of 100000 elements for",
  },
  {
    implementation: IMPLEMENTATIONS[1],
    asking: [
      ...["--mca", "oob_tcp_keepalive_time", "2", "--mca", "oob_tcp_keepalive_intvl", "1"],
      ...["--mca", "oob_tcp_keepalive_probes", "3"],
    ],
    timeout: "600",
    cause: "ORTE has lost communication with a remote daemon",
  },
] as const;

for (const { implementation, asking, timeout, cause } of CUTS) {
  Deno.test(ifPossible({
    name:
      `two hosts: ${implementation.name}: when the cable is cut, the ranks on both end, and why`,
    needs: NEEDS,
    skip: reasonAgainst(implementation) ?? reasonAgainstHosts(),
    effort: "full",
    async fn() {
      await using hosts = await makeHosts();
      let cutAt = Infinity;
      const cutting = new Promise<void>((resolve) =>
        setTimeout(async () => {
          await hosts.cut();
          cutAt = performance.now();
          resolve();
        }, AT_WORK)
      );
      const job = hosts.job(implementation);
      const launcherArgs = [...job.launcherArgs ?? [], ...asking];
      const limit = 20;
      const ended = await die(implementation, "loop", { ...job, launcherArgs, timeout, limit });
      assert(performance.now() - cutAt < 1000 * DEATH_LIMIT, "the launcher has ended in time");
      await cutting;
      assert(ended.code !== 0);
      assertStringIncludes(ended.stdout, "ready");
      assertStringIncludes(ended.stderr, cause);
      while ((await hosts.ranksOnSecond()).length > 0) {
        assert(performance.now() - cutAt < 1000 * DEATH_LIMIT, "the other rank has ended, too");
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
  }));
}
