// Four floats at a time: multiply-add in one step where relaxed SIMD has it, in two elsewhere.

@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The same of two doubles. */
@inline
export function fmaWide(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c);
  return f64x2.add(f64x2.mul(a, b), c);
}

/** The first two floats as doubles. */
@inline
export function lowWide(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** The last two floats as doubles. */
@inline
export function highWide(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
}

/** Four floats of two and two doubles. */
@inline
export function joinedWide(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 1, 4, 5);
}

@inline
export function splat0(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 0, 0, 0, 0);
}

@inline
export function splat1(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 1, 1, 1, 1);
}

@inline
export function splat2(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 2, 2, 2, 2);
}

@inline
export function splat3(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 3, 3, 3, 3);
}

/** Stores the first `count` (1 to 4) lanes. */
@inline
export function storeLanes(at: usize, v: v128, count: i32): void {
  if (count >= 4) {
    v128.store(at, v);
    return;
  }
  store<f32>(at, f32x4.extract_lane(v, 0));
  if (count > 1) store<f32>(at, f32x4.extract_lane(v, 1), 4);
  if (count > 2) store<f32>(at, f32x4.extract_lane(v, 2), 8);
}

/** The first `count` lanes, as far as there are any; zeros in the others. */
@inline
export function loadLanes(at: usize, count: i32): v128 {
  if (count >= 4) return v128.load(at);
  if (count <= 0) return f32x4.splat(0);
  let v = v128.load32_zero(at);
  if (count > 1) v = v128.load_lane<f32>(at + 4, v, 1);
  if (count > 2) v = v128.load_lane<f32>(at + 8, v, 2);
  return v;
}

/** The last two floats as float64. */
@inline
export function promoteHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 0, 1));
}

/** Four float64 as floats. */
@inline
export function demote(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}
