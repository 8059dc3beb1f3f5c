// Dropout: eight elements at a time, with the words of four counters of Threefry-2x32.
import { float, int, pointer } from "./params";
import { storeLanes } from "./simd";

// @ts-ignore: decorator
@inline
function rotated(x: v128, turn: i32): v128 {
  return v128.or(i32x4.shl(x, turn), i32x4.shr_u(x, 32 - turn));
}

/**
 * `y = x factor`, or 0 where the element's word is below the threshold. Arguments: 0 x, 1 y, 2
 * elements, 3 elements of a chunk, 4 and 5 key, 6 threshold; 32 factor (a float).
 */
export function dropout(chunk: i32): void {
  const first = chunk * int(3), factor = f32x4.splat(float(32)), threshold = i32x4.splat(int(6));
  const k0 = i32x4.splat(int(4)), k1 = i32x4.splat(int(5));
  const k2 = i32x4.splat(int(4) ^ int(5) ^ 0x1bd11bda);
  let left = min(int(3), int(2) - first);
  let x = pointer(0) + (<usize> first << 2), y = pointer(1) + (<usize> first << 2);
  let counter = i32x4.add(i32x4.splat(first >> 1), i32x4(0, 1, 2, 3));
  for (; left > 0; left -= 8, x += 32, y += 32) {
    let a = i32x4.add(counter, k0), b = k1;
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 13), a);
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 15), a);
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 26), a);
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 6), a);
    a = i32x4.add(a, k1), b = i32x4.add(b, i32x4.add(k2, i32x4.splat(1)));
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 17), a);
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 29), a);
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 16), a);
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 24), a);
    a = i32x4.add(a, k2), b = i32x4.add(b, i32x4.add(k0, i32x4.splat(2)));
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 13), a);
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 15), a);
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 26), a);
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 6), a);
    a = i32x4.add(a, k0), b = i32x4.add(b, i32x4.add(k1, i32x4.splat(3)));
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 17), a);
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 29), a);
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 16), a);
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 24), a);
    a = i32x4.add(a, k1), b = i32x4.add(b, i32x4.add(k2, i32x4.splat(4)));
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 13), a);
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 15), a);
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 26), a);
    a = i32x4.add(a, b), b = v128.xor(rotated(b, 6), a);
    a = i32x4.add(a, k2), b = i32x4.add(b, i32x4.add(k0, i32x4.splat(5)));
    const y0 = f32x4.mul(v128.load(x), factor), y1 = f32x4.mul(v128.load(x, 16), factor);
    storeLanes(y, v128.and(y0, i32x4.ge_u(a, threshold)), left);
    if (left > 4) storeLanes(y + 16, v128.and(y1, i32x4.ge_u(b, threshold)), left - 4);
    counter = i32x4.add(counter, i32x4.splat(4));
  }
}
