/**
 * Encoders of tables from JSON: everything is checked, as it may come from anywhere.
 *
 * @module
 */
import { formatValue } from "../../core/format_value.ts";
import type { ReadTableOptions } from "../../formats/table/read_table.ts";
import type { Feature } from "./feature.ts";

/** The column to predict. */
export interface TableTarget {
  /** Its name. */
  readonly column: string;
  /** Class indices, or numbers. */
  readonly task: "classes" | "numbers";
  /** Texts of the classes, by index; none for numbers. */
  readonly classes: readonly string[];
}

/** Everything that an encoder knows: plain data for JSON. */
export interface TableEncoderState {
  /** Name of this form of data. */
  readonly format: string;
  /** Columns to predict from. */
  readonly features: readonly Feature[];
  /** The column to predict. */
  readonly target: TableTarget;
  /** Treatment of a class that the table did not have: an error, or none of the classes. */
  readonly unknown: "throw" | "zeros";
  /** Options of reading later files. */
  readonly reading: Pick<
    ReadTableOptions,
    "separator" | "header" | "decimal" | "missing" | "encoding"
  >;
}

/** Name of the form of {@link TableEncoderState}. */
export const ENCODER_FORMAT = "tapegrad table encoder 1";

type Plain = Readonly<Record<string, unknown>>;

const KINDS = ["integer", "number", "boolean", "date", "category"];

/** Reads what an encoder knows from JSON. */
export function encoderStateOf(value: unknown): TableEncoderState {
  const state = objectOf(value, "it");
  if (state.format !== ENCODER_FORMAT) fail(`format must be "${ENCODER_FORMAT}"`, state.format);
  const { features, unknown } = state;
  if (!Array.isArray(features)) fail("features must be a list", features);
  if (unknown !== "throw" && unknown !== "zeros") {
    fail('unknown must be "throw" or "zeros"', unknown);
  }
  return {
    format: ENCODER_FORMAT,
    features: features.map(featureOf),
    target: targetOf(objectOf(state.target, "target")),
    unknown,
    reading: objectOf(state.reading, "reading"), // readTable checks it
  };
}

function featureOf(value: unknown): Feature {
  const { column, kind, classes, fill, mean, std } = objectOf(value, "a feature");
  if (typeof column !== "string") fail("column of a feature must be a text", column);
  if (!KINDS.includes(kind as string)) {
    fail(`kind of a feature must be in ${KINDS.join(", ")}`, kind);
  }
  const texts = textsOf(classes, "classes of a feature");
  const isPlace = (n: unknown) =>
    Number.isInteger(n) && n as number >= 0 && n as number < texts.length;
  const isFill = fill === null || (kind === "category" ? isPlace(fill) : Number.isFinite(fill));
  if (!isFill) fail("fill of a feature must be null, a number, or the place of a class", fill);
  if (!Number.isFinite(mean)) fail("mean of a feature must be a number", mean);
  if (!(Number.isFinite(std) && std as number > 0)) fail("std of a feature must be above 0", std);
  return { column, kind, classes: texts, fill, mean, std } as Feature;
}

function targetOf({ column, task, classes }: Plain): TableTarget {
  if (typeof column !== "string") fail("column of the target must be a text", column);
  if (task !== "classes" && task !== "numbers") fail('task must be "classes" or "numbers"', task);
  return { column, task, classes: textsOf(classes, "classes of the target") };
}

function textsOf(value: unknown, name: string): string[] {
  const isList = Array.isArray(value) && value.every((text) => typeof text === "string");
  return isList ? value : fail(`${name} must be a list of texts`, value);
}

function objectOf(value: unknown, name: string): Plain {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? value as Plain : fail(`${name} must be an object`, value);
}

function fail(rule: string, got: unknown): never {
  throw new TypeError(`Cannot make table encoder of JSON: ${rule}: got ${formatValue(got)}`);
}
