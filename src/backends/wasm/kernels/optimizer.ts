// Steps of the optimizers in place: one pass over weights, gradients and what is remembered.
import { float, int, pointer } from "./params";
import { fma, storeLanes } from "./simd";

/** Elements of a chunk as bytes: the first one's place and the end. */
// @ts-ignore: decorator
@inline
function place(chunk: i32): usize {
  return <usize> (chunk * int(5)) << 2;
}

// @ts-ignore: decorator
@inline
function countOf(chunk: i32): i32 {
  return min(int(5), int(4) - chunk * int(5));
}

/**
 * `v = momentum v + dw; w -= rate v`, or with Nesterov's `w -= rate (dw + momentum v)`.
 * Arguments: 0 w, 1 dw, 2 v (0 for none), 3 Nesterov, 4 elements, 5 elements of a chunk;
 * 32 rate, 33 momentum (floats).
 */
export function sgd(chunk: i32): void {
  const rate = f32x4.splat(-float(32)), momentum = f32x4.splat(float(33));
  const at = place(chunk), hasVelocity = int(2) != 0, nesterov = int(3) != 0;
  let w = pointer(0) + at, dw = pointer(1) + at, v = pointer(2) + at;
  for (let count = countOf(chunk); count > 0; count -= 4, w += 16, dw += 16, v += 16) {
    const gradient = v128.load(dw);
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
 * `m = b1 m + (1 - b1) dw; v = b2 v + (1 - b2) dw²; w -= step m / (sqrt(v) / correction + e)`.
 * Arguments: 0 w, 1 dw, 2 m, 3 v, 4 elements, 5 elements of a chunk; 32 b1, 33 1 - b1, 34 b2,
 * 35 1 - b2, 36 step, 37 1 / correction, 38 e (floats).
 */
export function adam(chunk: i32): void {
  const keep1 = f32x4.splat(float(32)), take1 = f32x4.splat(float(33));
  const keep2 = f32x4.splat(float(34)), take2 = f32x4.splat(float(35));
  const step = f32x4.splat(float(36)), scale = f32x4.splat(float(37));
  const epsilon = f32x4.splat(float(38));
  const at = place(chunk);
  let w = pointer(0) + at, dw = pointer(1) + at, m = pointer(2) + at, v = pointer(3) + at;
  for (let count = countOf(chunk); count > 0; count -= 4) {
    const gradient = v128.load(dw);
    const first = fma(keep1, v128.load(m), f32x4.mul(take1, gradient));
    const second = fma(
      keep2,
      v128.load(v),
      f32x4.mul(f32x4.mul(take2, gradient), gradient),
    );
    const divisor = fma(f32x4.sqrt(second), scale, epsilon);
    const weight = f32x4.sub(
      v128.load(w),
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
 * `s = rho s + (1 - rho) dw²; w -= rate dw / (sqrt(s) + e)`. Arguments: 0 w, 1 dw, 2 s, 3 unused,
 * 4 elements, 5 elements of a chunk; 32 rho, 33 1 - rho, 34 rate, 35 e (floats).
 */
export function rmsprop(chunk: i32): void {
  const keep = f32x4.splat(float(32)), take = f32x4.splat(float(33));
  const rate = f32x4.splat(float(34)), epsilon = f32x4.splat(float(35));
  const at = place(chunk);
  let w = pointer(0) + at, dw = pointer(1) + at, s = pointer(2) + at;
  for (let count = countOf(chunk); count > 0; count -= 4, w += 16, dw += 16, s += 16) {
    const gradient = v128.load(dw);
    const square = fma(keep, v128.load(s), f32x4.mul(f32x4.mul(take, gradient), gradient));
    const divisor = f32x4.add(f32x4.sqrt(square), epsilon);
    storeLanes(s, square, count);
    const change = f32x4.div(f32x4.mul(rate, gradient), divisor);
    storeLanes(w, f32x4.sub(v128.load(w), change), count);
  }
}
