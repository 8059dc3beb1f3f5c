// From a page to a notebook: its cells run in order in one kernel.

import { DenoKernel } from "./kernel.ts";
import { type Cell, formatNotebook, type Output, type RunCell } from "./notebook.ts";
import { parsePage } from "./page.ts";

/** Folder of the pages and notebooks; cells run there, as Jupyter runs them. */
export const FOLDER = new URL("../../examples/notebooks/", import.meta.url);

/** Every notebook, by the name of its page and of its file. */
export const NOTEBOOKS = ["step_by_step", "signs", "own_op"] as const;

/** The page of a notebook. */
export function pageOf(name: string): URL {
  return new URL(`${name}.md`, FOLDER);
}

/** The file of a notebook. */
export function fileOf(name: string): URL {
  return new URL(`${name}.ipynb`, FOLDER);
}

/** Runs the cells of a page, in a kernel of their own. */
export async function runPage(name: string): Promise<RunCell[]> {
  return await runCells(parsePage(await Deno.readTextFile(pageOf(name))), FOLDER);
}

/** Runs cells in order; fails at the first that throws. */
export async function runCells(cells: readonly Cell[], folder: URL): Promise<RunCell[]> {
  await using kernel = await DenoKernel.start(folder);
  const done: RunCell[] = [];
  for (const cell of cells) {
    const outputs = cell.kind === "code" ? await kernel.run(cell.source) : [];
    const fault = outputs.find((output) => output.output_type === "error");
    if (fault) throw new TypeError(`Cannot run cell ${cell.id}: ${describe(fault)}`);
    done.push({ ...cell, outputs });
  }
  return done;
}

function describe({ ename, evalue, traceback }: Output & { output_type: "error" }): string {
  return `it must not throw: ${ename}: ${evalue}\n${traceback.join("\n")}`;
}

/** Runs a page and writes its notebook. */
export async function writeNotebook(name: string): Promise<void> {
  await Deno.writeTextFile(fileOf(name), formatNotebook(await runPage(name)));
}
