// `deno task build:wasm`: compiles the kernels of the WASM backend, once with relaxed SIMD and
// once without, and writes both into src/backends/wasm/binary.ts. A test compares that file with
// what the sources give.

import asc from "assemblyscript/asc";

const ENTRY = "index.ts";
const SOURCES = new URL("../src/backends/wasm/", import.meta.url);
const TARGET = new URL("binary.ts", SOURCES);

const OPTIONS = [
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

/** The text of binary.ts. */
export async function buildBinaries(): Promise<string> {
  const relaxed = await compile(["--enable=relaxed-simd"]);
  const plain = await compile([]);
  return `/**
 * The compiled kernels in base64; written by \`deno task build:wasm\` from \`kernels/\`.
 *
 * @module
 */

/** Kernels with fused multiply-add. */
// deno-fmt-ignore
export const RELAXED: string = "${relaxed.toBase64()}";

/** Kernels for engines without relaxed SIMD. */
// deno-fmt-ignore
export const PLAIN: string = "${plain.toBase64()}";
`;
}

/** The text of the committed binary.ts. */
export async function committedBinaries(): Promise<string> {
  return await Deno.readTextFile(TARGET);
}

async function compile(extra: readonly string[]): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([`kernels/${ENTRY}`, ...OPTIONS, ...extra], {
    readFile: async (name: string) => {
      try {
        return await Deno.readTextFile(new URL(name, SOURCES));
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return null;
        throw error;
      }
    },
    writeFile: (_name: string, content: Uint8Array | string) => {
      if (typeof content !== "string") binary = content;
    },
    listFiles: () => [],
  });
  if (error || binary === undefined) {
    throw new SyntaxError(`Cannot build kernels: the compiler failed:\n${stderr.toString()}`);
  }
  return binary;
}

if (import.meta.main) {
  const text = await buildBinaries();
  await Deno.writeTextFile(TARGET, text);
  console.log(`wrote ${TARGET.pathname}: ${text.length} characters`);
}
