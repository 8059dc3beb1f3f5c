// Steps of the optimizers in place: one pass over weights, gradients and what is remembered.
import { float, int, pointer } from "./params";
import { fma, storeLanes } from "./simd";

/** Elements of a chunk as bytes: the first one's place and the end. */
@inline
function place(chunk: i32): usize {
  return <usize> (chunk * int(5)) << 2;
}

@inline
function countOf(chunk: i32): i32 {
  return min(int(5), int(4) - chunk * int(5));
}

/** A gradient with that of weight decay; without any, an infinite weight does no harm. */
@inline
function decayed(dw: usize, w: usize, decay: f32): v128 {
  const gradient = v128.load(dw);
  return decay == 0 ? gradient : fma(f32x4.splat(decay), v128.load(w), gradient);
}

// Arguments of all: 0 w, 1 dw, 4 elements, 5 elements of a chunk.

/**
 * `v = momentum v + dw; w -= rate v`, or with Nesterov's `w -= rate (dw + momentum v)`.
 * Arguments: 2 v (0 for none), 7 Nesterov; 32 rate, 33 momentum, 34 weight decay (floats).
 */
export function sgd(chunk: i32): void {
  const rate = f32x4.splat(-float(32)), momentum = f32x4.splat(float(33)), decay = float(34);
  const at = place(chunk), hasVelocity = int(2) != 0, nesterov = int(7) != 0;
  let w = pointer(0) + at, dw = pointer(1) + at, v = pointer(2) + at;
  for (let count = countOf(chunk); count > 0; count -= 4, w += 16, dw += 16, v += 16) {
    const gradient = decayed(dw, w, decay);
    let direction = gradient;
    if (hasVelocity) {
      direction = fma(momentum, v128.load(v), gradient);
      storeLanes(v, direction, count);
      if (nesterov) direction = fma(momentum, direction, gradient);
    }
    storeLanes(w, fma(rate, direction, v128.load(w)), count);
  }
}

/**
 * `m = b1 m + (1 - b1) dw; v = b2 v + (1 - b2) dw²; w = shrink w - step m / (sqrt(v) / correction
 * + e)`. Arguments: 2 m, 3 v; 32 b1, 33 1 - b1, 34 b2, 35 1 - b2, 36 step, 37 1 / correction,
 * 38 e, 39 weight decay, 40 shrink (floats).
 */
export function adam(chunk: i32): void {
  const keep1 = f32x4.splat(float(32)), take1 = f32x4.splat(float(33));
  const keep2 = f32x4.splat(float(34)), take2 = f32x4.splat(float(35));
  const step = f32x4.splat(float(36)), scale = f32x4.splat(float(37));
  const epsilon = f32x4.splat(float(38)), decay = float(39), shrink = f32x4.splat(float(40));
  const at = place(chunk);
  let w = pointer(0) + at, dw = pointer(1) + at, m = pointer(2) + at, v = pointer(3) + at;
  for (let count = countOf(chunk); count > 0; count -= 4) {
    const gradient = decayed(dw, w, decay);
    const first = fma(keep1, v128.load(m), f32x4.mul(take1, gradient));
    const second = fma(
      keep2,
      v128.load(v),
      f32x4.mul(f32x4.mul(take2, gradient), gradient),
    );
    const divisor = fma(f32x4.sqrt(second), scale, epsilon);
    const weight = f32x4.sub(
      f32x4.mul(shrink, v128.load(w)),
      f32x4.div(f32x4.mul(step, first), divisor),
    );
    storeLanes(m, first, count);
    storeLanes(v, second, count);
    storeLanes(w, weight, count);
    w += 16;
    dw += 16;
    m += 16;
    v += 16;
  }
}

/**
 * `s = rho s + (1 - rho) dw²; v = momentum v + inner dw / (sqrt(s + inside) + outside);
 * w -= outer v`, with mean gradients m `max(s - m², 0)` in place of s. Arguments: 2 s, 3 v and 6 m
 * (0 for none); 32 rho, 33 1 - rho, 34 inner, 35 outer, 36 inside, 37 outside, 38 momentum,
 * 39 weight decay (floats).
 */
