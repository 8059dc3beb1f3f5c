// Rows of arrays whose dimensions have strides of their own.

/** Bytes of a dimension in a list: its size and two strides in bytes. */
const DIMENSION: usize = 12;

/**
 * Where a row begins, in bytes. `dimensions` lists `rank` dimensions in row-major order, each as
 * its size and its stride in two arrays, the `which`th of which counts.
 */
@inline
export function rowOffset(dimensions: usize, rank: i32, row: i32, which: i32): usize {
  const strides = dimensions + 4 + (<usize> which << 2);
  return rank == 1 ? <usize> row * load<u32>(strides) : offsetIn(dimensions, rank, row, strides);
}

function offsetIn(dimensions: usize, rank: i32, row: i32, strides: usize): usize {
  let offset: usize = 0;
  for (let d = rank - 1; d >= 0; d--) {
    const at = <usize> d * DIMENSION;
    const size = load<i32>(dimensions + at);
    offset += <usize> (row % size) * load<u32>(strides + at);
    row /= size;
  }
  return offset;
}
