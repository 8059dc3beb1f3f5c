// Powers of four floats.
//
// This is slow for a reason: the logarithm of a is multiplied by b, and its error with it, which
// exp then turns into one of all digits. So the logarithm takes float64, two and two, and most of
// the time; a float has enough for what is left of the product, less a multiple of ln(2).
import { scaledExp4 } from "./functions";
import { fmaWide, highWide, joinedWide, lowWide } from "./simd";

const EXP = memory.data<f64>([
  90, -105, // 0, 1: beyond these a float is infinite or 0
  1.4426950408889634, // 2: 1 / ln(2)
  6755399441055744, // 3: 1.5 * 2^52: adding it rounds to an integer, which is then in the low bits
  -0.6931471805599453, // 4: -ln(2)
]);

const LOG = memory.data<f64>([
  0.13333333333333333, 0.15384615384615385, 0.18181818181818182, // 0 to 7: 2 / n, n odd from 15
  0.2222222222222222, 0.2857142857142857, 0.4, 0.6666666666666666, 2,
  0.6931471805599453, // 8: ln(2)
  1, // 9
  6755399441055744, // 10: 1.5 * 2^52
]);

@inline
function constant(table: usize, i: i32): v128 {
  return v128.load64_splat(table + (<usize> i << 3));
}

/** Two doubles between those whose exponentials are floats. */
@inline
function bounded(x: v128): v128 {
  return f64x2.pmax(f64x2.pmin(x, constant(EXP, 0)), constant(EXP, 1));
}

/** x / ln(2), rounded to an integer, which is in the low bits. */
@inline
function roundedQuotient(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, constant(EXP, 2)), constant(EXP, 3));
}

/** x less as many times ln(2). */
@inline
function rest(x: v128, rounded: v128): v128 {
  return fmaWide(f64x2.sub(rounded, constant(EXP, 3)), constant(EXP, 4), x);
}

/** log(x) of two positive doubles, infinity and 0 among them, to 40 bits. */
export function logWide(x: v128): v128 {
  const root = i64x2.splat(0x3fe6a09e667f3bcd); // the bits of sqrt(1 / 2)
  const exponent = i64x2.shr_s(i64x2.sub(x, root), 52);
  const m = i64x2.sub(x, i64x2.shl(exponent, 52));
  const e = f64x2.sub(i64x2.add(exponent, constant(LOG, 10)), constant(LOG, 10));
  const s = f64x2.div(f64x2.sub(m, constant(LOG, 9)), f64x2.add(m, constant(LOG, 9)));
  const z = f64x2.mul(s, s);
  let p = fmaWide(constant(LOG, 0), z, constant(LOG, 1));
  p = fmaWide(p, z, constant(LOG, 2));
  p = fmaWide(p, z, constant(LOG, 3));
  p = fmaWide(p, z, constant(LOG, 4));
  p = fmaWide(p, z, constant(LOG, 5));
  p = fmaWide(p, z, constant(LOG, 6));
  p = fmaWide(p, z, constant(LOG, 7));
  const y = fmaWide(p, s, f64x2.mul(e, constant(LOG, 8)));
  const infinity = f64x2.splat(Infinity), zero = f64x2.splat(0);
  const finite = v128.bitselect(x, y, f64x2.eq(x, infinity));
  return v128.bitselect(f64x2.splat(-Infinity), finite, f64x2.eq(x, zero));
}

/** a to the power of b, as C's `pow`, but NaN wherever one of them is; within 1.5 ulp. */
export function pow4(a: v128, b: v128): v128 {
  const size = f32x4.abs(a), zero = f32x4.splat(0), one = f32x4.splat(1);
  const lower = bounded(f64x2.mul(logWide(lowWide(size)), lowWide(b)));
  const upper = bounded(f64x2.mul(logWide(highWide(size)), highWide(b)));
  const lowerRounded = roundedQuotient(lower), upperRounded = roundedQuotient(upper);
  const r = joinedWide(rest(lower, lowerRounded), rest(upper, upperRounded));
  const n = v128.shuffle<i32>(lowerRounded, upperRounded, 0, 2, 4, 6);
  // A product of 0 and infinity is no number, but a power is.
  const flat = v128.or(f32x4.eq(b, zero), f32x4.eq(size, one));
  let y = v128.bitselect(one, scaledExp4(r, n), flat);
  const half = f32x4.mul(b, f32x4.splat(0.5));
  const isWhole = f32x4.eq(f32x4.floor(b), b), isOdd = f32x4.ne(f32x4.floor(half), half);
  const sign = v128.and(v128.and(a, f32x4.splat(-0.0)), v128.and(isWhole, isOdd));
  y = v128.xor(y, sign);
  const root = v128.andnot(
    v128.and(f32x4.lt(a, zero), f32x4.lt(size, f32x4.splat(Infinity))),
    isWhole,
  );
  // All bits set are a NaN.
  return v128.or(v128.or(y, root), v128.or(f32x4.ne(a, a), f32x4.ne(b, b)));
}
