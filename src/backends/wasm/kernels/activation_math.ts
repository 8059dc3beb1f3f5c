// What activation functions are made of: bounds of arguments and gates between 0 and 1.
import { exp4 } from "./functions";

/** Twice the root of 2 / pi. */
export const RATE: f32 = 1.5957691216;
export const CUBE: f32 = 0.044715;

/** An x whose product with 0 is 0. NaN stays. */
@inline
export function finite(x: v128): v128 {
  return f32x4.pmax(x, f32x4.splat(-f32.MAX_VALUE));
}

/** Beyond this far from 0 derivatives are at their limits. NaN stays. */
@inline
export function within(x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(-1000)), f32x4.splat(1000));
}

@inline
export function hardSigmoid4(x: v128): v128 {
  const y = f32x4.add(f32x4.div(x, f32x4.splat(6)), f32x4.splat(0.5));
  // The bounds are put so that NaN stays; y is never -0.
  return f32x4.pmin(f32x4.pmax(y, f32x4.splat(0)), f32x4.splat(1));
}

/** exp(-|x|): what sigmoids and their derivatives are made of without overflow. */
@inline
export function decay4(x: v128): v128 {
  return exp4(f32x4.neg(f32x4.abs(x)));
}

/** The larger of sigmoid(x) and sigmoid(-x), from `decay4(x)`. */
@inline
export function sigmoidShare4(e: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, e));
}

/** sigmoid(x), from both. */
@inline
export function sigmoidFrom4(x: v128, e: v128, share: v128): v128 {
  return v128.bitselect(share, f32x4.mul(e, share), f32x4.ge(x, f32x4.splat(0)));
}

/** The derivative of the sigmoid, from both: the product of the shares. */
@inline
export function sigmoidSlope4(e: v128, share: v128): v128 {
  return f32x4.mul(f32x4.mul(e, share), share);
}

/** tanh(log(1 + exp(x))) in powers of `decay4(x)`, which neither overflow nor cancel. */
@inline
export function mishGate4(x: v128, e: v128): v128 {
  const one = f32x4.splat(1), two = f32x4.splat(2);
  const positive = f32x4.gt(x, f32x4.splat(0));
  const above = f32x4.add(one, f32x4.add(e, e)), below = f32x4.mul(e, f32x4.add(e, two));
  const ahead = v128.bitselect(above, below, positive);
  const square = v128.bitselect(f32x4.mul(e, e), one, positive);
  return f32x4.div(ahead, f32x4.add(ahead, f32x4.add(square, square)));
}

/** What the gate of geluTanh is the sigmoid of. */
@inline
export function gelu2u(x: v128): v128 {
  const cube = f32x4.mul(f32x4.mul(x, x), f32x4.mul(x, f32x4.splat(CUBE)));
  return f32x4.mul(f32x4.add(x, cube), f32x4.splat(RATE));
}
