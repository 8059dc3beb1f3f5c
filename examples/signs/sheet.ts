/**
 * A contact sheet: many small images as one, in rows and columns. Pixels in, pixels out.
 *
 * @module
 */

/** Images and layout of a sheet. */
export interface SheetOptions {
  /** `[height, width, channels]` of one image; one channel is grey, of more the first three. */
  imageShape: readonly [number, number, number];
  /** Images in a row. */
  columns: number;
  /**
   * Index of the image at each place, row by row; -1 leaves a place empty. All images in order if
   * absent.
   */
  order?: readonly number[];
  /** Every pixel becomes a square of this many. */
  scale?: number;
  /** Pixels between images, and round the sheet; `frame` colours half of them. */
  gap?: number;
  /** The display colour of the frame round an image; none where it gives undefined. */
  frame?: (image: number) => Pixel | undefined;
}

/** Display red, green and blue: 0 to 255. */
export type Pixel = readonly [red: number, green: number, blue: number];

/** A picture of bytes, row by row. */
export interface Picture {
  width: number;
  height: number;
  channels: 3;
  data: Uint8Array;
}

const BACKGROUND: Pixel = [24, 24, 24];

/**
 * Lays images out on a sheet.
 *
 * @param images bytes `[N, height, width, channels]`.
 * @throws {RangeError} if the options do not fit the images.
 */
export function contactSheet(images: Uint8Array, options: SheetOptions): Picture {
  const { imageShape: [height, width, channels], columns, scale = 1, gap = 2, frame } = options;
  checkWhole("columns", columns, 1);
  checkWhole("scale", scale, 1);
  checkWhole("gap", gap, 0);
  const count = countImages(images, height * width * channels);
  const order = options.order ?? Array.from({ length: count }, (_, i) => i);
  const rows = Math.ceil(order.length / columns);
  const sheet = blank(
    gap + columns * (width * scale + gap),
    gap + rows * (height * scale + gap),
  );
  order.forEach((image, place) => {
    if (image === -1) return;
    checkImage(image, count);
    const left = gap + (place % columns) * (width * scale + gap);
    const top = gap + Math.floor(place / columns) * (height * scale + gap);
    const colour = frame?.(image);
    if (colour !== undefined) {
      const border = Math.floor(gap / 2);
      const [across, down] = [width * scale + 2 * border, height * scale + 2 * border];
      fill(sheet, left - border, top - border, across, down, colour);
    }
    copy(sheet, images, image, options.imageShape, left, top, scale);
  });
  return sheet;
}

/**
 * Makes an order in which every class has a row of its own, with its first `columns` images.
 *
 * @param labels the class of every image: 0 to `classes` - 1.
 */
export function rowsByClass(
  labels: ArrayLike<number>,
  classes: number,
  columns: number,
): number[] {
  const order = new Array<number>(classes * columns).fill(-1);
  const used = new Array<number>(classes).fill(0);
  for (let image = 0; image < labels.length; image++) {
    const label = labels[image];
    if (used[label] < columns) order[label * columns + used[label]++] = image;
  }
  return order;
}

function blank(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at++) data[at] = BACKGROUND[at % 3];
  return { width, height, channels: 3, data };
}

function fill(
  sheet: Picture,
  left: number,
  top: number,
  width: number,
  height: number,
  colour: Pixel,
): void {
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) {
      for (let c = 0; c < 3; c++) sheet.data[3 * (y * sheet.width + x) + c] = colour[c];
    }
  }
}

function copy(
  sheet: Picture,
  images: Uint8Array,
  image: number,
  [height, width, channels]: readonly [number, number, number],
  left: number,
  top: number,
  scale: number,
): void {
  for (let y = 0; y < height * scale; y++) {
    const row = image * height + Math.floor(y / scale);
    for (let x = 0; x < width * scale; x++) {
      const from = (row * width + Math.floor(x / scale)) * channels;
      const to = 3 * ((top + y) * sheet.width + left + x);
      for (let c = 0; c < 3; c++) sheet.data[to + c] = images[from + (channels < 3 ? 0 : c)];
    }
  }
}

function countImages(images: Uint8Array, size: number): number {
  if (size > 0 && images.length % size === 0) return images.length / size;
  throw new RangeError(
    `Cannot draw a contact sheet: images must be a whole number of images of imageShape, ` +
      `${size} bytes each: got ${images.length} bytes`,
  );
}

function checkImage(image: number, count: number): void {
  if (Number.isInteger(image) && image >= 0 && image < count) return;
  throw new RangeError(
    `Cannot draw a contact sheet: order must hold images from 0 to ${count - 1}, or -1: ` +
      `got ${image}`,
  );
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(
    `Cannot draw a contact sheet: ${name} must be a whole number of at least ${least}: ` +
      `got ${value}`,
  );
}
