/**
 * Start and end of the examples' programs.
 *
 * @module
 */
import { UsageError } from "./usage_error.ts";

/** Runs a program; what the user can mend ends it with one line and status 1. */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
