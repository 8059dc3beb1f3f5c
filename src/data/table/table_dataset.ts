/**
 * Datasets of tables with words: which columns, what is missing, what is to be predicted.
 *
 * @module
 */
import { checkInteger } from "../../core/check_integer.ts";
import { formatValue } from "../../core/format_value.ts";
import { checkOptions } from "../../core/options.ts";
import { quoted } from "../../core/printable.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { FileInput } from "../../files/source.ts";
import {
  READ_TABLE_OPTIONS,
  readTable,
  type ReadTableOptions,
} from "../../formats/table/read_table.ts";
import { Table, type TableColumn } from "../../formats/table/table.ts";
import { arrayDataset } from "../dataset/array_dataset.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { takeRows } from "../dataset/host_arrays.ts";
import { classText, TableEncoder, targetArray } from "./encoder.ts";
import { ENCODER_FORMAT, type TableTarget } from "./encoder_state.ts";
import { fitFeature, type MissingFill } from "./feature.ts";

/** Settings of {@link tableDataset}. */
export interface TableDatasetOptions extends ReadTableOptions {
  /** Column to predict: its name, or its place from 0, from the end if negative. */
  readonly target: string | number;
  /**
   * Classes or numbers to predict. When left out, classes if the column holds words, truth values, or
   * at most 20 different integers.
   */
  readonly task?: "classes" | "numbers";
  /** Columns to predict from; all others but the target when left out. */
  readonly features?: readonly string[];
  /** Columns to leave out. */
  readonly drop?: readonly string[];
  /**
   * Value of what is missing: `"mean"`, `"median"`, `"most frequent"` of the rows to train on (categories
   * take the most frequent class for all three), or a value; for all columns, or for each by name. When
   * left out, a missing value is an error.
   */
  readonly fill?: MissingFill | Readonly<Record<string, MissingFill>>;
  /** The most classes that a category may have; 64 by default. More are mostly names, not features. */
  readonly maxClasses?: number;
  /** A class of later rows that this table does not have: `"throw"` (default) or `"zeros"`. */
  readonly unknown?: "throw" | "zeros";
  /** Brings numbers to mean 0 and standard deviation 1, of the rows to train on; true by default. */
  readonly standardize?: boolean;
  /** Share of the rows to validate with; 0.2 by default, 0 for none. */
  readonly validation?: number;
  /** Decides which rows these are; 0 by default. */
  readonly seed?: number;
}

/** Datasets of a table, and how its rows became numbers. */
export interface TableDatasets {
  /** Rows to train on: x float32 `[N, features]`; y int32 `[N]` classes, or float32 `[N, 1]`. */
  readonly train: Dataset<{ x: Tensor; y: Tensor }>;
  /** Rows to validate with. */
  readonly validation: Dataset<{ x: Tensor; y: Tensor }>;
  /** Turns later rows into numbers the same way. */
  readonly encoder: TableEncoder;
  /** The table itself. */
  readonly table: Table;
  /** Columns that only number the rows, and were left out for it. */
  readonly rowNumbers: readonly string[];
}

const OWN_OPTIONS =
  "target task features drop fill maxClasses# unknown standardize? validation# seed#";

const DEFAULT_MAX_CLASSES = 64;
const DEFAULT_VALIDATION = 0.2;
/** Fewest rows whose numbers are told from data that happens to rise by 1. */
const LEAST_NUMBERED = 10;
/** The most different integers of a target that are taken for classes. */
const MOST_INTEGER_CLASSES = 20;

/**
 * Reads a table with words as datasets that are ready for `fit`.
 *
 * Numbers and dates become numbers of mean 0 and standard deviation 1, truth values 0 and 1, categories
 * one number for each class; the target class indices, or numbers. The rows are split at random, each
 * class of the target in proportion; mean, deviation and what is filled in for missing values come
 * from the rows to train on alone. `encoder` does the same to rows that come later.
 *
 * - **Shapes**: x is float32 `[N, features]`; y int32 `[N]`, or float32 `[N, 1]` for `task: "numbers"`.
 * - **Edge cases**: columns that number the rows, 10 or more, from 0 or 1 (`Id`, or without a name) are left out,
 *   since in a sorted table they give the target away; `rowNumbers` lists them. A category of more than
 *   `maxClasses` classes is an error: drop such a column. A constant column becomes 0.
 *
 * @example
 * ```ts
 * import { readTable, tableDataset } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "size,colour,kind\n1,red,a\n2,blue,b\n3,red,a\n4,blue,b\n5,red,a\n,blue,b\n";
 * const { train, validation, encoder } = await tableDataset(new TextEncoder().encode(text), {
 *   target: "kind",
 *   fill: "median",
 *   validation: 1 / 3,
 * });
 * assertEquals([train.size, validation.size], [4, 2]);
 * assertEquals(encoder.features, ["size", "colour=blue", "colour=red"]);
 * assertEquals(encoder.classes, ["a", "b"]);
 * const x = encoder.encode([{ size: 2.5, colour: "red" }]); // [1, 3]: predict(model, x, …)
 * assertEquals([...x.dataSync()].slice(1), [0, 1]);
 * ```
 *
 * @param input the file, or a table that was read.
 * @param options `target`, `task`, `features`, `drop`, `fill`, `maxClasses`, `unknown`, `standardize`,
 * `validation`, `seed`; and those of `readTable`, where the input is a file.
 * @returns `train`, `validation`, `encoder`, `table`, `rowNumbers`.
 * @throws {TypeError} if a column is not there, is a category for a few texts among numbers, or an
 * option does not fit its kind.
 * @throws {RangeError} if a value is missing without `fill`, a category has too many classes, or a
 * part would be empty; it names columns and lines.
 * @throws {SyntaxError} if the file is no table.
 * @throws {FileError} if the file cannot be opened.
 */
