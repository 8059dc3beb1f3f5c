// Random convolutions and products by the native libraries, in a process of its own: a wrong call
// would end it. Huge and empty sizes, odd strides and groups; results are compared bit for bit.

import { assert, assertEquals } from "@std/assert";
import { nativeBackend } from "../../../src/backends/native/mod.ts";
import { scaled, SEED } from "../../support/effort.ts";
import { ifPossible } from "../../support/permissions.ts";

const PROGRAM = new URL("../../support/native_fuzz.ts", import.meta.url);

/** Calls at full effort, by the number of threads: several wait for each other at every call. */
const CALLS = [[1, 6_000], [2, 2_000], [3, 2_000]] as const;
/** Share of the calls that the libraries must have answered: else the test would look at nothing. */
const LEAST_SHARE = 0.25;

for (const [threads, most] of CALLS) {
  Deno.test(ifPossible({
    name: `native calls: random geometries do not end the process, ${threads} threads`,
    needs: { ffi: true, run: true, read: true },
    skip: nativeBackend.reasonAgainst(),
    async fn() {
      const calls = scaled(most);
      const { code, signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--no-prompt", "--allow-ffi", "--allow-env", "--allow-read"],
          ...[PROGRAM.href, String(SEED + threads), String(calls), String(threads)],
        ],
        stdin: "null",
        env: { NO_COLOR: "1" },
      }).output();
      const lines = new TextDecoder().decode(stdout).trim().split("\n");
      const said = `${lines.at(-1)}\n${new TextDecoder().decode(stderr).slice(-2000)}`;
      assertEquals([code, signal], [0, null], `after ${said}`);
      const counts = JSON.parse(lines.at(-1)!.replace("done ", ""));
      assert(counts.native > LEAST_SHARE * calls, `native calls: ${lines.at(-1)}`);
    },
  }));
}
