// Ends by `exit` of C, with a line that its destructors would write; prepared, if the argument says so.

import { requireHost } from "../../../src/ffi/open_library.ts";
import type { Symbols, SymbolTable } from "../../../src/ffi/signatures.ts";
import { C_LIBRARY, cText, platform } from "../../../src/ffi/system.ts";
import { prepareAbruptEnd } from "../../../src/distributed/mpi/abrupt_end.ts";

const CALLS = {
  puts: { parameters: ["buffer"], result: "i32" },
  exit: { parameters: ["i32"], result: "void" },
} as const satisfies SymbolTable;

const host = requireHost("end");
const c = host.load(C_LIBRARY[platform()][0], CALLS) as unknown as Symbols<typeof CALLS>;
c.puts(cText("destructors ran")); // kept until then, because nobody reads along
if (Deno.args[0] === "prepared") prepareAbruptEnd(host, 3);
c.exit(7);
