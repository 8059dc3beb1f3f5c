// Augmentation by its definition, written as plainly as possible: matrices that are multiplied out,
// and the weights of the four pixels around a place.

import type { Fill, HostArray } from "../../../src/data/mod.ts";

type Matrix = readonly [number, number, number, number];

function multiply([a, b, c, d]: Matrix, [e, f, g, h]: Matrix): Matrix {
  return [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h];
}

function invert([a, b, c, d]: Matrix): Matrix {
  const determinant = a * d - b * c;
  return [d / determinant, -b / determinant, -c / determinant, a / determinant];
}

const radians = (degrees: number) => degrees * Math.PI / 180;

/** Finds where a point of the result, (row, column) from the centre, was before the changes. */
export function originOf(
  { rotate, scale, shear }: { rotate: number; scale: number; shear: number },
  row: number,
  column: number,
): [row: number, column: number] {
  // On (column, height): heights grow upwards, so that a positive turn is anticlockwise.
  const lean: Matrix = [1, Math.tan(radians(shear)), 0, 1];
  const enlarge: Matrix = [scale, 0, 0, scale];
  const [cos, sin] = [Math.cos(radians(rotate)), Math.sin(radians(rotate))];
  const turn: Matrix = [cos, -sin, sin, cos];
  const [a, b, c, d] = invert(multiply(turn, multiply(enlarge, lean)));
  return [-(c * column + d * -row), a * column + b * -row];
}

/** Computes the value of an image at a place between pixels. */
export function lookUp(
  { shape: [, height, width, channels], data }: HostArray,
  fill: Fill,
  row: number,
  column: number,
  channel: number,
): number {
  const pixel = (i: number, j: number): number => {
    if (typeof fill === "number") {
      if (i < 0 || j < 0 || i >= height || j >= width) return fill;
      return data[(i * width + j) * channels + channel];
    }
    const place = fill === "edge" ? clamp : bounce;
    return data[(place(i, height) * width + place(j, width)) * channels + channel];
  };
  let value = 0;
  for (const i of [Math.floor(row), Math.floor(row) + 1]) {
    for (const j of [Math.floor(column), Math.floor(column) + 1]) {
      value += (1 - Math.abs(row - i)) * (1 - Math.abs(column - j)) * pixel(i, j);
    }
  }
  return value;
}

const clamp = (place: number, size: number) => place < 0 ? 0 : place >= size ? size - 1 : place;

/** Walks from the border back into the image, and at the other end back again. */
function bounce(place: number, size: number): number {
  if (size === 1) return 0;
  let [at, step] = [0, place < 0 ? -1 : 1];
  for (let left = Math.abs(place); left > 0; left--) {
    if (at + step < 0 || at + step >= size) step = -step;
    at += step;
  }
  return at;
}
