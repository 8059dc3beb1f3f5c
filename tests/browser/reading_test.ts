// Readers of every format in a real browser, bundled with the packages that some of them load: from
// bytes, blobs, streams and URLs the same as in Deno.

import { assertEquals } from "@std/assert";
import { assertSameForAllInputs, readingFiles, withServedFiles } from "../package/reading_files.ts";
import { ifPossible } from "../support/permissions.ts";
import { BROWSER_NEEDS, bundle, NO_BROWSER, reportOf } from "./chromium.ts";

Deno.test(ifPossible({
  name: "browser: a bundled page reads files of every format as Deno does",
  needs: BROWSER_NEEDS,
  skip: NO_BROWSER,
  effort: "full",
  async fn() {
    const script = await bundle("reading_page.js");
    const files = await readingFiles();
    const { result, inDeno } = await withServedFiles(() => reportOf(script, {}, files));
    assertSameForAllInputs(inDeno);
    assertEquals(result, inDeno);
  },
}));
