// Winograd's minimal filtering F(2×2, 3×3) for 3 × 3 filters at stride 1: a tile of 2 × 2 outputs
// takes 16 multiplications instead of 36, at the price of additions before and after.
//
// Source: A. Lavin, S. Gray: "Fast algorithms for convolutional neural networks", CVPR 2016.
// With the matrices B, G and A of that paper, y = Aᵀ[(G w Gᵀ) ⊙ (Bᵀ x B)]A. The products of all
// tiles, over channels, are 16 matrix products.
//
// All factors are powers of two: on numbers with few bits results are exact.
import { copyPadded } from "./conv";
import { multiplyTile, TILE_COLUMNS, TILE_ROWS } from "./multiply";
import { int, pointer } from "./params";
import { storeLanes } from "./simd";

/** Products of a tile. */
export const POINTS: i32 = 16;

/**
 * Transforms packed filters, `[panel][9 taps][rows][8]`, to `[16][panel][rows][8]`. A chunk is a
 * panel. Arguments: packed filters, rows, panels, result.
 */
export function winogradFilters(chunk: i32): void {
  const rows = int(1), panels = int(2);
  const tapBytes: usize = <usize> rows * 32;
  const pointBytes: usize = <usize> panels * tapBytes;
  let from = pointer(0) + <usize> chunk * 9 * tapBytes;
  let to = pointer(3) + <usize> chunk * tapBytes;
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
function transformInput(
  x: usize,
  pixelBytes: usize,
  lineBytes: usize,
  to: usize,
  pointBytes: usize,
): void {
  for (let column = 0; column < 4; column++) {
    const at = x + <usize> column * pixelBytes;
    const x0 = v128.load(at), x1 = v128.load(at + lineBytes);
    const x2 = v128.load(at + 2 * lineBytes), x3 = v128.load(at + 3 * lineBytes);
    const out = to + <usize> column * pointBytes;
    v128.store(out, f32x4.sub(x0, x2));
    v128.store(out + 4 * pointBytes, f32x4.add(x1, x2));
    v128.store(out + 8 * pointBytes, f32x4.sub(x2, x1));
    v128.store(out + 12 * pointBytes, f32x4.sub(x1, x3));
  }
  for (let row = 0; row < 4; row++) {
    const at = to + <usize> (4 * row) * pointBytes;
    const t0 = v128.load(at), t1 = v128.load(at + pointBytes);
    const t2 = v128.load(at + 2 * pointBytes), t3 = v128.load(at + 3 * pointBytes);
    v128.store(at, f32x4.sub(t0, t2));
    v128.store(at + pointBytes, f32x4.add(t1, t2));
    v128.store(at + 2 * pointBytes, f32x4.sub(t2, t1));
    v128.store(at + 3 * pointBytes, f32x4.sub(t1, t3));
  }
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

/**
 * Convolution, tile by tile. A chunk is a band of rows of tiles of an image. Arguments as for
 * `conv`: 0 images, 1 height, 2 width, 3 channels, 4 padTop, 5 padLeft, 8 padded width,
 * 11 output height, 12 output width, 13 output channels, 15 rows of tiles of a band, 16 bands,
 * 18 a list of one zero offset, 21 transformed filters, 22 bias (whole panels, or 0), 23 output.
 */
export function winograd(chunk: i32, scratch: usize): void {
  const channels = int(3), outHeight = int(11), outWidth = int(12), bands = int(16);
  const image = chunk / bands;
  const firstRow = (chunk % bands) * int(15);
  const tileRows = min(int(15), (outHeight + 1) / 2 - firstRow);
  const tileColumns = (outWidth + 1) / 2;
  const tiles = tileRows * tileColumns;
  const panels = (int(13) + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const rowBytes = <usize> panels << 5;
  const products = scratch;
  const inputs = products + <usize> (POINTS * tiles) * rowBytes;
  const padded = inputs + (<usize> (POINTS * tiles) * channels << 2);
  loadBand(image, 2 * firstRow, 2 * tileRows + 2, padded);
  transformBand(padded, int(8), channels, tileRows, tileColumns, inputs);
  for (let point = 0; point < POINTS; point++) {
    multiplyPoint(
      inputs + (<usize> (point * tiles) * channels << 2),
      tiles,
      pointer(21) + <usize> (point * panels * channels) * 32,
      panels,
      products + <usize> (point * tiles) * rowBytes,
    );
  }
  for (let row = 0; row < tileRows; row++) {
    for (let column = 0; column < tileColumns; column++) {
      const from = products + <usize> (row * tileColumns + column) * rowBytes;
      transformOutput(from, <usize> tiles * rowBytes, image, firstRow + row, column);
    }
  }
}

/** Copies the padded rows that a band needs. */
export function loadBand(image: i32, top: i32, lines: i32, to: usize): void {
  const height = int(1), width = int(2), pixelBytes = int(3) << 2;
  const source = pointer(0) + <usize> image * height * width * pixelBytes;
  copyPadded(
    source,
    height,
    width,
    pixelBytes,
    int(4),
    int(5),
    1,
    1,
    top,
    lines,
    int(8),
    to,
  );
}

/** The product of one point over channels, for all tiles of a band. */
function multiplyPoint(a: usize, tiles: i32, b: usize, panels: i32, c: usize): void {
  const channels = int(3);
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
        pointer(18),
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
function transformOutput(m: usize, pointBytes: usize, image: i32, row: i32, column: i32): void {
  const outHeight = int(11), outWidth = int(12), outChannels = int(13), bias = pointer(22);
  const pixelBytes = <usize> outChannels << 2;
  const y = pointer(23) +
    <usize> ((image * outHeight + 2 * row) * outWidth + 2 * column) * pixelBytes;
  const right = 2 * column + 1 < outWidth, below = 2 * row + 1 < outHeight;
  for (let o = 0; o < outChannels; o += 4) {
    const at = m + (<usize> o << 2);
    let upper0 = f32x4.splat(0), upper1 = upper0, lower0 = upper0, lower1 = upper0;
    if (bias != 0) upper0 = upper1 = lower0 = lower1 = v128.load(bias + (<usize> o << 2));
    for (let j = 0; j < 4; j++) {
      const m0 = v128.load(at + <usize> j * pointBytes);
      const m1 = v128.load(at + <usize> (j + 4) * pointBytes);
      const m2 = v128.load(at + <usize> (j + 8) * pointBytes);
      const m3 = v128.load(at + <usize> (j + 12) * pointBytes);
      const upper = f32x4.add(m0, f32x4.add(m1, m2));
      const lower = f32x4.sub(f32x4.sub(m1, m2), m3);
      if (j < 3) {
        upper0 = f32x4.add(upper0, upper);
        lower0 = f32x4.add(lower0, lower);
      }
      if (j == 1) {
        upper1 = f32x4.add(upper1, upper);
        lower1 = f32x4.add(lower1, lower);
      }
      if (j > 1) {
        upper1 = f32x4.sub(upper1, upper);
        lower1 = f32x4.sub(lower1, lower);
      }
    }
    const lanes = min(outChannels - o, 4);
    const to = y + (<usize> o << 2);
    storeLanes(to, upper0, lanes);
    if (right) storeLanes(to + pixelBytes, upper1, lanes);
    if (below) storeLanes(to + <usize> outWidth * pixelBytes, lower0, lanes);
    if (right && below) storeLanes(to + <usize> (outWidth + 1) * pixelBytes, lower1, lanes);
  }
}
