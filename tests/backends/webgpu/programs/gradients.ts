// Checks gradients in float32 on the graphics device of this process, and prints a report as JSON. A
// process sees the drivers that its environment names, so that each driver has one.

import { webgpuBackend } from "@tapegrad/tapegrad/webgpu";
import type { OpName } from "../../../../ops/table.ts";
import { checkFloatGradients } from "../../../support/checks.ts";

/** Names of the ops, and random samples of each: the only argument, as JSON. */
export interface Task {
  readonly ops: readonly OpName[];
  readonly runs: number;
}

/** Findings on one driver. */
export interface Report {
  /** Adapter, as it describes itself. */
  readonly adapter: string;
  readonly passed: readonly OpName[];
  /** Errors of ops that failed. */
  readonly failed: readonly string[];
}

const { ops, runs }: Task = JSON.parse(Deno.args[0]);
using backend = await webgpuBackend({ synchronousReads: true });
const passed: OpName[] = [];
const failed: string[] = [];
for (const name of ops) {
  try {
    checkFloatGradients(name, backend, { runs, endOnFailure: true });
    passed.push(name);
  } catch (error) {
    failed.push(`${name}: ${(error as Error).message}`);
  }
}
const report: Report = { adapter: backend.adapter.description, passed, failed };
console.log(JSON.stringify(report));
