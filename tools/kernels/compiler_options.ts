// Options with which the kernels are compiled, by `deno task generate` and by those who check what a
// package holds.

/** Options of both builds. */
export const OPTIONS: readonly string[] = [
  // Level 1 keeps the order of loads and sums; above it, binaryen moves loads ahead and V8 runs
  // out of registers.
  "--optimizeLevel=1",
  "--runtime=stub",
  "--noAssert",
  "--importMemory",
  "--sharedMemory",
  "--initialMemory=2",
  "--maximumMemory=65536",
  "--memoryBase=4096",
  "--enable=threads",
  "--enable=simd",
  "--enable=bulk-memory",
  "--disableWarning=201",
  "--outFile=kernels.wasm",
];

/** Further options of each build. */
export const BUILDS: Readonly<Record<"relaxed" | "plain", readonly string[]>> = {
  relaxed: ["--enable=relaxed-simd"],
  plain: [],
};
