/**
 * Training on many ranks, started by `mpirun`, as flags of an example's command line.
 *
 * @module
 */
import { type Group, mpi, singleGroup } from "@tapegrad/tapegrad/distributed";
import { checkpoints, resume } from "@tapegrad/tapegrad/train";
import { explainUse } from "./files.ts";
import { integer } from "./flags.ts";

/** Options of programs whose training runs on one rank or on many. */
export interface RankOptions {
  /** True to train with the other processes that mpirun has started. */
  readonly distributed: boolean;
  /** Threads of each rank; all cores where it is undefined. */
  readonly threads: number | undefined;
  /** A file that the training is saved to, and goes on from; none where it is undefined. */
  readonly checkpoint: string | undefined;
}

/** Flags of these programs. */
export const RANK_FLAGS = {
  distributed: { type: "boolean", default: false },
  threads: { type: "string" },
  checkpoint: { type: "string" },
} as const;

/** Help on these flags. */
export const RANK_HELP = `  --distributed     train on all ranks of mpirun (needs --allow-ffi):
                    mpirun -n 4 deno run --allow-ffi PROGRAM --distributed
  --threads N       threads of a rank (default: all cores, 1 with --distributed)
  --checkpoint FILE save the training after every epoch, and go on from there when
                    it is started again, on any number of ranks (needs -R -W)`;

/** Reads the values of the flags. */
export function rankOptions(
  { distributed, threads, checkpoint }: {
    readonly distributed: boolean;
    readonly threads?: string;
    readonly checkpoint?: string;
  },
): RankOptions {
  const usual = distributed ? 1 : undefined;
  return {
    distributed,
    threads: threads === undefined ? usual : integer("threads", threads, 1),
    checkpoint,
  };
}

/** Joins the other ranks, if there are any. */
export function joinRanks({ distributed }: RankOptions): Group {
  if (!distributed) return singleGroup();
  try {
    return mpi();
  } catch (error) {
    throw explainUse("--distributed", error);
  }
}

/** Goes on from the checkpoint, if there is one; gives options of `fit`, and the callbacks. */
export async function resumed(
  { checkpoint: path }: RankOptions,
  training: Parameters<typeof resume>[1],
) {
  if (path === undefined) return { callbacks: [], state: {} };
  const state = await resume(path, training);
  return { callbacks: [checkpoints({ path })], state };
}
