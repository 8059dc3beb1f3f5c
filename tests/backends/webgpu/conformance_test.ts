// The WebGPU backend against the reference, by the suite that all backends pass, on the driver that
// this machine has: with reading at once, for the suite waits for nothing.

import { type WebgpuBackend, webgpuBackend } from "@tapegrad/tapegrad/webgpu";
import type { Backend } from "../../../src/backends/kernels.ts";
import { OP_NAMES } from "../../support/cases/mod.ts";
import { conformance } from "../../support/conformance/mod.ts";
import { EFFORT } from "../../support/effort.ts";
import { webgpuTest } from "../../support/webgpu.ts";

/**
 * One of so many ops is looked at: each reading takes 11 ms in Deno. The test in a browser, where it
 * takes less than one, looks at all.
 */
const EVERY = { quick: 12, full: 4, high: 1 }[EFFORT];

/** One backend for all checks: its programs are compiled once. */
let shared: Promise<WebgpuBackend> | undefined;

/** The shared backend, which whoever uses it does not end. */
async function borrow(): Promise<Backend> {
  const backend = await (shared ??= webgpuBackend({ synchronousReads: true }));
  return Object.create(backend, { [Symbol.dispose]: { value() {} } });
}

const suite = conformance("webgpu", borrow, {
  runs: 1,
  ops: OP_NAMES.filter((_, i) => i % EVERY === 0),
  smallest: 2 ** -126, // WGSL lets devices take subnormals for 0
});
/** One of so many checks is made at quick effort. */
const QUICK_CHECKS = 12;

for (const [i, test] of suite.entries()) {
  const isLeftOut = EFFORT === "quick" && i % QUICK_CHECKS !== 0;
  const whole = isLeftOut ? `${test.name} (skipped: quick effort)` : test.name;
  const { name, ignore } = webgpuTest(whole, () => {});
  // The device lives on in its worker.
  Deno.test({
    ...test,
    name,
    ignore: test.ignore || ignore || isLeftOut,
    sanitizeOps: false,
    sanitizeResources: false,
  });
}

Deno.test(webgpuTest("conformance of webgpu: its device is given back", async () => {
  const backend = await (shared ??= webgpuBackend({ synchronousReads: true }));
  backend.close();
}));
