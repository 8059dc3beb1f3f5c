// Groups of real MPI: the same collectives and trainings as on workers, and ranks that die.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EFFORT } from "../support/effort.ts";
import { assertDead, DEATHS, die, DYING_FLAGS } from "../support/deaths.ts";
import {
  type Implementation,
  IMPLEMENTATIONS,
  MPI_NEEDS,
  reasonAgainst,
  run,
  runJob,
} from "../support/mpi.ts";
import { ifPossible } from "../support/permissions.ts";
import { type Settings, train, type Trained } from "./programs/training.ts";

const RANK = new URL("./programs/mpi_rank.ts", import.meta.url);
const DYING = new URL("./programs/dying.ts", import.meta.url);

/** Seconds that a job may take when all goes well. */
const LIMIT = 120;

/** Leaves a test to the full effort; at the quick one two ranks train, and one dies. */
const effortOf = (implementation: Implementation, isUsual: boolean) =>
  implementation.name === "MPICH" && isUsual ? undefined : "full";

/** Largest difference of losses from those of one rank, relative. */
const TOLERANCE = 1e-5;

/** Epochs, each of three steps: at high effort more than a hundred. */
const EPOCHS = { quick: 1, full: 4, high: 34 }[EFFORT];

const TRAININGS: readonly Settings[] = [
  { model: "S", examples: 35, batch: 16, epochs: EPOCHS },
  { model: "M", examples: 35, batch: 16, epochs: EPOCHS },
  { model: "deep", examples: 35, batch: 16, epochs: EPOCHS },
  { model: "M", examples: 35, batch: 16, epochs: 2, wire: "float16" },
];
const EXACT = 3;

/** Output of rank 0 of `mpi_rank.ts`. */
interface Report {
  readonly size: number;
  readonly isSame: boolean;
  readonly compared: number[];
  readonly specials: string[];
  readonly averaged: number[] | null;
  readonly told: { readonly messages: string[] } | null;
  readonly positions: number;
  readonly trained: Trained[];
}

let alone: Promise<Trained[]> | undefined;

/** Losses of one rank, computed once. */
function trainedAlone(): Promise<Trained[]> {
  return alone ??= (async () => {
    const trained: Trained[] = [];
    for (const settings of TRAININGS) trained.push(await train(undefined, settings));
    return trained;
  })();
}

async function report(implementation: Implementation, ranks: number): Promise<Report> {
  const program = [RANK, JSON.stringify(TRAININGS)];
  const { code, stdout, stderr } = await runJob(implementation, { ranks, program, limit: LIMIT });
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}

for (const implementation of IMPLEMENTATIONS) {
  for (const ranks of [2, 3, 4]) {
    Deno.test(ifPossible({
      name: `mpi: ${implementation.name}, ${ranks} ranks: collectives, and the losses of one`,
      needs: MPI_NEEDS,
      skip: reasonAgainst(implementation),
      effort: effortOf(implementation, ranks === 2),
      async fn() {
        const found = await report(implementation, ranks);
        const comparisons = 2 * (4 + 4 + 3 + 3) + 4 * (ranks + 2);
        assertEquals([found.size, found.isSame], [ranks, true]);
        assertEquals(found.compared, found.compared.map(() => comparisons));
        assertEquals(found.specials.slice(0, 3), ["NaN", "Infinity", "-Infinity"]);
        assertEquals(found.positions, 14);
        if (ranks === 3) {
          assertEquals(found.averaged, [0.25, 1.25, 2.25, 3.25, 4.25, 0.25, 1]);
          assertStringIncludes(found.told!.messages[0], "w differs on rank 2 from that on rank 0");
        }
        const expected = await trainedAlone();
        found.trained.slice(0, EXACT).forEach(({ losses }, i) => {
          assertEquals(losses.length, 3 * EPOCHS);
          losses.forEach((loss, step) => {
            const error = Math.abs(loss - expected[i].losses[step]) / expected[i].losses[step];
            assert(error <= TOLERANCE, `${TRAININGS[i].model}, step ${step}: off by ${error}`);
          });
        });
        if (ranks !== 3 && EFFORT !== "high") return;
        assertEquals(await report(implementation, ranks), found, "two runs");
      },
    }));
  }
}

for (const implementation of IMPLEMENTATIONS) {
  for (const [way, cause] of Object.entries(DEATHS)) {
    Deno.test(ifPossible({
      name: `mpi: ${implementation.name}: a rank that ends by "${way}" takes the job down`,
      needs: MPI_NEEDS,
      skip: reasonAgainst(implementation),
      effort: effortOf(implementation, way === "kill"),
      fn: async () => assertDead(await die(implementation, way), way, cause),
    }));
  }

  Deno.test(ifPossible({
    name: `mpi: ${implementation.name}: a rank that waits in vain says in which collective`,
    needs: MPI_NEEDS,
    skip: reasonAgainst(implementation),
    effort: "full",
    async fn() {
      const cause = /rank 0 has waited for the others in allReduce of 100000 elements for 1 s/g;
      assertDead(await die(implementation, "silence", { timeout: "1" }), "silence", cause);
    },
  }));
}

Deno.test(ifPossible({
  name: "mpi: the library of one MPI under the launcher of another is refused, naming both",
  needs: MPI_NEEDS,
  skip: IMPLEMENTATIONS.map(reasonAgainst).find((reason) => reason !== undefined),
  effort: "full",
  async fn() {
    const [mpich, open] = IMPLEMENTATIONS;
    for (
      const [implementation, path] of [[open, "libmpich.so.12"], [mpich, "libmpi.so.40"]] as const
    ) {
      const env = { TAPEGRAD_MPI: path };
      const flags = [...DYING_FLAGS, "--allow-env"];
      const program = [DYING, "none"];
      const { code, stderr } = await runJob(implementation, {
        ranks: 2,
        program,
        flags,
        env,
        limit: LIMIT,
      });
      assert(code !== 0, stderr);
      assertMatch(
        stderr,
        new RegExp(
          "Cannot make mpi group: library and launcher must be of one MPI: mpirun of " +
            `${implementation.name} has started 2 processes, and .* \\(${path}\\) sees 1`,
        ),
      );
    }
  },
}));

Deno.test(ifPossible({
  name: "mpi: without a launcher it is one rank, and no library is needed",
  needs: MPI_NEEDS,
  async fn() {
    const args = ["run", "--no-check", "--allow-ffi", DYING.href, "none"];
    const { stdout, code } = await run(Deno.execPath(), args, { limit: LIMIT });
    assertEquals([stdout, code], ["fine, 1 ranks\n", 0]);
  },
}));

Deno.test(ifPossible({
  name: "mpi: where there is no library, the error says what to install",
  needs: MPI_NEEDS,
  async fn() {
    const env = { PMI_RANK: "0", PMI_SIZE: "2", TAPEGRAD_MPI: "/nowhere/libmpi.so" };
    const args = ["run", "--no-check", "--allow-ffi", "--allow-env", DYING.href, "none"];
    const { stderr, code } = await run(Deno.execPath(), args, { env, limit: LIMIT });
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /Cannot make mpi group: MPI must be installed: tried \/nowhere\/libmpi\.so/,
    );
    assertMatch(stderr, /apt install mpich or openmpi-bin \(Debian, Ubuntu\)/);
  },
}));