export async function tableDataset(
  input: FileInput | Table,
  options: TableDatasetOptions,
): Promise<TableDatasets> {
  options = checkOptions(ACTION, options, `${OWN_OPTIONS} ${READ_TABLE_OPTIONS}`);
  const {
    target,
    task,
    features,
    drop,
    fill,
    maxClasses = DEFAULT_MAX_CLASSES,
    unknown = "throw",
    standardize = true,
    validation = DEFAULT_VALIDATION,
    seed = 0,
    ...reading
  } = options;
  checkInteger(ACTION, "maxClasses", maxClasses, 1);
  if (unknown !== "throw" && unknown !== "zeros") {
    refuse('unknown must be "throw" or "zeros"', formatValue(unknown));
  }
  const table = input instanceof Table ? input : await readTable(input, reading);
  const wanted = targetOf(table, target, task, maxClasses);
  const { columns, rowNumbers } = chosenColumns(table, wanted.column, features, drop);
  checkOneKind([...columns, table.column(wanted.column)]);
  checkColumns(table, columns, fill, maxClasses);
  const y = targetArray(table, wanted);
  const rows = await splitRows(
    table.rows,
    wanted.task === "classes" ? y as Int32Array : undefined,
    {
      validation,
      seed,
    },
  );
  const encoder = new TableEncoder({
    format: ENCODER_FORMAT,
    features: columns.map((column) =>
      fitFeature(column, rows.train, {
        action: ACTION,
        fill: fillFor(fill, column.name),
        standardize,
      })
    ),
    target: wanted,
    unknown,
    reading: readingOf(reading),
  });
  const whole = await (await encoder.dataset(table)).arrays();
  const part = (positions: Int32Array) =>
    arrayDataset({ x: takeRows(whole.x, positions), y: takeRows(whole.y, positions) });
  return { train: part(rows.train), validation: part(rows.validation), encoder, table, rowNumbers };
}

const ACTION = "make table dataset";

function refuse(rule: string, got: string): never {
  throw new RangeError(`Cannot ${ACTION}: ${rule}: got ${got}`);
}

/** The target, and its classes: those of the whole table. */
function targetOf(
  table: Table,
  target: string | number,
  task: TableTarget["task"] | undefined,
  maxClasses: number,
): TableTarget {
  const { name, kind, values, classes } = targetColumn(table, target);
  const different = kind === "category" ? [] : [...new Set(values)].filter((n) => !Number.isNaN(n));
  const isFew = kind === "integer" && different.length <= MOST_INTEGER_CLASSES;
  const found = kind === "category" || kind === "boolean" || isFew ? "classes" : "numbers";
  const chosen = task ?? found;
  if (chosen === "numbers" && kind === "category") {
    throw new TypeError(
      `Cannot ${ACTION}: the target must hold numbers for task: "numbers": ${quoted(name)} is a ` +
        `category of ${classes.length} classes`,
    );
  }
  if (chosen !== "numbers" && chosen !== "classes") {
    refuse('task must be "classes" or "numbers"', formatValue(chosen));
  }
  if (chosen === "numbers") return { column: name, task: chosen, classes: [] };
  const texts = kind === "category"
    ? classes
    : different.sort((a, b) => a - b).map((value) => classText(value, kind, classes));
  if (texts.length > Math.max(maxClasses, MOST_INTEGER_CLASSES)) {
    refuse(
      `the target must have at most maxClasses = ${maxClasses} classes`,
      `${texts.length} in ${quoted(name)}`,
    );
  }
  return { column: name, task: chosen, classes: texts };
}

function targetColumn(table: Table, target: string | number): TableColumn {
  if (typeof target !== "number") return table.column(target);
  const column = Number.isInteger(target) ? table.columns.at(target) : undefined;
  if (column !== undefined) return column;
  refuse(`target must be a name or a place in ${table.columns.length} columns`, String(target));
}

