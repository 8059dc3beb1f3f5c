/**
 * A round cone seen from above: where a vertical ray first meets it, and the normal there.
 * (The algebra is Inigo Quilez's "rounded cone" intersector, for the ray (x, y, -t).)
 *
 * @module
 */

import type { RoundCone } from "./skeleton.ts";
import type { Vector } from "./vectors.ts";

/** The height where there is nothing. */
export const NOTHING = -1e9;

/** The rectangle that a shape covers, in centimetres. */
export interface Bounds {
  left: number;
  right: number;
  lower: number;
  upper: number;
}

/** The rectangle round two discs. */
export function boundsOf(a: Vector, radiusA: number, b: Vector, radiusB: number): Bounds {
  return {
    left: Math.min(a[0] - radiusA, b[0] - radiusB),
    right: Math.max(a[0] + radiusA, b[0] + radiusB),
    lower: Math.min(a[1] - radiusA, b[1] - radiusB),
    upper: Math.max(a[1] + radiusA, b[1] + radiusB),
  };
}

/** The upper surface of a round cone. A hit leaves its result in `height` and the normal. */
export class ConeSurface implements Bounds {
  readonly left: number;
  readonly right: number;
  readonly lower: number;
  readonly upper: number;
  /** Its highest point. */
  readonly top: number;
  height = NOTHING;
  normalX = 0;
  normalY = 0;
  normalZ = 1;
  readonly #ax: number;
  readonly #ay: number;
  readonly #az: number;
  readonly #radiusA: number;
  readonly #bx: number;
  readonly #by: number;
  readonly #bz: number;
  readonly #radiusB: number;
  readonly #dx: number;
  readonly #dy: number;
  readonly #dz: number;
  readonly #lengthSquared: number;
  readonly #taper: number;
  readonly #slant: number;
  readonly #k2: number;

  constructor({ a, radiusA, b, radiusB }: RoundCone) {
    const { left, right, lower, upper } = boundsOf(a, radiusA, b, radiusB);
    this.left = left;
    this.right = right;
    this.lower = lower;
    this.upper = upper;
    this.top = Math.max(a[2] + radiusA, b[2] + radiusB);
    [this.#ax, this.#ay, this.#az] = a;
    [this.#bx, this.#by, this.#bz] = b;
    this.#radiusA = radiusA;
    this.#radiusB = radiusB;
    this.#dx = b[0] - a[0];
    this.#dy = b[1] - a[1];
    this.#dz = b[2] - a[2];
    this.#lengthSquared = this.#dx ** 2 + this.#dy ** 2 + this.#dz ** 2;
    this.#taper = radiusA - radiusB;
    this.#slant = this.#lengthSquared - this.#taper * this.#taper;
    this.#k2 = this.#slant - this.#dz * this.#dz;
  }

  /** Whether the vertical ray through (x, y) meets the cone. */
  hit(x: number, y: number): boolean {
    // Where one end hides the other, the side is not seen.
    if (this.#k2 <= 1e-6) return this.#hitEnds(x, y);
    const fromX = x - this.#ax;
    const fromY = y - this.#ay;
    const az = this.#az;
    const m1 = this.#dx * fromX + this.#dy * fromY - this.#dz * az;
    const m5 = fromX * fromX + fromY * fromY + az * az;
    const narrowing = this.#taper * this.#radiusA;
    const k1 = this.#slant * az + (m1 - narrowing) * this.#dz;
    const k0 = this.#slant * m5 - m1 * m1 + 2 * m1 * narrowing -
      this.#lengthSquared * this.#radiusA * this.#radiusA;
    const discriminant = k1 * k1 - k0 * this.#k2;
    if (discriminant < 0) return false;
    const t = -(Math.sqrt(discriminant) + k1) / this.#k2;
    const share = m1 - narrowing - t * this.#dz;
    if (share <= 0 || share >= this.#slant) return this.#hitEnds(x, y);
    const normalX = this.#slant * fromX - this.#dx * share;
    const normalY = this.#slant * fromY - this.#dy * share;
    const normalZ = -this.#slant * (az + t) - this.#dz * share;
    const shrink = 1 / Math.sqrt(normalX * normalX + normalY * normalY + normalZ * normalZ);
    this.height = -t;
    this.normalX = normalX * shrink;
    this.normalY = normalY * shrink;
    this.normalZ = normalZ * shrink;
    return true;
  }

  #hitEnds(x: number, y: number): boolean {
    const heightA = capHeight(x - this.#ax, y - this.#ay, this.#az, this.#radiusA);
    const heightB = capHeight(x - this.#bx, y - this.#by, this.#bz, this.#radiusB);
    if (heightA > heightB) {
      this.height = heightA;
      this.normalX = (x - this.#ax) / this.#radiusA;
      this.normalY = (y - this.#ay) / this.#radiusA;
      this.normalZ = (heightA - this.#az) / this.#radiusA;
    } else {
      this.height = heightB;
      this.normalX = (x - this.#bx) / this.#radiusB;
      this.normalY = (y - this.#by) / this.#radiusB;
      this.normalZ = (heightB - this.#bz) / this.#radiusB;
    }
    return this.height > NOTHING;
  }
}

function capHeight(x: number, y: number, z: number, radius: number): number {
  const inside = radius * radius - x * x - y * y;
  return inside > 0 ? z + Math.sqrt(inside) : NOTHING;
}
