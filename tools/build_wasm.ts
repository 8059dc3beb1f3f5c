// `deno task build:wasm`: reads what the kernels of the WASM backend declare, writes the host's side
// of it (abi.ts), their table and the numbers of kinds, and compiles them (binary.ts). A test compares
// all of these files with what the sources give.

import { buildModules, packModules } from "./kernels/compile.ts";
import { WASM, writtenFiles } from "./kernels/sources.ts";

async function write(file: string, text: string): Promise<void> {
  await Deno.writeTextFile(new URL(file, WASM), text);
  console.log(`wrote src/backends/wasm/${file}: ${text.length} characters`);
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(await writtenFiles())) await write(file, text);
  await write("binary.ts", packModules(await buildModules()));
}
