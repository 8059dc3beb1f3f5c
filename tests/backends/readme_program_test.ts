// The README's program, unchanged, on every backend: a few lines before it choose where it runs.

import { assertEquals } from "@std/assert";
import { nativeBackend } from "@tapegrad/tapegrad/native";
import { readReadme } from "../package/readme_program.ts";
import { ifPossible } from "../support/permissions.ts";
import { NO_ADAPTER } from "../support/webgpu.ts";

const ROOT = new URL("../../", import.meta.url);

const BACKENDS: Record<string, { readonly before: string; readonly skip?: string }> = {
  wasm: { before: "" },
  reference: {
    before: `import { referenceBackend, useBackend } from "@tapegrad/tapegrad";
useBackend(referenceBackend());`,
  },
  native: {
    before: `import { useBackend } from "@tapegrad/tapegrad";
import { nativeBackend } from "@tapegrad/tapegrad/native";
useBackend(nativeBackend());`,
    skip: nativeBackend.reasonAgainst(),
  },
  webgpu: {
    before: `import { useBackend } from "@tapegrad/tapegrad";
import { webgpuBackend } from "@tapegrad/tapegrad/webgpu";
useBackend(await webgpuBackend());`,
    skip: NO_ADAPTER,
  },
};

for (const [name, { before, skip }] of Object.entries(BACKENDS)) {
  Deno.test(ifPossible({
    name: `the README's program prints its answers on the ${name} backend`,
    needs: { read: true, run: true },
    skip,
    async fn() {
      const { program, printed } = await readReadme();
      assertEquals(await run(`${before}\n${program}`), printed.trim());
    },
  }));
}

/** Runs a program in a process of its own; gives what it printed. */
async function run(program: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-ffi", "-"],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}