export function rmsprop(chunk: i32): void {
  const keep = f32x4.splat(float(32)), take = f32x4.splat(float(33));
  const inner = f32x4.splat(float(34)), outer = f32x4.splat(float(35));
  const inside = f32x4.splat(float(36)), outside = f32x4.splat(float(37));
  const momentum = f32x4.splat(float(38)), decay = float(39);
  const at = place(chunk), hasVelocity = int(3) != 0, isCentered = int(6) != 0;
  let w = pointer(0) + at, dw = pointer(1) + at, s = pointer(2) + at;
  let v = pointer(3) + at, m = pointer(6) + at;
  for (let count = countOf(chunk); count > 0; count -= 4) {
    const gradient = decayed(dw, w, decay);
    let square = fma(keep, v128.load(s), f32x4.mul(f32x4.mul(take, gradient), gradient));
    storeLanes(s, square, count);
    if (isCentered) {
      const mean = fma(keep, v128.load(m), f32x4.mul(take, gradient));
      storeLanes(m, mean, count);
      square = f32x4.max(f32x4.sub(square, f32x4.mul(mean, mean)), f32x4.splat(0));
    }
    const divisor = f32x4.add(f32x4.sqrt(f32x4.add(square, inside)), outside);
    let speed = f32x4.div(f32x4.mul(inner, gradient), divisor);
    if (hasVelocity) {
      speed = fma(momentum, v128.load(v), speed);
      storeLanes(v, speed, count);
    }
    storeLanes(w, f32x4.sub(v128.load(w), f32x4.mul(outer, speed)), count);
    w += 16;
    dw += 16;
    s += 16;
    v += 16;
    m += 16;
  }
}

/** `s += dw²; w -= rate dw / (sqrt(s) + e)`. Arguments: 2 s; 32 rate, 33 e, 34 weight decay. */
export function adagrad(chunk: i32): void {
  const rate = f32x4.splat(float(32)), epsilon = f32x4.splat(float(33)), decay = float(34);
  const at = place(chunk);
  let w = pointer(0) + at, dw = pointer(1) + at, s = pointer(2) + at;
  for (let count = countOf(chunk); count > 0; count -= 4, w += 16, dw += 16, s += 16) {
    const gradient = decayed(dw, w, decay);
    const sum = fma(gradient, gradient, v128.load(s));
    storeLanes(s, sum, count);
    const divisor = f32x4.add(f32x4.sqrt(sum), epsilon);
    const change = f32x4.div(f32x4.mul(rate, gradient), divisor);
    storeLanes(w, f32x4.sub(v128.load(w), change), count);
  }
}

/**
 * `w = shrink w - rate sign(b1 m + (1 - b1) dw); m = b2 m + (1 - b2) dw`. Arguments: 2 m; 32 b1,
 * 33 1 - b1, 34 b2, 35 1 - b2, 36 rate, 37 shrink (floats).
 */
export function lion(chunk: i32): void {
  const keep1 = f32x4.splat(float(32)), take1 = f32x4.splat(float(33));
  const keep2 = f32x4.splat(float(34)), take2 = f32x4.splat(float(35));
  const rate = f32x4.splat(float(36)), shrink = f32x4.splat(float(37));
  const zero = f32x4.splat(0), signs = f32x4.splat(-0.0);
  const at = place(chunk);
  let w = pointer(0) + at, dw = pointer(1) + at, m = pointer(2) + at;
  for (let count = countOf(chunk); count > 0; count -= 4, w += 16, dw += 16, m += 16) {
    const gradient = v128.load(dw), mean = v128.load(m);
    const mixed = fma(keep1, mean, f32x4.mul(take1, gradient));
    // rate with the sign of what is mixed; as it is where that is 0 or NaN.
    const signed = v128.or(v128.and(mixed, signs), rate);
    const hasSign = v128.or(f32x4.lt(mixed, zero), f32x4.gt(mixed, zero));
    const change = v128.bitselect(signed, mixed, hasSign);
    storeLanes(w, f32x4.sub(f32x4.mul(shrink, v128.load(w)), change), count);
    storeLanes(m, fma(keep2, mean, f32x4.mul(take2, gradient)), count);
  }
}

/** `w = keep w + take dw`. Arguments: 32 keep, 33 take (floats). */
export function blend(chunk: i32): void {
  const keep = f32x4.splat(float(32)), take = f32x4.splat(float(33));
  const at = place(chunk);
  let w = pointer(0) + at, x = pointer(1) + at;
  for (let count = countOf(chunk); count > 0; count -= 4, w += 16, x += 16) {
    storeLanes(w, fma(keep, v128.load(w), f32x4.mul(take, v128.load(x))), count);
  }
}
