// The WebGPU backend against the reference, by the suite that all backends pass, on the driver that
// this machine has: with reading at once, for the suite waits for nothing.

import { webgpuBackend } from "@tapegrad/tapegrad/webgpu";
import { conformance } from "../../support/conformance/mod.ts";
import { scaled } from "../../support/effort.ts";
import { webgpuTest } from "../../support/webgpu.ts";

const suite = conformance("webgpu", () => webgpuBackend({ synchronousReads: true }), {
  runs: scaled(2),
  smallest: 2 ** -126, // WGSL lets devices take subnormals for 0
});
for (const test of suite) {
  const { name, ignore } = webgpuTest(test.name, () => {});
  Deno.test({ ...test, name, ignore: test.ignore || ignore });
}
