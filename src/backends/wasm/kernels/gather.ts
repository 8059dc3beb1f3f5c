// Elements picked by indices, and added where indices point to. Elements are words of four bytes.
//
// Where each element has an index of its own they go one by one, several times as slowly as rows
// are copied: no instruction reads or writes lanes at four addresses, and sums at equal indices must
// wait for one another.
import { PARAMS } from "../layout";
import { copyRow } from "./rearrange";
import { loadLanes, storeLanes } from "./simd";

/** Index i of a list of int32 or uint8. */
@inline
function indexAt(indices: usize, bytes: i32, i: i32): i32 {
  return bytes == 1 ? <i32> load<u8>(indices + i) : load<i32>(indices + (<usize> i << 2));
}

@unmanaged
export class GatherArgs {
  x: usize;
  indices: usize;
  y: usize;
  /** Rows of a block of x. */
  size: i32;
  /** Elements of a row. */
  inner: i32;
  /** Rows picked of a block. */
  count: i32;
  /** Rows picked of all blocks. */
  rows: i32;
  /** Rows of a chunk. */
  rowsOfChunk: i32;
  /** Each element has an index of its own. */
  alongAxis: bool;
  /** The index that is skipped. */
  skip: i32;
  /** Bytes of an index. */
  indexBytes: i32;
}

/**
 * Picks rows of x, or elements of them where each has an index of its own. A chunk is a block of
 * rows.
 */
export function gather(chunk: i32): void {
  const args = changetype<GatherArgs>(PARAMS);
  const indices = args.indices, inner = args.inner, count = args.count;
  const skip = args.skip, bytes = args.indexBytes;
  const first = chunk * args.rowsOfChunk, end = min(first + args.rowsOfChunk, args.rows);
  for (let row = first; row < end; row++) {
    const block = args.x + (<usize> (row / count) * args.size * inner << 2);
    const y = args.y + (<usize> row * inner << 2);
    if (args.alongAxis) {
      for (let i = 0; i < inner; i++) {
        const index = indexAt(indices, bytes, row * inner + i);
        const value: f32 = index == skip ? 0 : load<f32>(block + (<usize> (index * inner + i) << 2));
        store<f32>(y + (<usize> i << 2), value);
      }
      continue;
    }
    const index = indexAt(indices, bytes, row % count);
    if (index == skip) memory.fill(y, 0, <usize> inner << 2);
    else copyRow(block + (<usize> index * inner << 2), y, inner);
  }
}

@unmanaged
export class ScatterAddArgs {
  updates: usize;
  indices: usize;
  y: usize;
  /** Rows of a block of y. */
  size: i32;
  /** Elements of a row. */
  inner: i32;
  /** Updates of a block. */
  count: i32;
  blocks: i32;
  /** Blocks of a chunk. */
  blocksOfChunk: i32;
  /** Each element has an index of its own. */
  alongAxis: bool;
  /** The index that is skipped. */
  skip: i32;
  /** Bytes of an index. */
  indexBytes: i32;
  /** Pieces of a row. */
  pieces: i32;
  /** Elements of a piece. */
  piece: i32;
}

/**
 * Adds updates to the rows of y that indices point to, in their order, which is the same for every
 * cut: a chunk is some blocks of y and a piece of their rows.
 */
export function scatterAdd(chunk: i32): void {
  const args = changetype<ScatterAddArgs>(PARAMS);
  const indices = args.indices, inner = args.inner, count = args.count;
  const skip = args.skip, bytes = args.indexBytes;
  const start = (chunk % args.pieces) * args.piece, width = min(args.piece, inner - start);
  const first = (chunk / args.pieces) * args.blocksOfChunk;
  const end = min(first + args.blocksOfChunk, args.blocks);
  for (let block = first; block < end; block++) {
    const y = args.y + (<usize> block * args.size * inner << 2);
    for (let j = 0; j < count; j++) {
      const at = (block * count + j) * inner + start;
      const updates = args.updates + (<usize> at << 2);
      if (args.alongAxis) {
        for (let i = 0; i < width; i++) {
          const index = indexAt(indices, bytes, at + i);
          if (index == skip) continue;
          const to = y + (<usize> (index * inner + start + i) << 2);
          store<f32>(to, load<f32>(to) + load<f32>(updates + (<usize> i << 2)));
        }
        continue;
      }
      const index = indexAt(indices, bytes, j);
      if (index != skip) addRow(y + (<usize> (index * inner + start) << 2), updates, width);
    }
  }
}

function addRow(y: usize, x: usize, count: i32): void {
  for (; count > 0; count -= 4, x += 16, y += 16) {
    storeLanes(y, f32x4.add(loadLanes(y, count), loadLanes(x, count)), count);
  }
}
