// The sources of the kernels in the package for npm, with a program that compiles them again and
// compares: what runs there is text in base64 else.

import config from "../deno.json" with { type: "json" };
import { BUILDS, OPTIONS } from "./kernels/compiler_options.ts";

const WASM = new URL("../src/backends/wasm/", import.meta.url);
const COMPILER = config.imports["assemblyscript/asc"].replace(/^npm:|\/asc$/g, "");

/** Writes the folder `kernels` of an unpacked package. */
export async function writeKernelSources(folder: string): Promise<void> {
  const target = `${folder}/kernels`;
  await Deno.mkdir(target);
  await Deno.copyFile(new URL("layout.ts", WASM), `${target}/layout.ts`);
  // They are packed beside what is compiled of the host's side, which they are no part of.
  await Deno.rename(`${folder}/src/backends/wasm/kernels`, `${target}/kernels`);
  await Deno.writeTextFile(`${target}/check.mjs`, CHECK);
  await Deno.writeTextFile(`${target}/README.md`, README);
}

const README = `# Kernels

The sources, in AssemblyScript, of the WebAssembly in \`src/backends/wasm/binary.js\`. To compile them
again and compare every byte of both builds with what the package runs:

\`\`\`sh
npm install --no-save ${COMPILER}
node node_modules/@tapegrad/tapegrad/kernels/check.mjs
\`\`\`
`;

const CHECK = `// Compiles the kernels and compares them with the binary of the package.

import { readFile } from "node:fs/promises";
import asc from "assemblyscript/asc";
import { moduleBytes } from "../src/backends/wasm/modules.js";

const OPTIONS = ${JSON.stringify(OPTIONS)};
const BUILDS = ${JSON.stringify(BUILDS)};

for (const [build, options] of Object.entries(BUILDS)) {
  let binary = new Uint8Array();
  const { error, stderr } = await asc.main(["kernels/index.ts", ...OPTIONS, ...options], {
    readFile: (name) => readFile(new URL(name, import.meta.url), "utf8").catch(() => null),
    writeFile(_name, content) {
      if (typeof content !== "string") binary = content;
    },
    listFiles: () => [],
  });
  if (error) throw new SyntaxError(stderr.toString());
  const own = moduleBytes(build);
  const isSame = own.length === binary.length && own.every((byte, i) => byte === binary[i]);
  console.log(\`\${build}: \${own.length} bytes, \${isSame ? "the same" : "not those of the sources"}\`);
  if (!isSame) process.exitCode = 1;
}
`;
