/**
 * Functions of angles, in WGSL: to a few units in the last place.
 *
 * @module
 */

/** Declarations by name. */
export const ANGLES = {
  /** 2 / pi in binary, 32 bits a word: what the largest floats are multiplied by. */
  twoOverPi: `fn twoOverPi(i: u32) -> u32 {
  switch (i) {
    case 0u: { return 0x00000000u; }
    case 1u: { return 0xa2f9836eu; }
    case 2u: { return 0x4e441529u; }
    case 3u: { return 0xfc2757d1u; }
    case 4u: { return 0xf534ddc0u; }
    case 5u: { return 0xdb629599u; }
    default: { return 0x3c439041u; }
  }
}`,
  /** High word of a product of 32-bit words. */
  highProduct: `fn highProduct(a: u32, b: u32) -> u32 {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let mid = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let cross = (a & 0xffffu) * (b >> 16u) + (mid & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (mid >> 16u) + (cross >> 16u);
}`,
  /** The quarter turn that x is in, and the angle within it from -pi/4 to pi/4: Payne and Hanek. */
  farQuarter: `fn farQuarter(x: f32) -> vec2<f32> {
  let bits = bitcast<u32>(x) & 0x7fffffffu;
  let mantissa = ((bits & 0x007fffffu) | 0x00800000u) << 8u;
  let e = (bits >> 23u) - 119u;
  let word = e / 32u;
  let shift = e % 32u;
  var parts: array<u32, 3>;
  for (var i = 0u; i < 3u; i++) {
    let left = twoOverPi(word + i) << shift;
    parts[i] = left | select(0u, twoOverPi(word + i + 1u) >> (32u - shift), shift > 0u);
  }
  let middle = mantissa * parts[1];
  let low = highProduct(mantissa, parts[2]);
  let fraction = middle + low;
  let carry = select(0u, 1u, fraction < middle);
  let high = mantissa * parts[0] + highProduct(mantissa, parts[1]) + carry;
  let quarter = (high + 0x20000000u) >> 30u;
  let rest = i32(high - (quarter << 30u));
  let angle = (f32(rest) + f32(fraction) * 2.32830644e-10) * 1.46291808e-9;
  let turned = select(angle, -angle, isNegative(x));
  return vec2<f32>(f32(select(quarter, 4u - quarter, isNegative(x)) & 3u), turned);
}`,
  quarterOf: `fn quarterOf(x: f32) -> vec2<f32> {
  if (abs(x) > 20000.0) { return farQuarter(x); }
  let n = round(x * 0.636619772);
  var r = exactly(fma(n, -1.5703125, x));
  r = exactly(fma(n, -4.83751297e-4, r));
  r = exactly(fma(n, -7.54979013e-8, r));
  r = fma(n, -5.39030295e-15, r);
  return vec2<f32>(f32(i32(n) & 3), r);
}`,
  sineWithin: `fn sineWithin(r: f32) -> f32 {
  let z = r * r;
  var y = fma(z, 2.71831149e-6, -1.98393348e-4);
  y = fma(z, y, 0.00833332938);
  y = fma(z, y, -0.166666667);
  return fma(r * z, y, r);
}`,
  cosineWithin: `fn cosineWithin(r: f32) -> f32 {
  let z = r * r;
  var y = fma(z, 2.43904487e-5, -0.00138867637);
  y = fma(z, y, 0.0416666233);
  return fma(z * z, y, fma(z, -0.5, 1.0));
}`,
  turned: `fn turned(x: f32, quarters: u32) -> f32 {
  if (!isFinite(x)) { return nan(); }
  let reduced = quarterOf(x);
  let quarter = (u32(reduced.x) + quarters) & 3u;
  let y = select(sineWithin(reduced.y), cosineWithin(reduced.y), (quarter & 1u) == 1u);
  return select(y, -y, quarter >= 2u);
}`,
  sinOf: "fn sinOf(x: f32) -> f32 { return select(turned(x, 0u), x, abs(x) < 1e-4); }",
  cosOf: "fn cosOf(x: f32) -> f32 { return turned(x, 1u); }",
  tanOf:
    "fn tanOf(x: f32) -> f32 { return select(turned(x, 0u) / turned(x, 1u), x, abs(x) < 1e-4); }",
  /** asin(x) for |x| <= 1/2: fdlibm's rational function. */
  asinWithin: `fn asinWithin(x: f32) -> f32 {
  let z = x * x;
  let top = z * fma(z, fma(z, -0.0086563630, -0.042743422), 0.16666587);
  return fma(x, top / fma(z, -0.70662963, 1.0), x);
}`,
  asinOf: `fn asinOf(x: f32) -> f32 {
  let a = abs(x);
  if (isNan(x) || a > 1.0) { return nan(); }
  if (a <= 0.5) { return asinWithin(x); }
  return withSign(1.57079633 - 2.0 * asinWithin(sqrt(0.5 * (1.0 - a))), x);
}`,
  acosOf: `fn acosOf(x: f32) -> f32 {
  let a = abs(x);
  if (isNan(x) || a > 1.0) { return nan(); }
  if (a <= 0.5) { return 1.57079633 - asinWithin(x); }
  let y = 2.0 * asinWithin(sqrt(0.5 * (1.0 - a)));
  return select(y, 3.14159265 - y, x < 0.0);
}`,
  /** atan of a number from 0 to tan(pi / 8), else by addition formulas (Cephes). */
  atanOf: `fn atanOf(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  let a = abs(x);
  var base = 0.0;
  var r = a;
  if (a > 2.41421356) {
    base = 1.57079633;
    r = select(-1.0 / a, 0.0, !isFinite(a));
  } else if (a > 0.414213562) {
    base = 0.785398163;
    r = (a - 1.0) / (a + 1.0);
  }
  let z = r * r;
  var y = fma(z, 0.0805374449, -0.138776856);
  y = fma(z, y, 0.199777106);
  y = fma(z, y, -0.333329491);
  return withSign(base + fma(y * z, r, r), x);
}`,
} as const;