/** The columns to predict from, and those that only number the rows. */
function chosenColumns(
  table: Table,
  target: string,
  features: readonly string[] | undefined,
  drop: readonly string[] = [],
): { columns: TableColumn[]; rowNumbers: string[] } {
  for (const [option, names] of Object.entries({ features: features ?? [], drop })) {
    if (!Array.isArray(names)) refuse(`${option} must be a list of names`, formatValue(names));
    names.forEach((name) => table.column(name));
  }
  if (features?.includes(target)) refuse("features must be without the target", quoted(target));
  const dropped = new Set([target, ...drop]);
  const candidates = (features?.map((name) => table.column(name)) ?? table.columns)
    .filter(({ name }) => !dropped.has(name));
  const rowNumbers = features === undefined ? candidates.filter(countsRows) : [];
  const columns = candidates.filter((column) => !rowNumbers.includes(column));
  if (columns.length === 0) {
    const numbering = rowNumbers.map(({ name }) => quoted(name)).join(", ");
    refuse(
      "there must be columns to predict from",
      numbering === "" ? "none" : `${numbering}, which only numbers the rows`,
    );
  }
  return { columns, rowNumbers: rowNumbers.map(({ name }) => name) };
}

/** Tells whether a column holds 0, 1, 2, … or 1, 2, 3, …, row by row. */
function countsRows({ kind, values }: TableColumn): boolean {
  const [first] = values;
  const counts = kind === "integer" && values.length >= LEAST_NUMBERED &&
    (first === 0 || first === 1);
  return counts && values.every((value, row) => value === first + row);
}

/** Throws if a column is a category for a few texts among numbers, or for dates that may be two. */
function checkOneKind(columns: readonly TableColumn[]): void {
  const odd = columns.find(({ note }) => note !== undefined);
  if (odd === undefined) return;
  throw new TypeError(
    `Cannot ${ACTION}: a column must be of one kind: in ${
      quoted(odd.name)
    }, ${odd.note}; mend the ` +
      `file, name the text in missing, drop the column, or say what it is: ` +
      `kinds: { ${quoted(odd.name)}: "category" }`,
  );
}

/** Throws if columns hold what is no feature; it names all of them. */
function checkColumns(
  table: Table,
  columns: readonly TableColumn[],
  fill: TableDatasetOptions["fill"],
  maxClasses: number,
): void {
  const wide = columns.filter(({ classes }) => classes.length > maxClasses);
  if (wide.length > 0) {
    const described = wide.map(({ name, classes }) => `${quoted(name)} has ${classes.length}`);
    throw new RangeError(
      `Cannot ${ACTION}: a category must have at most maxClasses = ${maxClasses} classes: ` +
        `of ${table.rows} rows, ${described.join(", ")}; leave such columns out: ` +
        `drop: [${wide.map(({ name }) => quoted(name)).join(", ")}]`,
    );
  }
  const gaps = columns.filter(({ name, missing }) =>
    missing > 0 && fillFor(fill, name) === undefined
  );
  if (gaps.length > 0) {
    const described = gaps.map(({ name, missing, missingLine }) =>
      `${quoted(name)} lacks ${missing}, the first in line ${missingLine}`
    );
    throw new RangeError(
      `Cannot ${ACTION}: every row must have a value, or fill must say what a missing one is: ` +
        `of ${table.rows} rows, ${described.join("; ")}; set fill: "median", or drop the column`,
    );
  }
  if (fill === null) refuse("fill must be a rule, a value, or one for each column", "null");
  if (typeof fill === "object") Object.keys(fill).forEach((name) => table.column(name));
}

function fillFor(fill: TableDatasetOptions["fill"], name: string): MissingFill | undefined {
  if (typeof fill !== "object" || fill === null) return fill;
  return Object.hasOwn(fill, name) ? fill[name] : undefined;
}

/** Splits the rows at random, each class in proportion. */
async function splitRows(
  size: number,
  labels: Int32Array | undefined,
  { validation, seed }: { validation: number; seed: number },
): Promise<{ train: Int32Array; validation: Int32Array }> {
  const all = Int32Array.from({ length: size }, (_, row) => row);
  if (validation === 0) return { train: all, validation: new Int32Array(0) };
  const rows = labels === undefined
    ? arrayDataset({ row: all })
    : arrayDataset({ row: all, labels });
  const stratify = labels === undefined ? undefined : "labels";
  const parts = await rows.split({ validation, seed, stratify });
  const rowsOf = async (part: typeof parts.train) => (await part.arrays()).row.data as Int32Array;
  return { train: await rowsOf(parts.train), validation: await rowsOf(parts.validation) };
}

/** The options of reading that hold for later files, too. */
function readingOf({ separator, header, decimal, missing, encoding }: ReadTableOptions) {
  const given = Object.entries({ separator, header, decimal, missing, encoding });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
