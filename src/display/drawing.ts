/**
 * Pictures of tapes, profiles and trainings in notebooks, although nothing here draws: the module
 * that draws registers itself when it is loaded.
 *
 * @module
 */
import type { Profile, ProfileRow } from "../core/profile.ts";
import type { Recording } from "../core/recording.ts";

/** Values of a curve, and their positions. */
export interface CurveValues {
  /** Positions of the values: epochs. */
  readonly x: readonly number[];
  /** The values. */
  readonly y: readonly number[];
  /** Dash the line. */
  readonly dashed?: boolean;
}

/** Draws values that are no pictures, as SVG. */
export interface Pictures {
  graph(tape: Recording & { readonly profiler: Profile | null }): string;
  profile(rows: readonly ProfileRow[]): string;
  curves(series: Readonly<Record<string, CurveValues>>, yLabel: string): string;
}

let loaded: Pictures | null = null;

/** Registers the pictures in which values show themselves from now on. */
export function providePictures(pictures: Pictures): void {
  loaded = pictures;
}

/** Returns the registered drawing functions; null where `./plot` is not loaded. */
export function pictures(): Pictures | null {
  return loaded;
}
