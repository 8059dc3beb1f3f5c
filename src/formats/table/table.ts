/**
 * A table in memory: columns by name, each of a kind.
 *
 * @module
 */
import { printable, quoted } from "../../core/printable.ts";
import { formatTable } from "../../display/table.ts";
import type { ColumnKind } from "./values.ts";

/** A column of a {@link Table}. */
export interface TableColumn {
  /** Its name, from the first line of the file; `column1` and so on where that has none. */
  readonly name: string;
  /** Kind of its values. */
  readonly kind: ColumnKind;
  /**
   * A number for each row, NaN where the value is missing: the number itself, 0 and 1 of truth
   * values, days since 1970-01-01 of dates, the place in {@link classes} of a category.
   */
  readonly values: Float64Array;
  /** Texts of a category, each once, in order; none for other kinds. */
  readonly classes: readonly string[];
  /** Rows whose value is missing. */
  readonly missing: number;
  /** Line of the file that has the first missing value; undefined without one. */
  readonly missingLine?: number;
  /** A value that made this a category, and why, where its neighbours are of another kind. */
  readonly note?: string;
}

const MOST_CLASSES_SHOWN = 4;
const SHOWN_DIGITS = 5;

/**
 * A table: columns of numbers, truth values, dates and categories. Read one with {@link readTable};
 * printed, it lists its columns.
 *
 * @example
 * ```ts
 * import { readTable } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const table = await readTable(new TextEncoder().encode("size,kind\n1.5,a\n?,b\n"));
 * const { values, missing, missingLine } = table.column("size");
 * assertEquals([table.rows, [...values], missing, missingLine], [2, [1.5, NaN], 1, 3]);
 * ```
 */
export class Table {
  /** Name of the file, as errors give it. */
  readonly name: string;
  /** Number of rows, without the line of names. */
  readonly rows: number;
  /** Columns, as the file has them. */
  readonly columns: readonly TableColumn[];
  readonly #byName: ReadonlyMap<string, TableColumn>;

  /** Makes a table of columns that are equally long; called by `readTable`. */
  constructor(name: string, rows: number, columns: readonly TableColumn[]) {
    this.name = name;
    this.rows = rows;
    this.columns = columns;
    this.#byName = new Map(columns.map((column) => [column.name, column]));
  }

  /**
   * Finds a column.
   *
   * @param name its name.
   * @returns the column.
   * @throws {TypeError} if there is none of that name.
   */
  column(name: string): TableColumn {
    const column = this.#byName.get(name);
    if (column !== undefined) return column;
    const names = this.columns.map((other) => quoted(other.name)).join(", ");
    throw new TypeError(
      `Cannot find column: ${printable(this.name)} has columns ${names}: got ${
        quoted(String(name))
      }`,
    );
  }

  /**
   * Lists the columns: kind, missing values, range or classes.
   *
   * @returns lines of text with aligned columns.
   */
  toString(): string {
    const rows = this.columns.map((column) => [
      column.name,
      column.kind,
      column.missing === 0 ? "" : String(column.missing),
      contentOf(column),
    ]);
    const title = `${printable(this.name)}: ${this.rows} rows`;
    return `${title}\n${formatTable(["column", "kind", "missing", "values"], rows, "llrl")}`;
  }

  /** Text that `console.log` shows in Deno. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  /** Text that `console.log` shows in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** Describes the values of a column: from the least to the greatest, or the classes. */
function contentOf({ kind, values, classes }: TableColumn): string {
  if (kind === "category") {
    const more = classes.length - MOST_CLASSES_SHOWN;
    const shown = classes.slice(0, MOST_CLASSES_SHOWN).join(", ");
    return more > 0 ? `${shown} and ${more} more` : shown;
  }
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return "";
  const show = kind === "date"
    ? formatDay
    : (value: number) => String(Number(value.toPrecision(SHOWN_DIGITS)));
  return low === high ? show(low) : `${show(low)} to ${show(high)}`;
}

function formatDay(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, "2020-01-31".length);
}
