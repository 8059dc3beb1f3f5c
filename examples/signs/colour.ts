/**
 * Linear colours: amounts of light, from 0 to 1. A display value is the square root of a linear
 * one, which stands for the usual gamma curve and, unlike it, is the same on every platform.
 *
 * @module
 */

import { around, between, type UniformSource } from "../shared/random.ts";

/** Linear red, green, blue. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Converts display values from 0 to 255 to a linear colour. */
export function fromDisplay([red, green, blue]: Colour): Colour {
  return [(red / 255) ** 2, (green / 255) ** 2, (blue / 255) ** 2];
}

/** Makes a colour without hue, from its display value between 0 and 1. */
export function greyOf(display: number): Colour {
  return [display * display, display * display, display * display];
}

/** Computes the brightness of a colour, as a display value between 0 and 1. */
export function brightness([red, green, blue]: Colour): number {
  return Math.sqrt(0.3 * red + 0.6 * green + 0.1 * blue);
}

/** Computes the difference of two colours on a display: 0 to 1. */
export function difference(a: Colour, b: Colour): number {
  return 0.3 * Math.abs(Math.sqrt(a[0]) - Math.sqrt(b[0])) +
    0.5 * Math.abs(Math.sqrt(a[1]) - Math.sqrt(b[1])) +
    0.2 * Math.abs(Math.sqrt(a[2]) - Math.sqrt(b[2]));
}

/** Mixes colours: the one at `share` (0 to 1) of the way from `a` to `b`. */
export function mixed(a: Colour, b: Colour, share: number): Colour {
  return [
    a[0] + share * (b[0] - a[0]),
    a[1] + share * (b[1] - a[1]),
    a[2] + share * (b[2] - a[2]),
  ];
}

/** Draws a pure hue, dark or bright. */
export function vivid(random: UniformSource): Colour {
  const hue = 6 * random.uniform();
  const value = between(random, 0.05, 0.7);
  const channel = (shift: number): number => {
    const away = Math.abs((hue + shift) % 6 - 3) - 1;
    return value * Math.min(1, Math.max(0, away));
  };
  return [channel(0), channel(4), channel(2)];
}

/** Draws nearly the same colour: every channel is off by at most `reach`, as a factor. */
export function jittered(random: UniformSource, colour: Colour, reach: number): Colour {
  return [
    colour[0] * around(random, 1, reach),
    colour[1] * around(random, 1, reach),
    colour[2] * around(random, 1, reach),
  ];
}
