// The gradient of 3 × 3 filters in Winograd's form: the formula of `winograd.ts` differentiated,
// dw = Gᵀ[(Bᵀ x B) ⊙ (A dy Aᵀ)]G. The products, over tiles, are 16 matrix products.
import { PARAMS, TILE_COLUMNS, TILE_POINTS, TILE_ROWS } from "../layout";
import { multiplyTransposedTile } from "./multiply";
import { loadLanes, storeLanes } from "./simd";
import { loadBand, transformBand } from "./winograd";
import { ImagesArgs } from "./windows";

@unmanaged
export class WinogradGradWArgs extends ImagesArgs {
  batch: i32;
  /** Images of a part. */
  imagesOfPart: i32;
  dy: usize;
  /** Sums `[16][channels][whole panels]`, one after the other. */
  parts: usize;
}

/**
 * The gradient of the filters before `Gᵀ … G`, summed over some images: a part. A chunk is a part.
 */
export function winogradGradW(chunk: i32, scratch: usize): void {
  const args = changetype<WinogradGradWArgs>(PARAMS);
  const channels = args.channels, rowsOfBand = args.rowsOfBand;
  const panels = (args.outChannels + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const rowBytes = <usize> panels << 5;
  const part = args.parts + <usize> (chunk * TILE_POINTS * channels) * rowBytes;
  const first = chunk * args.imagesOfPart, end = min(first + args.imagesOfPart, args.batch);
  const tileColumns = (args.outWidth + 1) / 2, allRows = (args.outHeight + 1) / 2;
  let accumulate = false;
  for (let image = first; image < end; image++) {
    for (let row = 0; row < allRows; row += rowsOfBand) {
      const tileRows = min(rowsOfBand, allRows - row);
      const tiles = tileRows * tileColumns;
      const inputs = scratch + <usize> (TILE_POINTS * tiles) * rowBytes;
      const padded = inputs + (<usize> (TILE_POINTS * tiles) * channels << 2);
      loadBand(args, image, 2 * row, 2 * tileRows + 2, padded);
      transformBand(padded, args.paddedWidth, channels, tileRows, tileColumns, inputs);
      transformDyBand(args, image, row, tileRows, tileColumns, rowBytes, scratch);
      for (let point = 0; point < TILE_POINTS; point++) {
        multiplyPointTransposed(
          channels,
          inputs + (<usize> (point * tiles) * channels << 2),
          scratch + <usize> (point * tiles) * rowBytes,
          tiles,
          panels,
          accumulate,
          part + <usize> (point * channels) * rowBytes,
        );
      }
      accumulate = true;
    }
  }
}

/** The outer products of one point, summed over the tiles of a band. */
function multiplyPointTransposed(
  channels: i32,
  a: usize,
  b: usize,
  tiles: i32,
  panels: i32,
  accumulate: bool,
  c: usize,
): void {
  const rowBytes = <usize> panels << 5;
  for (let channel = 0; channel < channels; channel += TILE_ROWS) {
    for (let panel = 0; panel < panels; panel++) {
      multiplyTransposedTile(
        a + (<usize> channel << 2),
        <usize> channels << 2,
        0,
        0,
        b + (<usize> panel << 5),
        rowBytes,
        1,
        1,
        tiles,
        accumulate,
        c + <usize> channel * rowBytes + (<usize> panel << 5),
        rowBytes,
        TILE_ROWS,
        TILE_COLUMNS,
      );
    }
  }
}

/** `A dy Aᵀ` of the tiles of a band, to `[16][tiles][whole panels]`. */
function transformDyBand(
  args: WinogradGradWArgs,
  image: i32,
  firstRow: i32,
  tileRows: i32,
  tileColumns: i32,
  rowBytes: usize,
  to: usize,
): void {
  const outHeight = args.outHeight, outWidth = args.outWidth, outChannels = args.outChannels;
  const pixelBytes = <usize> outChannels << 2;
  const pointBytes = <usize> (tileRows * tileColumns) * rowBytes;
  for (let row = 0; row < tileRows; row++) {
    for (let column = 0; column < tileColumns; column++) {
      const y = 2 * (firstRow + row), x = 2 * column;
      const dy = args.dy + <usize> ((image * outHeight + y) * outWidth + x) * pixelBytes;
      const right = x + 1 < outWidth, below = y + 1 < outHeight;
      for (let o: usize = 0; o < rowBytes; o += 16) {
        const left = outChannels - <i32> (o >> 2);
        transformDy(dy + o, pixelBytes, <usize> outWidth * pixelBytes, right, below, left, to + o, pointBytes);
      }
      to += rowBytes;
    }
  }
}

/** `A dy Aᵀ` for four channels of a tile; of which `lanes` are there. */
function transformDy(
  dy: usize,
  pixelBytes: usize,
  lineBytes: usize,
  right: bool,
  below: bool,
  lanes: i32,
  to: usize,
  pointBytes: usize,
): void {
  const zero = f32x4.splat(0);
  const y00 = loadLanes(dy, lanes);
  const y01 = right ? loadLanes(dy + pixelBytes, lanes) : zero;
  const y10 = below ? loadLanes(dy + lineBytes, lanes) : zero;
  const y11 = right && below ? loadLanes(dy + lineBytes + pixelBytes, lanes) : zero;
  storeSpread(to, pointBytes, y00, y01);
  storeSpread(to + 4 * pointBytes, pointBytes, f32x4.add(y00, y10), f32x4.add(y01, y11));
  storeSpread(to + 8 * pointBytes, pointBytes, f32x4.sub(y00, y10), f32x4.sub(y01, y11));
  storeSpread(to + 12 * pointBytes, pointBytes, f32x4.neg(y10), f32x4.neg(y11));
}

/** A row of `· Aᵀ`: two numbers spread to four. */
@inline
function storeSpread(to: usize, pointBytes: usize, a: v128, b: v128): void {
  v128.store(to, a);
  v128.store(to + pointBytes, f32x4.add(a, b));
  v128.store(to + 2 * pointBytes, f32x4.sub(a, b));
  v128.store(to + 3 * pointBytes, f32x4.neg(b));
}

@unmanaged
export class WinogradFinishArgs {
  /** `[16][channels][whole panels]`. */
  sums: usize;
  channels: i32;
  outChannels: i32;
  /** `[3][3][channels][O]`. */
  dw: usize;
}

/** `Gᵀ s G`: from sums to filters. A chunk is a channel. */
export function winogradFinish(chunk: i32): void {
  const args = changetype<WinogradFinishArgs>(PARAMS);
  const channels = args.channels, outChannels = args.outChannels;
  const panels = (outChannels + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const pointBytes = <usize> (channels * panels) << 5;
  const tapBytes = <usize> (channels * outChannels) << 2;
  const from = args.sums + (<usize> (chunk * panels) << 5);
  const to = args.dw + (<usize> (chunk * outChannels) << 2);
  for (let o = 0; o < outChannels; o += 4) {
    const at = from + (<usize> o << 2);
    // Down the columns first; the three rows replace the first three rows of points.
    for (let column = 0; column < 4; column++) {
      combine(at + <usize> column * pointBytes, 4 * pointBytes);
    }
    const lanes = min(outChannels - o, 4);
    for (let row = 0; row < 3; row++) {
      const line = at + <usize> (4 * row) * pointBytes;
      combine(line, pointBytes);
      for (let column = 0; column < 3; column++) {
        const v = v128.load(line + <usize> column * pointBytes);
        storeLanes(to + <usize> (3 * row + column) * tapBytes + (<usize> o << 2), v, lanes);
      }
    }
  }
}

/** `Gᵀ s` of four numbers a stride apart; the three results take the place of the first three. */
@inline
function combine(at: usize, stride: usize): void {
  const half = f32x4.splat(0.5);
  const s0 = v128.load(at), s1 = v128.load(at + stride);
  const s2 = v128.load(at + 2 * stride), s3 = v128.load(at + 3 * stride);
  const middle = f32x4.mul(half, f32x4.add(s1, s2));
  v128.store(at, f32x4.add(s0, middle));
  v128.store(at + stride, f32x4.mul(half, f32x4.sub(s1, s2)));
  v128.store(at + 2 * stride, f32x4.add(middle, s3));
}
