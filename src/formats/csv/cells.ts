/**
 * Tables of text: lines of cells, quoted or not, with the place of each.
 *
 * - **Source**: RFC 4180; other separators than the comma, lines that end in LF or CR alone, blanks
 *   around quotes and empty lines at the end, as common programs write them.
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
  /** True if empty lines at the end of the text are rows; else they are passed over. */
  takesEmptyEnd(): boolean;
}

/**
 * Goes through the cells of a text, of its first `maxRows` rows; `action` begins every error.
 */
export function forEachCell(
  text: string,
  separator: string,
  action: string,
  taker: CellTaker,
  maxRows = Infinity,
): void {
  const lastLineEnd = withoutLineBreaks(text);
  let at = 0;
  let line = 1;
  let column = 1;
  let rowLine = 1;
  for (let rows = 0; at < text.length && rows < maxRows;) {
    const isEmptyEnd = column === 1 && lastLineEnd > 0 && at > lastLineEnd;
    if (isEmptyEnd && !taker.takesEmptyEnd()) return;
    const quote = afterBlanks(text, at, separator);
    const isQuoted = text.charAt(quote) === '"';
    const cell = isQuoted
      ? quotedCell(text, quote, `${action}: line ${line}, column ${column}`)
      : plainCell(text, at, separator);
    taker.takeCell(cell.value, line, column);
    line += cell.lines;
    at = isQuoted ? afterBlanks(text, cell.end, separator) : cell.end;
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
    rows++;
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

/** Finds where the last line that is not empty ends. */
function withoutLineBreaks(text: string): number {
  let end = text.length;
  while (end > 0 && (text.charAt(end - 1) === "\n" || text.charAt(end - 1) === "\r")) end--;
  return end;
}

/** Finds what follows blanks; tabs or spaces that separate cells are none. */
function afterBlanks(text: string, start: number, separator: string): number {
  let at = start;
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === separator || (character !== " " && character !== "\t")) break;
  }
  return at;
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
