/**
 * Columns of texts as they are read, and what they become: numbers, dates, categories.
 *
 * A column keeps each different text once, and a small number for each row. So kinds are told, and
 * numbers read, by looking at what differs.
 *
 * @module
 */
import type { CellTaker } from "../csv/cells.ts";
import { excerpt } from "../file_limits.ts";
import type { TableColumn } from "./table.ts";
import {
  type DecimalSign,
  guessReader,
  readerOf,
  type ValueReader,
  type WantedKind,
  whyCategory,
} from "./values.ts";

/** Texts of a column. */
export class TextColumn {
  /** Different texts, by their first line. */
  readonly texts: string[] = [];
  /** Line in which each text comes first. */
  readonly lines: number[] = [];
  readonly #placeOf = new Map<string, number>();
  #places = new Int32Array(1024);
  #length = 0;

  /** Adds the text of a row. */
  add(text: string, line: number): void {
    let place = this.#placeOf.get(text);
    if (place === undefined) {
      place = this.texts.length;
      this.#placeOf.set(text, place);
      this.texts.push(text);
      this.lines.push(line);
    }
    if (this.#length === this.#places.length) {
      const grown = new Int32Array(2 * this.#length);
      grown.set(this.#places);
      this.#places = grown;
    }
    this.#places[this.#length++] = place;
  }

  /** The number that each row's text stands for. */
  values(numbers: ArrayLike<number>): Float64Array {
    return Float64Array.from(this.#places.subarray(0, this.#length), (place) => numbers[place]);
  }
}

/** Rules by which cells become columns. */
export interface CellRules {
  /** Beginning of errors. */
  readonly action: string;
  /** Names of the columns, or their number where the file has no names. */
  readonly columns: readonly string[];
  /** The first line is names. */
  readonly header: boolean;
  /** Rows may be short: the rest is missing. */
  readonly fillsShortRows: boolean;
}

/** Takes the cells of a table, column by column. */
export class CellColumns implements CellTaker {
  readonly #rules: CellRules;
  readonly columns: readonly TextColumn[];
  rows = 0;
  #isHeader: boolean;
  #cells: string[] = [];

  constructor(rules: CellRules) {
    this.#rules = rules;
    this.#isHeader = rules.header;
    this.columns = rules.columns.map(() => new TextColumn());
  }

  takeCell(text: string): void {
    if (!this.#isHeader) this.#cells.push(text.trim());
  }

  endRow(_columns: number, line: number): void {
    const cells = this.#cells;
    this.#cells = [];
    if (this.#isHeader) {
      this.#isHeader = false;
      return;
    }
    const { length } = this.columns;
    // Lines without anything are no rows, unless the only column may be empty.
    if (cells.length === 1 && cells[0] === "" && length > 1) return;
    const { action, fillsShortRows } = this.#rules;
    if (cells.length > length || (cells.length < length && !fillsShortRows)) {
      throw new SyntaxError(
        `${action}: every line must have as many cells as there are columns: expected ${length}, ` +
          `found ${cells.length} in line ${line}` +
          (cells.length < length
            ? '; set shortRows: "missing" if the rest is missing'
            : "; set skipLines if the table begins after other lines"),
      );
    }
    this.rows++;
    this.columns.forEach((column, i) => column.add(cells[i] ?? "", line));
  }

  takesEmptyEnd(): boolean {
    return false;
  }
}

/** Rules by which texts become values. */
export interface ValueRules {
  /** Beginning of errors. */
  readonly action: string;
  /** Texts that stand for a missing value. */
  readonly missing: ReadonlySet<string>;
  readonly decimal: DecimalSign;
}

/** Makes a column of its texts; of the kind that is wanted, or else of the narrowest that fits. */
export function columnOf(
  name: string,
  column: TextColumn,
  rules: ValueRules,
  wanted: WantedKind | undefined,
): TableColumn {
  const { missing, decimal } = rules;
  const present = column.texts.filter((text) => !missing.has(text));
  const reader = wanted === undefined
    ? guessReader(present, decimal)
    : readerOf(wanted, present, decimal);
  const classes = reader.kind === "category" ? [...present].sort(byNumberOrText) : [];
  const numbers = reader.kind === "category"
    ? numbersOfClasses(column, classes)
    : numbersOf(name, column, rules, reader);
  const values = column.values(numbers);
  const missingPlace = column.texts.findIndex((text) => missing.has(text));
  return {
    name,
    kind: reader.kind,
    values,
    classes,
    missing: missingPlace < 0 ? 0 : values.filter(Number.isNaN).length,
    ...missingPlace < 0 ? {} : { missingLine: column.lines[missingPlace] },
    ...noteOf(column, present, decimal, wanted, reader),
  };
}

/** The place of each text in the classes; NaN for what stands for a missing value. */
function numbersOfClasses(column: TextColumn, classes: readonly string[]): number[] {
  const placeOf = new Map(classes.map((text, place) => [text, place]));
  return column.texts.map((text) => placeOf.get(text) ?? NaN);
}

function numbersOf(
  name: string,
  { texts, lines }: TextColumn,
  { action, missing }: ValueRules,
  { kind, read }: ValueReader,
): number[] {
  return texts.map((text, i) => {
    const value = missing.has(text) ? NaN : read(text);
    if (Number.isNaN(value) && !missing.has(text)) {
      throw new SyntaxError(
        `${action}: line ${lines[i]}, column ${excerpt(name)}: a value must be of kind ${kind}: ` +
          `found ${excerpt(text)}`,
      );
    }
    return value;
  });
}

/** Sorts numbers by size, before other texts by their characters. */
function byNumberOrText(a: string, b: string): number {
  const [m, n] = [a, b].map((text) => text === "" ? NaN : Number(text));
  if (Number.isNaN(m) !== Number.isNaN(n)) return Number.isNaN(m) ? 1 : -1;
  if (m !== n && !Number.isNaN(m)) return m - n;
  return a < b ? -1 : a > b ? 1 : 0;
}

function noteOf(
  column: TextColumn,
  present: readonly string[],
  decimal: DecimalSign,
  wanted: WantedKind | undefined,
  { kind }: ValueReader,
): { note?: string } {
  const why = wanted === undefined && kind === "category"
    ? whyCategory(present, decimal)
    : undefined;
  if (why === undefined) return {};
  const line = column.lines[column.texts.indexOf(why.text)];
  return { note: `${excerpt(why.text)} in line ${line} ${why.reason}` };
}
