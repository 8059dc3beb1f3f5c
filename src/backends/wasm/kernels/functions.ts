// Smooth functions of four floats. Errors are stated against the exact value, in units of the
// last place (ulp), and tested. NaN and infinities come out as IEEE 754 says.
//
// They take five to ten times as long as copying because arithmetic is their limit, not memory: exp
// is thirty instructions on four numbers and loads of fourteen constants, log and those with a
// division more.
import { fma } from "./simd";

// A constant in a function costs the engine four instructions each time it is used, one in memory
// only one: the bounds of a constant address need no check.
const EXP = memory.data<f32>([
  89, -104, // 0, 1: beyond these nothing changes
  12582912, // 2: 1.5 * 2^23: adding it rounds to an integer, which is then in the low bits
  1.44269504088896341, // 3: 1 / ln(2)
  -0.693359375, 2.12194440e-4, // 4, 5: -ln(2) in two parts, the first of few bits
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, // 6 to 11: (exp(r) - 1 - r) / r^2
  4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
  1, // 12
]);

const LOG = memory.data<f32>([
  1.17549435e-38, // 0: the smallest normal number
  8388608, // 1: 2^23
  7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, // 2 to 10: (log(1 + f) - f + f^2 / 2) / f^3
  -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
  -2.12194440e-4, 0.693359375, // 11, 12: ln(2) in two parts
  -0.5, // 13
  Infinity, // 14
  1, // 15
]);

const TANH = memory.data<f32>([
  -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, // 0 to 4: (tanh(a) - a) / a^3
  1.33314422036e-1, -3.33332819422e-1,
  2, // 5
  0.625, // 6: where the polynomial ends
  -0.0, // 7: the sign bit
  1, // 8
]);

// (log(1 + e) - 2 s) / s^3 in powers of s^2: its interpolation in the zeros of a Chebyshev
// polynomial; the largest relative error is 3e-8.
const FRACTION = memory.data<f32>([
  2.3224329224e-1, 2.1706575801e-1, 2.8592357994e-1, 3.9999706332e-1, 6.6666667321e-1, // 0 to 4
  2, // 5
]);

const INTEGERS = memory.data<i32>([
  0x4b400000, // 0: the bits of 1.5 * 2^23
  127, // 1: what is added to exponents
  0x3f3504f3, // 2: the bits of sqrt(1 / 2)
  23, // 3: bits of a fraction
]);

@inline
function constant(table: usize, i: i32): v128 {
  return v128.load32_splat(table + (<usize> i << 2));
}

