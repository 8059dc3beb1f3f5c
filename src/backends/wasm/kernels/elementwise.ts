// Filling, copying and adding in place, four elements at a time. Arrays may be read up to a vector
// beyond their end, but never written there.
import { float, int, pointer } from "./params";
import { storeLanes } from "./simd";

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

/** Floats of integers. Arguments: 0 x, 1 y, 2 elements, 3 elements of a chunk, 4 bytes of one of x. */
export function cast(chunk: i32): void {
  const first = chunk * int(3), bytes = int(4);
  let count = min(int(3), int(2) - first);
  let x = pointer(0) + <usize> (first * bytes), y = pointer(1) + (<usize> first << 2);
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
