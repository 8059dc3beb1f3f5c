/**
 * Numbers of a size that networks like: scaled, and with mean 0 and standard deviation 1.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { printable } from "../../core/printable.ts";
import {
  allocate,
  type DType,
  dtypeOf,
  type HostArray,
  type TypedArray,
} from "../../core/dtype.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape } from "../../core/shape.ts";
import { type ExampleSource, type Fields, mapSource, readAll } from "./source.ts";

/** Mean and standard deviation for each entry of the last axis: each channel, each feature. */
export interface Statistics {
  /** Means, of the scaled numbers. */
  readonly mean: readonly number[];
  /** Standard deviations (the root of the mean squared distance), of the scaled numbers. */
  readonly std: readonly number[];
}

/** Field to scale, and its divisor. */
export interface ScaleOptions {
  /** The field; `"x"` by default. */
  readonly field?: string;
  /** Divisor that is applied first; 255 for uint8, else 1, by default. */
  readonly scale?: number;
}

/** Options of normalising. */
export interface NormalizeOptions extends ScaleOptions {
  /** Subtracted after scaling: one number, or one for each entry of the last axis. 0 by default. */
  readonly mean?: number | readonly number[];
  /** Divided by at last, like `mean`; 1 by default. A 0 counts as 1. */
  readonly std?: number | readonly number[];
}

/**
 * Makes a source with a field replaced by `(x / scale - mean) / std`, float32 unless it is float64.
 */
export function normalizeSource(source: ExampleSource, options: NormalizeOptions): ExampleSource {
  options = checkOptions("normalize dataset", options, "field scale# mean std");
  const { field = "x", mean = 0, std = 1 } = options;
  checkScale("normalize dataset", options.scale);
  const [means, stds] = [listOf("mean", mean), listOf("std", std)];
  let table: Float32Array | undefined; // for bytes: what each becomes
  return mapSource(source, ({ indices, fields }) => {
    const x = fieldOf("normalize dataset", fields, field);
    const entries = checkEntries(field, x, means, stds);
    const rule = { scale: scaleOf(x.dtype, options.scale), means, stds, entries };
    const { shape, dtype, data } = x;
    const y = allocate(dtype === "float64" ? "float64" : "float32", data.length);
    if (dtype === "uint8" && entries <= MOST_TABLES) {
      table ??= makeTable(rule);
      lookUp(data, table, entries, y);
    } else {
      for (let i = 0; i < data.length; i++) y[i] = apply(rule, data[i], i % entries);
    }
    return { indices, fields: { ...fields, [field]: { shape, dtype: dtypeOf(y)!, data: y } } };
  });
}

/** Computes mean and standard deviation of a field, over all examples of the first pass. */
export async function statisticsOf(
  source: ExampleSource,
  options: ScaleOptions,
): Promise<Statistics> {
  const action = "compute statistics";
  options = checkOptions(action, options, "field scale#");
  const { field = "x", scale } = options;
  checkScale(action, scale);
  if (source.size === 0) {
    throw new RangeError(`Cannot ${action}: there must be examples: the dataset is empty`);
  }
  let sums: Sums | undefined;
  for await (const { fields } of readAll(source, { names: [field] })) {
    const x = fieldOf(action, fields, field);
    sums ??= new Sums(x, scaleOf(x.dtype, scale));
    sums.add(x.data);
  }
  return sums!.statistics();
}

/** Sums of numbers and of their squares, less a first one so that few digits cancel. */
class Sums {
  readonly #pivots: Float64Array;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  readonly #scale: number;
  #count = 0;

  constructor({ shape, data }: HostArray, scale: number) {
    const entries = shape.length > 1 ? shape.at(-1)! : 1;
    this.#pivots = Float64Array.from(data.subarray(0, entries));
    this.#sums = new Float64Array(entries);
    this.#squares = new Float64Array(entries);
    this.#scale = scale;
  }

