// The standard interface of MPI 5, by a library that is compiled here and lets MPICH do the work: no
// system has one yet that could be installed.

import { assertEquals } from "@std/assert";
import {
  IMPLEMENTATIONS,
  isInstalled,
  MPI_NEEDS,
  reasonAgainst,
  run,
  runJob,
} from "../support/mpi.ts";
import { ifPossible } from "../support/permissions.ts";
import type { Settings } from "./programs/training.ts";

const SOURCE = new URL("./abi/mpi_abi.c", import.meta.url);
const RANK = new URL("./programs/mpi_rank.ts", import.meta.url);
const [MPICH] = IMPLEMENTATIONS;
const LIMIT = 60;

const TRAINING: Settings = { model: "S", examples: 35, batch: 16, epochs: 1 };

Deno.test(ifPossible({
  name: "mpi: a library with the standard interface of MPI 5 is told by it, with its own numbers",
  needs: { ...MPI_NEEDS, write: true },
  skip: reasonAgainst(MPICH) ?? (isInstalled("gcc") ? undefined : "gcc is not installed"),
  effort: "full",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const library = `${folder}/libmpi_abi.so.0`;
      const args = ["-shared", "-fPIC", "-w", "-o", library, SOURCE.pathname, "-ldl"];
      const compiled = await run("gcc", args, { limit: LIMIT });
      assertEquals(compiled.code, 0, compiled.stderr);
      const program = [RANK, JSON.stringify([TRAINING])];
      const job = { ranks: 3, program, limit: LIMIT };
      const flags = ["--no-check", "--allow-ffi", "--allow-read", "--allow-env=TAPEGRAD_MPI"];
      const ended = await runJob(MPICH, { ...job, flags, env: { TAPEGRAD_MPI: library } });
      assertEquals(ended.code, 0, ended.stderr);
      const own = await runJob(MPICH, job);
      assertEquals(JSON.parse(ended.stdout), JSON.parse(own.stdout));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));
