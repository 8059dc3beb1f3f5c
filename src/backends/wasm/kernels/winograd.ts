// Winograd's minimal filtering F(2×2, 3×3) for 3 × 3 filters at stride 1: a tile of 2 × 2 outputs
// takes 16 multiplications instead of 36, at the price of additions before and after.
//
// Source: A. Lavin, S. Gray: "Fast algorithms for convolutional neural networks", CVPR 2016.
// With the matrices B, G and A of that paper, y = Aᵀ[(G w Gᵀ) ⊙ (Bᵀ x B)]A. The products of all
// tiles, over channels, are 16 matrix products.
//
// All factors are powers of two: on numbers with few bits results are exact.
import { PARAMS, TILE_COLUMNS, TILE_POINTS, TILE_ROWS } from "../layout";
import { multiplyTile } from "./multiply";
import { storeLanes } from "./simd";
import { copyPadded, ImagesArgs } from "./windows";

@unmanaged
export class WinogradFiltersArgs {
  /** `[panels][9 taps][rows][8]`. */
  packed: usize;
  /** Channels of x. */
  rows: i32;
  panels: i32;
  /** `[16][panels][rows][8]`. */
  transformed: usize;
}

/** Transforms packed filters. A chunk is a panel. */
export function winogradFilters(chunk: i32): void {
  const args = changetype<WinogradFiltersArgs>(PARAMS);
  const tapBytes: usize = <usize> args.rows * 32;
  const pointBytes: usize = <usize> args.panels * tapBytes;
  let from = args.packed + <usize> chunk * 9 * tapBytes;
  let to = args.transformed + <usize> chunk * tapBytes;
  const end = from + tapBytes;
  for (; from < end; from += 16, to += 16) {
    transformFilter(from, tapBytes, to, pointBytes);
  }
}

/** `G w Gᵀ` for four filters. */
function transformFilter(from: usize, tapBytes: usize, to: usize, pointBytes: usize): void {
  const half = f32x4.splat(0.5);
  for (let column = 0; column < 3; column++) {
    // Down a column of taps; the result replaces nothing, it goes to the first rows of points.
    const w0 = v128.load(from + <usize> column * tapBytes);
    const w1 = v128.load(from + <usize> (column + 3) * tapBytes);
    const w2 = v128.load(from + <usize> (column + 6) * tapBytes);
    const ends = f32x4.add(w0, w2);
    const at = to + <usize> column * pointBytes;
    v128.store(at, w0);
    v128.store(at + 4 * pointBytes, f32x4.mul(half, f32x4.add(ends, w1)));
    v128.store(at + 8 * pointBytes, f32x4.mul(half, f32x4.sub(ends, w1)));
    v128.store(at + 12 * pointBytes, w2);
  }
  for (let row = 0; row < 4; row++) {
    const at = to + <usize> (4 * row) * pointBytes;
    const t0 = v128.load(at);
    const t1 = v128.load(at + pointBytes);
    const t2 = v128.load(at + 2 * pointBytes);
    const ends = f32x4.add(t0, t2);
    v128.store(at + pointBytes, f32x4.mul(half, f32x4.add(ends, t1)));
    v128.store(at + 2 * pointBytes, f32x4.mul(half, f32x4.sub(ends, t1)));
    v128.store(at + 3 * pointBytes, t2);
  }
}

/** `Bᵀ x B` for four channels of a tile of 4 × 4 pixels; points are `pointBytes` apart. */
@inline
function transformInput(
  x: usize,
  pixelBytes: usize,
  lineBytes: usize,
  to: usize,
  pointBytes: usize,
): void {
  const x1 = x + lineBytes, x2 = x1 + lineBytes, x3 = x2 + lineBytes;
  const two = 2 * pixelBytes, three = two + pixelBytes, row = 4 * pointBytes;
  // Lines 1 and 2 are in two rows of the result each, as their sum and their difference.
  const a0 = v128.load(x1), a1 = v128.load(x1 + pixelBytes);
  const a2 = v128.load(x1 + two), a3 = v128.load(x1 + three);
  const b0 = v128.load(x2), b1 = v128.load(x2 + pixelBytes);
  const b2 = v128.load(x2 + two), b3 = v128.load(x2 + three);
  const up = to + row;
  storeInput(up, pointBytes, f32x4.add(a0, b0), f32x4.add(a1, b1), f32x4.add(a2, b2), f32x4.add(a3, b3));
  storeInput(
    up + row,
    pointBytes,
    f32x4.sub(b0, a0),
    f32x4.sub(b1, a1),
    f32x4.sub(b2, a2),
    f32x4.sub(b3, a3),
  );
  storeInput(
    to,
    pointBytes,
    f32x4.sub(v128.load(x), b0),
    f32x4.sub(v128.load(x + pixelBytes), b1),
    f32x4.sub(v128.load(x + two), b2),
    f32x4.sub(v128.load(x + three), b3),
  );
  storeInput(
    up + 2 * row,
    pointBytes,
    f32x4.sub(a0, v128.load(x3)),
    f32x4.sub(a1, v128.load(x3 + pixelBytes)),
    f32x4.sub(a2, v128.load(x3 + two)),
    f32x4.sub(a3, v128.load(x3 + three)),
  );
}

