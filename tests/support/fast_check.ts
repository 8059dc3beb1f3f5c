// The fast-check of the tests: `scopes` in deno.json puts it in the place of the package, so that
// every property in tests/ takes its number of runs and its seed from the effort.
//
// A property that names its own `numRuns` writes `scaled(n)`, or a plain number if it must find a
// planted fault.

import fc from "fast-check";
import { scaled, SEED } from "./effort.ts";

/** Runs of a property at full effort that names no number of its own. */
const RUNS = 100;

fc.configureGlobal({ numRuns: scaled(RUNS), seed: SEED });

export { default } from "fast-check";
