/**
 * Kinds of MPI: their names, and the numbers by which each knows communicators, types and operations.
 *
 * MPICH and its relatives (Intel MPI, MVAPICH) have integers, Open MPI addresses of variables, the
 * standard interface of MPI 5 small numbers in the place of addresses.
 *
 * @module
 */
import type { DType } from "../../core/dtype.ts";
import type { Platform } from "../../ffi/system.ts";
import type { SymbolTable } from "../../ffi/signatures.ts";

/** A kind of MPI. */
export type Flavour = "MPICH" | "Open MPI" | "MPI 5";

/** Reductions that the library does itself. */
export type NativeReduction = "sum" | "max" | "min";

/** Numbers that stand for things, all passed as addresses are. */
export interface Handles {
  readonly world: number;
  readonly types: Readonly<Record<DType, number>>;
  readonly operations: Readonly<Record<NativeReduction, number>>;
  /** Stands for the array to send, where that is the one to receive. */
  readonly inPlace: number;
  /** Stands for a status that nobody wants. */
  readonly ignore: number;
  /** Level of threads: calls come from one. */
  readonly funneled: number;
}

/** Variables of Open MPI, whose addresses are its numbers; others have none of them. */
export const OPEN_MPI_VARIABLES = {
  ompi_mpi_comm_world: { isVariable: true, optional: true },
  ompi_mpi_float: { isVariable: true, optional: true },
  ompi_mpi_double: { isVariable: true, optional: true },
  ompi_mpi_int32_t: { isVariable: true, optional: true },
  ompi_mpi_uint8_t: { isVariable: true, optional: true },
  ompi_mpi_op_sum: { isVariable: true, optional: true },
  ompi_mpi_op_max: { isVariable: true, optional: true },
  ompi_mpi_op_min: { isVariable: true, optional: true },
} as const satisfies SymbolTable;

/** Addresses of the variables of Open MPI. */
type Variables = { readonly [N in keyof typeof OPEN_MPI_VARIABLES]: number | null };

/** Names of libraries, by kind: those of systems and those of packages. */
const NAMES: Readonly<Record<Platform, Readonly<Record<Flavour, readonly string[]>>>> = {
  linux: {
    "MPI 5": ["libmpi_abi.so.1", "libmpi_abi.so.0"],
    "Open MPI": ["libmpi.so.40", "/usr/lib64/openmpi/lib/libmpi.so.40"],
    "MPICH": ["libmpich.so.12", "libmpi.so.12", "/usr/lib64/mpich/lib/libmpi.so.12"],
  },
  darwin: {
    "MPI 5": ["/opt/homebrew/lib/libmpi_abi.dylib", "/usr/local/lib/libmpi_abi.dylib"],
    "Open MPI": ["/opt/homebrew/lib/libmpi.40.dylib", "/usr/local/lib/libmpi.40.dylib"],
    "MPICH": ["/opt/homebrew/lib/libmpi.12.dylib", "/usr/local/lib/libmpi.12.dylib"],
  },
  win32: { "MPI 5": [], "Open MPI": [], "MPICH": ["msmpi.dll"] },
};

/** Lists names of libraries to try, those of the launcher's kind first. */
export function libraryNames(platform: Platform, launcher: Flavour | undefined): readonly string[] {
  const names = NAMES[platform];
  const order: readonly Flavour[] = launcher === "Open MPI"
    ? ["Open MPI", "MPI 5", "MPICH"]
    : launcher === "MPICH"
    ? ["MPICH", "MPI 5", "Open MPI"]
    : ["MPI 5", "Open MPI", "MPICH"];
  return order.flatMap((flavour) => names[flavour]);
}

/** Tells the kind of a library by its symbols. `abi` is the version of the standard interface. */
export function flavourOf(variables: Variables, abi: number): Flavour {
  if (variables.ompi_mpi_comm_world !== null) return "Open MPI";
  return abi > 0 ? "MPI 5" : "MPICH";
}

/** Numbers of a kind of MPI. */
export function handlesOf(flavour: Flavour, variables: Variables): Handles {
  if (flavour === "Open MPI") return openMpiHandles(variables);
  return flavour === "MPICH" ? MPICH : MPI_5;
}

/** Numbers of `mpi.h` of MPICH 3 to 5, whose relatives keep them. */
const MPICH: Handles = {
  world: 0x44000000,
  types: { float32: 0x4c00040a, float64: 0x4c00080b, int32: 0x4c000405, uint8: 0x4c000102 },
  operations: { max: 0x58000001, min: 0x58000002, sum: 0x58000003 },
  inPlace: -1,
  ignore: 1,
  funneled: 1,
};

/** Numbers of the MPI 5.0 standard, appendix A, as its header has them. */
const MPI_5: Handles = {
  world: 0x101,
  types: { float32: 0x210, float64: 0x214, int32: 0x250, uint8: 0x241 },
  operations: { sum: 0x21, min: 0x22, max: 0x23 },
  inPlace: 1,
  ignore: 0,
  funneled: 1024,
};

function openMpiHandles(variables: Variables): Handles {
  const at = (name: keyof Variables) => variables[name]!;
  return {
    world: at("ompi_mpi_comm_world"),
    types: {
      float32: at("ompi_mpi_float"),
      float64: at("ompi_mpi_double"),
      int32: at("ompi_mpi_int32_t"),
      uint8: at("ompi_mpi_uint8_t"),
    },
    operations: {
      sum: at("ompi_mpi_op_sum"),
      max: at("ompi_mpi_op_max"),
      min: at("ompi_mpi_op_min"),
    },
    inPlace: 1,
    ignore: 0,
    funneled: 1,
  };
}
