/**
 * The wall behind the hand: a gradient, a texture, bars out of focus, and the hand's shadow.
 *
 * @module
 */

import type { UniformSource } from "../shared/random.ts";
import type { Relief } from "./relief.ts";
import type { Light, Patch, Wall } from "./scene.ts";
import { cosine, sine } from "./vectors.ts";

/** Fills a picture of `side` x `side` linear pixels with the wall, lit. */
export function drawWall(
  pixels: Float32Array,
  side: number,
  wall: Wall,
  light: Light,
  random: UniformSource,
): void {
  for (let at = 0; at < pixels.length; at++) pixels[at] = wall.colour[at % 3];
  for (const patch of wall.patches) drawPatch(pixels, side, patch);
  const texture = wall.texture > 0 ? new Texture(random, wall.grain) : null;
  const [red, green, blue] = [0, 1, 2].map((c) =>
    light.ambient[c] + light.key[c] * light.direction[2]
  );
  for (let row = 0; row < side; row++) {
    const y = (row + 0.5) / side;
    for (let column = 0; column < side; column++) {
      const x = (column + 0.5) / side;
      const slope = wall.slope[0] * (x - 0.5) + wall.slope[1] * (y - 0.5);
      const grain = texture === null ? 0 : wall.texture * texture.at(x, y);
      const lit = Math.max(0.1, 1 + slope + grain);
      const at = 3 * (row * side + column);
      pixels[at] *= lit * red;
      pixels[at + 1] *= lit * green;
      pixels[at + 2] *= lit * blue;
    }
  }
}

function drawPatch(pixels: Float32Array, side: number, patch: Patch): void {
  const sin = sine(patch.angle);
  const cos = cosine(patch.angle);
  for (let row = 0; row < side; row++) {
    const down = ((row + 0.5) / side - patch.y) * sin;
    for (let column = 0; column < side; column++) {
      const away = Math.abs(((column + 0.5) / side - patch.x) * cos + down);
      const share = smoothStep(0.5 + (patch.halfWidth - away) / patch.softness);
      const at = 3 * (row * side + column);
      for (let c = 0; c < 3; c++) pixels[at + c] += share * (patch.colour[c] - pixels[at + c]);
    }
  }
}

/**
 * Darkens the wall where the hand keeps the key light from it: a copy of the hand's outline, moved
 * away from the light, the softer the farther the wall is.
 */
export function drawWallShadow(
  pixels: Float32Array,
  side: number,
  relief: Relief,
  scale: number,
  wall: Wall,
  light: Light,
): void {
  if (wall.distance > 12) return;
  const [x, y, z] = light.direction;
  const across = Math.round(wall.distance * scale * x / z);
  const down = Math.round(-wall.distance * scale * y / z);
  const outline = softOutline(relief, side, Math.round(0.12 * wall.distance * scale));
  for (let row = 0; row < side; row++) {
    const from = side * clamp(row + down, side - 1);
    for (let column = 0; column < side; column++) {
      const shadow = light.shadow * outline[from + clamp(column + across, side - 1)];
      const at = 3 * (row * side + column);
      for (let c = 0; c < 3; c++) {
        const key = light.key[c] * z;
        pixels[at + c] *= 1 - shadow * key / (key + light.ambient[c]);
      }
    }
  }
}

/**
 * Computes the share of each pixel's surroundings that the hand covers: the mean of squares, taken
 * twice.
 */
function softOutline(relief: Relief, side: number, radius: number): Float32Array {
  const ratio = relief.side / side;
  let outline: Float32Array = new Float32Array(side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const covered = relief.owner[ratio * (row * relief.side + column)] > 0;
      outline[row * side + column] = covered ? 1 : 0;
    }
  }
  for (let pass = 0; pass < 4; pass++) outline = meanOfRows(outline, side, radius);
  return outline;
}

/** Computes the mean over `2 radius + 1` neighbours in the row, with rows and columns swapped. */
function meanOfRows(values: Float32Array, side: number, radius: number): Float32Array {
  const means = new Float32Array(side * side);
  for (let row = 0; row < side; row++) {
    const start = row * side;
    let sum = 0;
    for (let i = -radius; i <= radius; i++) sum += values[start + clamp(i, side - 1)];
    for (let column = 0; column < side; column++) {
      means[column * side + row] = sum / (2 * radius + 1);
      sum += values[start + clamp(column + radius + 1, side - 1)];
      sum -= values[start + clamp(column - radius, side - 1)];
    }
  }
  return means;
}

function clamp(index: number, last: number): number {
  return index < 0 ? 0 : index > last ? last : index;
}

function smoothStep(share: number): number {
  const x = Math.min(1, Math.max(0, share));
  return x * x * (3 - 2 * x);
}

const LATTICE = 32;

/** Two octaves of value noise, between about -1 and 1. */
class Texture {
  readonly #values = new Float32Array(LATTICE * LATTICE);
  readonly #grain: readonly [number, number];

  constructor(random: UniformSource, grain: readonly [number, number]) {
    this.#grain = grain;
    for (let i = 0; i < this.#values.length; i++) this.#values[i] = 2 * random.uniform() - 1;
  }

  at(x: number, y: number): number {
    const across = x * this.#grain[0];
    const down = y * this.#grain[1];
    return 0.65 * this.#octave(across, down) +
      0.35 * this.#octave(2.3 * across + 7, 2.3 * down + 3);
  }

  #octave(x: number, y: number): number {
    const column = Math.floor(x);
    const row = Math.floor(y);
    const right = smoothStep(x - column);
    const upper = this.#between(column, row, right);
    return upper + smoothStep(y - row) * (this.#between(column, row + 1, right) - upper);
  }

  #between(column: number, row: number, share: number): number {
    const start = (row % LATTICE) * LATTICE;
    const left = this.#values[start + column % LATTICE];
    return left + share * (this.#values[start + (column + 1) % LATTICE] - left);
  }
}