/** Lanes of a where the mask is set, of b where it is not. */
@inline
function choose(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/**
 * exp(x), within 1.5 ulp: 2^n exp(r) with |r| <= ln(2) / 2.
 *
 * Polynomials are summed in pairs (G. Estrin): the processor works on several at once, where
 * Horner's rule has each step wait for the one before.
 */
@inline
export function exp4(x: v128): v128 {
  // The bounds are put so that NaN stays.
  x = f32x4.pmax(f32x4.pmin(x, constant(EXP, 0)), constant(EXP, 1));
  const rounded = fma(x, constant(EXP, 3), constant(EXP, 2));
  const n = f32x4.sub(rounded, constant(EXP, 2));
  const r = fma(n, constant(EXP, 5), fma(n, constant(EXP, 4), x));
  return scaledExp4(r, i32x4.sub(rounded, constant(INTEGERS, 0)));
}

/**
 * exp(x + rest), within 2 ulp, of x up to 0 and a rest up to 1/8 away from 0: digits that x has
 * not.
 */
@inline
export function expOfSum4(x: v128, rest: v128): v128 {
  x = f32x4.pmax(x, constant(EXP, 1));
  const rounded = fma(x, constant(EXP, 3), constant(EXP, 2));
  const n = f32x4.sub(rounded, constant(EXP, 2));
  const r = fma(n, constant(EXP, 5), f32x4.add(fma(n, constant(EXP, 4), x), rest));
  return scaledExp4(r, i32x4.sub(rounded, constant(INTEGERS, 0)));
}

/**
 * 2^n exp(r), n integers from -150 to 130. 2^n is multiplied in two steps, so that results overflow
 * and become subnormal as they should.
 */
@inline
export function scaledExp4(r: v128, n: v128): v128 {
  const half = i32x4.shr_s(n, 1), y = f32x4.add(expLess1(r), constant(EXP, 12));
  return f32x4.mul(f32x4.mul(y, power(half)), power(i32x4.sub(n, half)));
}

/**
 * exp(x) / 2, within 1.5 ulp, of x from 0 up: n and r as in exp4. It overflows where exp(x) / 2 does,
 * which is beyond where exp(x) does.
 */
export function halfExp4(x: v128): v128 {
  x = f32x4.pmin(x, f32x4.splat(91)); // 2^131: NaN stays
  const rounded = fma(x, constant(EXP, 3), constant(EXP, 2));
  const n = f32x4.sub(rounded, constant(EXP, 2));
  const r = fma(n, constant(EXP, 5), fma(n, constant(EXP, 4), x));
  const bits = i32x4.sub(rounded, constant(INTEGERS, 0));
  return scaledExp4(r, i32x4.sub(bits, i32x4.splat(1)));
}

/** exp(r) - 1 of r near 0 (Cephes). */
@inline
function expLess1(r: v128): v128 {
  const z = f32x4.mul(r, r);
  const p45 = fma(constant(EXP, 6), r, constant(EXP, 7));
  const p23 = fma(constant(EXP, 8), r, constant(EXP, 9));
  const p01 = fma(constant(EXP, 10), r, constant(EXP, 11));
  return fma(fma(fma(p45, z, p23), z, p01), z, r);
}

/** 2^n of integers n from -126 to 127. */
@inline
function power(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, constant(INTEGERS, 1)), 23);
}

/**
 * log(x), within 1 ulp: e ln(2) + log(1 + f), 1 + f from sqrt(1 / 2) to sqrt(2), log(1 + f) a
 * polynomial (Cephes).
 */
@inline
export function log4(x: v128): v128 {
  const tiny = f32x4.lt(x, constant(LOG, 0));
  const bits = choose(tiny, f32x4.mul(x, constant(LOG, 1)), x);
  const exponent = i32x4.shr_s(i32x4.sub(bits, constant(INTEGERS, 2)), 23);
  const f = f32x4.sub(i32x4.sub(bits, i32x4.shl(exponent, 23)), constant(LOG, 15));
  const e = f32x4.convert_i32x4_s(i32x4.sub(exponent, v128.and(tiny, constant(INTEGERS, 3))));
  const z = f32x4.mul(f, f);
  const zz = f32x4.mul(z, z);
  const p67 = fma(constant(LOG, 3), f, constant(LOG, 4));
  const p45 = fma(constant(LOG, 5), f, constant(LOG, 6));
  const p23 = fma(constant(LOG, 7), f, constant(LOG, 8));
  const p01 = fma(constant(LOG, 9), f, constant(LOG, 10));
  const upper = fma(constant(LOG, 2), zz, fma(p67, z, p45));
  let p = fma(upper, zz, fma(p23, z, p01));
  p = f32x4.mul(f32x4.mul(p, f), z);
  p = fma(e, constant(LOG, 11), p);
  p = fma(z, constant(LOG, 13), p);
  let y = fma(e, constant(LOG, 12), f32x4.add(f, p));
  const infinity = constant(LOG, 14), zero = f32x4.splat(0);
  y = choose(f32x4.eq(x, infinity), x, y);
  y = choose(f32x4.eq(x, zero), f32x4.neg(infinity), y);
  // All bits set are a NaN: what negative numbers and NaN give.
  return v128.or(y, v128.not(f32x4.ge(x, zero)));
}

