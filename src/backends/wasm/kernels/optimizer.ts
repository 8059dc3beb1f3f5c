// Steps of the optimizers in place: one pass over weights, gradients and what is remembered.
import { PARAMS } from "../layout";
import { fma, storeLanes } from "./simd";

@unmanaged
export class StepArgs {
  w: usize;
  dw: usize;
  /** Number of weights. */
  size: i32;
  /** Weights of a chunk. */
  block: i32;
}

/** Bytes before a chunk. */
@inline
function place(args: StepArgs, chunk: i32): usize {
  return <usize> (chunk * args.block) << 2;
}

@inline
function countOf(args: StepArgs, chunk: i32): i32 {
  return min(args.block, args.size - chunk * args.block);
}

/** A gradient with that of weight decay; without any, an infinite weight does no harm. */
@inline
function decayed(dw: usize, w: usize, decay: f32): v128 {
  const gradient = v128.load(dw);
  return decay == 0 ? gradient : fma(f32x4.splat(decay), v128.load(w), gradient);
}

@unmanaged
export class SgdArgs extends StepArgs {
  /** 0 for none. */
  velocity: usize;
  nesterov: bool;
  learningRate: f32;
  momentum: f32;
  weightDecay: f32;
}

/** Steps: `v = momentum v + dw; w -= rate v`, or with Nesterov's `w -= rate (dw + momentum v)`. */
export function sgd(chunk: i32): void {
  const args = changetype<SgdArgs>(PARAMS);
  const rate = f32x4.splat(-args.learningRate), momentum = f32x4.splat(args.momentum);
  const decay = args.weightDecay;
  const at = place(args, chunk), hasVelocity = args.velocity != 0, nesterov = args.nesterov;
  let w = args.w + at, dw = args.dw + at, v = args.velocity + at;
  for (let count = countOf(args, chunk); count > 0; count -= 4, w += 16, dw += 16, v += 16) {
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

@unmanaged
export class AdamArgs extends StepArgs {
  m: usize;
  v: usize;
  /** Share of m that is kept, and that of the gradient. */
  keep1: f32;
  take1: f32;
  /** Share of v that is kept, and that of the squared gradient. */
  keep2: f32;
  take2: f32;
  /** The learning rate over the correction of m. */
  step: f32;
  /** One over the root of the correction of v. */
  scale: f32;
  epsilon: f32;
  weightDecay: f32;
  /** Factor of the weights before the step. */
  shrink: f32;
}

/**
 * Steps: `m = keep1 m + take1 dw; v = keep2 v + take2 dw²;
 * w = shrink w - step m / (scale sqrt(v) + epsilon)`.
 */
export function adam(chunk: i32): void {
  const args = changetype<AdamArgs>(PARAMS);
  const keep1 = f32x4.splat(args.keep1), take1 = f32x4.splat(args.take1);
  const keep2 = f32x4.splat(args.keep2), take2 = f32x4.splat(args.take2);
  const step = f32x4.splat(args.step), scale = f32x4.splat(args.scale);
  const epsilon = f32x4.splat(args.epsilon), shrink = f32x4.splat(args.shrink);
  const decay = args.weightDecay;
  const at = place(args, chunk);
  let w = args.w + at, dw = args.dw + at, m = args.m + at, v = args.v + at;
  for (let count = countOf(args, chunk); count > 0; count -= 4) {
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

@unmanaged
export class RmspropArgs extends StepArgs {
  meanSquare: usize;
  /** 0 for none. */
  velocity: usize;
  /** 0 for none. */
  meanGradient: usize;
  /** Share of the means that is kept. */
  keep: f32;
  take: f32;
  inner: f32;
  outer: f32;
  /** Summand of the mean square before the root is taken. */
  epsilonInside: f32;
  /** Summand of the root. */
  epsilonOutside: f32;
  momentum: f32;
  weightDecay: f32;
}

/**
 * Steps: `s = keep s + take dw²; v = momentum v + inner dw / (sqrt(s + inside) + outside);
 * w -= outer v`, with mean gradients m `max(s - m², 0)` in place of s.
 */
export function rmsprop(chunk: i32): void {
  const args = changetype<RmspropArgs>(PARAMS);
  const keep = f32x4.splat(args.keep), take = f32x4.splat(args.take);
  const inner = f32x4.splat(args.inner), outer = f32x4.splat(args.outer);
  const inside = f32x4.splat(args.epsilonInside), outside = f32x4.splat(args.epsilonOutside);
  const momentum = f32x4.splat(args.momentum), decay = args.weightDecay;
  const hasVelocity = args.velocity != 0, isCentered = args.meanGradient != 0;
  const at = place(args, chunk);
  let w = args.w + at, dw = args.dw + at, s = args.meanSquare + at;
  let v = args.velocity + at, m = args.meanGradient + at;
  for (let count = countOf(args, chunk); count > 0; count -= 4) {
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

@unmanaged
export class AdagradArgs extends StepArgs {
  squares: usize;
  learningRate: f32;
  epsilon: f32;
  weightDecay: f32;
}

/** Steps: `s += dw²; w -= rate dw / (sqrt(s) + epsilon)`. */
export function adagrad(chunk: i32): void {
  const args = changetype<AdagradArgs>(PARAMS);
  const rate = f32x4.splat(args.learningRate), epsilon = f32x4.splat(args.epsilon);
  const decay = args.weightDecay;
  const at = place(args, chunk);
  let w = args.w + at, dw = args.dw + at, s = args.squares + at;
  for (let count = countOf(args, chunk); count > 0; count -= 4, w += 16, dw += 16, s += 16) {
    const gradient = decayed(dw, w, decay);
    const sum = fma(gradient, gradient, v128.load(s));
    storeLanes(s, sum, count);
    const divisor = f32x4.add(f32x4.sqrt(sum), epsilon);
    const change = f32x4.div(f32x4.mul(rate, gradient), divisor);
    storeLanes(w, f32x4.sub(v128.load(w), change), count);
  }
}

@unmanaged
export class LionArgs extends StepArgs {
  m: usize;
  /** Shares of m and of the gradient in the direction of the step. */
  keep1: f32;
  take1: f32;
  /** Shares of m and of the gradient in the next m. */
  keep2: f32;
  take2: f32;
  learningRate: f32;
  /** Factor of the weights before the step. */
  shrink: f32;
}

/** Steps: `w = shrink w - rate sign(keep1 m + take1 dw); m = keep2 m + take2 dw`. */
export function lion(chunk: i32): void {
  const args = changetype<LionArgs>(PARAMS);
  const keep1 = f32x4.splat(args.keep1), take1 = f32x4.splat(args.take1);
  const keep2 = f32x4.splat(args.keep2), take2 = f32x4.splat(args.take2);
  const rate = f32x4.splat(args.learningRate), shrink = f32x4.splat(args.shrink);
  const zero = f32x4.splat(0), signs = f32x4.splat(-0.0);
  const at = place(args, chunk);
  let w = args.w + at, dw = args.dw + at, m = args.m + at;
  for (let count = countOf(args, chunk); count > 0; count -= 4, w += 16, dw += 16, m += 16) {
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

@unmanaged
export class BlendArgs extends StepArgs {
  /** Share of w that is kept. */
  keep: f32;
  /** Share of dw. */
  take: f32;
}

/** Mixes arrays: `w = keep w + take dw`. */
export function blend(chunk: i32): void {
  const args = changetype<BlendArgs>(PARAMS);
  const keep = f32x4.splat(args.keep), take = f32x4.splat(args.take);
  const at = place(args, chunk);
  let w = args.w + at, x = args.dw + at;
  for (let count = countOf(args, chunk); count > 0; count -= 4, w += 16, x += 16) {
    storeLanes(w, fma(keep, v128.load(w), f32x4.mul(take, v128.load(x))), count);
  }
}
