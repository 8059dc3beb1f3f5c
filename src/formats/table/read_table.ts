/**
 * Reading tables with words: CSV, TSV and their like.
 *
 * The cells are found by our own parser, which the tables of numbers have, too: it passes the cases of
 * csv-spectrum, knows the line of every cell for errors, and a page need not load another (Papa Parse
 * is 20 KB, as large as a quarter of the library).
 *
 * @module
 */
import { checkInteger } from "../../core/check_integer.ts";
import { formatValue } from "../../core/format_value.ts";
import { checkOptions } from "../../core/options.ts";
import { type FileInput, type FileOptions, readWhole } from "../../files/source.ts";
import { forEachCell } from "../csv/cells.ts";
import { excerpt } from "../file_limits.ts";
import { CellColumns, columnOf } from "./columns.ts";
import {
  commentLines,
  guessDecimal,
  guessHeader,
  guessSeparator,
  headRows,
  withSingleBlanks,
} from "./guess.ts";
import { Table } from "./table.ts";
import { type DecimalSign, WANTED_KINDS, type WantedKind } from "./values.ts";

/** Settings of {@link readTable}. */
export interface ReadTableOptions extends FileOptions {
  /**
   * Separator between cells: one character; found when left out, among tab, `;`, `|`, `,` and blanks.
   * `" "` stands for any number of blanks.
   */
  readonly separator?: string;
  /** True if the first line holds the names of the columns; found when left out. */
  readonly header?: boolean;
  /** Sign before decimals, `"."` or `","`; found when left out. */
  readonly decimal?: DecimalSign;
  /** Texts that stand for a missing value, in place of `NA`, `?` and their like; empty cells always do. */
  readonly missing?: readonly string[];
  /** Kinds of columns by their names, where the one that is found is not meant. */
  readonly kinds?: Readonly<Record<string, WantedKind>>;
  /** Treatment of a row with too few cells: `"throw"` (default) or `"missing"`, by which the others are missing. */
  readonly shortRows?: "throw" | "missing";
  /** Lines to pass over before the table; by default comments that begin with `#`. */
  readonly skipLines?: number;
  /** Encoding of the text, as `TextDecoder` names it; `"utf-8"` by default. */
  readonly encoding?: string;
}

/** Names of the options of {@link readTable}. */
export const READ_TABLE_OPTIONS =
  "name maxBytes# onProgress separator header? decimal missing kinds shortRows skipLines# encoding";

