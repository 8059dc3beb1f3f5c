// Matrix products: B is packed, and the tiles of the result are taken one after the other. Sums
// that are long are added up in blocks, so that what a block has is not lost beside all before it.
import { PARAMS, TILE_COLUMNS, TILE_ROWS } from "../layout";
import { finishRow, multiplyTile, multiplyTransposedTile } from "./multiply";
import { demote, promoteHigh } from "./simd";

/** Longest sum on one accumulator. */
const LONGEST_SUM = 4096;
/** Elements of the blocks of longer ones. */
const SUM_BLOCK = 512;
/** Bytes of the four rows of float64 sums of a tile. */
const TOTALS_BYTES: usize = 256;
/** Bytes of a row of a tile. */
const TILE_ROW_BYTES: usize = 32;

@unmanaged
export class PackColumnsArgs {
  /** Matrices one after the other. */
  source: usize;
  /** Bytes of a matrix. */
  matrixBytes: usize;
  taps: i32;
  /** Bytes from a tap to the next one. */
  tapStride: usize;
  rows: i32;
  /** Bytes from a row to the next one. */
  rowStride: usize;
  columns: i32;
  /** Bytes from a column to the next one. */
  columnStride: usize;
  packed: usize;
  /** Panels of a matrix. */
  panels: i32;
  /** Takes the taps in reverse. */
  flip: bool;
}

/**
 * Packs columns eight to a row, the last ones padded with zeros. A panel of eight columns holds all
 * rows of all taps, one after the other. A chunk is a panel of one of several matrices.
 */
export function packColumns(chunk: i32): void {
  const args = changetype<PackColumnsArgs>(PARAMS);
  const panels = args.panels, panel = chunk % panels, matrix: usize = chunk / panels;
  const taps = args.taps, tapStride = args.tapStride, flip = args.flip;
  const rows = args.rows, rowStride = args.rowStride, columnStride = args.columnStride;
  const columns = min(args.columns - panel * TILE_COLUMNS, TILE_COLUMNS);
  const from = args.source + matrix * args.matrixBytes +
    <usize> (panel * TILE_COLUMNS) * columnStride;
  let to = args.packed + <usize> chunk * taps * rows * 32;
  for (let tap = 0; tap < taps; tap++) {
    let row = from + <usize> (flip ? taps - 1 - tap : tap) * tapStride;
    for (let r = 0; r < rows; r++) {
      if (columns == TILE_COLUMNS && columnStride == 4) {
        v128.store(to, v128.load(row));
        v128.store(to, v128.load(row, 16), 16);
      } else {
        for (let j = 0; j < TILE_COLUMNS; j++) {
          const value: f32 = j < columns ? load<f32>(row + <usize> j * columnStride) : 0;
          store<f32>(to + (<usize> j << 2), value);
        }
      }
      row += rowStride;
      to += 32;
    }
  }
}

@unmanaged
export class MultiplyArgs {
  /** Matrices `[rows, inner]`. */
  a: usize;
  /** Packed matrices `[inner, columns]`. */
  packed: usize;
  /** Padded to whole panels, or 0. */
  bias: usize;
  /** Products `[rows, columns]`. */
  c: usize;
  rows: i32;
  inner: i32;
  columns: i32;
  /** Rows of a block. */
  block: i32;
  /** Blocks of a product. */
  blocks: i32;
  /** For each product the bytes from a and from packed to its matrices. */
  matrices: usize;
  /** A list of one offset, which is 0. */
  zero: usize;
  relu: bool;
}

/**
 * `C = relu(A B + bias)`, relu or not, over a block of rows of one of several products: A
 * row-major, B packed.
 */
