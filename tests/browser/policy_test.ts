// A page whose Content-Security-Policy forbids WebAssembly runs all the same, and says how slowly.

import { assertEquals, assertMatch } from "@std/assert";
import { ifPossible } from "../support/permissions.ts";
import { BROWSER_NEEDS, bundle, NO_BROWSER, reportOf } from "./chromium.ts";
import type { PolicyReport } from "./policy_page.ts";

/** The header of a page that allows scripts from these places. */
const policy = (scripts: string) => ({ "content-security-policy": `script-src ${scripts}` });

const PRODUCT = [[7, 10], [15, 22]];

Deno.test(ifPossible({
  name: "browser: without 'wasm-unsafe-eval' a page computes in plain loops, and is warned",
  needs: BROWSER_NEEDS,
  skip: NO_BROWSER,
  effort: "full",
  fn: async () => {
    const script = await bundle("policy_page.ts");
    const strict = await reportOf<PolicyReport>(script, policy("'self'"));
    assertEquals([strict.backend, strict.product], ["reference", PRODUCT]);
    assertEquals(strict.warnings.length, 1);
    assertMatch(
      strict.warnings[0],
      /^Tapegrad runs in plain loops, .* add 'wasm-unsafe-eval' to the script-src of .*: WebAssembly\.Module\(\): /,
    );
    assertMatch(
      strict.error,
      /^RangeError: Cannot make wasm backend: the page must allow WebAssembly, with 'wasm-unsafe-eval' /,
    );

    const allowed = await reportOf<PolicyReport>(script, policy("'self' 'wasm-unsafe-eval'"));
    assertEquals(allowed, { backend: "wasm", product: PRODUCT, warnings: [], error: "" });
  },
}));