/** Texts for a missing value, as spreadsheets, R, pandas, SQL and UCI write them. */
const MISSING = ["NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "?"];

/**
 * Reads a table with words from a CSV or TSV file: `iris.csv`, `titanic.csv`.
 *
 * Separator, names of the columns and the sign before decimals are found, and each column is of the
 * narrowest kind that all its values are of: integers, numbers, truth values (`true`, `false`), dates
 * (`2020-01-31`, `31.1.2020`, with a time or not), or categories. `table.columns` says what was found,
 * and so does `console.log(table)`.
 *
 * - **Edge cases**: comments before the table, lines that begin with `#`, are passed over. Names may be
 *   years (`country,1990,2000`), and come twice above numbers. Blanks around cells do not count; empty lines are no rows. Without names columns
 *   are called `column1`, `column2`, …; a name that comes again gets a number (`x`, `x_2`). Names may
 *   be one fewer than cells, as R writes them: the first column has none, then. `1/2/2020` may
 *   be in January or in February: unless other rows tell, such a column is a category, and `kinds` can
 *   say `"date-dmy"` or `"date-mdy"`. Integers beyond 2^53 are categories: they are names of things.
 * - **Source**: RFC 4180.
 *
 * @example
 * ```ts
 * import { readTable } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "species;length;seen\nAdelie;39,1;2008-11-09\nGentoo;NA;2008-11-11\n";
 * const table = await readTable(new TextEncoder().encode(text));
 * console.log(table); // lists columns, kinds and missing values
 * assertEquals(table.columns.map(({ kind }) => kind), ["category", "number", "date"]);
 * assertEquals(table.column("species").classes, ["Adelie", "Gentoo"]);
 * assertEquals([...table.column("length").values], [39.1, NaN]);
 * ```
 *
 * @param input the file.
 * @param options `separator`, `header`, `decimal`, `missing`, `kinds`, `shortRows`, `skipLines`,
 * `encoding`, `name` in errors, `maxBytes`, `onProgress`.
 * @returns the table.
 * @throws {SyntaxError} if a line has other cells than the columns, or a value is not of the kind that
 * was asked for; it names line and column.
 * @throws {TypeError} if `kinds` names no column, or no kind.
 * @throws {FileError} if the file cannot be opened.
 */
export async function readTable(
  input: FileInput,
  options: ReadTableOptions = {},
): Promise<Table> {
  options = checkOptions("read table", options, READ_TABLE_OPTIONS);
  checkSettings(options);
  const { bytes, name } = await readWhole(input, "table", options);
  const action = `Cannot read ${name}`;
  const whole = decode(bytes, options.encoding ?? "utf-8", action);
  const skipLines = options.skipLines ?? commentLines(whole, action);
  return parseTable(withoutLines(whole, skipLines), name, { ...options, skipLines });
}

/** Reads the text of a table. */
function parseTable(whole: string, name: string, options: ReadTableOptions): Table {
  const action = `Cannot read ${name}`;
  const separator = options.separator ?? guessSeparator(whole, action);
  const text = separator === " " ? withSingleBlanks(whole) : whole;
  const head = headRows(text, separator, action);
  const decimal = options.decimal ?? guessDecimal(head, separator);
  const header = options.header ?? guessHeader(head, decimal);
  const columns = columnNames(head, header);
  checkKinds(options.kinds ?? {}, columns, action);
  const fillsShortRows = options.shortRows === "missing";
  const cells = new CellColumns({ action, columns, header, fillsShortRows });
  forEachCell(text, separator, action, cells);
  const rules = { action, decimal, missing: new Set(["", ...options.missing ?? MISSING]) };
  const skipped = options.skipLines ?? 0;
  return new Table(
    name,
    cells.rows,
    cells.columns.map((column, i) => {
      column.lines.forEach((line, place) => column.lines[place] = line + skipped);
      return columnOf(columns[i], column, rules, options.kinds?.[columns[i]]);
    }),
  );
}

/** Names of the columns, all different. */
function columnNames(head: readonly (readonly string[])[], header: boolean): string[] {
  const [first = [], second = first] = head;
  const hasRowNames = header && second.length === first.length + 1;
  const given = header ? [...hasRowNames ? [""] : [], ...first] : first.map(() => "");
  const taken = new Set<string>();
  return given.map((name, i) => {
    const base = name === "" ? `column${i + 1}` : name;
    let unique = base;
    for (let number = 2; taken.has(unique); number++) unique = `${base}_${number}`;
    taken.add(unique);
    return unique;
  });
}

function checkSettings(options: ReadTableOptions): void {
  const { separator, decimal, shortRows, missing, kinds, skipLines = 0 } = options;
  const action = "read table";
  checkInteger(action, "skipLines", skipLines, 0);
  if (separator !== undefined && !(typeof separator === "string" && /^[^"\r\n]$/.test(separator))) {
    refuse("separator must be one character that is no quote or line break", separator);
  }
  if (decimal !== undefined && decimal !== "." && decimal !== ",") {
    refuse('decimal must be "." or ","', decimal);
  }
  if (decimal === "," && separator === ",") {
    refuse("separator and decimal must differ", separator);
  }
  if (shortRows !== undefined && shortRows !== "throw" && shortRows !== "missing") {
    refuse('shortRows must be "throw" or "missing"', shortRows);
  }
  if (kinds !== undefined && (typeof kinds !== "object" || kinds === null)) {
    refuse("kinds must be an object of columns and kinds", kinds);
  }
  const isList = Array.isArray(missing) && missing.every((text) => typeof text === "string");
  if (missing !== undefined && !isList) refuse("missing must be a list of texts", missing);
}

function refuse(rule: string, got: unknown): never {
  throw new RangeError(`Cannot read table: ${rule}: got ${formatValue(got)}`);
}

function checkKinds(
  kinds: Readonly<Record<string, WantedKind>>,
  columns: readonly string[],
  action: string,
): void {
  for (const [column, kind] of Object.entries(kinds)) {
    if (!columns.includes(column)) {
      throw new TypeError(
        `${action}: kinds must be of columns that there are, ${excerpt(columns.join(", "))}: ` +
          `got ${excerpt(column)}`,
      );
    }
    if (!WANTED_KINDS.includes(kind)) {
      throw new TypeError(
        `${action}: a kind must be in ${WANTED_KINDS.join(", ")}: ` +
          `got ${formatValue(kind)} of ${excerpt(column)}`,
      );
    }
  }
}

function decode(bytes: Uint8Array, encoding: string, action: string): string {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new RangeError(
      `${action}: encoding must be one that TextDecoder knows: got ${excerpt(encoding)}`,
    );
  }
  try {
    // A copy, because decoders refuse memory that threads share.
    return decoder.decode(bytes.slice());
  } catch {
    throw new SyntaxError(
      `${action}: the file must be text in ${encoding}: found other bytes; older files may want ` +
        'encoding: "windows-1252"',
    );
  }
}

/** The text after its first lines. */
function withoutLines(text: string, count: number): string {
  let at = 0;
  for (let i = 0; i < count; i++) {
    const end = /\r\n|\n|\r/g;
    end.lastIndex = at;
    if (end.exec(text) === null) return "";
    at = end.lastIndex;
  }
  return text.slice(at);
}
