// Inverse sine, cosine and tangent of four floats. Errors are stated in units of the last place
// (ulp), and tested.
import { fma } from "./simd";

// (asin(s) - s) / s^3 in powers of s^2, s from 0 to 1/2, and (atan(t) - t) / t^3 in powers of t^2, t
// from 0 to tan(pi / 8): their interpolations in the zeros of Chebyshev polynomials; the largest
// relative errors of asin and atan are 1e-9 and 3e-9.
const ASIN = memory.data<f32>([
  3.3690847203e-2, 1.7149238358e-2, 3.1100662735e-2, 4.4599401529e-2, // 0 to 5
  7.5000945435e-2, 1.6666666337e-1,
]);

const ATAN = memory.data<f32>([
  -6.4519282081e-2, 1.0743731491e-1, -1.4263955598e-1, 1.9999540484e-1, -3.3333331761e-1, // 0 to 4
]);

const ANGLES = memory.data<f32>([
  1.57079637050628662109375, // 0: pi / 2
  -4.37113900018624283e-8, // 1: pi / 2 less that
  0.785398185253143310546875, // 2: pi / 4
  -2.18556950009312141e-8, // 3: pi / 4 less that
  0.4142135623730950, // 4: tan(pi / 8)
  2.414213562373095, // 5: tan(3 pi / 8)
  -0.0, // 6: the sign bit
  0.5, // 7
  1, // 8
]);

@inline
function constant(table: usize, i: i32): v128 {
  return v128.load32_splat(table + (<usize> i << 2));
}

/** The angle of a sine s from 0 to 1/2, whose square is z. */
function nearAsin(s: v128, z: v128): v128 {
  const zz = f32x4.mul(z, z), p45 = fma(constant(ASIN, 0), z, constant(ASIN, 1));
  const p23 = fma(constant(ASIN, 2), z, constant(ASIN, 3));
  const p01 = fma(constant(ASIN, 4), z, constant(ASIN, 5));
  const p = fma(fma(p45, zz, p23), zz, p01);
  return fma(f32x4.mul(p, z), s, s);
}

/**
 * Half of the angle between |x| and 1 where |x| is above 1/2, by the sine of half an angle; NaN
 * beyond 1.
 */
@inline
function halfAngle(a: v128): v128 {
  const z = f32x4.mul(f32x4.sub(constant(ANGLES, 8), a), constant(ANGLES, 7));
  return nearAsin(f32x4.sqrt(z), z);
}

/** asin(x), within 2.5 ulp: a polynomial up to 1/2, pi / 2 less an angle beyond. */
export function asin4(x: v128): v128 {
  const a = f32x4.abs(x), isNear = f32x4.le(a, constant(ANGLES, 7));
  const half = halfAngle(a), twice = f32x4.add(half, half);
  const far = f32x4.sub(constant(ANGLES, 0), f32x4.sub(twice, constant(ANGLES, 1)));
  const y = v128.bitselect(nearAsin(a, f32x4.mul(a, a)), far, isNear);
  return v128.or(y, v128.and(x, constant(ANGLES, 6)));
}

/** acos(x), within 2 ulp: pi / 2 less asin(x) up to 1/2, an angle or pi less it beyond. */
export function acos4(x: v128): v128 {
  const a = f32x4.abs(x), isNear = f32x4.le(a, constant(ANGLES, 7));
  const sine = v128.or(nearAsin(a, f32x4.mul(a, a)), v128.and(x, constant(ANGLES, 6)));
  const near = f32x4.sub(constant(ANGLES, 0), f32x4.sub(sine, constant(ANGLES, 1)));
  const half = halfAngle(a);
  const rest = f32x4.sub(constant(ANGLES, 0), f32x4.sub(half, constant(ANGLES, 1)));
  const isBelow = f32x4.lt(x, f32x4.splat(0));
  const far = v128.bitselect(rest, half, isBelow);
  return v128.bitselect(near, f32x4.add(far, far), isNear);
}

/** atan(x), within 2.5 ulp: that of x, of (x - 1) / (x + 1) behind pi / 4, of -1 / x behind pi / 2. */
export function atan4(x: v128): v128 {
  const a = f32x4.abs(x), one = constant(ANGLES, 8), zero = f32x4.splat(0);
  const isMiddle = f32x4.gt(a, constant(ANGLES, 4)), isFar = f32x4.gt(a, constant(ANGLES, 5));
  let top = v128.bitselect(f32x4.sub(a, one), a, isMiddle);
  top = v128.bitselect(f32x4.neg(one), top, isFar);
  let bottom = v128.bitselect(f32x4.add(a, one), one, isMiddle);
  bottom = v128.bitselect(a, bottom, isFar);
  let start = v128.bitselect(constant(ANGLES, 2), zero, isMiddle);
  start = v128.bitselect(constant(ANGLES, 0), start, isFar);
  let less = v128.bitselect(constant(ANGLES, 3), zero, isMiddle);
  less = v128.bitselect(constant(ANGLES, 1), less, isFar);
  const t = f32x4.div(top, bottom), z = f32x4.mul(t, t), zz = f32x4.mul(z, z);
  const p23 = fma(constant(ATAN, 1), z, constant(ATAN, 2));
  const p01 = fma(constant(ATAN, 3), z, constant(ATAN, 4));
  const p = fma(fma(constant(ATAN, 0), zz, p23), zz, p01);
  const y = f32x4.add(start, f32x4.add(fma(f32x4.mul(p, z), t, t), less));
  return v128.or(y, v128.and(x, constant(ANGLES, 6)));
}
