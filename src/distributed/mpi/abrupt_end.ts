/**
 * End of this process by the library, in the midst of what its host does.
 *
 * @module
 */
import type { FfiHost, Symbols, SymbolTable } from "../../ffi/signatures.ts";
import { C_LIBRARY, platform } from "../../ffi/system.ts";

const CALLS = {
  alarm: { parameters: ["u32"], result: "u32", optional: true },
  // That of GNU; elsewhere the destructors run.
  onExit: { name: "on_exit", parameters: ["usize", "usize"], result: "i32", optional: true },
  _exit: { isVariable: true, optional: true },
} as const satisfies SymbolTable;

/**
 * Prepares for a call that ends the process by `exit` of C, and may wait before for a host that the
 * network does not reach any more: the system ends the process after some seconds at the latest; and
 * `exit` begins with `_exit`, with its code. Otherwise it would run the destructors of the host below
 * its threads, which compile and collect garbage: Node crashes there now and then.
 */
export function prepareAbruptEnd(host: FfiHost, seconds: number): void {
  const calls = callsOf(host);
  calls?.alarm?.(seconds);
  if (calls?._exit) calls.onExit?.(calls._exit, 0);
}

function callsOf(host: FfiHost): Symbols<typeof CALLS> | undefined {
  for (const path of C_LIBRARY[platform()]) {
    try {
      return host.load(path, CALLS) as unknown as Symbols<typeof CALLS>;
    } catch {
      // Another name of the C library, or a system without.
    }
  }
  return undefined;
}
