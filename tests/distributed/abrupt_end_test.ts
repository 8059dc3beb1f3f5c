// End of a process by a library: with its code, and without the destructors of the host.

import { assertEquals } from "@std/assert";
import { MPI_NEEDS, run } from "../support/mpi.ts";
import { ifPossible } from "../support/permissions.ts";

const PROGRAM = new URL("./programs/abrupt_end.ts", import.meta.url);

Deno.test(ifPossible({
  name: "abrupt end: a process ends with the code of exit, and no destructor runs",
  needs: MPI_NEEDS,
  skip: Deno.build.os === "linux" ? undefined : "on_exit is a function of GNU",
  async fn() {
    const end = (how: string) =>
      run(Deno.execPath(), ["run", "--no-check", "--allow-ffi", PROGRAM.href, how], { limit: 30 });
    const prepared = await end("prepared");
    assertEquals([prepared.code, prepared.stdout], [7, ""], prepared.stderr);
    const plain = await end("plain");
    assertEquals([plain.code, plain.stdout], [7, "destructors ran\n"], plain.stderr);
  },
}));
