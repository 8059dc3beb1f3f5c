// Hyperbolic functions of four floats, and their inverses. Errors are stated in units of the last
// place (ulp), and tested.
//
// The inverses are logarithms of sums that cancel near 0 or 1: they take float64, two and two.
import { halfExp4 } from "./functions";
import { logWide } from "./functions_power";
import { fma, highWide, joinedWide, lowWide } from "./simd";

// (sinh(a) - a) / a^3 in powers of a^2, a from 0 to 1: its interpolation in the zeros of a Chebyshev
// polynomial; the largest relative error of sinh is 2e-10.
const SINH = memory.data<f32>([
  2.8062802582e-6, 1.9838101969e-4, 8.3333396759e-3, 1.6666666647e-1, // 0 to 3
]);

const NUMBERS = memory.data<f32>([
  1, // 0
  0.25, // 1
  -0.0, // 2: the sign bit
  2.44140625e-4, // 3: up to here two terms of a series suffice
  -0.16666666666666666, // 4: -1 / 6
  0.3333333333333333, // 5
]);

@inline
function constant(table: usize, i: i32): v128 {
  return v128.load32_splat(table + (<usize> i << 2));
}

@inline
function withSign(y: v128, x: v128): v128 {
  return v128.or(y, v128.and(x, constant(NUMBERS, 2)));
}

/** sinh(x), within 2.5 ulp: a polynomial up to 1, half a difference of exponentials beyond. */
export function sinh4(x: v128): v128 {
  const a = f32x4.abs(x), z = f32x4.mul(a, a);
  const p23 = fma(constant(SINH, 0), z, constant(SINH, 1));
  const p01 = fma(constant(SINH, 2), z, constant(SINH, 3));
  const near = fma(f32x4.mul(fma(p23, f32x4.mul(z, z), p01), z), a, a);
  const half = halfExp4(a);
  const far = f32x4.sub(half, f32x4.div(constant(NUMBERS, 1), half));
  return withSign(v128.bitselect(near, far, f32x4.lt(a, constant(NUMBERS, 0))), x);
}

/** cosh(x), within 2 ulp: half a sum of exponentials. */
export function cosh4(x: v128): v128 {
  const half = halfExp4(f32x4.abs(x));
  return f32x4.add(half, f32x4.div(constant(NUMBERS, 1), half));
}

/** asinh(x), within 1 ulp: log(|x| + sqrt(x^2 + 1)), a series near 0. */
export function asinh4(x: v128): v128 {
  const a = f32x4.abs(x), z = f32x4.mul(a, a);
  const far = joinedWide(asinhWide(lowWide(a)), asinhWide(highWide(a)));
  const near = fma(f32x4.mul(z, constant(NUMBERS, 4)), a, a);
  const y = v128.bitselect(near, far, f32x4.lt(a, constant(NUMBERS, 3)));
  // All bits set are a NaN.
  return withSign(v128.or(y, f32x4.ne(x, x)), x);
}

@inline
function asinhWide(a: v128): v128 {
  const root = f64x2.sqrt(f64x2.add(f64x2.mul(a, a), f64x2.splat(1)));
  return logWide(f64x2.add(a, root));
}

/** acosh(x), within 1 ulp: log(x + sqrt((x - 1) (x + 1))). */
export function acosh4(x: v128): v128 {
  const y = joinedWide(acoshWide(lowWide(x)), acoshWide(highWide(x)));
  // All bits set are a NaN: what numbers below 1 give, and NaN.
  return v128.or(y, v128.not(f32x4.ge(x, constant(NUMBERS, 0))));
}

@inline
function acoshWide(x: v128): v128 {
  const one = f64x2.splat(1);
  const root = f64x2.sqrt(f64x2.mul(f64x2.sub(x, one), f64x2.add(x, one)));
  return logWide(f64x2.add(x, root));
}

/** atanh(x), within 1 ulp: log((1 + |x|) / (1 - |x|)) / 2, a series near 0. */
export function atanh4(x: v128): v128 {
  const a = f32x4.abs(x), z = f32x4.mul(a, a);
  const far = joinedWide(atanhWide(lowWide(a)), atanhWide(highWide(a)));
  const near = fma(f32x4.mul(z, constant(NUMBERS, 5)), a, a);
  const y = v128.bitselect(near, far, f32x4.lt(a, constant(NUMBERS, 3)));
  // All bits set are a NaN: what numbers beyond 1 give, and NaN.
  return withSign(v128.or(y, v128.not(f32x4.le(a, constant(NUMBERS, 0)))), x);
}

@inline
function atanhWide(a: v128): v128 {
  const one = f64x2.splat(1);
  const quotient = f64x2.div(f64x2.add(one, a), f64x2.sub(one, a));
  return f64x2.mul(logWide(quotient), f64x2.splat(0.5));
}
