/**
 * Sources inside of datasets: examples on the host, read by position, and the stages that choose,
 * reorder or change them.
 *
 * @module
 */
import type { HostArray } from "../../core/dtype.ts";

/** Arrays on the host by the name of their field. */
export type Fields = Readonly<Record<string, HostArray>>;

/** Pass over the data. All that is random in it is a function of these two numbers. */
export interface Pass {
  /** Number of the epoch, from 1. */
  readonly epoch: number;
  /** Seed for stages that were given none of their own. */
  readonly seed: number;
}

/** Examples that were read. */
export interface ReadExamples {
  /**
   * The number of each example in its source: the same whatever was shuffled, split or left out
   * since. Random numbers for an example are a function of it, not of its place in a batch.
   */
  readonly indices: Int32Array;
  /** Arrays by field; the first dimension of each counts the examples. */
  readonly fields: Fields;
}

/** Reads examples in one pass. */
export interface Reader {
  /**
   * Reads the examples at some positions.
   *
   * @param positions from 0 to size - 1; rising from call to call unless `anyOrder`.
   * @param names the fields that are wanted, where not all are; others may be left out.
   */
  read(positions: Int32Array, names?: readonly string[]): Promise<ReadExamples>;
  /** Lets go of files, workers and generators. */
  close(): Promise<void>;
}

/** Source of examples: an immutable description, opened once for every pass. */
export interface ExampleSource {
  /** Number of examples. */
  readonly size: number;
  /** True if positions may be read in any order, and more than once. */
  readonly anyOrder: boolean;
  /** True if an example has the same position in every pass. */
  readonly fixedOrder: boolean;
  /** Begins a pass. */
  open(pass: Pass): Reader;
}

/** Makes a source whose examples are those of another, changed by a function. */
export function mapSource(
  source: ExampleSource,
  change: (examples: ReadExamples, pass: Pass) => ReadExamples | Promise<ReadExamples>,
): ExampleSource {
  return {
    ...source,
    open(pass) {
      const reader = source.open(pass);
      return {
        // All fields are read: the function may need any of them to make those that are wanted.
        read: async (positions) => await change(await reader.read(positions), pass),
        close: () => reader.close(),
      };
    },
  };
}

/** Arrangement of some examples of a source in another. */
export interface Arrangement {
  readonly size: number;
  /** True if all passes have one order; that of the source by default. */
  readonly fixedOrder?: boolean;
  /** Makes for a pass the function that maps a position to one in the source. */
  readonly order: (pass: Pass) => (position: number) => number;
}

/** Makes a source of some examples of another in another order. */
export function arrangeSource(
  source: ExampleSource,
  { size, order, fixedOrder = source.fixedOrder }: Arrangement,
): ExampleSource {
  return {
    size,
    anyOrder: source.anyOrder,
    fixedOrder,
    open(pass) {
      const reader = source.open(pass);
      const place = order(pass);
      return {
        read: (positions, names) => reader.read(positions.map(place), names),
        close: () => reader.close(),
      };
    },
  };
}

/** Lists the positions from `start` up to, but without, `end`. */
export function range(start: number, end: number): Int32Array {
  return Int32Array.from({ length: Math.max(end - start, 0) }, (_, i) => start + i);
}

/** The pass of those who only look. */
export const FIRST_PASS: Pass = { epoch: 1, seed: 0 };

/** Options of {@link readAll}. */
export interface ReadAllOptions {
  readonly pass?: Pass;
  /** The fields that are wanted; all by default. */
  readonly names?: readonly string[];
  /** Examples read at a time. */
  readonly chunk?: number;
}

/**
 * Yields all examples of a pass, some at a time; no examples are one empty read, which tells the
 * fields.
 */
export async function* readAll(
  source: ExampleSource,
  { pass = FIRST_PASS, names, chunk = 256 }: ReadAllOptions = {},
): AsyncGenerator<ReadExamples> {
  const reader = source.open(pass);
  try {
    let start = 0;
    do {
      yield await reader.read(range(start, Math.min(start + chunk, source.size)), names);
      start += chunk;
    } while (start < source.size);
  } finally {
    await reader.close();
  }
}

/** Collects all that {@link readAll} yields. */
export async function readParts(
  source: ExampleSource,
  options?: ReadAllOptions,
): Promise<ReadExamples[]> {
  const parts: ReadExamples[] = [];
  for await (const part of readAll(source, options)) parts.push(part);
  return parts;
}
