/**
 * Pictures to find edges in, and pictures of numbers for a terminal.
 *
 * @module
 */
import { type Tensor, tensor } from "@tapegrad/tapegrad";

/** Brightness, 0 to 1, at a place; both from 0 to 1, down and to the right. */
export type Scene = (row: number, column: number) => number;

/** Draws a house under a moon. */
export const house: Scene = (row, column) => {
  if (Math.hypot(row - 0.2, column - 0.8) < 0.11) return 1; // the moon
  if (row > 0.5 && row < 0.9 && Math.abs(column - 0.42) < 0.25) {
    const isDoor = row > 0.68 && Math.abs(column - 0.35) < 0.07;
    const isWindow = row > 0.6 && row < 0.72 && Math.abs(column - 0.54) < 0.06;
    return isDoor ? 0.1 : isWindow ? 0.9 : 0.6;
  }
  if (row > 0.25 && row <= 0.5 && Math.abs(column - 0.42) < 1.25 * (row - 0.25)) return 0.35;
  return row > 0.9 ? 0.25 : 0.05; // the ground, the night
};

/** Draws a checkerboard that is turned: edges of other directions than those of the house. */
export const tiles: Scene = (row, column) => {
  const [u, v] = [0.8 * row + 0.6 * column, 0.8 * column - 0.6 * row];
  return Math.abs(Math.floor(5 * u) + Math.floor(5 * v)) % 2 === 0 ? 0.9 : 0.15;
};

/** Draws a scene as an image `[1, size, size, 1]`; each pixel is the mean of sixteen places. */
export function draw(scene: Scene, size: number): Tensor {
  const pixels = Float32Array.from({ length: size * size }, (_, i) => {
    let sum = 0;
    for (let part = 0; part < 16; part++) {
      const row = Math.floor(i / size) + (Math.floor(part / 4) + 0.5) / 4;
      const column = i % size + (part % 4 + 0.5) / 4;
      sum += scene(row / size, column / size);
    }
    return sum / 16;
  });
  return tensor(pixels, { shape: [1, size, size, 1] });
}

const SHADES = " .:-=+*#%@";

/** Shows the magnitudes of an image as characters, two rows of pixels a line, with a title. */
export function show(title: string, image: Tensor): string[] {
  const [, height, width] = image.shape;
  const values = Array.from(image.dataSync(), Math.abs);
  const brightest = Math.max(...values, 1e-9);
  const lines = Array.from({ length: Math.floor(height / 2) }, (_, line) => {
    const characters = Array.from({ length: width }, (_, column) => {
      const at = 2 * line * width + column;
      const value = (values[at] + values[at + width]) / 2 / brightest;
      return SHADES[Math.round(value * (SHADES.length - 1))];
    });
    return characters.join("");
  });
  return [title.padEnd(width), ...lines];
}

/** Puts two blocks of lines next to each other. */
export function beside(left: readonly string[], right: readonly string[]): string {
  return left.map((line, i) => `${line}    ${right[i]}`.trimEnd()).join("\n");
}
