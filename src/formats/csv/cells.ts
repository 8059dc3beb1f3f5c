/**
 * Tables of text: lines of cells, quoted or not, with the place of each.
 *
 * - **Source**: RFC 4180; other separators than the comma, and lines that end in LF or CR alone, as
 *   common programs write them.
 *
 * @module
 */
import { excerpt } from "../file_limits.ts";

/** Takes the cells of a text, one row after the other. */
export interface CellTaker {
  /** Takes a cell: its text, its line as an editor counts it, and its column from 1. */
  takeCell(text: string, line: number, column: number): void;
  /** Ends a row, which began in a line. */
  endRow(columns: number, line: number): void;
}

/** Goes through the cells of a text; `action` begins every error. */
export function forEachCell(
  text: string,
  separator: string,
  action: string,
  taker: CellTaker,
): void {
  let at = 0;
  let line = 1;
  let column = 1;
  let rowLine = 1;
  while (at < text.length) {
    const cell = text.charAt(at) === '"'
      ? quotedCell(text, at, `${action}: line ${line}, column ${column}`)
      : plainCell(text, at, separator);
    taker.takeCell(cell.value, line, column);
    line += cell.lines;
    at = cell.end;
    const next = text.charAt(at);
    if (next === separator) {
      at++;
      column++;
      // A separator at the very end is followed by an empty cell.
      if (at === text.length) taker.takeCell("", line, column);
      else continue;
    } else if (next !== "" && next !== "\n" && next !== "\r") {
      throw new SyntaxError(
        `${action}: line ${line}, column ${column}: a quoted cell must end with its quote: ` +
          `found ${excerpt(text.slice(at, at + 10))} after it`,
      );
    }
    taker.endRow(column, rowLine);
    at += text.startsWith("\r\n", at) ? 2 : 1;
    rowLine = ++line;
    column = 1;
  }
}

interface Cell {
  readonly value: string;
  /** Position in the text after the cell. */
  readonly end: number;
  /** Line breaks inside. */
  readonly lines: number;
}

function plainCell(text: string, start: number, separator: string): Cell {
  let end = start;
  for (; end < text.length; end++) {
    const character = text.charAt(end);
    if (character === separator || character === "\n" || character === "\r") break;
  }
  return { value: text.slice(start, end), end, lines: 0 };
}

/** Reads a quoted cell; a quote inside is written twice. */
function quotedCell(text: string, start: number, place: string): Cell {
  const pieces: string[] = [];
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) {
      throw new SyntaxError(
        `${place}: a quoted cell must end with a quote: found ${excerpt(text.slice(start))}`,
      );
    }
    pieces.push(text.slice(from, quote));
    if (text.charAt(quote + 1) !== '"') {
      const value = pieces.join('"');
      return { value, end: quote + 1, lines: value.split("\n").length - 1 };
    }
    from = quote + 2;
  }
}
