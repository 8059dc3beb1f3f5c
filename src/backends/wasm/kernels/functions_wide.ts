// Functions of four floats that need more digits on the way than a float has: computed in float64,
// two and two, and rounded once. Errors are below 0.65 ulp.
import { fmaWide } from "./simd";

const EXP = memory.data<f64>([
  200, -200, // 0, 1: beyond these a float is infinite or 0
  1.4426950408889634, // 2: 1 / ln(2)
  6755399441055744, // 3: 1.5 * 2^52: adding it rounds to an integer, which is then in the low bits
  -0.6931471805599453, // 4: -ln(2)
  2.48015873015873e-5, 1.984126984126984e-4, 1.388888888888889e-3, // 5 to 12: 1 / n!, n from 8
  8.333333333333333e-3, 4.1666666666666664e-2, 1.6666666666666666e-1,
  0.5, 1,
]);

const LOG = memory.data<f64>([
  0.13333333333333333, 0.15384615384615385, 0.18181818181818182, // 0 to 7: 2 / n, n odd from 15
  0.2222222222222222, 0.2857142857142857, 0.4, 0.6666666666666666, 2,
  0.6931471805599453, // 8: ln(2)
  1, // 9
  6755399441055744, // 10: 1.5 * 2^52
]);

// The series of 2 / sqrt(pi) (x - x^3 / 3 + x^5 / 10 - ...).
const NEAR = memory.data<f64>([
  1.6462114365889247e-6, -1.4925650358406251e-5, 1.2055332981789664e-4, -8.5483270234508528e-4,
  5.2239776254421878e-3, -2.6866170645131252e-2, 1.1283791670955126e-1, -3.7612638903183752e-1,
  1.1283791670955126,
]);

// (1 + 2 a) exp(a^2) erfc(a) in powers of t = (a - 3) / (a + 3), from the 11th: its interpolation in
// the zeros of a Chebyshev polynomial; the largest relative error is 7e-9.
const TAIL = memory.data<f64>([
  8.0074549747762478e-5, -9.2537691264145603e-5, -7.3408205039334236e-4, 1.8750602458679729e-3,
  2.5067786718598331e-3, -2.3763559702172087e-2, 6.8313196719563726e-2, -1.1927528136881008e-1,
  1.2964472091538838e-1, -4.7562156146354077e-2, -1.3562110005839803e-1, 1.2530080563514496,
]);

const ANGLE = memory.data<f64>([
  0.6366197723675814, // 0: 2 / pi
  6755399441055744, // 1: 1.5 * 2^52
  -1.5707963267341256, -6.077100506506192e-11, // 2, 3: -pi / 2, the first part of 33 bits
  -2.505210838544172e-8, 2.7557319223985893e-6, -1.984126984126984e-4, // 4 to 8: sines, from r^11
  8.333333333333333e-3, -1.6666666666666666e-1,
  -2.755731922398589e-7, 2.48015873015873e-5, -1.388888888888889e-3, // 9 to 13: cosines, from r^10
  4.1666666666666664e-2, -0.5,
  1, // 14
]);

/** The bits of 2 / pi after the point, behind 32 zeros. */
const TWO_OVER_PI = memory.data<u32>([
  0, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab,
]);

// @ts-ignore: decorator
@inline
function constant(table: usize, i: i32): v128 {
  return v128.load64_splat(table + (<usize> i << 3));
}

// @ts-ignore: decorator
@inline
function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

// @ts-ignore: decorator
@inline
function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
}

/** Four floats of two and two doubles. */
// @ts-ignore: decorator
@inline
function joined(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 1, 4, 5);
}

/** exp(x) of two doubles, to 34 bits. */
function expWide(x: v128): v128 {
  x = f64x2.pmax(f64x2.pmin(x, constant(EXP, 0)), constant(EXP, 1));
  const rounded = f64x2.add(f64x2.mul(x, constant(EXP, 2)), constant(EXP, 3));
  const r = fmaWide(f64x2.sub(rounded, constant(EXP, 3)), constant(EXP, 4), x);
  let p = fmaWide(constant(EXP, 5), r, constant(EXP, 6));
  p = fmaWide(p, r, constant(EXP, 7));
  p = fmaWide(p, r, constant(EXP, 8));
  p = fmaWide(p, r, constant(EXP, 9));
  p = fmaWide(p, r, constant(EXP, 10));
  p = fmaWide(p, r, constant(EXP, 11));
  p = fmaWide(p, r, constant(EXP, 12));
  p = fmaWide(p, r, constant(EXP, 12));
  // The integer is in the low bits; the others leave at the top.
  return f64x2.mul(p, i64x2.shl(i64x2.add(rounded, i64x2.splat(1023)), 52));
}

