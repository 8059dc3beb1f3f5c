// Gradients of every op on graphics devices, of first and second order: computed there in float32,
// compared with differences in float64, and equal to them on grids. On each driver that is there.

import { assert, assertEquals } from "@std/assert";
import { OP_NAMES } from "../../support/cases/mod.ts";
import { EFFORT } from "../../support/effort.ts";
import { firstInstalled } from "../../support/installed.ts";
import { ifPossible } from "../../support/permissions.ts";
import { DRIVERS } from "../../support/webgpu.ts";
import type { Report, Task } from "./programs/gradients.ts";

/** One of so many ops is checked, on so many samples. */
const { every, runs } = {
  quick: { every: 9, runs: 1 },
  full: { every: 1, runs: 1 },
  high: { every: 1, runs: 10 },
}[EFFORT];

const PROGRAM = new URL("./programs/gradients.ts", import.meta.url).pathname;

async function run(driver: string, task: Task): Promise<Report> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", "--quiet", PROGRAM, JSON.stringify(task)],
    env: { VK_ICD_FILENAMES: driver },
    stdin: "null",
  }).output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(code, 0, error);
  return JSON.parse(out);
}

for (const { name, paths } of DRIVERS) {
  const { path, skip } = firstInstalled(paths, `no ${name} on this machine`);
  Deno.test(ifPossible({
    name: `webgpu on ${name}: gradients of every op in float32, first and second order`,
    needs: { read: true, run: true, env: true },
    skip,
    async fn() {
      const ops = OP_NAMES.filter((_, i) => i % every === 0);
      const { adapter, passed, failed } = await run(path!, { ops, runs });
      assert(adapter.includes(name), adapter);
      assertEquals(failed, []);
      assertEquals(passed, ops);
    },
  }));
}
