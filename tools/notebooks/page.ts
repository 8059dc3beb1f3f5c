// The pages that notebooks are made of: Markdown, whose blocks of TypeScript are the code cells. So
// a change can be read line by line, without the outputs.

import type { Cell } from "./notebook.ts";

/** Longest name of a cell that the format allows, less room for a number. */
const LONGEST_ID = 40;

/** The cells of a page. */
export function parsePage(text: string): Cell[] {
  const name = cellNames();
  return blocks(text)
    .map(({ kind, lines }) => ({ kind, source: lines.join("\n").replace(/^\n+|\n+$/g, "") }))
    .filter(({ source }) => source !== "")
    .map(({ kind, source }) => ({ kind, id: name(kind, source), source }));
}

interface Block {
  readonly kind: Cell["kind"];
  readonly lines: string[];
}

/** Code, and what is between. A block in another language is a part of the prose. */
function blocks(text: string): Block[] {
  const found: Block[] = [{ kind: "markdown", lines: [] }];
  let fence: { readonly mark: string; readonly isCell: boolean } | undefined;
  for (const line of text.split(/\r?\n/)) {
    const mark = line.match(/^(`{3,}|~{3,})/)?.[0];
    if (fence === undefined && mark !== undefined) {
      fence = { mark, isCell: line === "```ts" };
      if (fence.isCell) found.push({ kind: "code", lines: [] });
      else found.at(-1)!.lines.push(line);
    } else if (fence !== undefined && line.trimEnd() === fence.mark) {
      if (fence.isCell) found.push({ kind: "markdown", lines: [] });
      else found.at(-1)!.lines.push(line);
      fence = undefined;
    } else {
      found.at(-1)!.lines.push(line);
    }
  }
  return found;
}

/**
 * Names cells after the heading that they are under, in their order below it. So adding a cell
 * renames those that follow it under the same heading, and no others.
 */
function cellNames(): (kind: Cell["kind"], source: string) => string {
  const used = new Map<string, number>();
  let heading = "start";
  return (kind, source) => {
    const found = kind === "markdown" ? source.match(/^#{1,6} +(.+)$/m)?.[1] : undefined;
    if (found !== undefined) heading = slug(found);
    const count = (used.get(heading) ?? 0) + 1;
    used.set(heading, count);
    return count === 1 ? heading : `${heading}-${count}`;
  };
}

function slug(heading: string): string {
  const words = heading.toLowerCase().match(/[a-z0-9]+/g) ?? ["cell"];
  return words.join("-").slice(0, LONGEST_ID);
}

/**
 * The code of all cells as one module, to check its types: what a cell declares, those after it can
 * use. Imports from files beside the notebook are made to work from anywhere.
 */
export function moduleOf(cells: readonly Cell[], folder: URL): string {
  const code = cells.filter(({ kind }) => kind === "code");
  const parts = code.map(({ id, source }) => `// Cell ${id}\n${source}\n`);
  const relative = /(\bfrom\s+|\bimport\s*\(?\s*)"(\.{1,2}\/[^"]+)"/g;
  return parts.join("\n").replace(
    relative,
    (_, before, path) => `${before}"${new URL(path, folder).href}"`,
  );
}
