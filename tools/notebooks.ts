// `deno task notebooks`: runs the pages in `examples/notebooks/` and writes them, with what their
// cells gave, as notebooks. Names of pages after it run these alone.

import { NOTEBOOKS, writeNotebook } from "./notebooks/run.ts";

if (import.meta.main) {
  for (const name of Deno.args.length > 0 ? Deno.args : NOTEBOOKS) {
    const start = performance.now();
    await writeNotebook(name);
    console.log(`${name}.ipynb: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
}
