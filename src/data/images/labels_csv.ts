/**
 * Labels of images in a table: a line a file, with its path and its class.
 *
 * @module
 */
import { forEachCell } from "../../formats/csv/cells.ts";
import { excerpt } from "../../formats/file_limits.ts";
import { type FileInput, readWhole } from "../../files/source.ts";

/** A line of the table. */
export interface LabelledPath {
  /** The path as it is written. */
  readonly path: string;
  /** Name of the class. */
  readonly label: string;
  /** The line, from 1, for errors. */
  readonly line: number;
}

/** Lines of a table, and what begins errors about them. */
export interface LabelTable {
  readonly action: string;
  readonly rows: readonly LabelledPath[];
}

/** Reads a table with a header; without names of columns, its first two. */
export async function readLabels(
  input: FileInput,
  columns: readonly [path: string, label: string] | undefined,
): Promise<LabelTable> {
  const { bytes, name } = await readWhole(input, "CSV");
  const action = `Cannot read ${name}`;
  const [header, ...lines] = linesOf(decode(bytes, action), action);
  if (header === undefined) {
    throw new SyntaxError(`${action}: labels must have a line of names first: it is empty`);
  }
  const [path, label] = columns === undefined ? [0, 1] : columns.map((column) => {
    const at = header.cells.indexOf(column);
    if (at >= 0) return at;
    throw new RangeError(
      `${action}: there must be a column ${excerpt(column)}: columns are ` +
        header.cells.map(excerpt).join(", "),
    );
  });
  const rows = lines.map(({ cells, line }) => {
    if (cells.length > Math.max(path, label)) {
      return { path: cells[path], label: cells[label], line };
    }
    throw new SyntaxError(
      `${action}: line ${line}: there must be a file and a label: found ${cells.length} cells`,
    );
  });
  return { action, rows };
}

function decode(bytes: Uint8Array, action: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new SyntaxError(`${action}: the text must be UTF-8`);
  }
}

interface Line {
  readonly cells: readonly string[];
  readonly line: number;
}

function linesOf(text: string, action: string): Line[] {
  const lines: Line[] = [];
  let cells: string[] = [];
  forEachCell(text, separatorOf(text), action, {
    takeCell: (cell) => void cells.push(cell.trim()),
    endRow(_columns, line) {
      if (cells.some((cell) => cell !== "")) lines.push({ cells, line });
      cells = [];
    },
    takesEmptyEnd: () => false,
  });
  return lines;
}

/** Finds the separator that the first line has most of. */
function separatorOf(text: string): string {
  const [first] = text.split(/[\r\n]/, 1);
  const count = (separator: string) => first.split(separator).length;
  return [",", ";", "\t"].reduce((best, other) => count(other) > count(best) ? other : best);
}
