// Arrays of random numbers for checks on larger shapes; the same ones every time.

import { Random } from "../../src/random/random.ts";
import type { Shape } from "../../src/core/shape.ts";
import type { Values } from "./grids.ts";
import { product } from "./oracles/windows.ts";

/** Sizes that leave a remainder of every kind in vectors of 4, 8 and 16. */
export const ODD_SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 17, 33] as const;

/** Draws multiples of 1/4 from -3 to 3. */
export function gridValues(shape: Shape, seed: number): Values {
  return generate(shape, seed, (random) => (random.integer(25) - 12) / 4);
}

/** Draws zeros, and one in 40 a multiple of 1/4 from -3 to 3. */
export function sparseValues(shape: Shape, seed: number): Values {
  return generate(
    shape,
    seed,
    (random) => random.integer(40) === 0 ? (random.integer(25) - 12) / 4 : 0,
  );
}

/** Draws integers from 0 to 3: full of ties. */
export function tiedValues(shape: Shape, seed: number): Values {
  return generate(shape, seed, (random) => random.integer(4));
}

/** Makes integers from 0 up to, but without, `below`. */
export function labelValues(shape: Shape, seed: number, below: number): Values {
  return generate(shape, seed, (random) => random.integer(below));
}

/** Numbers of the normal distribution that float32 holds. */
export function normalValues(shape: Shape, seed: number): Values {
  return generate(shape, seed, (random) => Math.fround(random.normal()));
}

/** Computes the magnitudes of an array. */
export function magnitudes({ shape, data }: Values): Values {
  return { shape, data: Array.from(data, Math.abs) };
}

function generate(shape: Shape, seed: number, next: (random: Random) => number): Values {
  const random = new Random(seed);
  return { shape, data: Array.from({ length: product(shape) }, () => next(random)) };
}
