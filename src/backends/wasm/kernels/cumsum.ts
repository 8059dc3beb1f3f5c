// Running sums along one axis.
import { PARAMS } from "../layout";
import { MatricesArgs } from "./move_first";
import { demote, promoteHigh, storeLanes } from "./simd";

/** Rows that are added to one another before they are added to what came before. */
const BLOCK_ROWS = 512;

@unmanaged
export class CumsumArgs extends MatricesArgs {
  /** A sum is that of the elements before. */
  exclusive: bool;
  /** Sums run from the last element. */
  reverse: bool;
}

/**
 * Makes running sums of `[outer, length, inner]` along the length. A chunk is some matrices, or a
 * block of columns of one.
 */
export function cumsum(chunk: i32): void {
  const args = changetype<CumsumArgs>(PARAMS);
  const length = args.length, inner = args.inner, blocks = args.blocks, reverse = args.reverse;
  const matrix = chunk / blocks * args.matricesOfChunk;
  const end = min(matrix + args.matricesOfChunk, args.outer);
  const skipped = (chunk % blocks) * args.columnsOfBlock;
  const columns = min(args.columnsOfBlock, inner - skipped);
  const rowBytes: i32 = inner << 2, step = reverse ? -rowBytes : rowBytes;
  const start = reverse ? <usize> (length - 1) * <usize> rowBytes : 0;
  for (let i = matrix; i < end; i++) {
    const skippedBytes = (<usize> (i * length * inner + skipped) << 2) + start;
    const x = args.x + skippedBytes, y = args.y + skippedBytes;
    if (inner == 1) sumRow(x, y, length, step);
    else sumColumns(x, y, length, step, columns);
  }
}

/** One after the other, in float64: each sum waits for the one before. */
function sumRow(x: usize, y: usize, length: i32, step: i32): void {
  const exclusive = changetype<CumsumArgs>(PARAMS).exclusive;
  let sum: f64 = 0;
  for (; length > 0; length--, x += step, y += step) {
    const before = sum;
    sum += <f64> load<f32>(x);
    store<f32>(y, <f32> (exclusive ? before : sum));
  }
}

/** Four columns at a time; in blocks, as a sum of many rows would lose what a row adds. */
function sumColumns(x: usize, y: usize, rows: i32, step: i32, columns: i32): void {
  const exclusive = changetype<CumsumArgs>(PARAMS).exclusive;
  for (; columns > 0; columns -= 4, x += 16, y += 16) {
    let low = f64x2.splat(0), high = low, from = x, to = y;
    for (let done = 0; done < rows; done += BLOCK_ROWS) {
      const end = min(done + BLOCK_ROWS, rows), before = demote(low, high);
      let sum = f32x4.splat(0);
      for (let row = done; row < end; row++, from += step, to += step) {
        const last = sum;
        sum = f32x4.add(sum, v128.load(from));
        storeLanes(to, f32x4.add(before, exclusive ? last : sum), columns);
      }
      low = f64x2.add(low, f64x2.promote_low_f32x4(sum));
      high = f64x2.add(high, promoteHigh(sum));
    }
  }
}
