/**
 * Tables of numbers as text, with commas or other separators.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import type { Backend } from "../../backends/kernels.ts";
import { tensor } from "../../core/create.ts";
import { allocate, checkDType, type DType, isFloat, type TypedArray } from "../../core/dtype.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { type FileInput, type FileOptions, readWhole } from "../../files/source.ts";
import { type CellTaker, forEachCell } from "./cells.ts";
import { excerpt } from "../file_limits.ts";

/** Settings of {@link readCsv}. */
export interface ReadCsvOptions extends FileOptions {
  /** True if the first line holds names of columns; false by default. */
  readonly header?: boolean;
  /** Separator between cells: one character; `","` by default. */
  readonly separator?: string;
  /** The number for an empty cell, NaN say; an empty cell is an error when left out. */
  readonly empty?: number;
  /** Element type; float32 by default. */
  readonly dtype?: DType;
  /** Backend of the tensor; the one in use by default. */
  readonly backend?: Backend;
}

/** Settings of {@link writeCsv}. */
export interface WriteCsvOptions {
  /** Names of the columns, for a first line; none when left out. */
  readonly columns?: readonly string[];
  /** Separator between cells: one character; `","` by default. */
  readonly separator?: string;
}

/** A table of numbers. */
export interface CsvTable {
  /** Names of the columns; undefined without a header. */
  readonly columns: readonly string[] | undefined;
  /** `[rows, columns]`. */
  readonly values: Tensor;
}

/** Stands before a cell that spreadsheets are to take for a text. */
const READ_OPTIONS = "name maxBytes# onProgress header? separator empty# dtype backend";

const TEXT_MARK = "'";
const NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|nan|inf|infinity)$/i;
const INTEGERS: Readonly<Record<"int32" | "uint8", readonly [least: number, most: number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
};

/**
 * Reads a table of numbers from a CSV file.
 *
 * Every cell is a decimal number (`-1.5e3`), `nan` or `inf`, quoted or not, with spaces around it or
 * not; all rows have as many cells. Lines end in LF, CRLF or CR; the end of the last may be left out.
 * The text is UTF-8, with or without a byte order mark.
 *
 * - **Edge cases**: of the name `'=a` the apostrophe is taken off, which is for spreadsheets
 *   (`writeCsv`). An empty file, or a header alone, has no rows. An empty line is a row of one
 *   empty cell; at the end of the file it is none, but in a table of one column with `empty`. A number beyond the range of the dtype, or with a fraction for an integer dtype, is
 *   an error, never another number; float32 rounds.
 *
 * @example
 * ```ts
 * import { readCsv } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const text = new TextEncoder().encode("length,width\n5.1,3.5\n4.9,3\n");
 * const { columns, values } = await readCsv(text, { header: true, dtype: "float64" });
 * assertEquals(columns, ["length", "width"]);
 * assertEquals(values.toArray(), [[5.1, 3.5], [4.9, 3]]);
 * ```
 *
 * @param input the file.
 * @param options `header`, `separator`, `empty`, `dtype`, `name` in errors, `maxBytes`,
 * `onProgress`, `backend`.
 * @returns the names of the columns, and a tensor `[rows, columns]` that no tape knows.
 * @throws {SyntaxError} if a cell is no number, a row has other cells than the first, or the text is
 * no UTF-8; it names line and column.
 * @throws {RangeError} if a number does not fit in the dtype, or the separator is not one character.
 * @throws {FileError} if the file cannot be opened.
 */
export async function readCsv(
  input: FileInput,
  options: ReadCsvOptions = {},
): Promise<CsvTable> {
  options = checkOptions("read CSV", options, READ_OPTIONS);
  const { header = false, separator = ",", dtype = "float32", empty, backend } = options;
  const { bytes, name } = await readWhole(input, "CSV", options);
  const action = `Cannot read ${name}`;
  checkDType(`read ${name}`, dtype);
  checkSeparator(separator, action);
  const reader = new TableReader(action, header, dtype, empty);
  forEachCell(decode(bytes, action), separator, action, reader);
  const { columns, data, shape } = reader.table();
  return { columns, values: tensor(data, { shape, backend }) };
}

/**
 * Writes the text of a CSV file of a table. Every number is written with the fewest digits that
 * give it back; lines end in LF.
 *
 * - **Edge cases**: a name that begins with `=`, `+`, `-` or `@` would be run as a formula by
 *   spreadsheets. It is quoted with an apostrophe before it (`"'=a"`), by which they take it for a
 *   text, and which `readCsv` takes off again.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { writeCsv } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const text = writeCsv(tensor([[0.1, 2], [NaN, -1e10]]), { columns: ["a", "b"] });
 * assertEquals(text, "a,b\n0.1,2\nNaN,-10000000000\n"); // await writeFile("x.csv", text)
 * ```
 *
 * @param x `[rows, columns]`, or `[rows]` for one column.
 * @param options `columns`, `separator`.
 * @returns the whole file.
 * @throws {ShapeError} if x has another rank, or there are not as many names as columns.
 * @throws {RangeError} if the separator is not one character.
 */
