/**
 * Images changed at random, so that no two epochs are alike: the stage of a dataset.
 *
 * @module
 */
import { allocate, type HostArray } from "../../core/dtype.ts";
import { ShapeError } from "../../core/errors.ts";
import { Random } from "../../random/random.ts";
import { formatShape } from "../../core/shape.ts";
import { fieldOf } from "../dataset/normalize.ts";
import { type ExampleSource, mapSource } from "../dataset/source.ts";
import { adjustColour, cutOut } from "./colour.ts";
import {
  type Augmentation,
  type AugmentOptions,
  type Interval,
  resolveAugmentation,
} from "./options.ts";
import { type AffineMap, type ImageSize, type Pixels, resample } from "./resample.ts";

/** Makes a source whose images are augmented: each by numbers of its own, in every epoch others. */
export function augmentSource(source: ExampleSource, options: AugmentOptions): ExampleSource {
  const rules = resolveAugmentation(options);
  const { field = "x", seed } = options;
  return mapSource(source, ({ indices, fields }, pass) => {
    const random = new Random(seed ?? pass.seed).split("augment").split(pass.epoch);
    const images = checkImages(field, fieldOf("augment dataset", fields, field), rules);
    const changed = augment(images, rules, (i) => random.split(indices[i]));
    return { indices, fields: { ...fields, [field]: changed } };
  });
}

function augment(
  { shape, dtype, data }: HostArray,
  rules: Augmentation,
  randomFor: (i: number) => Random,
): HostArray {
  const [count, height, width, channels] = shape;
  const [outHeight, outWidth] = rules.crop?.size ?? [height, width];
  const [size, outSize] = [[height, width, channels], [outHeight, outWidth, channels]] as const;
  const [pixels, outPixels] = [height * width * channels, outHeight * outWidth * channels];
  const changed = allocate(dtype, count * outPixels);
  const written = changed instanceof Uint8Array ? new Uint8ClampedArray(changed.buffer) : changed;
  for (let i = 0; i < count; i++) {
    const random = randomFor(i);
    const from = { data, start: i * pixels, size };
    const to = { data: written, start: i * outPixels, size: outSize };
    resample(from, to, drawMap(size, outSize, rules, random), rules.fill);
    changeValues(to, rules, random);
  }
  return { shape: [count, ...outSize], dtype, data: changed };
}

/** Draws where each pixel of the result comes from. */
function drawMap(
  [height, width]: ImageSize,
  [outHeight, outWidth]: ImageSize,
  { crop, rotate, scale, shear, shift, flipsColumns, flipsRows }: Augmentation,
  random: Random,
): AffineMap {
  const place = (size: number, part: number) =>
    crop === null ? 0 : random.integer(size + 2 * crop.padding - part + 1) - crop.padding;
  const [top, left] = [place(height, outHeight), place(width, outWidth)];
  const angle = draw(rotate, random, 0) * Math.PI / 180;
  const factor = draw(scale, random, 1);
  const lean = Math.tan(draw(shear, random, 0) * Math.PI / 180);
  const down = shift === null ? 0 : random.uniform(-shift[0], shift[0]);
  const aside = shift === null ? 0 : random.uniform(-shift[1], shift[1]);
  const [columnSign, rowSign] = [flipsColumns, flipsRows].map((flips) =>
    flips && random.uniform() < 0.5 ? -1 : 1
  );

  // Forward, about the centre and with rows counted downwards, a point is leant, enlarged, turned,
  // moved, and mirrored; this is the way back.
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const xx = (cos + lean * sin) / factor;
  const xy = (-sin + lean * cos) / factor;
  const yx = sin / factor;
  const yy = cos / factor;
  const [outCentreX, outCentreY] = [(outWidth - 1) / 2, (outHeight - 1) / 2];
  const [fromX, fromY] = [columnSign * -outCentreX - aside, rowSign * -outCentreY - down];
  return {
    xx: xx * columnSign,
    xy: xy * rowSign,
    x0: left + outCentreX + xx * fromX + xy * fromY,
    yx: yx * columnSign,
    yy: yy * rowSign,
    y0: top + outCentreY + yx * fromX + yy * fromY,
  };
}

function changeValues(image: Pixels, rules: Augmentation, random: Random): void {
  const { brightness, contrast, saturation, cutout, fill } = rules;
  if (brightness !== null || contrast !== null || saturation !== null) {
    adjustColour(image, {
      brightness: draw(brightness, random, 1),
      contrast: draw(contrast, random, 1),
      saturation: draw(saturation, random, 1),
    });
  }
  if (cutout > 0) {
    const [height, width] = image.size;
    const centre = [random.integer(height), random.integer(width)] as const;
    cutOut(image, centre, cutout, typeof fill === "number" ? fill : 0);
  }
}

/** Draws a number of the interval; where there is none, the one that changes nothing. */
function draw(interval: Interval, random: Random, neutral: number): number {
  return interval === null ? neutral : random.uniform(interval[0], interval[1]);
}

function checkImages(field: string, images: HostArray, { crop, fill }: Augmentation): HostArray {
  const { shape, dtype } = images;
  const action = "augment dataset";
  if (shape.length !== 4 || shape.includes(0, 1) || dtype === "int32") {
    throw new ShapeError(
      `Cannot ${action}: images must be [N, H, W, C] of uint8 or floats, none of H, W, C 0: ` +
        `${field} is ${dtype} ${formatShape(shape)}`,
    );
  }
  if (dtype === "uint8" && typeof fill === "number" && !(fill >= 0 && fill <= 255)) {
    throw new RangeError(
      `Cannot ${action}: fill must be a byte where images are, normalize() makes floats: got ${fill}`,
    );
  }
  const [, height, width] = shape;
  const room = crop === null ? 0 : 2 * crop.padding;
  if (crop !== null && (crop.size[0] > height + room || crop.size[1] > width + room)) {
    throw new ShapeError(
      `Cannot ${action}: crop.size must fit into the image with its padding: ` +
        `${field} is ${formatShape(shape)}, crop.size ${formatShape(crop.size)}, ` +
        `crop.padding ${crop.padding}`,
    );
  }
  return images;
}
