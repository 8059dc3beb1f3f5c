/**
 * Functions of numbers that `Math` lacks, to a few units in the last place of float64.
 *
 * @module
 */

/** Computes `1 / (1 + exp(-x))`; exp of a negative number only, so that it cannot overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** Computes `log(1 + exp(x))`, without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Rounds to the nearest integer, halves to the even one; zeros keep their sign. */
export function roundToEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : Math.ceil(x);
}

/** `a - b floor(a / b)`, of b's sign, zeros too. */
export function remainder(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 === b < 0 ? rest : rest + b;
}

/** Raises `a` to the power of `b`: C's, but NaN wherever one of them is. */
export function power(a: number, b: number): number {
  if (Number.isNaN(a)) return NaN;
  // JavaScript alone has no value here.
  return Math.abs(a) === 1 && Math.abs(b) === Infinity ? 1 : a ** b;
}

/** Computes `2 / sqrt(pi)` times the integral of `exp(-t²)` from 0 to x. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (!(a < 1)) return Number.isNaN(x) ? NaN : Math.sign(x) * (1 - farErfc(a));
  return x === 0 ? x : nearErf(x);
}

/** Computes `1 - erf(x)`, with all its digits where that is next to 0. */
export function erfc(x: number): number {
  if (x >= 1) return farErfc(x);
  return 1 - erf(x);
}

/** Sums the power series (Abramowitz and Stegun 7.1.5), for |x| < 1. */
function nearErf(x: number): number {
  const square = x * x;
  let sum = 0;
  let term = x;
  for (let n = 0; n < 20; n++) {
    sum += term / (2 * n + 1);
    term *= -square / (n + 1);
  }
  return sum * (2 / Math.sqrt(Math.PI));
}

/**
 * `(1 + 2 x) exp(x²) erfc(x)` for x from 1 up as a series of Chebyshev polynomials in
 * `t = (x - 3) / (x + 3)`, which goes from -1/2 to 1: its interpolation in their zeros, computed to
 * 50 digits. The largest relative error is 4e-18.
 */
const TAIL = [
  1.214373361609204845,
  -0.0856069362339712081,
  -0.005999640519915682572,
  0.007801951554945334384,
  -0.002715651717391105031,
  0.0006115494911330234031,
  -0.0000934062664196076786,
  7.818816898966098738e-6,
  2.719725857814196125e-7,
  -1.66372392146222039e-7,
  1.313370126228998899e-8,
  2.075420359790947374e-9,
  -4.414871896206873561e-10,
  -1.796735176514436749e-11,
  1.148142887300006163e-11,
  -2.807460676931479334e-14,
  -3.012251021319094216e-13,
  7.106502144761512255e-15,
  8.542025716733980815e-15,
  -2.329117603319661773e-16,
  -2.64366846861044382e-16,
  3.516732953535429317e-18,
];

/** Computes `erfc(x)` for x from 1 up. */
function farErfc(x: number): number {
  if (x > 28) return 0;
  const t = (x - 3) / (x + 3);
  const u = (4 * t - 1) / 3; // from -1 to 1
  let [next, afterNext] = [0, 0];
  for (let n = TAIL.length - 1; n > 0; n--) {
    [next, afterNext] = [TAIL[n] + 2 * u * next - afterNext, next];
  }
  return gaussian(x) * (TAIL[0] + u * next - afterNext) / (1 + 2 * x);
}

/** Computes `exp(-x²)`; x is split, as the rounding of its square would cost digits. */
export function gaussian(x: number): number {
  const head = Math.fround(x);
  return Math.exp(-head * head) * Math.exp((head - x) * (head + x));
}
