// Differences between two notebooks, for messages of tests.

import type { Output, RunCell } from "../../tools/notebooks/notebook.ts";

/** Longest excerpt of a text. */
const EXCERPT = 80;

/**
 * Writes a line for every difference; none if cells and outputs are the same, character by
 * character.
 */
export function differences(stored: readonly RunCell[], fresh: readonly RunCell[]): string[] {
  const faults = fresh.flatMap((cell) => {
    const old = stored.find(({ id }) => id === cell.id);
    if (old === undefined) return [`${cell.id}: is not stored`];
    return [
      ...inText(`${cell.id}: kind`, old.kind, cell.kind),
      ...inText(`${cell.id}: source`, old.source, cell.source),
      ...inOutputs(cell.id, old.outputs, cell.outputs),
    ];
  });
  const ids = (cells: readonly RunCell[]) => cells.map(({ id }) => id).join(" ");
  return faults.length > 0 ? faults : inText("the order of cells", ids(stored), ids(fresh));
}

function inOutputs(id: string, stored: readonly Output[], fresh: readonly Output[]): string[] {
  if (stored.length !== fresh.length) {
    return [`${id}: has ${fresh.length} outputs, stored are ${stored.length}`];
  }
  return fresh.flatMap((output, i) => {
    const [old, now] = [partsOf(stored[i]), partsOf(output)];
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return names.flatMap((name) => inText(`${id}: output ${i + 1}: ${name}`, old[name], now[name]));
  });
}

/** Lists everything in an output by name, as text. */
function partsOf(output: Output): Record<string, string> {
  const isBundle = "data" in output;
  const { data, ...rest } = isBundle ? output : { ...output, data: {} };
  return Object.fromEntries(
    Object.entries({ ...rest, ...data }).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** Returns nothing if two texts are equal; else both, from where they part. */
function inText(what: string, stored = "", fresh = ""): string[] {
  if (stored === fresh) return [];
  let at = 0;
  while (stored[at] === fresh[at]) at++;
  const from = Math.max(0, at - EXCERPT / 4);
  const excerpt = (text: string) => JSON.stringify(text.slice(from, from + EXCERPT));
  return [`${what}: from character ${from}: ${excerpt(fresh)}, stored is ${excerpt(stored)}`];
}
