/**
 * NaN and infinity by their bits, for WGSL lets compilers assume them away; and functions of floats
 * that need no more.
 *
 * @module
 */

/** Declarations by name. */
export const NUMBERS = {
  /** The last numbers of a program are the bits of both, and a 0 that no compiler knows. */
  nan: "fn nan() -> f32 { return bitcast<f32>(p[15][2]); }",
  infinity: "fn infinity() -> f32 { return bitcast<f32>(p[15][3]); }",
  isNan: "fn isNan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }",
  isFinite:
    "fn isFinite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }",
  isNegative: "fn isNegative(x: f32) -> bool { return (bitcast<u32>(x) >> 31u) == 1u; }",
  withSign: `fn withSign(x: f32, sign: f32) -> f32 {
  return bitcast<f32>((bitcast<u32>(x) & 0x7fffffffu) | (bitcast<u32>(sign) & 0x80000000u));
}`,
  /** A value that compilers must take as it is: sums are not reordered around it. */
  exactly: "fn exactly(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ p[15][1]); }",
  /** A sum and what is to be taken off the next term: Kahan's summation. */
  added: `fn added(sum: vec2<f32>, x: f32) -> vec2<f32> {
  let term = x - sum.y;
  let next = exactly(sum.x + term);
  return vec2<f32>(next, select(0.0, exactly(next - sum.x) - term, isFinite(next)));
}`,
  larger: `fn larger(a: f32, b: f32) -> f32 {
  if (isNan(a)) { return a; }
  if (isNan(b)) { return b; }
  if (a == b) { return bitcast<f32>(bitcast<u32>(a) & bitcast<u32>(b)); }
  return select(b, a, a > b);
}`,
  smaller: `fn smaller(a: f32, b: f32) -> f32 {
  if (isNan(a)) { return a; }
  if (isNan(b)) { return b; }
  if (a == b) { return bitcast<f32>(bitcast<u32>(a) | bitcast<u32>(b)); }
  return select(b, a, a < b);
}`,
  /** True if b takes the place of a, which comes before it, as the first maximum. */
  beats: "fn beats(b: f32, a: f32) -> bool { return b > a || (isNan(b) && !isNan(a)); }",
  relu: "fn relu(x: f32) -> f32 { return select(0.0, x, x > 0.0 || isNan(x)); }",
  signOf: "fn signOf(x: f32) -> f32 { return select(x, withSign(1.0, x), x > 0.0 || x < 0.0); }",
  roundOf:
    "fn roundOf(x: f32) -> f32 { return withSign(select(round(x), x, abs(x) >= 8388608.0 || isNan(x)), x); }",
  floorOf:
    "fn floorOf(x: f32) -> f32 { return select(floor(x), x, abs(x) >= 8388608.0 || x == 0.0 || isNan(x)); }",
  ceilOf:
    "fn ceilOf(x: f32) -> f32 { return withSign(select(ceil(x), x, abs(x) >= 8388608.0 || isNan(x)), x); }",
  truncOf:
    "fn truncOf(x: f32) -> f32 { return select(trunc(x), x, abs(x) >= 8388608.0 || isNan(x)); }",
  /** The square root; of minus zero, minus zero. */
  rootOf: `fn rootOf(x: f32) -> f32 {
  if (x < 0.0) { return nan(); }
  return select(sqrt(x), x, x == 0.0 || !isFinite(x));
}`,
  /** The remainder of a division towards 0, exact: multiples of |b| are taken away from |a|. */
  remainderOf: `fn remainderOf(a: f32, b: f32) -> f32 {
  if (isNan(a) || isNan(b) || !isFinite(a) || b == 0.0) { return nan(); }
  if (!isFinite(b)) { return a; }
  var rest = abs(a);
  let size = abs(b);
  if (rest < size) { return a; }
  var shift = i32(bitcast<u32>(rest) >> 23u) - i32(bitcast<u32>(size) >> 23u);
  for (; shift >= 0; shift--) {
    let half = shift / 2;
    let part = (size * power2(half)) * power2(shift - half);
    if (rest >= part) { rest -= part; }
  }
  return withSign(rest, a);
}`,
  /** The remainder of a division towards minus infinity: of b's sign, zeros too. */
  floorRemainder: `fn floorRemainder(a: f32, b: f32) -> f32 {
  let rest = remainderOf(a, b);
  if (isNan(rest)) { return rest; }
  if (rest == 0.0) { return withSign(0.0, b); }
  return select(rest + b, rest, (rest < 0.0) == (b < 0.0));
}`,
  /** 2^n for whole n from -126 to 127. */
  power2: "fn power2(n: i32) -> f32 { return bitcast<f32>(u32(n + 127) << 23u); }",
} as const;