/** tanh(x), within 1.5 ulp: a polynomial (Cephes) near 0, 1 - 2 / (exp(2 |x|) + 1) elsewhere. */
@inline
export function tanh4(x: v128): v128 {
  const a = f32x4.abs(x), z = f32x4.mul(a, a), one = constant(TANH, 8);
  const zz = f32x4.mul(z, z), p01 = fma(constant(TANH, 3), z, constant(TANH, 4));
  const p23 = fma(constant(TANH, 1), z, constant(TANH, 2));
  let p = fma(fma(constant(TANH, 0), zz, p23), zz, p01);
  p = fma(f32x4.mul(p, z), a, a);
  const e = exp4(f32x4.add(a, a));
  const far = f32x4.sub(one, f32x4.div(constant(TANH, 5), f32x4.add(e, one)));
  const y = choose(f32x4.lt(a, constant(TANH, 6)), p, far);
  return v128.or(y, v128.and(x, constant(TANH, 7)));
}

/** 1 / (1 + exp(-x)), within 2.5 ulp: exp of a negative number only, which cannot overflow. */
@inline
export function sigmoid4(x: v128): v128 {
  const one = constant(EXP, 12);
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const top = choose(f32x4.ge(x, f32x4.splat(0)), one, e);
  return f32x4.div(top, f32x4.add(one, e));
}

/**
 * exp(x) - 1, within 2.5 ulp: 2^n (exp(r) - 1) + 2^n - 1 with |r| <= ln(2) / 2, n and r as in exp4.
 * Halves are doubled at the end: 2^128 is no float.
 */
@inline
export function expm14(x: v128): v128 {
  const near = f32x4.pmax(f32x4.pmin(x, constant(EXP, 0)), f32x4.splat(-25));
  const rounded = fma(near, constant(EXP, 3), constant(EXP, 2));
  const n = f32x4.sub(rounded, constant(EXP, 2));
  const r = fma(n, constant(EXP, 5), fma(n, constant(EXP, 4), near));
  const minusOne = i32x4.sub(i32x4.sub(rounded, constant(INTEGERS, 0)), i32x4.splat(1));
  const half = power(minusOne);
  const y = fma(half, expLess1(r), f32x4.sub(half, f32x4.splat(0.5)));
  // Tiny numbers, and zeros with their signs, are themselves.
  const tiny = f32x4.lt(f32x4.abs(x), f32x4.splat(1e-8));
  return choose(tiny, x, f32x4.add(y, y));
}

/** log(1 + x), within 2.5 ulp: the logarithm of the rounded sum, and what rounding took from it. */
@inline
export function log1p4(x: v128): v128 {
  const one = constant(EXP, 12), sum = f32x4.add(one, x);
  const taken = f32x4.div(f32x4.sub(x, f32x4.sub(sum, one)), sum);
  const y = log4(sum);
  // Nothing is taken from 0 and infinity; a quotient with them is no number.
  const limit = v128.or(f32x4.eq(sum, f32x4.splat(0)), f32x4.eq(sum, constant(LOG, 14)));
  const tiny = f32x4.lt(f32x4.abs(x), f32x4.splat(1e-8));
  return choose(tiny, x, f32x4.add(y, v128.andnot(taken, limit)));
}

/**
 * log(1 + e) of e from 0 to 1, within 1.5 ulp: e - s (e - R), s = e / (2 + e), R a polynomial in
 * s^2 (as in fdlibm, with fewer terms). No rounded sum of 1 and e is in it, so that small ones need
 * no care.
 */
@inline
export function log1pOfFraction4(e: v128): v128 {
  const s = f32x4.div(e, f32x4.add(constant(FRACTION, 5), e)), z = f32x4.mul(s, s);
  const zz = f32x4.mul(z, z), p01 = fma(constant(FRACTION, 3), z, constant(FRACTION, 4));
  const p23 = fma(constant(FRACTION, 1), z, constant(FRACTION, 2));
  const p = f32x4.mul(fma(fma(constant(FRACTION, 0), zz, p23), zz, p01), z);
  return f32x4.sub(e, f32x4.mul(s, f32x4.sub(e, p)));
}

/** log(1 + exp(x)), within 2 ulp: exp of a negative number only, which cannot overflow. */
@inline
export function softplus4(x: v128): v128 {
  const rest = log1pOfFraction4(exp4(f32x4.neg(f32x4.abs(x))));
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), rest);
}
