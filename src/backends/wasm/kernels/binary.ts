// Functions of two elements, four elements at a time.
//
// A function is a type without instances: loops that are generic in it are compiled for each.
// Arrays may be read up to a vector beyond their end, but never written there.
import { BinaryKind } from "./kinds";
import { pow4 } from "./functions_power";
import { fmod4, mod4 } from "./functions_remainder";
import { PARAMS } from "../layout";
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

@unmanaged
class Mod {
  @inline
  of(a: v128, b: v128): v128 {
    return mod4(a, b);
  }
}

@unmanaged
class Fmod {
  @inline
  of(a: v128, b: v128): v128 {
    return fmod4(a, b);
  }
}

@unmanaged
export class CombineArgs {
  /** A kind of the kernel's functions. */
  kind: i32;
  a: usize;
  b: usize;
  y: usize;
  rows: i32;
  /** Elements of a row. */
  length: i32;
  /** Rows of a chunk. */
  rowsOfChunk: i32;
  /** Pieces of a row: where there are several, each is a chunk. */
  pieces: i32;
  /** Elements of a piece. */
  piece: i32;
  /** Dimensions of the rows, with strides in a and b. */
  dimensions: usize;
  /** Number of dimensions. */
  rank: i32;
  /** Each row of a is one element. */
  aRepeats: bool;
  /** Each row of b is one element. */
  bRepeats: bool;
}

/** Computes `y = f(a, b)` by rows, broadcast. A chunk is a block of rows, or a piece of one row. */
export function binary(chunk: i32): void {
  switch (changetype<CombineArgs>(PARAMS).kind) {
    case BinaryKind.add:
      combineRows<Add>(chunk);
      break;
    case BinaryKind.sub:
      combineRows<Sub>(chunk);
      break;
    case BinaryKind.mul:
      combineRows<Mul>(chunk);
      break;
    case BinaryKind.div:
      combineRows<Div>(chunk);
      break;
    case BinaryKind.minimum:
      combineRows<Minimum>(chunk);
      break;
    case BinaryKind.maximum:
      combineRows<Maximum>(chunk);
      break;
    case BinaryKind.pow:
      combineRows<Pow>(chunk);
      break;
    case BinaryKind.mod:
      combineRows<Mod>(chunk);
      break;
    case BinaryKind.fmod:
      combineRows<Fmod>(chunk);
      break;
    default:
      unreachable();
  }
}

function combineRows<F>(chunk: i32): void {
  const args = changetype<CombineArgs>(PARAMS);
  const rowBytes = <usize> args.length << 2, pieces = args.pieces;
  const dimensions = args.dimensions, rank = args.rank;
  const aRepeats = args.aRepeats, bRepeats = args.bRepeats;
  let row = chunk * args.rowsOfChunk, end = min(row + args.rowsOfChunk, args.rows);
  let count = args.length;
  let skipped: usize = 0;
  if (pieces > 1) {
    row = chunk / pieces;
    end = row + 1;
    const first = (chunk % pieces) * args.piece;
    count = min(args.piece, count - first);
    skipped = <usize> first << 2;
  }
  for (; row < end; row++) {
    const a = args.a + rowOffset(dimensions, rank, row, 0);
    const b = args.b + rowOffset(dimensions, rank, row, 1);
    const y = args.y + <usize> row * rowBytes + skipped;
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
