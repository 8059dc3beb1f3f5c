// The library in a real browser, bundled: with cross-origin isolation on several threads, without
// on one, and the same numbers to the last bit, which are those of Deno.

import { assertEquals } from "@std/assert";
import { ifPossible } from "../support/permissions.ts";
import { BROWSER_NEEDS, bundle, NO_BROWSER, reportOf } from "./chromium.ts";
import { type Report, train } from "./training_page.ts";

const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

Deno.test(ifPossible({
  name: "browser: a bundled page trains, on threads where it is isolated, with Deno's numbers",
  needs: BROWSER_NEEDS,
  skip: NO_BROWSER,
  fn: async () => {
    const script = await bundle("training_page.ts");
    const isolated = await reportOf<Report>(script, ISOLATION);
    const alone = await reportOf<Report>(script);
    const { losses } = train(1);
    assertEquals(isolated, { isolated: true, threads: 4, losses });
    assertEquals(alone, { isolated: false, threads: 1, losses });
  },
}));
