// The files of the WASM backend that follow from its kernels: the host's functions that call them,
// their table, the numbers of kinds, and the compiled modules.

import { type Modules, type PackedSizes, unpack } from "../../src/backends/wasm/packing.ts";
import { buildModules, packModules } from "../kernels/compile.ts";
import { writtenFiles } from "../kernels/sources.ts";
import type { Output } from "./output.ts";

const FOLDER = "src/backends/wasm";

/** Sizes and base64 in the text of binary.ts. */
const SIZE = /^ {2}(\w+): (\d+),$/gm;
const PACKED = /^export const PACKED: string = "(.*)";$/m;

/** The files that kernels decide; what is compiled comes last, as it reads some of the others. */
export async function* kernelFiles(): AsyncGenerator<Output> {
  for (const [file, text] of Object.entries(await writtenFiles())) {
    yield { path: `${FOLDER}/${file}`, text };
  }
  const built = await buildModules();
  yield {
    path: `${FOLDER}/binary.ts`,
    text: packModules(built),
    // Not the packed texts are compared: other versions of a compressor may find shorter forms.
    isSame(committed) {
      const modules = modulesIn(committed);
      return modules !== undefined && isEqual(modules.relaxed, built.relaxed) &&
        isEqual(modules.plain, built.plain);
    },
  };
}

/** Unpacks the modules of a text; nothing where it has another form. */
function modulesIn(text: string): Modules | undefined {
  const entries = [...text.matchAll(SIZE)].map(([, name, size]) => [name, Number(size)]);
  const sizes: Partial<PackedSizes> = Object.fromEntries(entries);
  const packed = PACKED.exec(text)?.[1];
  return packed === undefined || !isWhole(sizes) ? undefined : unpack(packed, sizes);
}

function isWhole(sizes: Partial<PackedSizes>): sizes is PackedSizes {
  return ["relaxed", "plain", "changes", "insertions"].every((name) => name in sizes);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