export function writeCsv(x: Tensor, options: WriteCsvOptions = {}): string {
  options = checkOptions("write CSV", options, "columns separator");
  const { columns, separator = "," } = options;
  const action = "Cannot write CSV data";
  checkSeparator(separator, action);
  const [rows, count] = x.rank === 1 ? [x.shape[0], 1] : x.shape;
  if (x.rank < 1 || x.rank > 2) {
    throw new ShapeError(
      `${action}: x must be [rows, columns] or [rows]: got ${formatShape(x.shape)}`,
    );
  }
  if (columns !== undefined && columns.length !== count) {
    throw new ShapeError(
      `${action}: columns must have a name for each of the ${count} columns: got ${columns.length}`,
    );
  }
  const data = x.dataSync();
  const show = x.dtype === "float32" ? shortest : exact;
  const lines = columns === undefined
    ? []
    : [columns.map((name) => quote(name, separator)).join(separator)];
  for (let row = 0; row < rows; row++) {
    lines.push(Array.from(data.subarray(row * count, (row + 1) * count), show).join(separator));
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** Turns cells into numbers, as they come. */
class TableReader implements CellTaker {
  readonly #action: string;
  readonly #header: boolean;
  readonly #dtype: DType;
  readonly #empty: number | undefined;
  readonly #names: string[] = [];
  #data: TypedArray;
  #count = 0;
  #rows = 0;
  #columns: number | undefined;
  #isHeader: boolean;

  constructor(action: string, header: boolean, dtype: DType, empty: number | undefined) {
    this.#action = action;
    this.#header = header;
    this.#isHeader = header;
    this.#dtype = dtype;
    this.#empty = empty;
    this.#data = allocate(dtype, 1024);
  }

  takeCell(text: string, line: number, column: number): void {
    if (this.#isHeader) {
      this.#names.push(unmarked(text));
      return;
    }
    if (this.#count === this.#data.length) {
      const grown = allocate(this.#dtype, 2 * this.#count);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data[this.#count++] = this.#number(text.trim(), line, column);
  }

  endRow(columns: number, line: number): void {
    this.#columns ??= columns;
    if (columns !== this.#columns) {
      throw new SyntaxError(
        `${this.#action}: every line must have as many cells as the first: ` +
          `expected ${this.#columns}, found ${columns} in line ${line}`,
      );
    }
    if (this.#isHeader) this.#isHeader = false;
    else this.#rows++;
  }

  takesEmptyEnd(): boolean {
    return this.#columns === 1 && this.#empty !== undefined;
  }

  table(): { columns: string[] | undefined; data: TypedArray; shape: number[] } {
    return {
      columns: this.#header ? this.#names : undefined,
      data: this.#data.slice(0, this.#count),
      shape: [this.#rows, this.#columns ?? 0],
    };
  }

  #number(text: string, line: number, column: number): number {
    const place = `${this.#action}: line ${line}, column ${column}`;
    if (text === "" && this.#empty !== undefined) return this.#empty;
    if (!NUMBER.test(text)) {
      const isName = !this.#header && this.#rows === 0 && /\p{L}/u.test(text);
      throw new SyntaxError(
        `${place}: every cell must be a number: found ${text === "" ? "nothing" : excerpt(text)}` +
          (isName ? "; set header: true if the first line holds names of columns" : ""),
      );
    }
    const value = parseNumber(text);
    const isBeyond = !Number.isFinite(value) && /^[^a-z]*(e.*)?$/i.test(text);
    if (isBeyond || !fits(value, this.#dtype)) {
      throw new RangeError(
        `${place}: every number must fit in ${this.#dtype}: found ${excerpt(text)}`,
      );
    }
    return value;
  }
}

function parseNumber(text: string): number {
  const word = /(nan|inf)/i.exec(text)?.[1].toLowerCase();
  if (word === undefined) return Number(text);
  return word === "nan" ? NaN : text.startsWith("-") ? -Infinity : Infinity;
}

function fits(value: number, dtype: DType): boolean {
  if (dtype === "float32") return !Number.isFinite(value) || Number.isFinite(Math.fround(value));
  if (isFloat(dtype)) return true;
  const [least, most] = INTEGERS[dtype];
  return Number.isInteger(value) && value >= least && value <= most;
}

function decode(bytes: Uint8Array, action: string): string {
  try {
    // A copy, because decoders refuse memory that threads share.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice());
  } catch {
    throw new SyntaxError(`${action}: the file must be text: expected UTF-8, found other bytes`);
  }
}

function checkSeparator(separator: string, action: string): void {
  if (separator.length === 1 && !/["\r\n0-9.+-]/.test(separator)) return;
  throw new RangeError(
    `${action}: separator must be one character that is in no number, quote or line break: ` +
      `got ${excerpt(JSON.stringify(separator))}`,
  );
}

/**
 * Beginnings that make a cell a formula in spreadsheets, also those of full width, behind spaces and
 * control characters or not; and such a text that is marked already.
 */
const FORMULA = /^'*[\s\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u;
/** Characters at which some program or other cuts a line of cells. */
const CUTS = /[",;|\t\r\n]/;

/** Writes a text as a cell; one that would be a formula gets the mark of a text before it. */
function quote(name: string, separator: string): string {
  const isFormula = FORMULA.test(name);
  const text = isFormula ? `${TEXT_MARK}${name}` : name;
  const isPlain = !isFormula && !name.includes(separator) && !CUTS.test(name);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}

/** Reads what {@link quote} has written, its quotes taken off. */
function unmarked(text: string): string {
  return text.startsWith(TEXT_MARK) && FORMULA.test(text) ? text.slice(TEXT_MARK.length) : text;
}

/** Writes the shortest decimal that gives a number back. */
function exact(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Writes the shortest decimal that rounds to a float32: at most 9 digits. */
function shortest(value: number): string {
  for (let digits = 6; digits <= 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Object.is(Math.fround(Number(text)), value)) return text;
  }
  return exact(value);
}
