// Functions of two elements, four elements at a time.
//
// A function is a type without instances: loops that are generic in it are compiled for each.
// Arrays may be read up to a vector beyond their end, but never written there.
import { ADD, DIV, MAXIMUM, MINIMUM, MUL, POW, SUB } from "../kinds";
import { pow4 } from "./functions_power";
import { int, pointer } from "./params";
import { rowOffset } from "./rows";
import { storeLanes } from "./simd";

@unmanaged
class Add {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.add(a, b);
  }
}

@unmanaged
class Sub {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.sub(a, b);
  }
}

@unmanaged
class Mul {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.mul(a, b);
  }
}

@unmanaged
class Div {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.div(a, b);
  }
}

@unmanaged
class Minimum {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.min(a, b);
  }
}

@unmanaged
class Maximum {
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.max(a, b);
  }
}

@unmanaged
class Pow {
  @inline
  of(a: v128, b: v128): v128 {
    return pow4(a, b);
  }
}

/**
 * `y = f(a, b)` by rows, broadcast. A chunk is a block of rows, or a piece of one row. Arguments:
 * 0 kind, 1 a, 2 b, 3 y, 4 rows, 5 elements of a row, 6 rows of a chunk, 7 pieces of a row,
 * 8 elements of a piece, 9 dimensions of the rows (see `rowOffset`), 10 how many, 11 a is one
 * element per row, 12 b is.
 */
export function binary(chunk: i32): void {
  switch (int(0)) {
    case ADD:
      combineRows<Add>(chunk);
      break;
    case SUB:
      combineRows<Sub>(chunk);
      break;
    case MUL:
      combineRows<Mul>(chunk);
      break;
    case DIV:
      combineRows<Div>(chunk);
      break;
    case MINIMUM:
      combineRows<Minimum>(chunk);
      break;
    case MAXIMUM:
      combineRows<Maximum>(chunk);
      break;
    case POW:
      combineRows<Pow>(chunk);
      break;
    default:
      unreachable();
  }
}

function combineRows<F>(chunk: i32): void {
  const rowBytes = <usize> int(5) << 2, pieces = int(7), dimensions = pointer(9), rank = int(10);
  const aRepeats = int(11) != 0, bRepeats = int(12) != 0;
  let row = chunk * int(6), end = min(row + int(6), int(4)), count = int(5);
  let skipped: usize = 0;
  if (pieces > 1) {
    row = chunk / pieces;
    end = row + 1;
    const first = (chunk % pieces) * int(8);
    count = min(int(8), count - first);
    skipped = <usize> first << 2;
  }
  for (; row < end; row++) {
    const a = pointer(1) + rowOffset(dimensions, rank, row, 0);
    const b = pointer(2) + rowOffset(dimensions, rank, row, 1);
    const y = pointer(3) + <usize> row * rowBytes + skipped;
    // What is written beyond the end of a row is the next row's, which is still to come.
    const whole = row + 1 < end ? (count + 3) & ~3 : count;
    if (aRepeats) combineWithFirst<F>(a, b + skipped, y, whole);
    else if (bRepeats) combineWithSecond<F>(a + skipped, b, y, whole);
    else combine<F>(a + skipped, b + skipped, y, whole);
  }
}

/** Arrays of as many elements. */
export function combine<F>(a: usize, b: usize, y: usize, count: i32): void {
  const f = changetype<F>(0);
  for (; count >= 8; count -= 8, a += 32, b += 32, y += 32) {
    const y0 = f.of(v128.load(a), v128.load(b));
    const y1 = f.of(v128.load(a, 16), v128.load(b, 16));
    v128.store(y, y0);
    v128.store(y, y1, 16);
  }
  for (; count > 0; count -= 4, a += 16, b += 16, y += 16) {
    storeLanes(y, f.of(v128.load(a), v128.load(b)), count);
  }
}

/** A row with a single element of a. */
function combineWithFirst<F>(a: usize, b: usize, y: usize, count: i32): void {
  const f = changetype<F>(0), one = v128.load32_splat(a);
  for (; count > 0; count -= 4, b += 16, y += 16) {
    storeLanes(y, f.of(one, v128.load(b)), count);
  }
}

/** A row with a single element of b. */
function combineWithSecond<F>(a: usize, b: usize, y: usize, count: i32): void {
  const f = changetype<F>(0), one = v128.load32_splat(b);
  for (; count > 0; count -= 4, a += 16, y += 16) {
    storeLanes(y, f.of(v128.load(a), one), count);
  }
}
