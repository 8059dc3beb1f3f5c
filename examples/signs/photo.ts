/**
 * Development of a photo, from linear light to bytes: vignette, exposure, softness, smeared colour,
 * the tone curve and the sensor's noise.
 *
 * @module
 */

import type { UniformSource } from "../shared/random.ts";
import type { Camera } from "./scene.ts";

/** Develops `side` x `side` linear pixels; `side` is even. Overwrites `pixels`. */
export function develop(
  pixels: Float32Array,
  side: number,
  camera: Camera,
  random: UniformSource,
): Uint8Array {
  expose(pixels, side, camera);
  soften(pixels, side, camera.blur);
  smearColour(pixels, side, camera.colourBlur);
  return quantize(pixels, camera.noise, random);
}

/**
 * Converts to display values: the square root stands for the usual gamma, then a little S-curve.
 */
function expose(pixels: Float32Array, side: number, camera: Camera): void {
  const { exposure, contrast, whiteBalance, vignette } = camera;
  for (let row = 0; row < side; row++) {
    const y = 2 * (row + 0.5) / side - 1;
    for (let column = 0; column < side; column++) {
      const x = 2 * (column + 0.5) / side - 1;
      const gain = exposure * (1 - vignette * 0.5 * (x * x + y * y));
      const at = 3 * (row * side + column);
      for (let c = 0; c < 3; c++) {
        const light = Math.min(1, Math.max(0, gain * whiteBalance[c] * pixels[at + c]));
        const value = Math.sqrt(light);
        pixels[at + c] = value + contrast * (value * value * (3 - 2 * value) - value);
      }
    }
  }
}

/** Applies a 3 x 3 binomial blur, mixed in by `strength`: once along rows, once along columns. */
function soften(pixels: Float32Array, side: number, strength: number): void {
  blurLines(pixels, side, 3 * side, 3, strength);
  blurLines(pixels, side, 3, 3 * side, strength);
}

function blurLines(
  pixels: Float32Array,
  side: number,
  lineStride: number,
  stride: number,
  strength: number,
): void {
  const weight = 0.25 * strength;
  for (let line = 0; line < side; line++) {
    for (let c = 0; c < 3; c++) {
      let at = line * lineStride + c;
      let previous = pixels[at];
      for (let i = 0; i < side; i++, at += stride) {
        const here = pixels[at];
        const next = i + 1 < side ? pixels[at + stride] : here;
        pixels[at] = here + weight * (previous + next - 2 * here);
        previous = here;
      }
    }
  }
}

/** Mixes the colour of every 2 x 2 block, and leaves its brightness: JPEG's chroma subsampling. */
function smearColour(pixels: Float32Array, side: number, strength: number): void {
  for (let row = 0; row < side; row += 2) {
    for (let column = 0; column < side; column += 2) {
      const first = 3 * (row * side + column);
      smearBlock(pixels, first, 3 * side, 0, strength);
      smearBlock(pixels, first, 3 * side, 2, strength);
    }
  }
}

/**
 * Smears the colour of a block. Green stands for brightness; red and blue less green, here channel
 * `c`, for colour.
 */
function smearBlock(
  pixels: Float32Array,
  first: number,
  line: number,
  c: number,
  strength: number,
): void {
  let mean = 0;
  for (let at = first; at <= first + line; at += line) {
    mean += 0.25 * (pixels[at + c] - pixels[at + 1] + pixels[at + 3 + c] - pixels[at + 4]);
  }
  for (let at = first; at <= first + line; at += line) {
    pixels[at + c] += strength * (mean - pixels[at + c] + pixels[at + 1]);
    pixels[at + 3 + c] += strength * (mean - pixels[at + 3 + c] + pixels[at + 4]);
  }
}

/** Converts to bytes, with noise whose standard deviation is `noise`. */
function quantize(pixels: Float32Array, noise: number, random: UniformSource): Uint8Array {
  const bytes = new Uint8ClampedArray(pixels.length);
  const width = 255 * noise * Math.sqrt(12);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = 255 * pixels[i] + width * (random.uniform() - 0.5);
  }
  return new Uint8Array(bytes.buffer);
}
