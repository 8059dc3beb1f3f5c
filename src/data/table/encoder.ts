/**
 * Rows of a table as numbers for a network, by rules that were fitted to the rows to train on.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { tensor } from "../../core/create.ts";
import type { Backend } from "../../backends/kernels.ts";
import { formatValue } from "../../core/format_value.ts";
import { quoted } from "../../core/printable.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { FileInput } from "../../files/source.ts";
import { readTable } from "../../formats/table/read_table.ts";
import { Table, type TableColumn } from "../../formats/table/table.ts";
import { readerOf, type WantedKind } from "../../formats/table/values.ts";
import { arrayDataset } from "../dataset/array_dataset.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { entryNames, type Feature, widthOf, writeFeature } from "./feature.ts";
import { encoderStateOf, type TableEncoderState, type TableTarget } from "./encoder_state.ts";

/** A row by names of columns; what is missing is null, or left out. */
export type TableRow = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * Turns rows of a table into what a network takes, the same way as the rows it was trained on:
 * numbers minus their mean by their standard deviation, categories as one number for each class,
 * missing values filled. Comes from {@link tableDataset}; save it with the model:
 * `JSON.stringify(encoder)`, and `TableEncoder.fromJSON(JSON.parse(text))`.
 *
 * @example
 * ```ts
 * import { tableDataset, TableEncoder } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const file = new TextEncoder().encode("size,colour,kind\n1,red,a\n2,blue,b\n3,red,b\n");
 * const { encoder } = await tableDataset(file, { target: "kind", validation: 0 });
 * const later = TableEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)));
 * assertEquals(later.encode([{ size: 2, colour: "red" }]).toArray(), [[0, 0, 1]]);
 * ```
 */
export class TableEncoder {
  readonly #state: TableEncoderState;

  /** Makes an encoder of what it knows; called by `tableDataset` and {@link TableEncoder.fromJSON}. */
  constructor(state: TableEncoderState) {
    this.#state = state;
  }

  /** Names of the numbers of x, in order: `age`, `sex=male`. */
  get features(): readonly string[] {
    return this.#state.features.flatMap(entryNames);
  }

  /** Name of the column to predict. */
  get target(): string {
    return this.#state.target.column;
  }

  /** Class indices are to be predicted, or numbers. */
  get task(): "classes" | "numbers" {
    return this.#state.target.task;
  }

  /** Texts of the classes to predict, by index; none where numbers are. */
  get classes(): readonly string[] {
    return this.#state.target.classes;
  }

  /**
   * Encodes rows, to predict their target.
   *
   * - **Shapes**: N rows give float32 `[N, features]`.
   *
   * @param rows rows by names of columns, or a table; other columns are passed over.
   * @param options `backend`.
   * @returns x, that no tape knows.
   * @throws {RangeError} if a value is missing that the table to train on had everywhere and no `fill`
   * says what it is, or is a class that it did not have; it names row and column.
   * @throws {TypeError} if a column is not there, or a value is of another kind.
   */
  encode(
    rows: Table | readonly TableRow[],
    options: { readonly backend?: Backend } = {},
  ): Tensor {
    options = checkOptions("encode rows", options, "backend");
    const { shape, data } = this.#x(rows);
    return tensor(data, { shape, backend: options.backend });
  }