export function multiply(chunk: i32, scratch: usize): void {
  const args = changetype<MultiplyArgs>(PARAMS);
  const rows = args.rows, inner = args.inner, columns = args.columns;
  const bias = args.bias, block = args.block, blocks = args.blocks;
  const product = chunk / blocks, matrices = args.matrices + (<usize> product << 3);
  const first = (chunk % blocks) * block, end = min(first + block, rows);
  const stride = <usize> inner << 2, rowBytes = <usize> columns << 2;
  const left = args.a + load<u32>(matrices), right = args.packed + load<u32>(matrices, 4);
  const c = args.c + <usize> product * rows * rowBytes;
  for (let column = 0; column < columns; column += TILE_COLUMNS) {
    const b = right + (<usize> column * inner << 2);
    const start = bias != 0 ? bias + (<usize> column << 2) : 0;
    for (let row = first; row < end; row += TILE_ROWS) {
      const a = left + <usize> row * stride;
      // Rows beyond the end read the last one again.
      const last = end - 1 - row;
      productTile(
        args,
        a,
        a + <usize> min(1, last) * stride,
        a + <usize> min(2, last) * stride,
        a + <usize> min(3, last) * stride,
        b,
        start,
        c + <usize> row * rowBytes + (<usize> column << 2),
        min(TILE_ROWS, end - row),
        columns - column,
        scratch,
      );
    }
  }
}

/** A tile of `C = relu(A B + start)`. */
function productTile(
  args: MultiplyArgs,
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  b: usize,
  start: usize,
  c: usize,
  rows: i32,
  columns: i32,
  scratch: usize,
): void {
  const inner = args.inner, rowBytes = <usize> args.columns << 2, zero = args.zero;
  if (inner <= LONGEST_SUM) {
    const relu = args.relu;
    multiplyTile(a0, a1, a2, a3, zero, 1, inner, b, start, relu, c, rowBytes, rows, columns);
    return;
  }
  const block = scratch + TOTALS_BYTES, tile = TILE_ROW_BYTES;
  memory.fill(scratch, 0, TOTALS_BYTES);
  for (let done = 0; done < inner; done += SUM_BLOCK) {
    const length = min(SUM_BLOCK, inner - done);
    const bias = done == 0 ? start : 0;
    multiplyTile(a0, a1, a2, a3, zero, 1, length, b, bias, false, block, tile, TILE_ROWS, TILE_COLUMNS);
    for (let at: usize = 0; at < TOTALS_BYTES; at += TILE_ROW_BYTES) {
      const totals = scratch + at, sums = v128.load(block + (at >> 1));
      v128.store(totals, f64x2.add(v128.load(totals), f64x2.promote_low_f32x4(sums)));
      v128.store(totals, f64x2.add(v128.load(totals, 16), promoteHigh(sums)), 16);
    }
    const bytes = <usize> length << 2;
    a0 += bytes, a1 += bytes, a2 += bytes, a3 += bytes;
    b += <usize> length * TILE_ROW_BYTES;
  }
  for (let row = 0; row < rows; row++, scratch += 2 * TILE_ROW_BYTES, c += rowBytes) {
    let low = demote(v128.load(scratch), v128.load(scratch, 16));
    let high = demote(v128.load(scratch, 32), v128.load(scratch, 48));
    if (args.relu) {
      low = f32x4.max(low, f32x4.splat(0));
      high = f32x4.max(high, f32x4.splat(0));
    }
    finishRow(c, low, high, columns);
  }
}

@unmanaged
export class MultiplyTransposedArgs {
  /** `[inner, rows]`. */
  a: usize;
  /** `[inner, columns]`. */
  b: usize;
  /** `[rows, columns]`. */
  c: usize;
  rows: i32;
  inner: i32;
  columns: i32;
  /** Rows of a block. */
  block: i32;
}

/** `C = Aᵀ B` over a block of rows of C: both row-major and read in place. */
export function multiplyTransposed(chunk: i32): void {
  const args = changetype<MultiplyTransposedArgs>(PARAMS);
  const rows = args.rows, inner = args.inner, columns = args.columns, block = args.block;
  const first = chunk * block, end = min(first + block, rows);
  const rowBytes = <usize> columns << 2;
  for (let row = first; row < end; row += TILE_ROWS) {
    for (let column = 0; column < columns; column += TILE_COLUMNS) {
      multiplyTransposedTile(
        args.a + (<usize> row << 2),
        <usize> rows << 2,
        0,
        0,
        args.b + (<usize> column << 2),
        rowBytes,
        1,
        1,
        inner,
        false,
        args.c + <usize> row * rowBytes + (<usize> column << 2),
        rowBytes,
        min(TILE_ROWS, end - row),
        columns - column,
      );
    }
  }
}
