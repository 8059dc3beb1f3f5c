// Sine, cosine and tangent of four floats. Errors are stated in units of the last place (ulp), and
// tested.
//
// The nearest multiple of pi / 2 is taken off in float64, which has the digits that cancel; what is
// left goes through polynomials of floats (Cephes).
import { fma, fmaWide, highWide, joinedWide, lowWide } from "./simd";

const ANGLE = memory.data<f32>([
  131072, // 0: up to here the method holds: FAR
  0.6366197723675814, // 1: 2 / pi
  12582912, // 2: 1.5 * 2^23: adding it rounds to an integer, which is then in the low bits
  -1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1, // 3 to 5: (sin(r) - r) / r^3
  2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2, // 6 to 8: cosine, from r^4
  -0.5, 1, // 9, 10
]);

const QUARTER = memory.data<f64>([
  -1.5707963267341256, -6.077100506506192e-11, // -pi / 2, the first part of 33 bits
]);

/** The bits of 2 / pi after the point, behind 32 zeros. */
const TWO_OVER_PI = memory.data<u32>([
  0, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab,
]);

@inline
function constant(table: usize, i: i32): v128 {
  return v128.load32_splat(table + (<usize> i << 2));
}

/** From here on angles go another way. */
const FAR: f32 = 131072;

/** sin(x), within 1.6 ulp. */
@inline
export function sin4(x: v128): v128 {
  return trigonometric(x, 0);
}

/** cos(x), within 1.6 ulp. */
@inline
export function cos4(x: v128): v128 {
  return trigonometric(x, 1);
}

/** tan(x), within 3.5 ulp. */
@inline
export function tan4(x: v128): v128 {
  return trigonometric(x, 2);
}

/** Which: 0 the sine, 1 the cosine, 2 the tangent. */
function trigonometric(x: v128, which: i32): v128 {
  if (v128.any_true(f32x4.ge(f32x4.abs(x), constant(ANGLE, 0)))) return farTrigonometric(x, which);
  const rounded = fma(x, constant(ANGLE, 1), constant(ANGLE, 2));
  const n = f32x4.sub(rounded, constant(ANGLE, 2));
  const r = joinedWide(rest(lowWide(x), lowWide(n)), rest(highWide(x), highWide(n)));
  return turned(r, rounded, which, x);
}

/** x less n quarters of a turn. */
@inline
function rest(x: v128, n: v128): v128 {
  const upper = fmaWide(n, v128.load64_splat(QUARTER), x);
  return fmaWide(n, v128.load64_splat(QUARTER, 8), upper);
}

/** The function at r and as many quarters of a turn as are in the low bits of `quarters`. */
@inline
function turned(r: v128, quarters: v128, which: i32, x: v128): v128 {
  const z = f32x4.mul(r, r);
  let s = fma(fma(constant(ANGLE, 3), z, constant(ANGLE, 4)), z, constant(ANGLE, 5));
  s = fma(f32x4.mul(s, z), r, r);
  let c = fma(fma(constant(ANGLE, 6), z, constant(ANGLE, 7)), z, constant(ANGLE, 8));
  c = fma(c, f32x4.mul(z, z), fma(z, constant(ANGLE, 9), constant(ANGLE, 10)));
  if (which == 1) quarters = i32x4.add(quarters, i32x4.splat(1));
  // An integer's lowest bit, spread over the lane.
  const odd = i32x4.shr_s(i32x4.shl(quarters, 31), 31);
  const isZero = f32x4.eq(x, f32x4.splat(0));
  if (which == 2) {
    const y = f32x4.div(v128.bitselect(f32x4.neg(c), s, odd), v128.bitselect(s, c, odd));
    // The tangent of -0 is -0, and of a quarter of a turn less nothing infinite.
    return v128.bitselect(x, y, isZero);
  }
  const sign = i32x4.shl(i32x4.shr_u(quarters, 1), 31);
  const y = v128.xor(v128.bitselect(c, s, odd), sign);
  return which == 1 ? y : v128.bitselect(x, y, isZero);
}

/** Angles of any size, one by one. */
function farTrigonometric(x: v128, which: i32): v128 {
  let r = f32x4.splat(0), quarters = i32x4.splat(0);
  const a = f32x4.extract_lane(x, 0), b = f32x4.extract_lane(x, 1);
  const c = f32x4.extract_lane(x, 2), d = f32x4.extract_lane(x, 3);
  r = f32x4.replace_lane(r, 0, <f32> angleOf(a));
  r = f32x4.replace_lane(r, 1, <f32> angleOf(b));
  r = f32x4.replace_lane(r, 2, <f32> angleOf(c));
  r = f32x4.replace_lane(r, 3, <f32> angleOf(d));
  quarters = i32x4.replace_lane(quarters, 0, quartersOf(a));
  quarters = i32x4.replace_lane(quarters, 1, quartersOf(b));
  quarters = i32x4.replace_lane(quarters, 2, quartersOf(c));
  quarters = i32x4.replace_lane(quarters, 3, quartersOf(d));
  return turned(r, quarters, which, x);
}

/** The nearest number of quarters of a turn, or fewer by whole turns; of infinity any. */
function quartersOf(x: f32): i32 {
  const size = abs(x);
  if (!(size >= FAR)) return <i32> nearest(<f64> x * 0.6366197723675814);
  const quarters = <i32> (turnOf(size) + (<u64> 1 << 61) >> 62);
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
