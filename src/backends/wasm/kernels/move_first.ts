// First maxima of groups of `[outer, length, inner]` along the length, and elements that are moved
// from there or to there.
import { PARAMS } from "../layout";
import { Larger } from "./combiners";
import { reduceRow } from "./reduce";
import { storeLanes } from "./simd";

@unmanaged
export class MatricesArgs {
  x: usize;
  y: usize;
  /** Number of matrices. */
  outer: i32;
  /** Rows of a matrix. */
  length: i32;
  /** Columns of a matrix. */
  inner: i32;
  matricesOfChunk: i32;
  /** Blocks of columns. */
  blocks: i32;
  columnsOfBlock: i32;
}

/**
 * Finds the positions of the first maxima (of the first NaN, if any), from 0. A chunk is some
 * matrices, or a block of columns of one.
 */
export function firstMaxima(chunk: i32): void {
  const args = changetype<MatricesArgs>(PARAMS);
  const length = args.length, inner = args.inner, blocks = args.blocks;
  const matrix = chunk / blocks * args.matricesOfChunk;
  const end = min(matrix + args.matricesOfChunk, args.outer);
  const skipped = (chunk % blocks) * args.columnsOfBlock;
  const columns = min(args.columnsOfBlock, inner - skipped);
  for (let i = matrix; i < end; i++) {
    const x = args.x + (<usize> (i * length * inner + skipped) << 2);
    const y = args.y + (<usize> (i * inner + skipped) << 2);
    if (inner == 1) store<i32>(y, firstOfRow(x, length));
    else firstOfColumns(x, y, length, <usize> inner << 2, columns);
  }
}

/** The largest is found first, then where it is: the second look ends there. */
function firstOfRow(x: usize, length: i32): i32 {
  const most = f32x4.splat(reduceRow<Larger>(x, length));
  for (let i = 0; i < length; i += 4, x += 16) {
    const v = v128.load(x);
    const found = i32x4.bitmask(v128.or(f32x4.eq(v, most), f32x4.ne(v, v)));
    if (found != 0) return i + ctz(found);
  }
  return 0;
}

/** Sixteen columns at a time, which are a line of the cache. */
function firstOfColumns(x: usize, y: usize, rows: i32, rowBytes: usize, columns: i32): void {
  for (; columns > 0; columns -= 16, x += 64, y += 64) {
    let best0 = v128.load(x), best1 = v128.load(x, 16);
    let best2 = v128.load(x, 32), best3 = v128.load(x, 48);
    let at0 = i32x4.splat(0), at1 = at0, at2 = at0, at3 = at0, here = at0;
    const one = i32x4.splat(1);
    let from = x;
    for (let row = 1; row < rows; row++) {
      from += rowBytes;
      here = i32x4.add(here, one);
      const v0 = v128.load(from), v1 = v128.load(from, 16);
      const v2 = v128.load(from, 32), v3 = v128.load(from, 48);
      const better0 = isBetter(v0, best0), better1 = isBetter(v1, best1);
      const better2 = isBetter(v2, best2), better3 = isBetter(v3, best3);
      best0 = v128.bitselect(v0, best0, better0);
      best1 = v128.bitselect(v1, best1, better1);
      best2 = v128.bitselect(v2, best2, better2);
      best3 = v128.bitselect(v3, best3, better3);
      at0 = v128.bitselect(here, at0, better0);
      at1 = v128.bitselect(here, at1, better1);
      at2 = v128.bitselect(here, at2, better2);
      at3 = v128.bitselect(here, at3, better3);
    }
    storeLanes(y, at0, columns);
    if (columns > 4) storeLanes(y + 16, at1, columns - 4);
    if (columns > 8) storeLanes(y + 32, at2, columns - 8);
    if (columns > 12) storeLanes(y + 48, at3, columns - 12);
  }
}

/** Where v is larger, or NaN and the best one is not. */
@inline
function isBetter(v: v128, best: v128): v128 {
  return v128.andnot(v128.not(f32x4.le(v, best)), f32x4.ne(best, best));
}

@unmanaged
export class MoveFirstArgs {
  /** An array of groups. */
  groups: usize;
  /** One of each group. */
  positions: usize;
  /** One element of each group. */
  one: usize;
  /** Number of groups. */
  count: i32;
  /** Elements of a group. */
  length: i32;
  inner: i32;
  /** Groups of a chunk. */
  block: i32;
  /** Elements go to the groups, else from them. */
  toGroups: bool;
}

/** Moves one element of each group. */
export function moveFirst(chunk: i32): void {
  const args = changetype<MoveFirstArgs>(PARAMS);
  const length = args.length, inner = args.inner, toGroups = args.toGroups;
  const first = chunk * args.block, end = min(first + args.block, args.count);
  for (let group = first; group < end; group++) {
    const at = load<i32>(args.positions + (<usize> group << 2));
    const offset = (group / inner * length + at) * inner + group % inner;
    const there = args.groups + (<usize> offset << 2), here = args.one + (<usize> group << 2);
    if (toGroups) store<f32>(there, load<f32>(here));
    else store<f32>(here, load<f32>(there));
  }
}