/** A row of `· B`, stored. */
@inline
function storeInput(to: usize, pointBytes: usize, t0: v128, t1: v128, t2: v128, t3: v128): void {
  v128.store(to, f32x4.sub(t0, t2));
  to += pointBytes;
  v128.store(to, f32x4.add(t1, t2));
  to += pointBytes;
  v128.store(to, f32x4.sub(t2, t1));
  to += pointBytes;
  v128.store(to, f32x4.sub(t1, t3));
}

/** `Bᵀ x B` of a band: tiles in rows, from the padded image to `[16][tiles][channels]`. */
export function transformBand(
  padded: usize,
  paddedWidth: i32,
  channels: i32,
  tileRows: i32,
  tileColumns: i32,
  to: usize,
): void {
  const pixelBytes = <usize> channels << 2;
  const lineBytes = <usize> paddedWidth * pixelBytes;
  const pointBytes = <usize> (tileRows * tileColumns) * pixelBytes;
  for (let row = 0; row < tileRows; row++) {
    for (let column = 0; column < tileColumns; column++) {
      const x = padded + <usize> (2 * row) * lineBytes + <usize> (2 * column) * pixelBytes;
      for (let c: usize = 0; c < pixelBytes; c += 16) {
        transformInput(x + c, pixelBytes, lineBytes, to + c, pointBytes);
      }
      to += pixelBytes;
    }
  }
}

@unmanaged
export class WinogradArgs extends ImagesArgs {
  /** Bands of an image. */
  bands: i32;
  /** Transformed filters. */
  filters: usize;
  /** Whole panels, or 0. */
  bias: usize;
  y: usize;
  /** A list of one offset, which is 0. */
  zero: usize;
  relu: bool;
}

