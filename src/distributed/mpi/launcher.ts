/**
 * The launcher that has started this process, as its variables of the environment tell.
 *
 * @module
 */
import type { Flavour } from "./flavours.ts";

/** A launcher of ranks. */
export interface Launcher {
  /** Its name in errors. */
  readonly name: string;
  /** Number of processes that it has started; undefined where it does not say. */
  readonly size: number | undefined;
  /** Kind of MPI that it is part of; undefined where it starts any. */
  readonly flavour: Flavour | undefined;
}

/** Reads a variable of the environment. */
export type Variable = (name: string) => string | undefined;

interface Known {
  readonly name: string;
  /** Variable that is there with this launcher and no other. */
  readonly sign: string;
  readonly size: string;
  readonly flavour?: Flavour;
}

/** Launchers by their signs, the more special ones first. */
const KNOWN: readonly Known[] = [
  {
    name: "mpirun of Open MPI",
    sign: "OMPI_COMM_WORLD_RANK",
    size: "OMPI_COMM_WORLD_SIZE",
    flavour: "Open MPI",
  },
  { name: "srun with pmix", sign: "PMIX_RANK", size: "SLURM_STEP_NUM_TASKS" },
  { name: "mpiexec of PALS", sign: "PALS_RANKID", size: "PALS_NRANKS", flavour: "MPICH" },
  { name: "flux run", sign: "FLUX_TASK_RANK", size: "FLUX_JOB_SIZE" },
  // Hydra, the launcher of MPICH; and srun with pmi2, which speaks its language.
  { name: "mpirun of MPICH", sign: "PMI_RANK", size: "PMI_SIZE", flavour: "MPICH" },
];

/** Finds the launcher of this process; undefined where it was started by none. */
export function findLauncher(variable: Variable): Launcher | undefined {
  const known = KNOWN.find(({ sign }) => variable(sign) !== undefined);
  if (known === undefined) return undefined;
  const size = Number(variable(known.size));
  return {
    name: known.name,
    size: Number.isInteger(size) && size > 0 ? size : undefined,
    flavour: known.flavour,
  };
}