/** log(x) of two positive doubles, infinity and 0 among them, to 40 bits. */
function logWide(x: v128): v128 {
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

/** a to the power of b, as C's `pow`, but NaN wherever one of them is. */
// @ts-ignore: decorator
@inline
export function pow4(a: v128, b: v128): v128 {
  const size = f32x4.abs(a), zero = f32x4.splat(0), one = f32x4.splat(1);
  const lower = expWide(f64x2.mul(logWide(low(size)), low(b)));
  const upper = expWide(f64x2.mul(logWide(high(size)), high(b)));
  // A product of 0 and infinity is no number, but a power is.
  const flat = v128.or(f32x4.eq(b, zero), f32x4.eq(size, one));
  let y = v128.bitselect(one, joined(lower, upper), flat);
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

/** erfc(a) / exp(-a^2) of two doubles of 0 or more. */
// @ts-ignore: decorator
@inline
function scaledErfc(a: v128): v128 {
  const three = f64x2.splat(3), one = f64x2.splat(1);
  const t = f64x2.div(f64x2.sub(a, three), f64x2.add(a, three));
  let p = fmaWide(constant(TAIL, 0), t, constant(TAIL, 1));
  p = fmaWide(p, t, constant(TAIL, 2));
  p = fmaWide(p, t, constant(TAIL, 3));
  p = fmaWide(p, t, constant(TAIL, 4));
  p = fmaWide(p, t, constant(TAIL, 5));
  p = fmaWide(p, t, constant(TAIL, 6));
  p = fmaWide(p, t, constant(TAIL, 7));
  p = fmaWide(p, t, constant(TAIL, 8));
  p = fmaWide(p, t, constant(TAIL, 9));
  p = fmaWide(p, t, constant(TAIL, 10));
  p = fmaWide(p, t, constant(TAIL, 11));
  return f64x2.div(p, fmaWide(a, f64x2.splat(2), one));
}

/** erf(x) of two doubles that were floats. */
function erfWide(x: v128): v128 {
  const a = f64x2.pmin(f64x2.abs(x), f64x2.splat(30)), z = f64x2.mul(a, a);
  let p = fmaWide(constant(NEAR, 0), z, constant(NEAR, 1));
  p = fmaWide(p, z, constant(NEAR, 2));
  p = fmaWide(p, z, constant(NEAR, 3));
  p = fmaWide(p, z, constant(NEAR, 4));
  p = fmaWide(p, z, constant(NEAR, 5));
  p = fmaWide(p, z, constant(NEAR, 6));
  p = fmaWide(p, z, constant(NEAR, 7));
  p = f64x2.mul(fmaWide(p, z, constant(NEAR, 8)), a);
  const rest = f64x2.mul(expWide(f64x2.neg(z)), scaledErfc(a));
  const far = f64x2.sub(f64x2.splat(1), rest);
  const y = v128.bitselect(p, far, f64x2.lt(a, f64x2.splat(0.5)));
  return v128.or(y, v128.and(x, f64x2.splat(-0.0)));
}

/** erf(x). */
// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  return joined(erfWide(low(x)), erfWide(high(x)));
}

/**
 * The share of the normal distribution below x (`slope` false: times x; else its sum with x times
 * the density, the derivative of that product), of two doubles.
 */
function geluWide(x: v128, slope: bool): v128 {
  const a = f64x2.pmin(f64x2.mul(f64x2.abs(x), f64x2.splat(0.7071067811865476)), f64x2.splat(30));
  const density = expWide(f64x2.neg(f64x2.mul(a, a)));
  const tail = f64x2.mul(f64x2.mul(density, scaledErfc(a)), f64x2.splat(0.5));
  const above = f64x2.gt(x, f64x2.splat(0));
  const share = v128.bitselect(f64x2.sub(f64x2.splat(1), tail), tail, above);
  if (!slope) return f64x2.mul(share, x);
  return fmaWide(f64x2.mul(density, f64x2.splat(0.3989422804014327)), x, share);
}

/** x times the share of the normal distribution below x. */
// @ts-ignore: decorator
@inline
export function gelu4(x: v128): v128 {
  return joined(geluWide(low(x), false), geluWide(high(x), false));
}

/** The derivative of gelu4. */
// @ts-ignore: decorator
@inline
export function geluSlope4(x: v128): v128 {
  return joined(geluWide(low(x), true), geluWide(high(x), true));
}

/** From here on a multiple of pi / 2 of 33 bits is not exact any more. */
const FAR: f32 = 1048576;

/** sin(x). */
// @ts-ignore: decorator
@inline
export function sin4(x: v128): v128 {
  return trigonometric(x, 0);
}

/** cos(x). */
// @ts-ignore: decorator
@inline
export function cos4(x: v128): v128 {
  return trigonometric(x, 1);
}

/** tan(x). */
// @ts-ignore: decorator
@inline
export function tan4(x: v128): v128 {
  return trigonometric(x, 2);
}

/** Which: 0 the sine, 1 the cosine, 2 the tangent. */
function trigonometric(x: v128, which: i32): v128 {
  if (v128.any_true(f32x4.ge(f32x4.abs(x), f32x4.splat(FAR)))) return farTrigonometric(x, which);
  return joined(nearAngles(low(x), which), nearAngles(high(x), which));
}

/** Angles of less than 2^20: less the nearest multiple of pi / 2, in two parts. */
function nearAngles(x: v128, which: i32): v128 {
  const rounded = f64x2.add(f64x2.mul(x, constant(ANGLE, 0)), constant(ANGLE, 1));
  const n = f64x2.sub(rounded, constant(ANGLE, 1));
  const r = fmaWide(n, constant(ANGLE, 3), fmaWide(n, constant(ANGLE, 2), x));
  return turned(r, rounded, which, x);
}

/** The function at r and as many quarters of a turn as are in the low bits of `quarters`. */
// @ts-ignore: decorator
@inline
function turned(r: v128, quarters: v128, which: i32, x: v128): v128 {
  const z = f64x2.mul(r, r);
  let s = fmaWide(constant(ANGLE, 4), z, constant(ANGLE, 5));
  s = fmaWide(s, z, constant(ANGLE, 6));
  s = fmaWide(s, z, constant(ANGLE, 7));
  s = fmaWide(s, z, constant(ANGLE, 8));
  s = fmaWide(f64x2.mul(s, z), r, r);
  let c = fmaWide(constant(ANGLE, 9), z, constant(ANGLE, 10));
  c = fmaWide(c, z, constant(ANGLE, 11));
  c = fmaWide(c, z, constant(ANGLE, 12));
  c = fmaWide(c, z, constant(ANGLE, 13));
  c = fmaWide(c, z, constant(ANGLE, 14));
  const one = i64x2.splat(1);
  const swapped = i64x2.eq(v128.and(quarters, one), one);
  if (which == 2) {
    const quotient = v128.bitselect(f64x2.neg(c), s, swapped);
    // The tangent of -0 is -0, and of a quarter of a turn less nothing infinite.
    const y = f64x2.div(quotient, v128.bitselect(s, c, swapped));
    return v128.bitselect(x, y, f64x2.eq(x, f64x2.splat(0)));
  }
  const turns = which == 1 ? i64x2.add(quarters, one) : quarters;
  const odd = i64x2.eq(v128.and(turns, one), one);
  const y = v128.xor(v128.bitselect(c, s, odd), i64x2.shl(i64x2.shr_u(turns, 1), 63));
  return which == 1 ? y : v128.bitselect(x, y, f64x2.eq(x, f64x2.splat(0)));
}

/** Angles of any size, one by one. */
function farTrigonometric(x: v128, which: i32): v128 {
  const a = f32x4.extract_lane(x, 0), b = f32x4.extract_lane(x, 1);
  const c = f32x4.extract_lane(x, 2), d = f32x4.extract_lane(x, 3);
  const ab = f64x2.replace_lane(f64x2.splat(angleOf(a)), 1, angleOf(b));
  const cd = f64x2.replace_lane(f64x2.splat(angleOf(c)), 1, angleOf(d));
  const abQuarters = i64x2.replace_lane(i64x2.splat(quartersOf(a)), 1, quartersOf(b));
  const cdQuarters = i64x2.replace_lane(i64x2.splat(quartersOf(c)), 1, quartersOf(d));
  return joined(
    turned(ab, abQuarters, which, low(x)),
    turned(cd, cdQuarters, which, high(x)),
  );
}

/** The nearest number of quarters of a turn; of infinity any. */
function quartersOf(x: f32): i64 {
  const size = abs(x);
  if (!(size >= FAR)) return <i64> nearest(<f64> x * 0.6366197723675814);
  const quarters = <i64> (turnOf(size) + (<u64> 1 << 61) >> 62);
  return x < 0 ? -quarters : quarters;
}

/** What is left without them; NaN of infinity and NaN. */
function angleOf(x: f32): f64 {
  const size = abs(x);
  if (!(size < Infinity)) return NaN;
  if (size < FAR) {
    const n = nearest(<f64> x * 0.6366197723675814);
    return <f64> x - n * 1.5707963267341256 - n * 6.077100506506192e-11;
  }
  const turn = turnOf(size);
  const rest = <i64> (turn - (turn + (<u64> 1 << 61) >> 62 << 62));
  const angle = <f64> rest * 3.4061215800304626e-19; // pi / 2 * 2^-62
  return x < 0 ? -angle : angle;
}

/**
 * The part of a turn that a large angle is more than whole ones, in units of 2^-64 (Payne and
 * Hanek): the product of its 24 bits with those 96 bits of 2 / pi that matter.
 */
function turnOf(size: f32): u64 {
  const bits = reinterpret<u32>(size);
  const factor = <u64> (bits & 0x7fffff | 0x800000);
  const skipped = <i32> (bits >> 23) - 150 + 30;
  const at = TWO_OVER_PI + (<usize> (skipped >> 5) << 2), shift = <u64> (skipped & 31);
  const w0 = <u64> load<u32>(at), w1 = <u64> load<u32>(at, 4);
  const w2 = <u64> load<u32>(at, 8), w3 = <u64> load<u32>(at, 12);
  const a = ((w0 << 32 | w1) << shift) >> 32;
  const b = ((w1 << 32 | w2) << shift) >> 32;
  const c = ((w2 << 32 | w3) << shift) >> 32;
  return (factor * a << 32) + factor * b + (factor * c >> 32);
}
