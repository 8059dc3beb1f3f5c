/**
 * Colours of JPEG files: luminance and chrominance to RGB, with chrominance that was stored at half
 * the size made smooth again.
 *
 * - **Source**: JFIF 1.02 for the colours; the triangle filter of libjpeg ("fancy upsampling"), which
 *   browsers and Pillow have, too: a pixel lies a quarter of the way to the next chrominance.
 *
 * @module
 */

/** Sampling factors of a component, horizontal and vertical. */
export type Sampling = readonly [horizontal: number, vertical: number];

interface Chroma {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Pixels for each value, across and down: 1 or 2. */
  readonly across: number;
  readonly down: number;
}

/**
 * Turns YCbCr pixels, whose chrominance was repeated to full size, into RGB in place.
 *
 * @param data `[height, width, 3]`.
 * @param sampling factors of the three components.
 */
export function toRgb(
  data: Uint8Array,
  width: number,
  height: number,
  sampling: readonly Sampling[],
): void {
  const [across, down] = stretch(sampling);
  const planes = [1, 2].map((component) =>
    thinned(data, component, { width, height, across, down })
  );
  const sums = planes.map((plane) => new Int32Array(plane.width));
  const rows = planes.map(() => new Uint8Array(width));
  const rgb = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  for (let y = 0; y < height; y++) {
    planes.forEach((plane, i) => smoothRow(plane, y, sums[i], rows[i]));
    const [blue, red] = rows;
    for (let x = 0, at = 3 * y * width; x < width; x++, at += 3) {
      const [luma, cb, cr] = [data[at], blue[x] - 128, red[x] - 128];
      rgb[at] = luma + 1.402 * cr;
      rgb[at + 1] = luma - 0.344136286 * cb - 0.714136286 * cr;
      rgb[at + 2] = luma + 1.772 * cb;
    }
  }
}

/** Pixels for each chrominance, where these are 1 or 2; others stay repeated, as libjpeg leaves them. */
function stretch([luma, blue, red]: readonly Sampling[]): Sampling {
  const ratios = [0, 1].map((axis) => luma[axis] / blue[axis]);
  const isSame = blue[0] === red[0] && blue[1] === red[1];
  const isHalf = ratios.every((ratio) => ratio === 1 || ratio === 2);
  return isSame && isHalf ? [ratios[0], ratios[1]] : [1, 1];
}

/** Takes each value of a component once. */
function thinned(
  data: Uint8Array,
  component: number,
  { width, height, across, down }: Omit<Chroma, "data">,
): Chroma {
  const size = { width: Math.ceil(width / across), height: Math.ceil(height / down) };
  const plane = new Uint8Array(size.width * size.height);
  for (let y = 0, to = 0; y < size.height; y++) {
    const from = 3 * y * down * width + component;
    for (let x = 0; x < size.width; x++) plane[to++] = data[from + 3 * x * across];
  }
  return { data: plane, ...size, across, down };
}

/** Writes a row of chrominance at full width: three quarters of the nearest, one of the next. */
function smoothRow(plane: Chroma, y: number, sums: Int32Array, row: Uint8Array): void {
  const { width, across, down } = plane;
  const weight = sumRows(plane, y, sums); // of every sum: 1, or 4 for three parts and one
  if (across === 1) {
    const bias = down === 1 ? 0 : (y & 1) === 0 ? 1 : 2;
    for (let x = 0; x < width; x++) row[x] = Math.floor((sums[x] + bias) / weight);
    return;
  }
  const whole = 4 * weight;
  const [left, right] = weight === 1 ? [1, 2] : [8, 7]; // rounding that does not drift
  for (let x = 0; x < width; x++) {
    const [before, after] = [sums[Math.max(x - 1, 0)], sums[Math.min(x + 1, width - 1)]];
    row[2 * x] = Math.floor((3 * sums[x] + before + left) / whole);
    if (2 * x + 1 < row.length) row[2 * x + 1] = Math.floor((3 * sums[x] + after + right) / whole);
  }
}

/** Sums the nearest row three times and the next one once; just the row where there is no half. */
function sumRows({ data, width, height, down }: Chroma, y: number, sums: Int32Array): number {
  const near = Math.floor(y / down) * width;
  if (down === 1) {
    for (let x = 0; x < width; x++) sums[x] = data[near + x];
    return 1;
  }
  const next = near / width + ((y & 1) === 0 ? -1 : 1);
  const far = Math.min(Math.max(next, 0), height - 1) * width;
  for (let x = 0; x < width; x++) sums[x] = 3 * data[near + x] + data[far + x];
  return 4;
}
