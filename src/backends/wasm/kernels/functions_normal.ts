// The error function and what is made of it, four floats at a time. Errors are stated in units of
// the last place (ulp), and tested.
//
// exp(-a^2) is where digits are lost: a rounding error of a^2 becomes one of exp, a^2 times as
// large. So a is cut in two, and its upper half has an exact square.
import { expOfSum4 } from "./functions";
import { fma } from "./simd";

// erf(a) / a - 1 in powers of a^2, a from 0 to 1, and below
// (x + d) exp(x^2 / 2) erfc(x / sqrt(2)) / 2 in powers of t = (x - d) / (x + d), d = 2 sqrt(2), x
// from 0 to 14.9: their interpolations in the zeros of Chebyshev polynomials; the largest relative
// errors are 2e-8.
const NEAR = memory.data<f32>([
  7.8758750627e-5, -8.0168642872e-4, 5.1890874234e-3, -2.6854212011e-2, // 0 to 6
  1.1283594715e-1, -3.7612626667e-1, 1.283791658e-1,
]);

const TAIL = memory.data<f32>([
  4.6346655254e-5, 2.9842077146e-5, -4.1558963293e-4, -5.8395018067e-4, // 0 to 10
  2.1641360659e-3, 4.5772121976e-3, -1.520657104e-2, -2.5767916056e-2,
  1.9761635297e-1, -4.8589599508e-1, 7.223680592e-1,
]);

const NUMBERS = memory.data<f32>([
  1, // 0
  2.8284270763397217, // 1: d
  16, // 2: from here on erfc is 0
  -0.0, // 3: the sign bit
  1.4142135623730951, // 4: the root of 2
  0.3989422804014327, // 5: 1 / sqrt(2 pi)
  0.5, // 6
]);

/** Upper bits of a float: half of its fraction. */
const UPPER = memory.data<i32>([-4096]);

@inline
function constant(table: usize, i: i32): v128 {
  return v128.load32_splat(table + (<usize> i << 2));
}

/** exp(-share a^2), within 2 ulp, of a from 0 to 16 and shares of 1 and 1/2. */
@inline
function bell(a: v128, share: v128): v128 {
  const upper = v128.and(a, constant(UPPER, 0));
  const rest = f32x4.mul(f32x4.sub(a, upper), f32x4.add(a, upper));
  const square = f32x4.neg(f32x4.mul(f32x4.mul(upper, upper), share));
  return expOfSum4(square, f32x4.neg(f32x4.mul(rest, share)));
}

/**
 * The share of the normal distribution beyond x, over exp(-x^2 / 2), within 3 ulp, of x from 0;
 * beyond 14.9 something finite.
 */
@inline
function scaledTail(x: v128): v128 {
  const v = f32x4.div(constant(NUMBERS, 0), f32x4.add(x, constant(NUMBERS, 1)));
  const t = f32x4.mul(f32x4.sub(x, constant(NUMBERS, 1)), v);
  const tt = f32x4.mul(t, t), t4 = f32x4.mul(tt, tt);
  const p89 = fma(constant(TAIL, 1), t, constant(TAIL, 2));
  const p67 = fma(constant(TAIL, 3), t, constant(TAIL, 4));
  const p45 = fma(constant(TAIL, 5), t, constant(TAIL, 6));
  const p23 = fma(constant(TAIL, 7), t, constant(TAIL, 8));
  const p01 = fma(constant(TAIL, 9), t, constant(TAIL, 10));
  const top = fma(constant(TAIL, 0), tt, p89);
  const p = fma(fma(top, t4, fma(p67, tt, p45)), t4, fma(p23, tt, p01));
  return f32x4.mul(p, v);
}

/** erf(x), within 1.5 ulp: a polynomial up to 1, 1 - erfc(|x|) beyond. */
@inline
export function erf4(x: v128): v128 {
  const a = f32x4.pmin(f32x4.abs(x), constant(NUMBERS, 2)), one = constant(NUMBERS, 0);
  const z = f32x4.mul(a, a), zz = f32x4.mul(z, z);
  const p45 = fma(constant(NEAR, 1), z, constant(NEAR, 2));
  const p23 = fma(constant(NEAR, 3), z, constant(NEAR, 4));
  const p01 = fma(constant(NEAR, 5), z, constant(NEAR, 6));
  const p = fma(fma(fma(constant(NEAR, 0), zz, p45), zz, p23), zz, p01);
  const near = fma(p, a, a);
  const tail = f32x4.mul(bell(a, one), scaledTail(f32x4.mul(a, constant(NUMBERS, 4))));
  const far = f32x4.sub(one, f32x4.add(tail, tail));
  const y = v128.bitselect(near, far, f32x4.lt(a, one));
  return v128.or(y, v128.and(x, constant(NUMBERS, 3)));
}

/**
 * x times the share of the normal distribution below x, within 5 ulp: x, or 0 where it is negative,
 * less |x| times the share beyond |x|.
 */
@inline
export function gelu4(x: v128): v128 {
  const size = f32x4.pmin(f32x4.abs(x), constant(NUMBERS, 2)), half = constant(NUMBERS, 6);
  const beyond = f32x4.mul(f32x4.mul(size, scaledTail(size)), bell(size, half));
  // The bound is -0, so that what is below 0 is -0 far out, and NaN stays.
  return f32x4.sub(f32x4.pmax(x, constant(NUMBERS, 3)), beyond);
}

/** The derivative of gelu4, within 4e-7: that share, and x times the density. */
@inline
export function geluSlope4(x: v128): v128 {
  const size = f32x4.pmin(f32x4.abs(x), constant(NUMBERS, 2)), half = constant(NUMBERS, 6);
  const density = bell(size, half);
  const beyond = f32x4.mul(density, scaledTail(size));
  const below = f32x4.sub(constant(NUMBERS, 0), beyond);
  const share = v128.bitselect(below, beyond, f32x4.gt(x, f32x4.splat(0)));
  return fma(f32x4.mul(density, constant(NUMBERS, 5)), x, share);
}
