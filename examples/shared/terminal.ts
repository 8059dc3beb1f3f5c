/**
 * The terminal (or file, or pipe) that progress is written to.
 *
 * @module
 */
import type { ProgressOutput } from "@tapegrad/tapegrad/train";

const encoder = new TextEncoder();

/** Standard output. */
export const terminal: ProgressOutput = {
  write: (text) => {
    for (let rest = encoder.encode(text); rest.length > 0;) {
      rest = rest.subarray(Deno.stdout.writeSync(rest));
    }
  },
  isTerminal: Deno.stdout.isTerminal(),
  get columns() {
    return Deno.stdout.isTerminal() ? Deno.consoleSize().columns : 80;
  },
};
