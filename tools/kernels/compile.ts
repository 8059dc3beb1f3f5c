// Compiles the kernels of the WASM backend, once with relaxed SIMD and once without, and packs both
// into the text of src/backends/wasm/binary.ts.

import asc from "assemblyscript/asc";
// A page loads 5 KB less than with deflate. Small, of no other package, and in JavaScript.
import { compress } from "lzma1";
import { PROPERTIES } from "../../src/compression/lzma_sync.ts";
import type { Modules } from "../../src/backends/wasm/packing.ts";
import { changesBetween } from "./changes.ts";
import { BUILDS, OPTIONS } from "./compiler_options.ts";
import { WASM } from "./sources.ts";

const ENTRY = "index.ts";

/** Bytes before what is compressed: the properties, sizes of the dictionary and of all. */
const HEADER = 13;
/** The slowest mode, which finds the shortest form. */
const MODE = 9;

/** Both builds of the kernels. */
export async function buildModules(): Promise<Modules> {
  return { relaxed: await compile(BUILDS.relaxed), plain: await compile(BUILDS.plain) };
}

/** The text of binary.ts. */
export function packModules({ relaxed, plain }: Modules): string {
  const { changes, insertions } = changesBetween(relaxed, plain);
  const parts = [relaxed, changes, insertions];
  const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
  const compressed = compress(whole, MODE);
  if (compressed[0] !== PROPERTIES) {
    throw new TypeError(`Cannot pack kernels: properties must be ${PROPERTIES}: ${compressed[0]}`);
  }
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

/** Both modules as \`packing.ts\` has them, compressed with LZMA, in base64. */
// deno-fmt-ignore
export const PACKED: string = "${compressed.slice(HEADER).toBase64()}";
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
