// Filling, copying and adding in place, four elements at a time. Arrays may be read up to a vector
// beyond their end, but never written there.
import { PARAMS } from "../layout";
import { storeLanes } from "./simd";

@unmanaged
export class AddInPlaceArgs {
  target: usize;
  x: usize;
  size: i32;
  /** Elements of a chunk. */
  block: i32;
}

/** Adds x to the target, in place. */
export function addInPlace(chunk: i32): void {
  const args = changetype<AddInPlaceArgs>(PARAMS);
  const first = chunk * args.block;
  let count = min(args.block, args.size - first);
  let target = args.target + (<usize> first << 2), x = args.x + (<usize> first << 2);
  for (; count >= 8; count -= 8, target += 32, x += 32) {
    v128.store(target, f32x4.add(v128.load(target), v128.load(x)));
    v128.store(target, f32x4.add(v128.load(target, 16), v128.load(x, 16)), 16);
  }
  for (; count > 0; count -= 4, target += 16, x += 16) {
    storeLanes(target, f32x4.add(v128.load(target), v128.load(x)), count);
  }
}

@unmanaged
export class FillArgs {
  y: usize;
  size: i32;
  /** Elements of a chunk. */
  block: i32;
  value: f32;
}

/** Makes all elements equal. */
export function fill(chunk: i32): void {
  const args = changetype<FillArgs>(PARAMS);
  const first = chunk * args.block;
  const count = min(args.block, args.size - first);
  fillWith(args.y + (<usize> first << 2), args.value, count);
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

@unmanaged
export class CopyArgs {
  x: usize;
  y: usize;
  bytes: usize;
  /** Bytes of a chunk. */
  block: usize;
}

/** Copies bytes. */
export function copy(chunk: i32): void {
  const args = changetype<CopyArgs>(PARAMS);
  const first: usize = <usize> chunk * args.block;
  memory.copy(args.y + first, args.x + first, min(args.block, args.bytes - first));
}

@unmanaged
export class CastArgs {
  x: usize;
  y: usize;
  size: i32;
  /** Elements of a chunk. */
  block: i32;
  /** Bytes of an element of x: 4 with a sign, or 1 without. */
  xBytes: i32;
}

/** Makes floats of integers. */
export function cast(chunk: i32): void {
  const args = changetype<CastArgs>(PARAMS);
  const first = chunk * args.block, bytes = args.xBytes;
  let count = min(args.block, args.size - first);
  let x = args.x + <usize> (first * bytes), y = args.y + (<usize> first << 2);
  if (bytes == 4) {
    for (; count > 0; count -= 4, x += 16, y += 16) {
      storeLanes(y, f32x4.convert_i32x4_s(v128.load(x)), count);
    }
    return;
  }
  for (; count > 0; count -= 4, x += 4, y += 16) {
    const halves = i16x8.extend_low_i8x16_u(v128.load32_zero(x));
    storeLanes(y, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(halves)), count);
  }
}
