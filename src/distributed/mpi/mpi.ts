/**
 * The group of the processes that a launcher of MPI has started.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { requireHost } from "../../ffi/open_library.ts";
import type { Group } from "../group.ts";
import { singleGroup } from "../single_group.ts";
import { findLauncher, type Launcher } from "./launcher.ts";
import { ACTION, checkCall, hostSystem, type MpiLibrary, openMpi } from "./library.ts";
import { MpiGroup } from "./mpi_group.ts";

/** Options of {@link mpi}. */
export interface MpiOptions {
  /** Path of the MPI library; found by the names that it has on systems by default. */
  readonly library?: string;
  /** Seconds that a rank waits for the others before it ends the job; 600 by default. */
  readonly timeout?: number;
}

const KNOWN = "library timeout#";

/** The group of this process; there is one, however often it is asked for. */
let known: Group | undefined;

/**
 * Joins the processes that `mpirun` (or `srun`, or another launcher) has started, by the MPI that is
 * installed: MPICH and its relatives, Open MPI, or any with the standard interface of MPI 5.
 *
 * Needs `--allow-ffi` in Deno, and the package `koffi` in Node. Without a launcher it is the group of
 * one rank, and loads nothing.
 *
 * A rank that ends before it has left the group ends the job: by an error or a rejected promise that
 * nobody catches, by `Deno.exit`, killed or out of memory. So does one that leaves while another waits
 * for it, and one that has waited for `timeout`. A rank leaves with `dispose`, or at the end of the
 * block of a `using` declaration; the process goes on, and at its end waits for the others.
 *
 * @example
 * ```ts
 * import { mpi } from "@tapegrad/tapegrad/distributed";
 * import { assertEquals } from "@std/assert";
 *
 * // mpirun -n 4 deno run --allow-ffi train.ts
 * function main() {
 *   using group = mpi();
 *   const x = Float64Array.of(group.rank);
 *   group.allReduce(x, "sum"); // 0 + 1 + 2 + 3 on each
 *   return x[0];
 * }
 * assertEquals(main.name, "main"); // started by mpirun, not here
 * ```
 *
 * @param options `library`, `timeout`.
 * @returns the group; the same one for every call.
 * @throws {FileError} if there is no MPI: the message says what to install.
 * @throws {TypeError} if libraries cannot be loaded here.
 * @throws {Error} if the library is not that of the launcher: every process would be rank 0 of 1.
 */
export function mpi(options: MpiOptions = {}): Group {
  options = checkOptions(ACTION, options, KNOWN);
  const { library, timeout = 600 } = options;
  if (!(timeout > 0)) {
    throw new RangeError(`Cannot ${ACTION}: timeout must be seconds above 0: got ${timeout}`);
  }
  return known ??= join(library, timeout);
}

function join(path: string | undefined, timeout: number): Group {
  const system = hostSystem();
  const launcher = findLauncher((name) => system.variable(name));
  if (launcher === undefined && path === undefined) return singleGroup();
  const library = openMpi(path, launcher);
  const { calls, handles } = library;
  const provided = new Int32Array(1);
  checkCall(library, "MPI_Init_thread", calls.MPI_Init_thread(0, 0, handles.funneled, provided));
  const [rank, size] = [new Int32Array(1), new Int32Array(1)];
  checkCall(library, "MPI_Comm_rank", calls.MPI_Comm_rank(handles.world, rank));
  checkCall(library, "MPI_Comm_size", calls.MPI_Comm_size(handles.world, size));
  checkSize(launcher, library, size[0]);
  const host = requireHost(ACTION);
  return new MpiGroup({ library, host, rank: rank[0], size: size[0], timeout });
}

/** Throws where the library has not heard of the processes that the launcher has started. */
function checkSize(launcher: Launcher | undefined, library: MpiLibrary, size: number): void {
  if (launcher?.size === undefined || launcher.size === size) return;
  throw new Error(
    `Cannot ${ACTION}: library and launcher must be of one MPI: ${launcher.name} has started ` +
      `${launcher.size} processes, and ${library.version} (${library.path}) sees ${size}: start ` +
      `them with the mpirun of ${library.flavour}, or give the library of the launcher as library`,
  );
}