/** Convolution, tile by tile. A chunk is a band of rows of tiles of an image. */
export function winograd(chunk: i32, scratch: usize): void {
  const args = changetype<WinogradArgs>(PARAMS);
  const channels = args.channels, bands = args.bands, rowsOfBand = args.rowsOfBand;
  const image = chunk / bands;
  const firstRow = (chunk % bands) * rowsOfBand;
  const tileRows = min(rowsOfBand, (args.outHeight + 1) / 2 - firstRow);
  const tileColumns = (args.outWidth + 1) / 2;
  const tiles = tileRows * tileColumns;
  const panels = (args.outChannels + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const rowBytes = <usize> panels << 5;
  const products = scratch;
  const inputs = products + <usize> (TILE_POINTS * tiles) * rowBytes;
  const padded = inputs + (<usize> (TILE_POINTS * tiles) * channels << 2);
  loadBand(args, image, 2 * firstRow, 2 * tileRows + 2, padded);
  transformBand(padded, args.paddedWidth, channels, tileRows, tileColumns, inputs);
  for (let point = 0; point < TILE_POINTS; point++) {
    multiplyPoint(
      args,
      inputs + (<usize> (point * tiles) * channels << 2),
      tiles,
      args.filters + <usize> (point * panels * channels) * 32,
      panels,
      products + <usize> (point * tiles) * rowBytes,
    );
  }
  for (let row = 0; row < tileRows; row++) {
    for (let column = 0; column < tileColumns; column++) {
      const from = products + <usize> (row * tileColumns + column) * rowBytes;
      transformOutput(args, from, <usize> tiles * rowBytes, image, firstRow + row, column);
    }
  }
}

/** Copies the padded rows that a band needs. */
export function loadBand(args: ImagesArgs, image: i32, top: i32, lines: i32, to: usize): void {
  const imageBytes = <usize> args.height * args.width * (args.channels << 2);
  copyPadded(args, args.images + <usize> image * imageBytes, 1, 1, top, lines, to);
}

/** The product of one point over channels, for all tiles of a band. */
function multiplyPoint(
  args: WinogradArgs,
  a: usize,
  tiles: i32,
  b: usize,
  panels: i32,
  c: usize,
): void {
  const channels = args.channels;
  const stride = <usize> channels << 2, rowBytes = <usize> panels << 5;
  for (let panel = 0; panel < panels; panel++) {
    for (let tile = 0; tile < tiles; tile += TILE_ROWS) {
      const row = a + <usize> tile * stride;
      const last = tiles - 1 - tile;
      multiplyTile(
        row,
        row + <usize> min(1, last) * stride,
        row + <usize> min(2, last) * stride,
        row + <usize> min(3, last) * stride,
        args.zero,
        1,
        channels,
        b + <usize> (panel * channels) * 32,
        0,
        false,
        c + <usize> tile * rowBytes + (<usize> panel << 5),
        rowBytes,
        min(TILE_ROWS, tiles - tile),
        TILE_COLUMNS,
      );
    }
  }
}

/** `Aᵀ m A + bias` of a tile, for all channels; pixels beyond the image are left out. */
function transformOutput(
  args: WinogradArgs,
  m: usize,
  pointBytes: usize,
  image: i32,
  row: i32,
  column: i32,
): void {
  const outHeight = args.outHeight, outWidth = args.outWidth, outChannels = args.outChannels;
  const bias = args.bias, relu = args.relu;
  const pixelBytes = <usize> outChannels << 2, lineBytes = <usize> outWidth * pixelBytes;
  const y = args.y +
    <usize> ((image * outHeight + 2 * row) * outWidth + 2 * column) * pixelBytes;
  const right = 2 * column + 1 < outWidth, below = 2 * row + 1 < outHeight;
  for (let o = 0; o < outChannels; o += 4) {
    const at = m + (<usize> o << 2);
    let start = f32x4.splat(0);
    if (bias != 0) start = v128.load(bias + (<usize> o << 2));
    let upper = upperOutput(at, pointBytes), lower = lowerOutput(at, pointBytes);
    let upper0 = f32x4.add(start, upper), lower0 = f32x4.add(start, lower);
    upper = upperOutput(at + pointBytes, pointBytes);
    lower = lowerOutput(at + pointBytes, pointBytes);
    upper0 = f32x4.add(upper0, upper);
    lower0 = f32x4.add(lower0, lower);
    let upper1 = f32x4.add(start, upper), lower1 = f32x4.add(start, lower);
    upper = upperOutput(at + 2 * pointBytes, pointBytes);
    lower = lowerOutput(at + 2 * pointBytes, pointBytes);
    upper0 = f32x4.add(upper0, upper);
    lower0 = f32x4.add(lower0, lower);
    upper1 = f32x4.sub(upper1, upper);
    lower1 = f32x4.sub(lower1, lower);
    upper1 = f32x4.sub(upper1, upperOutput(at + 3 * pointBytes, pointBytes));
    lower1 = f32x4.sub(lower1, lowerOutput(at + 3 * pointBytes, pointBytes));
    if (relu) {
      const zero = f32x4.splat(0);
      upper0 = f32x4.max(upper0, zero);
      upper1 = f32x4.max(upper1, zero);
      lower0 = f32x4.max(lower0, zero);
      lower1 = f32x4.max(lower1, zero);
    }
    const lanes = min(outChannels - o, 4);
    const to = y + (<usize> o << 2);
    storeLanes(to, upper0, lanes);
    if (right) storeLanes(to + pixelBytes, upper1, lanes);
    if (below) storeLanes(to + lineBytes, lower0, lanes);
    if (right && below) storeLanes(to + lineBytes + pixelBytes, lower1, lanes);
  }
}

/** The upper row of `Aᵀ m`, at a column. */
@inline
function upperOutput(m: usize, pointBytes: usize): v128 {
  const row = 4 * pointBytes;
  return f32x4.add(v128.load(m), f32x4.add(v128.load(m + row), v128.load(m + 2 * row)));
}

/** The lower row of `Aᵀ m`, at a column. */
@inline
function lowerOutput(m: usize, pointBytes: usize): v128 {
  const row = 4 * pointBytes;
  const difference = f32x4.sub(v128.load(m + row), v128.load(m + 2 * row));
  return f32x4.sub(difference, v128.load(m + 3 * row));
}
