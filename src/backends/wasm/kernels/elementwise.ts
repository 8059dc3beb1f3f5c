// Functions of one element and of two, and filling and copying, four elements at a time.
//
// Kinds are numbers of `kernel_ids`; each gets loops of its own, in which the choice is made at
// compile time. Arrays may be read up to a vector beyond their end, but never written there.
import {
  ADD,
  DIV,
  EXP,
  LOG,
  MUL,
  NEG,
  RELU,
  RELU_GRAD,
  SIGMOID,
  SQRT,
  SQUARE,
  SUB,
  TANH,
} from "../kinds";
import { exp4, log4, sigmoid4, tanh4 } from "./functions";
import { float, int, pointer } from "./params";
import { rowOffset } from "./rows";
import { storeLanes } from "./simd";

/** `f(x)`. */
// @ts-ignore: decorator
@inline
function apply(kind: i32, x: v128): v128 {
  if (kind == NEG) return f32x4.neg(x);
  if (kind == EXP) return exp4(x);
  if (kind == LOG) return log4(x);
  if (kind == SQRT) return f32x4.sqrt(x);
  if (kind == SQUARE) return f32x4.mul(x, x);
  if (kind == TANH) return tanh4(x);
  if (kind == SIGMOID) return sigmoid4(x);
  // 0 where x <= 0, which NaN is not.
  return v128.andnot(x, f32x4.le(x, f32x4.splat(0)));
}

/** `y = f(x)`. Arguments: 0 kind, 1 x, 2 y, 3 elements, 4 elements of a chunk. */
export function unary(chunk: i32): void {
  const kind = int(0), first = chunk * int(4);
  const count = min(int(4), int(3) - first);
  const x = pointer(1) + (<usize> first << 2), y = pointer(2) + (<usize> first << 2);
  if (kind == NEG) mapWide(NEG, x, y, count);
  else if (kind == EXP) map(EXP, x, y, count);
  else if (kind == LOG) map(LOG, x, y, count);
  else if (kind == SQRT) mapWide(SQRT, x, y, count);
  else if (kind == SQUARE) mapWide(SQUARE, x, y, count);
  else if (kind == TANH) map(TANH, x, y, count);
  else if (kind == SIGMOID) map(SIGMOID, x, y, count);
  else mapWide(RELU, x, y, count);
}

/** Sixteen elements a turn, for functions of an instruction or two. */
// @ts-ignore: decorator
@inline
function mapWide(kind: i32, x: usize, y: usize, count: i32): void {
  const end = x + (<usize> (count & ~15) << 2);
  for (; x < end; x += 64, y += 64) {
    const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
    v128.store(y, apply(kind, x0));
    v128.store(y, apply(kind, x1), 16);
    v128.store(y, apply(kind, x2), 32);
    v128.store(y, apply(kind, x3), 48);
  }
  map(kind, x, y, count & 15);
}

// @ts-ignore: decorator
@inline
function map(kind: i32, x: usize, y: usize, count: i32): void {
  for (; count > 0; count -= 4, x += 16, y += 16) {
    storeLanes(y, apply(kind, v128.load(x)), count);
  }
}

/** `f(a, b)`. */
// @ts-ignore: decorator
@inline
function combine(kind: i32, a: v128, b: v128): v128 {
  if (kind == ADD) return f32x4.add(a, b);
  if (kind == SUB) return f32x4.sub(a, b);
  if (kind == MUL) return f32x4.mul(a, b);
  if (kind == DIV) return f32x4.div(a, b);
  // dy where x > 0; all bits set (a NaN) where x is NaN; else 0.
  return v128.or(v128.and(f32x4.gt(b, f32x4.splat(0)), a), f32x4.ne(b, b));
}

/**
 * `y = f(a, b)` by rows, broadcast. A chunk is a block of rows, or a piece of one row. Arguments:
 * 0 kind, 1 a, 2 b, 3 y, 4 rows, 5 elements of a row, 6 rows of a chunk, 7 pieces of a row,
 * 8 elements of a piece, 9 dimensions of the rows (see `rowOffset`), 10 how many, 11 a is one
 * element per row, 12 b is.
 */
