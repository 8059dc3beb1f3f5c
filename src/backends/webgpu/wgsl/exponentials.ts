/**
 * Exponentials, logarithms and what is made of them, in WGSL: to a few units in the last place.
 *
 * @module
 */

/** Declarations by name. */
export const EXPONENTIALS = {
  /** exp(x) = 2^n exp(r), |r| <= log(2) / 2; Taylor's polynomial. */
  expOf: `fn expOf(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  if (x > 88.72284) { return infinity(); }
  if (x < -103.97) { return 0.0; }
  let n = round(x * 1.44269504);
  let r = fma(n, -1.42860677e-6, exactly(fma(n, -0.693145752, x)));
  var y = fma(r, 1.98412698e-4, 0.00138888889);
  y = fma(r, y, 0.00833333333);
  y = fma(r, y, 0.0416666667);
  y = fma(r, y, 0.166666667);
  y = fma(r, y, 0.5);
  y = fma(r, y, 1.0);
  y = fma(r, y, 1.0);
  let half = i32(n) / 2;
  return y * power2(half) * power2(i32(n) - half);
}`,
  expm1Of: `fn expm1Of(x: f32) -> f32 {
  if (!(abs(x) < 0.5)) { return expOf(x) - 1.0; }
  var y = fma(x, 2.48015873e-5, 1.98412698e-4);
  y = fma(x, y, 0.00138888889);
  y = fma(x, y, 0.00833333333);
  y = fma(x, y, 0.0416666667);
  y = fma(x, y, 0.166666667);
  y = fma(x, y, 0.5);
  return fma(x * x, y, x);
}`,
  /** log(2^k (1 + f)), s = f / (2 + f): fdlibm's polynomial. */
  logOf: `fn logOf(value: f32) -> f32 {
  if (isNan(value) || value < 0.0) { return nan(); }
  if (value == 0.0) { return -infinity(); }
  if (!isFinite(value)) { return value; }
  let isTiny = value < 1.17549435e-38;
  let x = select(value, value * 33554432.0, isTiny);
  let bits = bitcast<u32>(x) + 0x004afb0du;
  let k = f32(i32(bits >> 23u) - 127 - select(0, 25, isTiny));
  let f = bitcast<f32>((bits & 0x007fffffu) + 0x3f3504f3u) - 1.0;
  let s = f / (2.0 + f);
  let z = s * s;
  let w = z * z;
  let r = fma(z, fma(w, 0.28498787, 0.6666666), w * fma(w, 0.2427908, 0.40000972));
  let h = 0.5 * f * f;
  return fma(k, 0.693138123, fma(s, h + r, k * 9.05800061e-6) - h + f);
}`,
  log1pOf: `fn log1pOf(x: f32) -> f32 {
  if (isNan(x) || !(x < 1e8)) { return logOf(x); }
  let u = exactly(1.0 + x);
  if (u == 1.0) { return x; }
  if (u <= 0.0) { return logOf(u); }
  return logOf(u) * (x / (u - 1.0));
}`,
  sinhOf: `fn sinhOf(x: f32) -> f32 {
  let a = abs(x);
  if (a > 44.0) { let e = expOf(0.5 * a); return withSign(0.5 * e * e, x) + select(0.0, x, isNan(x)); }
  let e = expm1Of(a);
  return select(withSign(0.5 * (e + e / (e + 1.0)), x), x, isNan(x) || a < 1e-4);
}`,
  coshOf: `fn coshOf(x: f32) -> f32 {
  let e = expOf(0.5 * abs(x));
  return 0.5 * e * e + 0.5 / e / e;
}`,
  tanhOf: `fn tanhOf(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  if (abs(x) > 10.0) { return withSign(1.0, x); }
  let e = expm1Of(2.0 * abs(x));
  return withSign(e / (e + 2.0), x);
}`,
  asinhOf: `fn asinhOf(x: f32) -> f32 {
  let a = abs(x);
  if (isNan(x) || x == 0.0) { return x; }
  if (a > 1e8) { return withSign(logOf(a) + 0.693147181, x); }
  let y = log1pOf(a + a * (a / (1.0 + sqrt(fma(a, a, 1.0)))));
  return withSign(y, x);
}`,
  acoshOf: `fn acoshOf(x: f32) -> f32 {
  if (isNan(x) || x < 1.0) { return nan(); }
  if (x > 1e8) { return logOf(x) + 0.693147181; }
  let t = x - 1.0;
  return log1pOf(t + sqrt(t * (t + 2.0)));
}`,
  atanhOf: `fn atanhOf(x: f32) -> f32 {
  let a = abs(x);
  if (isNan(x) || a > 1.0) { return nan(); }
  if (a == 1.0) { return withSign(infinity(), x); }
  return withSign(0.5 * log1pOf(2.0 * a / (1.0 - a)), x);
}`,
  sigmoidOf: `fn sigmoidOf(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  let e = expOf(-abs(x));
  return select(e, 1.0, x >= 0.0) / (1.0 + e);
}`,
  softplusOf: `fn softplusOf(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  return max(x, 0.0) + log1pOf(expOf(-abs(x)));
}`,
  /** 1 - erf(x) for x >= 0, after Chebyshev (W. H. Press et al., Numerical Recipes). */
  farErfc: `fn farErfc(x: f32) -> f32 {
  if (x > 12.0) { return 0.0; }
  let t = 1.0 / (1.0 + 0.5 * x);
  var y = fma(t, 0.17087277, -0.82215223);
  y = fma(t, y, 1.48851587);
  y = fma(t, y, -1.13520398);
  y = fma(t, y, 0.27886807);
  y = fma(t, y, -0.18628806);
  y = fma(t, y, 0.09678418);
  y = fma(t, y, 0.37409196);
  y = fma(t, y, 1.00002368);
  return t * expOf(fma(t, y, -1.26551223)) * gaussian(x);
}`,
  /** exp(-x²); the rounding of the square is made good. */
  gaussian: `fn gaussian(x: f32) -> f32 {
  let square = exactly(x * x);
  return select(expOf(-square) * (1.0 - fma(x, x, -square)), 0.0, square > 104.0);
}`,
  erfOf: `fn erfOf(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  let a = abs(x);
  if (a >= 1.0) { return withSign(1.0 - farErfc(a), x); }
  let z = x * x;
  var y = fma(z, -9.67359171e-6, 1.12682542e-4);
  y = fma(z, y, -8.4843966e-4);
  y = fma(z, y, 0.00522105342);
  y = fma(z, y, -0.0268654383);
  y = fma(z, y, 0.112837826);
  y = fma(z, y, -0.376126385);
  y = fma(z, y, 1.12837917);
  return x * y;
}`,
  erfcOf: `fn erfcOf(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  if (x >= 1.0) { return farErfc(x); }
  return 1.0 - erfOf(x);
}`,
  /** C's pow, but NaN wherever a or b is; whole powers up to 64 by multiplication. */
  powOf: `fn powOf(a: f32, b: f32) -> f32 {
  if (isNan(a) || isNan(b)) { return nan(); }
  if (b == 0.0 || a == 1.0) { return 1.0; }
  let isWhole = !isFinite(b) || truncOf(b) == b;
  let isOdd = isFinite(b) && isWhole && abs(b) < 16777216.0 && (i32(b) & 1) != 0;
  if (a < 0.0 && isFinite(a) && !isWhole) { return nan(); }
  let size = abs(a);
  var y = 1.0;
  if (size == 1.0) {
    y = 1.0;
  } else if (isWhole && abs(b) <= 64.0) {
    var base = size;
    for (var n = u32(abs(b)); n > 0u; n >>= 1u) {
      if ((n & 1u) == 1u) { y *= base; }
      base *= base;
    }
    if (b < 0.0) { y = 1.0 / y; }
  } else {
    let l = logOf(size);
    let e = exactly(b * l);
    y = expOf(e);
    if (isFinite(y) && y > 0.0) { y *= 1.0 + fma(b, l, -e); }
  }
  return select(y, -y, isOdd && isNegative(a));
}`,
} as const;
