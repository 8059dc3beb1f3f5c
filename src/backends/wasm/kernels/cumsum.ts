// Running sums along one axis.
import { int, pointer } from "./params";
import { storeLanes } from "./simd";

/**
 * Running sums of `[outer, length, inner]` along the length. A chunk is some matrices, or a block of
 * columns of one. Arguments: 0 x, 1 y, 2 outer, 3 length, 4 inner, 5 matrices of a chunk, 6 blocks of
 * columns, 7 columns of a block, 8 exclusive, 9 reverse.
 */
export function cumsum(chunk: i32): void {
  const length = int(3), inner = int(4), blocks = int(6), reverse = int(9) != 0;
  const matrix = chunk / blocks * int(5), end = min(matrix + int(5), int(2));
  const skipped = (chunk % blocks) * int(7), columns = min(int(7), inner - skipped);
  const rowBytes: i32 = inner << 2, step = reverse ? -rowBytes : rowBytes;
  const start = reverse ? <usize> (length - 1) * <usize> rowBytes : 0;
  for (let i = matrix; i < end; i++) {
    const skippedBytes = (<usize> (i * length * inner + skipped) << 2) + start;
    const x = pointer(0) + skippedBytes, y = pointer(1) + skippedBytes;
    if (inner == 1) sumRow(x, y, length, step);
    else sumColumns(x, y, length, step, columns);
  }
}

/** One after the other, in float64: each sum waits for the one before. */
function sumRow(x: usize, y: usize, length: i32, step: i32): void {
  const exclusive = int(8) != 0;
  let sum: f64 = 0;
  for (; length > 0; length--, x += step, y += step) {
    const before = sum;
    sum += <f64> load<f32>(x);
    store<f32>(y, <f32> (exclusive ? before : sum));
  }
}

function sumColumns(x: usize, y: usize, rows: i32, step: i32, columns: i32): void {
  const exclusive = int(8) != 0;
  for (; columns > 0; columns -= 4, x += 16, y += 16) {
    let sum = f32x4.splat(0), from = x, to = y;
    for (let row = 0; row < rows; row++, from += step, to += step) {
      const before = sum;
      sum = f32x4.add(sum, v128.load(from));
      storeLanes(to, exclusive ? before : sum, columns);
    }
  }
}
