// Elements that move: rows copied, repeated or gathered by strides, and transposed tiles.
import { PARAMS } from "../layout";
import { fillWith } from "./elementwise";
import { rowOffset } from "./rows";
import { storeLanes } from "./simd";

@unmanaged
export class CopyRowsArgs {
  x: usize;
  y: usize;
  rows: i32;
  /** Elements of a row. */
  length: i32;
  /** Rows of a chunk. */
  rowsOfChunk: i32;
  /** Pieces of a row: where there are several, each is a chunk. */
  pieces: i32;
  /** Elements of a piece. */
  piece: i32;
  /** Dimensions of the rows, with strides in x and y. */
  dimensions: usize;
  /** Number of dimensions. */
  rank: i32;
  /** Bytes between the elements of a row in x: 0 where one is repeated. */
  xStep: isize;
  /** Bytes between the elements of a row in y. */
  yStep: isize;
}

/** Copies rows between arrays with strides. A chunk is a block of rows, or a piece of one row. */
export function copyRows(chunk: i32): void {
  const args = changetype<CopyRowsArgs>(PARAMS);
  const pieces = args.pieces, xStep: usize = args.xStep, yStep: usize = args.yStep;
  const dimensions = args.dimensions, rank = args.rank;
  let row = chunk * args.rowsOfChunk, end = min(row + args.rowsOfChunk, args.rows);
  let count = args.length, first = 0;
  if (pieces > 1) {
    row = chunk / pieces;
    end = row + 1;
    first = (chunk % pieces) * args.piece;
    count = min(args.piece, count - first);
  }
  while (row < end) {
    let x = args.x + rowOffset(dimensions, rank, row, 0) + <usize> first * xStep;
    let y = args.y + rowOffset(dimensions, rank, row, 1) + <usize> first * yStep;
    // Along the last dimension, rows are a stride apart: no division for each.
    const last = dimensions + <usize> max(rank - 1, 0) * 12;
    const size = rank > 0 ? load<i32>(last) : 1;
    let line = min(size - row % size, end - row);
    row += line;
    for (; line > 0; line--) {
      if (xStep == 4 && yStep == 4) copyRow(x, y, count);
      else if (xStep == 0 && yStep == 4) fillWith(y, load<f32>(x), count);
      else if (xStep == BACK && yStep == 4) copyReversed(x, y, count);
      else copyElements(x, xStep, y, yStep, count);
      if (line == 1) break;
      x += load<u32>(last + 4);
      y += load<u32>(last + 8);
    }
  }
}

/** A call of memory.copy costs more than copying a short row. */
const LONG: i32 = 64;

/** Copies neighbours. */
export function copyRow(x: usize, y: usize, count: i32): void {
  if (count > LONG) {
    memory.copy(y, x, <usize> count << 2);
    return;
  }
  for (; count > 0; count -= 4, x += 16, y += 16) storeLanes(y, v128.load(x), count);
}

/** The distance of neighbours that are read from the last to the first. */
const BACK: usize = <usize> -4;

/** Copies neighbours in the opposite order; the first to be read, at x, is the last of them. */
function copyReversed(x: usize, y: usize, count: i32): void {
  for (; count >= 4; count -= 4, x -= 16, y += 16) {
    const v = v128.load(x - 12);
    v128.store(y, v128.shuffle<f32>(v, v, 3, 2, 1, 0));
  }
  copyElements(x, BACK, y, 4, count);
}

/**
 * Copies elements that are apart, one by one: no instruction reads or writes lanes at four
 * addresses.
 * Where they are a line of the cache apart or more, the lines take the time.
 */
function copyElements(x: usize, xStep: usize, y: usize, yStep: usize, count: i32): void {
  for (; count > 0; count--, x += xStep, y += yStep) store<f32>(y, load<f32>(x));
}

/** Rows and columns of a block that is transposed at a time: lines of the cache are used whole. */
const BLOCK: i32 = 16;

@unmanaged
export class TransposeArgs {
  x: usize;
  y: usize;
  /** Rows of a matrix in y. */
  rows: i32;
  /** Columns of a matrix in y. */
  columns: i32;
  /** Bytes between columns in x, where rows are neighbours. */
  xStep: usize;
  /** Bytes between rows in y, where columns are neighbours. */
  yStep: usize;
  /** Blocks of rows of a matrix. */
  blocks: i32;
  /** Rows of a block. */
  block: i32;
  /** Dimensions that lead to a matrix, with strides in x and y. */
  dimensions: usize;
  /** Number of dimensions. */
  rank: i32;
}

/**
 * Transposes matrices of which rows are apart in x and columns are apart in y. A chunk is a
 * block of rows of y.
 */
export function transpose(chunk: i32): void {
  const args = changetype<TransposeArgs>(PARAMS);
  const rows = args.rows, columns = args.columns;
  const xStep = args.xStep, yStep = args.yStep;
  const blocks = args.blocks, matrix = chunk / blocks;
  const x = args.x + rowOffset(args.dimensions, args.rank, matrix, 0);
  const y = args.y + rowOffset(args.dimensions, args.rank, matrix, 1);
  const start = (chunk % blocks) * args.block, end = min(start + args.block, rows);
  for (let row = start; row < end; row += BLOCK) {
    const height = min(BLOCK, end - row);
    for (let column = 0; column < columns; column += BLOCK) {
      const width = min(BLOCK, columns - column);
      for (let i = 0; i < height; i += 4) {
        for (let j = 0; j < width; j += 4) {
          transposeTile(
            x + (<usize> (row + i) << 2) + <usize> (column + j) * xStep,
            xStep,
            y + <usize> (row + i) * yStep + (<usize> (column + j) << 2),
            yStep,
            height - i,
            width - j,
          );
        }
      }
    }
  }
}

/** Four by four elements, as far as there are any. */
@inline
function transposeTile(
  x: usize,
  xStep: usize,
  y: usize,
  yStep: usize,
  rows: i32,
  columns: i32,
): void {
  // Columns beyond the end read the last one again.
  const x1 = columns > 1 ? x + xStep : x, x2 = columns > 2 ? x1 + xStep : x1;
  const c0 = v128.load(x), c1 = v128.load(x1), c2 = v128.load(x2);
  const c3 = v128.load(columns > 3 ? x2 + xStep : x2);
  const low01 = v128.shuffle<f32>(c0, c1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(c0, c1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(c2, c3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(c2, c3, 2, 6, 3, 7);
  const r0 = v128.shuffle<i64>(low01, low23, 0, 2), r1 = v128.shuffle<i64>(low01, low23, 1, 3);
  const r2 = v128.shuffle<i64>(high01, high23, 0, 2);
  const r3 = v128.shuffle<i64>(high01, high23, 1, 3);
  const y1 = y + yStep, y2 = y1 + yStep, y3 = y2 + yStep;
  if (rows >= 4 && columns >= 4) {
    v128.store(y, r0);
    v128.store(y1, r1);
    v128.store(y2, r2);
    v128.store(y3, r3);
    return;
  }
  storeLanes(y, r0, columns);
  if (rows > 1) storeLanes(y1, r1, columns);
  if (rows > 2) storeLanes(y2, r2, columns);
  if (rows > 3) storeLanes(y3, r3, columns);
}
