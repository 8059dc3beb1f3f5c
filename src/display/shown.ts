/**
 * How tapes, profiles and trainings get pictures in notebooks, although nothing here draws: what
 * draws says so when it is loaded.
 *
 * @module
 */
import type { Profiler, ProfileRow } from "../core/profile.ts";
import type { Recording } from "../core/recording.ts";

/** What a value is in the formats that it can be shown in, by their MIME types. */
export type Shown = Record<string, string>;

/** Values of a curve: where they are, and what they are. */
export interface CurveValues {
  /** Where the values are: epochs. */
  readonly x: readonly number[];
  /** The values. */
  readonly y: readonly number[];
  /** Whether the line is dashed. */
  readonly dashed?: boolean;
}

/** Draws values that are no pictures, as SVG. */
export interface Pictures {
  graph(tape: Recording & { readonly profiler: Profiler | null }): string;
  profile(rows: readonly ProfileRow[]): string;
  curves(series: Readonly<Record<string, CurveValues>>, yLabel: string): string;
}

let loaded: Pictures | null = null;

/** From now on values show themselves in these pictures. */
export function providePictures(pictures: Pictures): void {
  loaded = pictures;
}

/** What draws; null where `./plot` is not loaded. */
export function pictures(): Pictures | null {
  return loaded;
}
