// Questions about the elements of two arrays, answered in bytes, and choices by such answers.
import { CompareKind } from "./kinds";
import { PARAMS } from "../layout";
import { CombineArgs } from "./binary";
import { rowOffset } from "./rows";
import { storeLanes } from "./simd";

@unmanaged
class Equal {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.eq(a, b);
  }
}

@unmanaged
class NotEqual {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.ne(a, b);
  }
}

@unmanaged
class Less {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.lt(a, b);
  }
}

@unmanaged
class LessEqual {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.le(a, b);
  }
}

/**
 * Answers a question about a and b in bytes, by rows, broadcast. That a is greater, the host asks as
 * whether b is less.
 */
export function compare(chunk: i32): void {
  switch (changetype<CombineArgs>(PARAMS).kind) {
    case CompareKind.equal:
      compareRows<Equal>(chunk);
      break;
    case CompareKind.notEqual:
      compareRows<NotEqual>(chunk);
      break;
    case CompareKind.less:
      compareRows<Less>(chunk);
      break;
    case CompareKind.lessEqual:
      compareRows<LessEqual>(chunk);
      break;
    default:
      unreachable();
  }
}

function compareRows<F>(chunk: i32): void {
  const args = changetype<CombineArgs>(PARAMS);
  const length = args.length, pieces = args.pieces;
  const dimensions = args.dimensions, rank = args.rank;
  const aRepeats = args.aRepeats, bRepeats = args.bRepeats;
  let row = chunk * args.rowsOfChunk, end = min(row + args.rowsOfChunk, args.rows);
  let count = length, first = 0;
  if (pieces > 1) {
    row = chunk / pieces;
    end = row + 1;
    first = (chunk % pieces) * args.piece;
    count = min(args.piece, count - first);
  }
  const skipped = <usize> first << 2;
  for (; row < end; row++) {
    const a = args.a + rowOffset(dimensions, rank, row, 0) + (aRepeats ? 0 : skipped);
    const b = args.b + rowOffset(dimensions, rank, row, 1) + (bRepeats ? 0 : skipped);
    compareRow<F>(a, aRepeats, b, bRepeats, args.y + <usize> (row * length + first), count);
  }
}

function compareRow<F>(
  a: usize,
  aRepeats: bool,
  b: usize,
  bRepeats: bool,
  y: usize,
  count: i32,
): void {
  const f = changetype<F>(0);
  for (let i: usize = 0; count > 0; count -= 4, i += 16, y += 4) {
    const left = aRepeats ? v128.load32_splat(a) : v128.load(a + i);
    const right = bRepeats ? v128.load32_splat(b) : v128.load(b + i);
    const mask = f.of(left, right);
    const halves = i16x8.narrow_i32x4_s(mask, mask);
    const bytes = v128.and(i8x16.narrow_i16x8_s(halves, halves), i8x16.splat(1));
    if (count >= 4) {
      v128.store_lane<i32>(y, bytes, 0);
      continue;
    }
    store<u8>(y, <u8> i8x16.extract_lane_u(bytes, 0));
    if (count > 1) store<u8>(y, <u8> i8x16.extract_lane_u(bytes, 1), 1);
    if (count > 2) store<u8>(y, <u8> i8x16.extract_lane_u(bytes, 2), 2);
  }
}

@unmanaged
export class WhereArgs {
  /** Bytes: zeros choose b. */
  condition: usize;
  a: usize;
  b: usize;
  y: usize;
  size: i32;
  /** Elements of a chunk. */
  block: i32;
  /** All of a is one element. */
  aRepeats: bool;
  /** All of b is one element. */
  bRepeats: bool;
}

/** Chooses elements: `y = condition ? a : b`. */
export function where(chunk: i32): void {
  const args = changetype<WhereArgs>(PARAMS);
  const first = chunk * args.block, skipped = <usize> first << 2;
  const aRepeats = args.aRepeats, bRepeats = args.bRepeats;
  const oneA = v128.load32_splat(args.a), oneB = v128.load32_splat(args.b);
  let count = min(args.block, args.size - first);
  let condition = args.condition + <usize> first, y = args.y + skipped;
  let a = args.a + skipped, b = args.b + skipped;
  for (; count > 0; count -= 4, condition += 4, a += 16, b += 16, y += 16) {
    const halves = i16x8.extend_low_i8x16_u(v128.load32_zero(condition));
    const mask = i32x4.ne(i32x4.extend_low_i16x8_u(halves), i32x4.splat(0));
    const left = aRepeats ? oneA : v128.load(a);
    const right = bRepeats ? oneB : v128.load(b);
    storeLanes(y, v128.bitselect(left, right, mask), count);
  }
}
