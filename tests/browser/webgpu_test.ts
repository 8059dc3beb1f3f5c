// WebGPU in a real browser, on the driver that comes with it: a page trains with the losses of
// float64; its worker, which may wait, passes the suite of all backends.

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { losses } from "../golden/training/goldens.ts";
import { CHECK_NAMES } from "../support/conformance/mod.ts";
import { ifPossible } from "../support/permissions.ts";
import { BROWSER_NEEDS, bundle, NO_BROWSER, type PageOptions, reportOf } from "./chromium.ts";
import type { Report } from "./webgpu_page.ts";

const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** Chromium does not trust the drivers of servers; the suite takes its time on a busy machine. */
const OPTIONS: PageOptions = { flags: ["--enable-unsafe-webgpu"], timeout: 240_000 };

function assertTrained(report: Report): void {
  assert(report.adapter !== "", JSON.stringify(report));
  for (const model of ["S", "M"] as const) {
    report.losses[model].forEach((loss, i) => {
      assertAlmostEquals(loss, losses[model][i], 1e-4 * losses[model][i]);
    });
  }
  assertEquals(report.fallbacks, 0);
  assertEquals(
    report.waiting,
    "Cannot read tensor at once: its backend must answer at once: webgpu takes time; " +
      "await tensor.data() first, then it can",
  );
}

Deno.test(ifPossible({
  name: "browser: a page trains on webgpu, isolated or not; in its worker the suite passes",
  needs: BROWSER_NEEDS,
  skip: NO_BROWSER,
  effort: "full",
  fn: async () => {
    // The stand-in of @std/assert words its errors with Node's help.
    const script = (await bundle("webgpu_page.ts"))
      .replace('import { inspect } from "node:util";', "const inspect = String;");
    const isolated = await reportOf<Report>(script, ISOLATION, new Map(), OPTIONS);
    assertTrained(isolated);
    assertEquals(isolated.suite, { passed: CHECK_NAMES.length, failed: [] });
    assertTrained(await reportOf<Report>(script, {}, new Map(), OPTIONS));
  },
}));
