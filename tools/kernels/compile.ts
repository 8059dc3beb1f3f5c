// Compiles the kernels of the WASM backend, once with relaxed SIMD and once without, and packs both
// into the text of src/backends/wasm/binary.ts.

// Deflate that looks for the shortest form: a page loads 1.7 KB less than with zlib's. It is written
// to be slow, and needs one small package; other packages of it are compiled for one system each.
import zopfli from "@gfx/zopfli";
import asc from "assemblyscript/asc";
import type { Modules } from "../../src/backends/wasm/packing.ts";
import { changesBetween } from "./changes.ts";
import { WASM } from "./sources.ts";

const ENTRY = "index.ts";

/** Tries to find shorter forms; more find a few bytes. */
const ITERATIONS = 15;

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

/** Both builds of the kernels. */
export async function buildModules(): Promise<Modules> {
  return { relaxed: await compile(["--enable=relaxed-simd"]), plain: await compile([]) };
}

/** The text of binary.ts. */
export async function packModules({ relaxed, plain }: Modules): Promise<string> {
  const { changes, insertions } = changesBetween(relaxed, plain);
  const parts = [relaxed, changes, insertions];
  const compressed = await zopfli.deflateAsync(
    Uint8Array.from(parts.flatMap((part) => [...part])),
    { numiterations: ITERATIONS },
  );
  return `/**
 * The compiled kernels; written by \`deno task generate\` from \`kernels/\`, read by \`modules.ts\`.
 *
 * @module
 */
import type { PackedSizes } from "./packing.ts";

/** Sizes of the modules and of what makes one of the other. */
export const SIZES: PackedSizes = {
  relaxed: ${relaxed.length},
  plain: ${plain.length},
  changes: ${changes.length},
  insertions: ${insertions.length},
};

/** Both modules as \`packing.ts\` has them, compressed with deflate, in base64. */
// deno-fmt-ignore
export const PACKED: string = "${new Uint8Array(compressed).toBase64()}";
`;
}

async function compile(extra: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main([`kernels/${ENTRY}`, ...OPTIONS, ...extra], {
    readFile: async (name: string) => {
      try {
        return await Deno.readTextFile(new URL(name, WASM));
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return null;
        throw error;
      }
    },
    writeFile: (_name: string, content: Uint8Array | string) => {
      if (typeof content !== "string") binary = new Uint8Array(content);
    },
    listFiles: () => [],
  });
  if (error || binary === undefined) {
    throw new SyntaxError(`Cannot build kernels: the compiler failed:\n${stderr.toString()}`);
  }
  return binary;
}
