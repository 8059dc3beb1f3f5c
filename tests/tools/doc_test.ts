// `deno task doc` calls entry points what a user calls them.

import { assertEquals } from "@std/assert";
import { withNames } from "../../tools/doc.ts";

Deno.test("doc: imports and lists name entry points as they are imported", () => {
  const entries = [".", "./nn"];
  const named = (page: string) => withNames(page, entries, "@scope/name");
  assertEquals(named("from &quot;.&quot;; x"), "from &quot;@scope/name&quot;; x");
  assertEquals(named("from &quot;nn&quot;; nn"), "from &quot;@scope/name/nn&quot;; nn");
  assertEquals(named("from &quot;@std/assert&quot;"), "from &quot;@std/assert&quot;");
  assertEquals(
    named("<li><code>@scope/name/nn</code>: layers</li>"),
    '<li><a href="./nn/index.html"><code>@scope/name/nn</code></a>: layers</li>',
  );
});
