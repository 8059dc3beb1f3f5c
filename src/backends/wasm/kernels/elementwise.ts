// Functions of one element and of two, and filling and copying, four elements at a time.
//
// A function is a type without instances: loops that are generic in it are compiled for each.
// Arrays may be read up to a vector beyond their end, but never written there.
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

// @ts-ignore: decorator
@unmanaged
class Neg {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 {
    return f32x4.neg(x);
  }
}

// @ts-ignore: decorator
@unmanaged
class Exp {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 {
    return exp4(x);
  }
}

// @ts-ignore: decorator
@unmanaged
class Log {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 {
    return log4(x);
  }
}

// @ts-ignore: decorator
@unmanaged
class Sqrt {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 {
    return f32x4.sqrt(x);
  }
}

// @ts-ignore: decorator
@unmanaged
class Square {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 {
    return f32x4.mul(x, x);
  }
}

// @ts-ignore: decorator
@unmanaged
class Tanh {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 {
    return tanh4(x);
  }
}

// @ts-ignore: decorator
@unmanaged
class Sigmoid {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 {
    return sigmoid4(x);
  }
}

// @ts-ignore: decorator
@unmanaged
class Relu {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 {
    // 0 where x <= 0, which NaN is not.
    return v128.andnot(x, f32x4.le(x, f32x4.splat(0)));
  }
}

/** `y = f(x)`. Arguments: 0 kind, 1 x, 2 y, 3 elements, 4 elements of a chunk. */
export function unary(chunk: i32): void {
  const first = chunk * int(4), count = min(int(4), int(3) - first);
  const x = pointer(1) + (<usize> first << 2), y = pointer(2) + (<usize> first << 2);
  switch (int(0)) {
    case NEG:
      mapWide<Neg>(x, y, count);
      break;
    case EXP:
      map<Exp>(x, y, count);
      break;
    case LOG:
      map<Log>(x, y, count);
      break;
    case SQRT:
      mapWide<Sqrt>(x, y, count);
      break;
    case SQUARE:
      mapWide<Square>(x, y, count);
      break;
    case TANH:
      map<Tanh>(x, y, count);
      break;
    case SIGMOID:
      map<Sigmoid>(x, y, count);
      break;
    case RELU:
      mapWide<Relu>(x, y, count);
      break;
    default:
      unreachable();
  }
}

/** Sixteen elements a turn, for functions of an instruction or two. */
function mapWide<F>(x: usize, y: usize, count: i32): void {
  const f = changetype<F>(0);
  const end = x + (<usize> (count & ~15) << 2);
  for (; x < end; x += 64, y += 64) {
    const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
    v128.store(y, f.of(x0));
    v128.store(y, f.of(x1), 16);
    v128.store(y, f.of(x2), 32);
    v128.store(y, f.of(x3), 48);
  }
  map<F>(x, y, count & 15);
}

function map<F>(x: usize, y: usize, count: i32): void {
  const f = changetype<F>(0);
  for (; count >= 4; count -= 4, x += 16, y += 16) v128.store(y, f.of(v128.load(x)));
  if (count > 0) storeLanes(y, f.of(v128.load(x)), count);
}

// @ts-ignore: decorator
@unmanaged
class Add {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.add(a, b);
  }
}

// @ts-ignore: decorator
@unmanaged
class Sub {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.sub(a, b);
  }
}

// @ts-ignore: decorator
@unmanaged
class Mul {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.mul(a, b);
  }
}

// @ts-ignore: decorator
@unmanaged
class Div {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.div(a, b);
  }
}

// @ts-ignore: decorator
@unmanaged
class ReluGrad {
  // @ts-ignore: decorator
  @inline
  of(dy: v128, x: v128): v128 {
    // dy where x > 0; all bits set (a NaN) where x is NaN; else 0.
    return v128.or(v128.and(f32x4.gt(x, f32x4.splat(0)), dy), f32x4.ne(x, x));
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
    case RELU_GRAD:
      combineRows<ReluGrad>(chunk);
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

function combine<F>(a: usize, b: usize, y: usize, count: i32): void {
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
