/**
 * Brightness, contrast and saturation of an image.
 *
 * @module
 */
import type { Pixels } from "./resample.ts";

/** Factors; 1 changes nothing. */
export interface ColourFactors {
  /** Every value times this. */
  readonly brightness: number;
  /** Distance from the mean grey of the image, times this. */
  readonly contrast: number;
  /** Distance of each pixel from its own grey, times this. */
  readonly saturation: number;
}

/** The grey of red, green and blue that looks as bright (ITU-R BT.601, as PIL and torchvision). */
const LUMA = [0.299, 0.587, 0.114];

/** Changes the colours of an image in place. Bytes are rounded and held to 0 and 255 at the end. */
export function adjustColour(image: Pixels, factors: ColourFactors): void {
  const { data, start, size: [height, width, channels] } = image;
  const { brightness, contrast, saturation } = factors;
  const end = start + height * width * channels;
  const weights = channels === 3 ? LUMA : new Array<number>(channels).fill(1 / channels);

  // All three are linear: p -> gain p + grey's share of p's grey + offset.
  const gain = saturation * contrast * brightness;
  const ownGrey = (1 - saturation) * contrast * brightness;
  const offset = (1 - contrast) * brightness * (contrast === 1 ? 0 : meanGrey(image, weights));
  for (let at = start; at < end; at += channels) {
    let grey = 0;
    for (let c = 0; c < channels; c++) grey += weights[c] * data[at + c];
    const base = ownGrey * grey + offset;
    for (let c = 0; c < channels; c++) {
      data[at + c] = gain * data[at + c] + base;
    }
  }
}

function meanGrey(
  { data, start, size: [height, width, channels] }: Pixels,
  weights: readonly number[],
): number {
  const pixels = height * width;
  const sums = new Array<number>(channels).fill(0);
  for (let at = start; at < start + pixels * channels; at += channels) {
    for (let c = 0; c < channels; c++) sums[c] += data[at + c];
  }
  return sums.reduce((grey, sum, c) => grey + weights[c] * sum, 0) / pixels;
}

/** Fills a square with a number, as far as it lies in the image. */
export function cutOut(
  image: Pixels,
  centre: readonly [number, number],
  side: number,
  fill: number,
): void {
  const { data, start, size: [height, width, channels] } = image;
  const first = (place: number) => Math.max(place - Math.floor(side / 2), 0);
  const last = (place: number, size: number) => Math.min(place - Math.floor(side / 2) + side, size);
  const [left, right] = [first(centre[1]), last(centre[1], width)];
  for (let row = first(centre[0]); row < last(centre[0], height); row++) {
    const at = start + row * width * channels;
    data.fill(fill, at + left * channels, at + right * channels);
  }
}
