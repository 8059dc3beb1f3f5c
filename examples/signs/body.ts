/**
 * Parts of a hand: round cones (bones with flesh on them) and creases, in centimetres, in space: x
 * to the right, y up, z towards the viewer.
 *
 * @module
 */

import type { Vector } from "./vectors.ts";

/** Part of the body that a cone belongs to: it decides colour, and which creases show on it. */
export type Part =
  | "palm"
  | "nail"
  | "thumb"
  | "index"
  | "middle"
  | "ring"
  | "little"
  | "arm"
  | "sleeve";

/** The space swept by a sphere that goes from `a` to `b` while its radius changes. */
export interface RoundCone {
  part: Part;
  a: Vector;
  radiusA: number;
  b: Vector;
  radiusB: number;
  /** The width over which it melts into what was placed before it. */
  blend: number;
  /** Redness of its skin beyond the rest: 0 to 1. */
  flush: number;
}

/** A fold of the skin: a dark line from `a` to `b`, shown on one part. */
export interface Crease {
  part: Part;
  a: Vector;
  b: Vector;
  width: number;
  depth: number;
}

/** A whole hand, ready to be looked at from +z. */
export interface Body {
  cones: RoundCone[];
  creases: Crease[];
}
