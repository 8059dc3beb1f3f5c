// `deno task generate`: writes the files that follow from others. Words after it name the steps that
// are wanted, as in `deno task generate tables`; without any, all run, in the order in which one needs
// what another writes. A test fails where a file is stale.

import { type Step, writeOutputs } from "./generate/output.ts";

/** The steps, in their order. Their modules load when they run: they read what others have written. */
export const STEPS: readonly Step[] = [
  {
    name: "tables",
    from: "the modules and tables in ops/, from its files",
    async *outputs() {
      yield* await (await import("./generate/tables.ts")).opTables();
    },
  },
  {
    name: "kernels",
    from: "what calls the kernels of the WASM backend and what they are compiled to, from kernels/",
    async *outputs() {
      yield* (await import("./generate/kernels.ts")).kernelFiles();
    },
  },
  {
    name: "features",
    from: "FEATURES.md, from the docs, cases and kernels of operations",
    async *outputs() {
      yield* await (await import("./generate/features.ts")).features();
    },
  },
];

/** The steps of these names, in their order; all for none. */
export function stepsNamed(names: readonly string[]): Step[] {
  const unknown = names.find((name) => !STEPS.some((step) => step.name === name));
  if (unknown !== undefined) {
    const known = STEPS.map(({ name, from }) => `\n  ${name}: ${from}`).join("");
    throw new RangeError(
      `Cannot generate: each word must name a step: got ${unknown}; the steps are${known}`,
    );
  }
  return STEPS.filter(({ name }) => names.length === 0 || names.includes(name));
}

if (import.meta.main) {
  for (const step of stepsNamed(Deno.args)) {
    const written = await writeOutputs(step);
    console.log(
      `${step.name}: ${written.length === 0 ? "up to date" : `wrote ${written.join(", ")}`}`,
    );
  }
}
