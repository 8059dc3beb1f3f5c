// Remainders of divisions of four floats.
//
// While a quotient has few bits, float64 holds its product with b without rounding, so that the
// remainder is exact. The quotient is no whole number that was rounded up to one: those are further
// apart from others than its error.
import { highWide, joinedWide, lowWide } from "./simd";

/** Quotients below have so few bits, as floats. */
const FEW: f32 = 134217728; // 2^27

/** a - b trunc(a / b), of a's sign, exact. */
export function fmod4(a: v128, b: v128): v128 {
  const quotient = f32x4.abs(f32x4.div(a, b));
  const isNear = v128.and(
    f32x4.lt(quotient, f32x4.splat(FEW)),
    f32x4.lt(f32x4.abs(b), f32x4.splat(Infinity)),
  );
  const y = i32x4.all_true(isNear)
    ? joinedWide(restWide(lowWide(a), lowWide(b)), restWide(highWide(a), highWide(b)))
    : farFmod(a, b);
  // A rest of 0 has no sign of its own.
  return v128.or(y, v128.and(a, f32x4.splat(-0.0)));
}

/** a - b floor(a / b), of b's sign, with one rounding where the signs differ. */
export function mod4(a: v128, b: v128): v128 {
  const y = fmod4(a, b), isRest = f32x4.ne(y, f32x4.splat(0));
  const signs = i32x4.shr_s(v128.xor(y, b), 31);
  const turned = v128.bitselect(f32x4.add(y, b), y, signs);
  return v128.bitselect(turned, v128.and(b, f32x4.splat(-0.0)), isRest);
}

@inline
function restWide(a: v128, b: v128): v128 {
  return f64x2.sub(a, f64x2.mul(f64x2.trunc(f64x2.div(a, b)), b));
}

/** Remainders one by one: of long quotients, and of infinities, zeros and NaN. */
function farFmod(a: v128, b: v128): v128 {
  let y = f32x4.splat(f32x4.extract_lane(a, 0) % f32x4.extract_lane(b, 0));
  y = f32x4.replace_lane(y, 1, f32x4.extract_lane(a, 1) % f32x4.extract_lane(b, 1));
  y = f32x4.replace_lane(y, 2, f32x4.extract_lane(a, 2) % f32x4.extract_lane(b, 2));
  return f32x4.replace_lane(y, 3, f32x4.extract_lane(a, 3) % f32x4.extract_lane(b, 3));
}