  add(data: HostArray["data"]): void {
    const entries = this.#pivots.length;
    for (let start = 0; start < data.length; start += entries) {
      for (let j = 0; j < entries; j++) {
        const distance = data[start + j] - this.#pivots[j];
        this.#sums[j] += distance;
        this.#squares[j] += distance * distance;
      }
    }
    this.#count += data.length / entries;
  }

  statistics(): Statistics {
    const mean: number[] = [];
    const std: number[] = [];
    for (let j = 0; j < this.#pivots.length; j++) {
      const shift = this.#sums[j] / this.#count;
      const variance = this.#squares[j] / this.#count - shift * shift;
      mean.push((this.#pivots[j] + shift) / this.#scale);
      std.push(Math.sqrt(Math.max(variance, 0)) / this.#scale);
    }
    return { mean, std };
  }
}

interface Rule {
  readonly scale: number;
  readonly means: readonly number[];
  readonly stds: readonly number[];
  /** Number of entries of the last axis that have numbers of their own; 1 for one rule for all. */
  readonly entries: number;
}

/** Above this, tables of results would not stay in the fast part of the memory. */
const MOST_TABLES = 16;

function apply({ scale, means, stds }: Rule, value: number, entry: number): number {
  const mean = means.length === 1 ? means[0] : means[entry];
  const std = stds.length === 1 ? stds[0] : stds[entry];
  return (value / scale - mean) / (std === 0 ? 1 : std);
}

function makeTable(rule: Rule): Float32Array {
  return Float32Array.from(
    { length: 256 * rule.entries },
    (_, i) => apply(rule, i % 256, Math.floor(i / 256)),
  );
}

/** Looks up the result of each byte: several times as fast as two divisions. */
function lookUp(data: TypedArray, table: Float32Array, entries: number, y: TypedArray): void {
  if (entries === 1) { for (let i = 0; i < data.length; i++) y[i] = table[data[i]]; }
  else {
    for (let start = 0; start < data.length; start += entries) {
      for (let j = 0; j < entries; j++) y[start + j] = table[256 * j + data[start + j]];
    }
  }
}

function scaleOf(dtype: DType, scale: number | undefined): number {
  return scale ?? (dtype === "uint8" ? 255 : 1);
}

function checkScale(action: string, scale: number | undefined): void {
  if (scale !== undefined && !(Number.isFinite(scale) && scale !== 0)) {
    throw new RangeError(
      `Cannot ${action}: scale must be a finite number other than 0: got ${String(scale)}`,
    );
  }
}

function listOf(name: string, value: number | readonly number[]): readonly number[] {
  const list = typeof value === "number" ? [value] : value;
  const isWrong = (n: number) => !Number.isFinite(n) || (name === "std" && n < 0);
  if (!Array.isArray(list) || list.length === 0 || list.some(isWrong)) {
    throw new RangeError(
      `Cannot normalize dataset: ${name} must be finite numbers${
        name === "std" ? " of at least 0" : ""
      }: got ${Array.isArray(value) ? formatShape(value) : String(value)}`,
    );
  }
  return list;
}

/** Counts the entries that have a rule of their own, which must be as many as the last axis has. */
function checkEntries(
  field: string,
  { shape }: HostArray,
  means: readonly number[],
  stds: readonly number[],
): number {
  const entries = Math.max(means.length, stds.length);
  const wrong = [means, stds].some(({ length }) =>
    length > 1 && (shape.length < 2 || length !== shape.at(-1))
  );
  if (wrong) {
    throw new ShapeError(
      `Cannot normalize dataset: mean and std must be one number, or one for each entry of the ` +
        `last axis: ${field} is ${
          formatShape(shape)
        }, mean has ${means.length}, std ${stds.length}`,
    );
  }
  return entries;
}

/** Returns a field that must be there. */
export function fieldOf(action: string, fields: Fields, name: string): HostArray {
  if (Object.hasOwn(fields, name)) return fields[name];
  const others = printable(Object.keys(fields).join(", ")); // none where no other was read
  const among = others === "" ? "" : ` among ${others}`;
  throw new TypeError(
    `Cannot ${action}: the field must exist: there is no ${printable(name)}${among}`,
  );
}
