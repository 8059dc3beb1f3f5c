/**
 * Guesses at the form of a table from its beginning: the separator of its cells, whether its first
 * line names the columns, the sign before decimals.
 *
 * @module
 */
import { type CellTaker, forEachCell } from "../csv/cells.ts";
import { type DecimalSign, isDate, numberPattern } from "./values.ts";

/** Rows at the beginning of a table by which its form is told. */
const HEAD_ROWS = 1000;

/** Separators by rising doubt: commas are also in numbers, blanks in names. */
const SEPARATORS = ["\t", ";", "|", ",", " "];

/** The least share of rows with as many cells as the first, for a separator to be one. */
const LEAST_SHARE = 0.9;

/** The first rows of a text, each a list of its cells without blanks around; empty rows left out. */
export function headRows(text: string, separator: string, action: string): string[][] {
  const rows: string[][] = [[]];
  const taker: CellTaker = {
    takeCell: (cell) => void rows.at(-1)!.push(cell.trim()),
    endRow: () => void rows.push([]),
    takesEmptyEnd: () => false,
  };
  forEachCell(text, separator, action, taker, HEAD_ROWS);
  return rows.filter((row) => row.length > 1 || (row.length === 1 && row[0] !== ""));
}

/**
 * Finds the separator: the one by which nearly all rows have as many cells as the second, more than
 * one. A table of one column has none, and commas are assumed.
 */
export function guessSeparator(text: string, action: string): string {
  const found = SEPARATORS.map((separator) => ({
    separator,
    share: shareAlike(text, separator, action),
  }))
    .filter(({ share }) => share >= LEAST_SHARE);
  const most = Math.max(...found.map(({ share }) => share));
  return found.find(({ share }) => share === most)?.separator ?? ",";
}

/** Share of the rows that have as many cells as the second; 0 if that is one. */
function shareAlike(text: string, separator: string, action: string): number {
  let rows: string[][];
  try {
    rows = headRows(separator === " " ? withSingleBlanks(text) : text, separator, action);
  } catch {
    return 0; // quotes that are none by this separator
  }
  const [first, second = first] = rows;
  if (second === undefined || second.length < 2) return 0;
  // The first may be names, one fewer than the cells, as R writes them.
  const [columns, start] = [second.length, first.length === second.length - 1 ? 1 : 0];
  const alike = rows.slice(start).filter(({ length }) => length === columns);
  return alike.length / (rows.length - start);
}

/** Blanks outside of quotes made one space, and none at the ends of lines. */
export function withSingleBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/gm, "")
    .replace(/"(?:[^"]|"")*"|[ \t]+/g, (found) => found.startsWith('"') ? found : " ");
}

/**
 * Finds the sign before decimals: a comma where cells are written so, and no point stands before
 * decimals in others; between thousands points may stand.
 */
export function guessDecimal(rows: readonly (readonly string[])[], separator: string): DecimalSign {
  if (separator === ",") return ".";
  const cells = rows.flat();
  const hasComma = cells.some((cell) => /^[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d+$/.test(cell));
  const hasPoint = cells.some((cell) =>
    /^[+-]?\d+\.\d+$/.test(cell) && !/^[+-]?\d{1,3}\.\d{3}$/.test(cell)
  );
  return hasComma && !hasPoint ? "," : ".";
}

/**
 * Tells whether the first row names the columns: its cells are words, or years beside each other, and
 * none comes again below itself. A name that comes twice stands above numbers and dates alone.
 */
export function guessHeader(rows: readonly (readonly string[])[], decimal: DecimalSign): boolean {
  const [first, ...rest] = rows;
  if (first === undefined) return false;
  const number = numberPattern(decimal);
  const isValue = (cell: string) => number.test(cell) || isDate(cell) || cell === "?";
  const below = (column: number) => rest.map((row) => row[column] ?? "");
  const places = [...first.keys()];
  const values = places.filter((i) => isValue(first[i]));
  if (values.length > 0) {
    const years = values.map((i) => first[i]);
    const isAboveWords = values.every((i) => rest.length > 0 && !below(i).some(isValue));
    const areNames = values.length < first.length && areYears(years) &&
      (years.length > 1 || isAboveWords);
    if (!areNames) return false;
  }
  const isTwice = (cell: string, i: number) => first.indexOf(cell) < i;
  const isAboveValues = (cells: readonly string[]) =>
    cells.some(isValue) && cells.every((cell) => cell === "" || isValue(cell));
  if (places.some((i) => isTwice(first[i], i) && !isAboveValues(below(i)))) return false;
  return !places.some((i) => first[i] !== "" && below(i).includes(first[i]));
}

/** Tells whether texts are years that rise or fall. */
function areYears(texts: readonly string[]): boolean {
  if (!texts.every((text) => /^(19|20)\d\d$/.test(text))) return false;
  const steps = texts.slice(1).map((text, i) => Math.sign(Number(text) - Number(texts[i])));
  return steps.every((step) => step !== 0 && step === steps[0]);
}

/**
 * Counts the lines at the beginning that are comments, `# made by …`. The last has the names where it
 * has as many cells as the table; if all have, they are rows.
 */
export function commentLines(text: string, action: string): number {
  const lines: string[] = [];
  const lineBreak = /\r\n|\n|\r/g;
  let at = 0;
  while (text.charAt(at) === "#") {
    lineBreak.lastIndex = at;
    const end = lineBreak.exec(text);
    if (end === null) break;
    lines.push(text.slice(at, end.index));
    at = lineBreak.lastIndex;
  }
  if (lines.length === 0 || at === text.length || text.charAt(at) === "#") return 0;
  const rest = text.slice(at);
  const separator = guessSeparator(rest, action);
  const cellsOf = (text: string) => {
    try {
      return headRows(text, separator, action)[0]?.length ?? 0;
    } catch {
      return 0; // quotes that are none
    }
  };
  const columns = cellsOf(rest);
  const isRow = (line: string) => columns > 1 && cellsOf(line) === columns;
  if (lines.every(isRow)) return 0;
  return isRow(lines[lines.length - 1]) ? lines.length - 1 : lines.length;
}
