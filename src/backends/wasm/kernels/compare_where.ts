// Questions about the elements of two arrays, answered in bytes, and choices by such answers.
import { EQUAL, LESS, LESS_EQUAL, NOT_EQUAL } from "../kinds";
import { int, pointer } from "./params";
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

/** `y = a ? b` as bytes, by rows, broadcast. Arguments: those of `binary`. */
export function compare(chunk: i32): void {
  switch (int(0)) {
    case EQUAL:
      compareRows<Equal>(chunk);
      break;
    case NOT_EQUAL:
      compareRows<NotEqual>(chunk);
      break;
    case LESS:
      compareRows<Less>(chunk);
      break;
    case LESS_EQUAL:
      compareRows<LessEqual>(chunk);
      break;
    default:
      unreachable();
  }
}

function compareRows<F>(chunk: i32): void {
  const length = int(5), pieces = int(7), dimensions = pointer(9), rank = int(10);
  const aRepeats = int(11) != 0, bRepeats = int(12) != 0;
  let row = chunk * int(6), end = min(row + int(6), int(4)), count = length, first = 0;
  if (pieces > 1) {
    row = chunk / pieces;
    end = row + 1;
    first = (chunk % pieces) * int(8);
    count = min(int(8), count - first);
  }
  const skipped = <usize> first << 2;
  for (; row < end; row++) {
    const a = pointer(1) + rowOffset(dimensions, rank, row, 0) + (aRepeats ? 0 : skipped);
    const b = pointer(2) + rowOffset(dimensions, rank, row, 1) + (bRepeats ? 0 : skipped);
    compareRow<F>(a, aRepeats, b, bRepeats, pointer(3) + <usize> (row * length + first), count);
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

/**
 * `y = condition ? a : b`. Arguments: 0 condition (bytes), 1 a, 2 b, 3 y, 4 elements, 5 elements
 * of a chunk, 6 a is one element, 7 b is.
 */
export function where(chunk: i32): void {
  const first = chunk * int(5), skipped = <usize> first << 2;
  const aRepeats = int(6) != 0, bRepeats = int(7) != 0;
  const oneA = v128.load32_splat(pointer(1)), oneB = v128.load32_splat(pointer(2));
  let count = min(int(5), int(4) - first);
  let condition = pointer(0) + <usize> first, y = pointer(3) + skipped;
  const a = pointer(1) + skipped, b = pointer(2) + skipped;
  for (let i: usize = 0; count > 0; count -= 4, i += 16, condition += 4, y += 16) {
    const halves = i16x8.extend_low_i8x16_u(v128.load32_zero(condition));
    const mask = i32x4.ne(i32x4.extend_low_i16x8_u(halves), i32x4.splat(0));
    const left = aRepeats ? oneA : v128.load(a + i);
    const right = bRepeats ? oneB : v128.load(b + i);
    storeLanes(y, v128.bitselect(left, right, mask), count);
  }
}
