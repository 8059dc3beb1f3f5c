// FEATURES.md says what is so: it is written again and compared.

import { assert } from "@std/assert";
import { features } from "../../tools/features.ts";
import { ifPossible } from "../support/permissions.ts";

Deno.test(ifPossible({
  name: "features: FEATURES.md is up to date",
  needs: { read: true },
  async fn() {
    const committed = await Deno.readTextFile(new URL("../../FEATURES.md", import.meta.url));
    const written = await features();
    const lines = new Set(committed.split("\n"));
    const missing = written.split("\n").filter((line) => !lines.has(line));
    assert(
      written === committed,
      `FEATURES.md is stale: run deno task features. It lacks:\n${missing.join("\n")}`,
    );
  },
}));