export function binary(chunk: i32): void {
  const kind = int(0);
  if (kind == ADD) combineChunk(ADD, chunk);
  else if (kind == SUB) combineChunk(SUB, chunk);
  else if (kind == MUL) combineChunk(MUL, chunk);
  else if (kind == DIV) combineChunk(DIV, chunk);
  else combineChunk(RELU_GRAD, chunk);
}

// @ts-ignore: decorator
@inline
function combineChunk(kind: i32, chunk: i32): void {
  const rowBytes = <usize> int(5) << 2, pieces = int(7);
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
    const a = pointer(1) + rowOffset(pointer(9), int(10), row, 0);
    const b = pointer(2) + rowOffset(pointer(9), int(10), row, 1);
    const y = pointer(3) + <usize> row * rowBytes + skipped;
    const last = row + 1 == end;
    if (aRepeats) combineRow(kind, 1, a, b + skipped, y, count, last);
    else if (bRepeats) combineRow(kind, 2, a + skipped, b, y, count, last);
    else combineRow(kind, 0, a + skipped, b + skipped, y, count, last);
  }
}

/** A row; `repeated` is 1 where a is one element, 2 where b is. */
// @ts-ignore: decorator
@inline
function combineRow(
  kind: i32,
  repeated: i32,
  a: usize,
  b: usize,
  y: usize,
  count: i32,
  last: bool,
): void {
  const aOne = v128.load32_splat(a), bOne = v128.load32_splat(b);
  const end = y + (<usize> (count & ~7) << 2);
  for (; y < end; y += 32) {
    const a0 = repeated == 1 ? aOne : v128.load(a), a1 = repeated == 1 ? aOne : v128.load(a, 16);
    const b0 = repeated == 2 ? bOne : v128.load(b), b1 = repeated == 2 ? bOne : v128.load(b, 16);
    v128.store(y, combine(kind, a0, b0));
    v128.store(y, combine(kind, a1, b1), 16);
    if (repeated != 1) a += 32;
    if (repeated != 2) b += 32;
  }
  count &= 7;
  for (; count > 0; count -= 4, y += 16) {
    const y0 = combine(
      kind,
      repeated == 1 ? aOne : v128.load(a),
      repeated == 2 ? bOne : v128.load(b),
    );
    // What is written beyond the end of a row is the next row's, which is still to come.
    if (last) storeLanes(y, y0, count);
    else v128.store(y, y0);
    if (repeated != 1) a += 16;
    if (repeated != 2) b += 16;
  }
}

/** `target += x`. Arguments: 0 target, 1 x, 2 elements, 3 elements of a chunk. */
export function addInPlace(chunk: i32): void {
  const first = chunk * int(3);
  let count = min(int(3), int(2) - first);
  let target = pointer(0) + (<usize> first << 2), x = pointer(1) + (<usize> first << 2);
  for (; count >= 8; count -= 8, target += 32, x += 32) {
    v128.store(target, f32x4.add(v128.load(target), v128.load(x)));
    v128.store(target, f32x4.add(v128.load(target, 16), v128.load(x, 16)), 16);
  }
  for (; count > 0; count -= 4, target += 16, x += 16) {
    storeLanes(target, f32x4.add(v128.load(target), v128.load(x)), count);
  }
}

/** Equal elements. Arguments: 0 y, 1 elements, 2 elements of a chunk, 32 the value (a float). */
export function fill(chunk: i32): void {
  const first = chunk * int(2);
  const count = min(int(2), int(1) - first);
  fillWith(pointer(0) + (<usize> first << 2), float(32), count);
}

/** `count` equal elements. */
export function fillWith(y: usize, value: f32, count: i32): void {
  if (reinterpret<i32>(value) == 0) {
    memory.fill(y, 0, <usize> count << 2);
    return;
  }
  const v = f32x4.splat(value);
  for (; count >= 16; count -= 16, y += 64) {
    v128.store(y, v);
    v128.store(y, v, 16);
    v128.store(y, v, 32);
    v128.store(y, v, 48);
  }
  for (; count > 0; count -= 4, y += 16) storeLanes(y, v, count);
}

/** Copied bytes. Arguments: 0 x, 1 y, 2 bytes, 3 bytes of a chunk. */
export function copy(chunk: i32): void {
  const first: usize = <usize> chunk * pointer(3);
  memory.copy(pointer(1) + first, pointer(0) + first, min(pointer(3), pointer(2) - first));
}