  /**
   * Reads a later file of the same form, and encodes its rows and their target: a test set.
   *
   * @param input the file, or a table.
   * @returns a dataset with x float32 `[N, features]`, and y: int32 `[N]` class indices, or float32
   * `[N, 1]` numbers.
   * @throws {RangeError} as {@link TableEncoder.encode} does.
   * @throws {TypeError} if a column is not there.
   */
  async dataset(input: FileInput | Table): Promise<Dataset<{ x: Tensor; y: Tensor }>> {
    const table = input instanceof Table ? input : await this.read(input);
    return arrayDataset({ x: this.#x(table), y: targetArray(table, this.#state.target) });
  }

  /**
   * Reads a later file of the same form as a table, its columns of the same kinds.
   *
   * @param input the file.
   * @returns the table.
   * @throws {SyntaxError} if a value is of another kind.
   */
  async read(input: FileInput): Promise<Table> {
    const { features, reading } = this.#state;
    const kinds = Object.fromEntries(features.map(({ column, kind }) => [column, kind]));
    return await readTable(input, { ...reading, kinds });
  }

  /** Plain data, for `JSON.stringify`. */
  toJSON(): TableEncoderState {
    return this.#state;
  }

  /**
   * Makes the encoder again that was saved.
   *
   * @param value what `JSON.parse` gives.
   * @returns the encoder.
   * @throws {TypeError} if it is something else.
   */
  static fromJSON(value: unknown): TableEncoder {
    return new TableEncoder(encoderStateOf(value));
  }

  #x(rows: Table | readonly TableRow[]) {
    checkRows(rows);
    const { features, unknown } = this.#state;
    const count = rows instanceof Table ? rows.rows : rows.length;
    const width = features.reduce((sum, feature) => sum + widthOf(feature), 0);
    const data = new Float32Array(count * width);
    let first = 0;
    for (const feature of features) {
      const valueOf = rows instanceof Table
        ? valuesOfColumn(rows.column(feature.column), feature)
        : valuesOfRows(rows, feature);
      for (let row = 0; row < count; row++) {
        const value = usable(valueOf(row), feature, unknown, row);
        writeFeature(feature, value, data, row * width + first);
      }
      first += widthOf(feature);
    }
    return { shape: [count, width], dtype: "float32", data } as const;
  }
}

/** Throws unless rows are a table, or a list of objects. */
function checkRows(rows: unknown): void {
  if (rows instanceof Table) return;
  const isRow = (row: unknown) => typeof row === "object" && row !== null;
  if (Array.isArray(rows) && rows.every(isRow)) return;
  throw new TypeError(
    "Cannot encode rows: rows must be a table, or a list of { column: value }: got " +
      formatValue(rows),
  );
}

/** A value, or the text of a class that is not known. */
type Value = number | string;

function valuesOfColumn(column: TableColumn, feature: Feature): (row: number) => Value {
  const { kind, classes, values } = column;
  if (feature.kind !== "category") {
    const isNumber = kind !== "category";
    if (isNumber) return (row) => values[row];
    throw wrongKind(feature, `a column of kind ${kind}`);
  }
  const placeOf = new Map(feature.classes.map((text, place) => [text, place]));
  const textOf = kind === "category" ? (value: number) => classes[value] : String;
  return (row) => {
    if (Number.isNaN(values[row])) return NaN;
    const text = textOf(values[row]);
    return placeOf.get(text) ?? text;
  };
}

function valuesOfRows(rows: readonly TableRow[], feature: Feature): (row: number) => Value {
  const { column, kind, classes } = feature;
  const reader = readerOf(kind as WantedKind, [], ".");
  return (row) => {
    const value = rows[row][column];
    if (value === null || value === undefined || value === "") return NaN;
    if (kind === "category") {
      const place = classes.indexOf(String(value));
      return place < 0 ? String(value) : place;
    }
    if (typeof value === "boolean") return Number(value);
    const number = typeof value === "number" ? value : reader.read(value.trim());
    if (Number.isFinite(number)) return number;
    throw wrongKind(feature, `${quoted(String(value))} in row ${row}`);
  };
}

function wrongKind({ column, kind }: Feature, got: string): TypeError {
  return new TypeError(
    `Cannot encode rows: column ${quoted(column)} must hold values of kind ${kind}: got ${got}`,
  );
}

/** Fills what is missing, and refuses what nothing is known about. */
function usable(
  value: Value,
  { column, fill, classes }: Feature,
  unknown: "throw" | "zeros",
  row: number,
): number {
  if (typeof value === "string") {
    if (unknown === "zeros") return -1;
    throw new RangeError(
      `Cannot encode rows: column ${quoted(column)} must hold one of ` +
        `${classes.map(quoted).join(", ")}: got ${quoted(value)} in row ${row}; ` +
        'or set unknown: "zeros" when the table to train on is read',
    );
  }
  if (!Number.isNaN(value)) return value;
  if (fill !== null) return fill;
  throw new RangeError(
    `Cannot encode rows: column ${
      quoted(column)
    } must have a value: it is missing in row ${row}; ` +
      "set fill when the table to train on is read",
  );
}

/** The target of every row: class indices `[N]`, or numbers `[N, 1]`. */
export function targetArray(table: Table, { column, task, classes }: TableTarget) {
  const { kind, values, classes: texts, missingLine } = table.column(column);
  const action = `Cannot read the target of ${table.name}: column ${quoted(column)}`;
  if (missingLine !== undefined) {
    throw new RangeError(`${action} must have a value in every row: line ${missingLine} has none`);
  }
  if (task === "numbers") {
    if (kind === "category") {
      throw new TypeError(`${action} must hold numbers: got a column of kind category`);
    }
    return { shape: [table.rows, 1], dtype: "float32", data: Float32Array.from(values) } as const;
  }
  const placeOf = new Map(classes.map((text, place) => [text, place]));
  return Int32Array.from(values, (value) => {
    const text = classText(value, kind, texts);
    const place = placeOf.get(text);
    if (place !== undefined) return place;
    throw new RangeError(
      `${action} must hold one of ${classes.map(quoted).join(", ")}: got ${quoted(text)}`,
    );
  });
}

/** Text of a class, of a column of any kind. */
export function classText(
  value: number,
  kind: TableColumn["kind"],
  texts: readonly string[],
): string {
  if (kind === "category") return texts[value];
  return kind === "boolean" ? String(value === 1) : String(value);
}
