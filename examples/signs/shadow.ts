/**
 * Shadows of the hand on its own skin and on the wall: that of the key light, found by walking from
 * a sample towards the light, and the contact darkening where skin nears skin.
 *
 * @module
 */

import type { Relief } from "./relief.ts";
import type { Vector } from "./vectors.ts";

/** One step of a walk: how many samples to move, how far that rises, how soft a shadow from there. */
interface Step {
  across: number;
  down: number;
  rise: number;
  softness: number;
}

/** The shadow that a relief throws in the light from one direction. */
export class Shadow {
  readonly #relief: Relief;
  readonly #walk: Step[] = [];

  /**
   * Prepares the shadow; `scale` is samples for each centimetre, `reach` the centimetres that a
   * shadow is long.
   */
  constructor(relief: Relief, scale: number, [x, y, z]: Vector, reach: number) {
    this.#relief = relief;
    for (let step = 0, distance = 0.3; distance < reach; step++, distance += 0.3 + 0.12 * step) {
      this.#walk.push({
        across: Math.round(distance * scale * x),
        down: Math.round(-distance * scale * y),
        rise: distance * z,
        softness: 1 / (0.25 + 0.12 * distance),
      });
    }
  }

  /**
   * Computes the share of the light that is kept from a point: 0 to 1, soft at the shadow's edge.
   */
  at(column: number, row: number, height: number): number {
    const { side, height: heights, top } = this.#relief;
    let blocked = 0;
    for (const { across, down, rise, softness } of this.#walk) {
      const level = height + rise;
      if (level > top) break;
      const x = column + across;
      const y = row + down;
      if (x < 0 || y < 0 || x >= side || y >= side) break;
      const depth = (heights[y * side + x] - level) * softness;
      if (depth > blocked) blocked = depth;
    }
    return Math.min(1, blocked);
  }
}

/** The contact darkening of a relief. */
export class Openness {
  readonly #relief: Relief;
  readonly #around: { across: number; down: number }[];

  constructor(relief: Relief, scale: number) {
    this.#relief = relief;
    this.#around = AROUND.map(([x, y]) => ({
      across: Math.round(x * scale),
      down: Math.round(y * scale),
    }));
  }

  /** Computes the share of the sky that a sample sees past the higher skin around it: 0 to 1. */
  at(column: number, row: number): number {
    const { side, height: heights } = this.#relief;
    const own = heights[row * side + column] + 0.15;
    let covered = 0;
    for (const { across, down } of this.#around) {
      const x = column + across;
      const y = row + down;
      if (x < 0 || y < 0 || x >= side || y >= side) continue;
      const over = heights[y * side + x] - own;
      if (over > 0) covered += Math.min(1, over / 1.4);
    }
    return Math.max(0.3, 1 - 1.15 * covered / AROUND.length);
  }
}

/**
 * Offsets at which to look for higher skin, in centimetres: in eight directions, near and far in
 * turn.
 */
const AROUND: readonly (readonly [number, number])[] = [
  [0.8, 0],
  [1.1, 1.1],
  [0, 0.8],
  [-1.1, 1.1],
  [-0.8, 0],
  [-1.1, -1.1],
  [0, -0.8],
  [1.1, -1.1],
];
