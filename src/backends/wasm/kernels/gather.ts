// Elements picked by indices, and added where indices point to. Elements are words of four bytes.
//
// Where each element has an index of its own they go one by one, several times as slowly as rows
// are copied: no instruction reads or writes lanes at four addresses, and sums at equal indices must
// wait for one another.
import { int, pointer } from "./params";
import { copyRow } from "./rearrange";
import { loadLanes, storeLanes } from "./simd";

/** Index i of a list of int32 or uint8. */
@inline
function indexAt(indices: usize, bytes: i32, i: i32): i32 {
  return bytes == 1 ? <i32> load<u8>(indices + i) : load<i32>(indices + (<usize> i << 2));
}

/**
 * Picks rows of x, or elements of them where each has an index of its own. A chunk is a block of
 * rows. Arguments: 0 x, 1 indices, 2 y, 3 rows of a block of x, 4 elements of a row, 5 rows picked
 * of a block, 6 rows picked of all, 7 rows of a chunk, 8 whether elements have indices, 9 the
 * index that is skipped, 10 bytes of an index.
 */
export function gather(chunk: i32): void {
  const indices = pointer(1), inner = int(4), count = int(5), skip = int(9), bytes = int(10);
  const first = chunk * int(7), end = min(first + int(7), int(6));
  for (let row = first; row < end; row++) {
    const block = pointer(0) + (<usize> (row / count) * int(3) * inner << 2);
    const y = pointer(2) + (<usize> row * inner << 2);
    if (int(8) != 0) {
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

/**
 * Adds updates to the rows of y that indices point to, in their order, which is the same for every
 * cut: a chunk is some blocks of y and a piece of their rows. Arguments: 0 updates, 1 indices, 2 y,
 * 3 rows of a block of y, 4 elements of a row, 5 updates of a block, 6 blocks, 7 blocks of a chunk,
 * 8 whether elements have indices, 9 the index that is skipped, 10 bytes of an index, 11 pieces of
 * a row, 12 elements of a piece.
 */
export function scatterAdd(chunk: i32): void {
  const indices = pointer(1), inner = int(4), count = int(5), skip = int(9), bytes = int(10);
  const start = (chunk % int(11)) * int(12), width = min(int(12), inner - start);
  const first = (chunk / int(11)) * int(7), end = min(first + int(7), int(6));
  for (let block = first; block < end; block++) {
    const y = pointer(2) + (<usize> block * int(3) * inner << 2);
    for (let j = 0; j < count; j++) {
      const at = (block * count + j) * inner + start;
      const updates = pointer(0) + (<usize> at << 2);
      if (int(8) != 0) {
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
