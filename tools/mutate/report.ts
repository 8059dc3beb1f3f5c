// Words of `deno task mutate`: a line for each fault, the changes that survived, the score of each
// folder.

import type { Fault } from "./faults.ts";
import type { Verdict } from "./trial.ts";

/** Place and kind of a fault. */
export function describe({ file, line, kind }: Fault): string {
  return `${file}:${line} ${kind}`;
}

/** A line of the lines that change, and what becomes of them. */
export function difference({ before, after }: Fault): string {
  const marked = (mark: string, text: string) => text.split("\n").map((line) => `${mark} ${line}`);
  return [...marked("-", before), ...marked("+", after)].join("\n");
}

/** A line on what came of a fault. */
export function verdictLine({ fault, outcome, by, ran, seenBy }: Verdict): string {
  const end = by === undefined ? outcome : `${outcome} by ${by}`;
  return `${describe(fault)}: ${end}, ${ran} of ${seenBy} test files ran`;
}

/** Percentage of the faults that were caught, of those that could be; 100 of none. */
export function score(verdicts: readonly Verdict[]): number {
  const counted = verdicts.filter(({ outcome }) => outcome !== "not built");
  const caught = counted.filter(({ outcome }) => outcome === "caught").length;
  return counted.length === 0 ? 100 : 100 * caught / counted.length;
}

/** Survivors with their changes, and the score of each folder and of all. */
export function report(verdicts: readonly Verdict[]): string {
  const survivors = verdicts.filter(({ outcome }) => outcome === "survived");
  const byFolder = [...Map.groupBy(verdicts, ({ fault }) => folderOf(fault.file))].sort();
  const rows = [...byFolder, ["all", verdicts] as const].map(([folder, some]) => {
    const counted = some.filter(({ outcome }) => outcome !== "not built");
    const caught = counted.filter(({ outcome }) => outcome === "caught").length;
    return `| ${folder} | ${counted.length} | ${caught} | ${score(some).toFixed(1)} % |`;
  });
  return [
    ...survivors.map((verdict) => `\n${verdictLine(verdict)}\n${difference(verdict.fault)}`),
    "",
    "| Folder | Faults | Caught | Share |",
    "| --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** `src/core/` and the like, the kernels apart; `ops/` and `tools/` as a whole. */
function folderOf(file: string): string {
  const kernels = "src/backends/wasm/kernels/";
  if (file.startsWith(kernels)) return kernels;
  const parts = file.split("/").slice(0, -1);
  return `${parts.slice(0, parts[0] === "src" ? 2 : 1).join("/")}/`;
}
