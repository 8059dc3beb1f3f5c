/**
 * Features: the numbers that a column of a table gives to a network.
 *
 * @module
 */
import { quoted } from "../../core/printable.ts";
import type { TableColumn } from "../../formats/table/table.ts";
import type { ColumnKind } from "../../formats/table/values.ts";

/** Rule for missing values: a statistic of the training rows, or a value. */
export type MissingFill = "mean" | "median" | "most frequent" | number | string;

/** Numbers that a column gives to a network, fixed when the table was fitted. */
export interface Feature {
  /** Name of the column. */
  readonly column: string;
  /** Kind of its values. */
  readonly kind: ColumnKind;
  /** Classes of a category: one number for each. */
  readonly classes: readonly string[];
  /** The value in place of a missing one: a number, or the place of a class; null if none may miss. */
  readonly fill: number | null;
  /** Number that is taken off: the mean; 0 for categories and truth values. */
  readonly mean: number;
  /** Number that divides: the standard deviation; 1 for categories and truth values. */
  readonly std: number;
}

/** Number of entries of x that a feature makes. */
export function widthOf({ kind, classes }: Feature): number {
  return kind === "category" ? classes.length : 1;
}

/** Names of the entries of x: `age`, `sex=male`. */
export function entryNames({ column, kind, classes }: Feature): string[] {
  return kind === "category" ? classes.map((text) => `${column}=${text}`) : [column];
}

/** Settings of a fit. */
export interface FeatureRules {
  readonly action: string;
  readonly fill: MissingFill | undefined;
  readonly standardize: boolean;
}

/** Fits a feature to some rows of a column: those to train on. */
export function fitFeature(
  { name, kind, values, classes }: TableColumn,
  rows: Int32Array,
  rules: FeatureRules,
): Feature {
  const present = rows.reduce<number[]>((list, row) => {
    if (!Number.isNaN(values[row])) list.push(values[row]);
    return list;
  }, []);
  const place = `column ${quoted(name)}`;
  if (present.length === 0) {
    throw new RangeError(
      `Cannot ${rules.action}: ${place} must have values in rows to train on: ` +
        `all ${rows.length} are missing; drop it`,
    );
  }
  const fill = fillOf(present, kind, classes, rules, place);
  const isScaled = rules.standardize && kind !== "category" && kind !== "boolean";
  const filled = fill === null || present.length === rows.length
    ? present
    : [...present, ...Array<number>(rows.length - present.length).fill(fill)];
  const { mean, std } = isScaled ? moments(filled) : { mean: 0, std: 1 };
  return { column: name, kind, classes, fill, mean, std };
}

function fillOf(
  present: readonly number[],
  kind: ColumnKind,
  classes: readonly string[],
  { action, fill }: FeatureRules,
  place: string,
): number | null {
  if (fill === undefined) return null;
  const isNumber = kind !== "category" && kind !== "boolean";
  if (fill === "most frequent") return mostFrequent(present);
  if (fill === "mean") return isNumber ? moments(present).mean : mostFrequent(present);
  if (fill === "median") return isNumber ? median(present) : mostFrequent(present);
  if (kind === "category") {
    const found = classes.indexOf(String(fill));
    if (found >= 0) return found;
  } else if (Number.isFinite(fill)) return fill as number;
  const expected = kind === "category" ? "one of its classes" : "a number";
  throw new TypeError(
    `Cannot ${action}: fill of ${place} must be "mean", "median", "most frequent" or ${expected}: ` +
      `got ${typeof fill === "string" ? quoted(fill) : String(fill)}`,
  );
}

/** Mean and standard deviation; a constant has 1, so that it can be divided by. */
function moments(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance) || 1 };
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The value that comes most often; the least of those that come equally often. */
function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [[best]] = [...counts].sort(([a, m], [b, n]) => n - m || a - b);
  return best;
}

/** Writes a value as numbers of x, of one row, from `at` on. */
export function writeFeature(feature: Feature, value: number, x: Float32Array, at: number): void {
  if (feature.kind === "category") {
    if (value >= 0) x[at + value] = 1; // an unknown class, -1, is none of them
  } else x[at] = (value - feature.mean) / feature.std;
}
