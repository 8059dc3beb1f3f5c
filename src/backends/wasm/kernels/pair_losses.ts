// Losses of single elements against their targets, and their derivatives by the prediction. Each
// loss is a type without instances (see `elementwise.ts`); its parameters are floats of the job.
import { ABSOLUTE, DIVERGENCE, FOCAL, HUBER, LOG_DIVERGENCE, SIGMOID_CE, SQUARED } from "../kinds";
import { PARAMS } from "../layout";
import { exp4, log1pOfFraction4, log4 } from "./functions";
import { decay4, sigmoidShare4 } from "./activation_math";
import { int, pointer } from "./params";
import { storeLanes } from "./simd";

const ONE = memory.data<f32>([1]);

/** Parameter i of the loss. */
@inline
function parameter(i: i32): v128 {
  return v128.load32_splat(PARAMS + (<usize> (32 + i) << 2));
}

@inline
function one(): v128 {
  return v128.load32_splat(ONE);
}

@inline
function zero(): v128 {
  return f32x4.splat(0);
}

/** `share * v`; 0 where the share is 0, even where v is infinite. */
@inline
function weighed(share: v128, v: v128): v128 {
  return v128.and(f32x4.mul(share, v), f32x4.ne(share, zero()));
}

/** NaN where x is, else y: all bits set are a NaN. */
@inline
function keepingNaN(x: v128, y: v128): v128 {
  return v128.or(y, f32x4.ne(x, x));
}

@unmanaged
class Squared {
  @inline
  value(x: v128, t: v128): v128 {
    const d = f32x4.sub(x, t);
    return f32x4.mul(d, d);
  }
  @inline
  slope(x: v128, t: v128): v128 {
    const d = f32x4.sub(x, t);
    return f32x4.add(d, d);
  }
}

@unmanaged
class Absolute {
  @inline
  value(x: v128, t: v128): v128 {
    return f32x4.abs(f32x4.sub(x, t));
  }
  @inline
  slope(x: v128, t: v128): v128 {
    const d = f32x4.sub(x, t);
    const above = v128.and(f32x4.gt(d, zero()), one());
    const below = v128.and(f32x4.lt(d, zero()), one());
    return keepingNaN(d, f32x4.sub(above, below));
  }
}

/** Parameters: delta. */
@unmanaged
class Huber {
  @inline
  value(x: v128, t: v128): v128 {
    const d = f32x4.abs(f32x4.sub(x, t)), delta = parameter(0), half = f32x4.splat(0.5);
    const near = f32x4.mul(f32x4.mul(d, d), half);
    const far = f32x4.mul(delta, f32x4.sub(d, f32x4.mul(delta, half)));
    return v128.bitselect(near, far, f32x4.le(d, delta));
  }
  @inline
  slope(x: v128, t: v128): v128 {
    const delta = parameter(0);
    return f32x4.min(f32x4.max(f32x4.sub(x, t), f32x4.neg(delta)), delta);
  }
}

/** Parameters: the weights of positive and negative targets. */
@unmanaged
class SigmoidCE {
  @inline
  value(x: v128, t: v128): v128 {
    const positive = f32x4.mul(parameter(0), t);
    const negative = f32x4.mul(parameter(1), f32x4.sub(one(), t));
    const rest = log1pOfFraction4(decay4(x));
    const right = f32x4.add(f32x4.pmax(f32x4.neg(x), zero()), rest);
    const wrong = f32x4.add(f32x4.pmax(x, zero()), rest);
    return keepingNaN(x, f32x4.add(weighed(positive, right), weighed(negative, wrong)));
  }
  @inline
  slope(x: v128, t: v128): v128 {
    const positive = f32x4.mul(parameter(0), t);
    const negative = f32x4.mul(parameter(1), f32x4.sub(one(), t));
    const e = decay4(x), below = f32x4.lt(x, zero());
    const large = sigmoidShare4(e), small = f32x4.mul(e, large);
    const up = f32x4.mul(negative, v128.bitselect(small, large, below));
    return f32x4.sub(up, f32x4.mul(positive, v128.bitselect(large, small, below)));
  }
}

/** Parameters: the weights of positive and negative targets, gamma (above 0). */
@unmanaged
class Focal {
  @inline
  value(x: v128, t: v128): v128 {
    const positive = f32x4.mul(parameter(0), t);
    const negative = f32x4.mul(parameter(1), f32x4.sub(one(), t));
    const rest = log1pOfFraction4(decay4(x)), gamma = f32x4.neg(parameter(2));
    const right = f32x4.add(f32x4.pmax(f32x4.neg(x), zero()), rest);
    const wrong = f32x4.add(f32x4.pmax(x, zero()), rest);
    const up = f32x4.mul(exp4(f32x4.mul(gamma, wrong)), right);
    const down = f32x4.mul(exp4(f32x4.mul(gamma, right)), wrong);
    return keepingNaN(x, f32x4.add(weighed(positive, up), weighed(negative, down)));
  }
  @inline
  slope(x: v128, t: v128): v128 {
    const positive = f32x4.mul(parameter(0), t);
    const negative = f32x4.mul(parameter(1), f32x4.sub(one(), t));
    const e = decay4(x), below = f32x4.lt(x, zero()), gamma = parameter(2);
    const large = sigmoidShare4(e), small = f32x4.mul(e, large), rest = log1pOfFraction4(e);
    const p = v128.bitselect(small, large, below), q = v128.bitselect(large, small, below);
    const right = f32x4.add(f32x4.pmax(f32x4.neg(x), zero()), rest);
    const wrong = f32x4.add(f32x4.pmax(x, zero()), rest);
    const up = f32x4.mul(
      exp4(f32x4.neg(f32x4.mul(gamma, wrong))),
      f32x4.add(f32x4.mul(gamma, weighed(p, right)), q),
    );
    const down = f32x4.mul(
      exp4(f32x4.neg(f32x4.mul(gamma, right))),
      f32x4.add(f32x4.mul(gamma, weighed(q, wrong)), p),
    );
    return keepingNaN(x, f32x4.sub(weighed(negative, down), weighed(positive, up)));
  }
}

@unmanaged
class Divergence {
  @inline
  value(x: v128, t: v128): v128 {
    return keepingNaN(x, weighed(t, f32x4.sub(log4(t), x)));
  }
  @inline
  slope(x: v128, t: v128): v128 {
    return f32x4.neg(t);
  }
}

@unmanaged
class LogDivergence {
  @inline
  value(x: v128, t: v128): v128 {
    return keepingNaN(x, weighed(exp4(t), f32x4.sub(t, x)));
  }
  @inline
  slope(x: v128, t: v128): v128 {
    return f32x4.neg(exp4(t));
  }
}

/**
 * `y = loss(x, t)`, or where there is a dy, `y = dy d loss(x, t) / dx`. Arguments: 0 loss, 1 x, 2 t,
 * 3 y, 4 elements, 5 elements of a chunk, 6 dy (0: none); from 32 the loss's parameters (floats).
 */
export function pairLoss(chunk: i32): void {
  switch (int(0)) {
    case SQUARED:
      pairs<Squared>(chunk);
      break;
    case ABSOLUTE:
      pairs<Absolute>(chunk);
      break;
    case HUBER:
      pairs<Huber>(chunk);
      break;
    case SIGMOID_CE:
      pairs<SigmoidCE>(chunk);
      break;
    case FOCAL:
      pairs<Focal>(chunk);
      break;
    case DIVERGENCE:
      pairs<Divergence>(chunk);
      break;
    case LOG_DIVERGENCE:
      pairs<LogDivergence>(chunk);
      break;
    default:
      unreachable();
  }
}

function pairs<L>(chunk: i32): void {
  const first = chunk * int(5), start = <usize> first << 2, dy = pointer(6);
  const count = min(int(5), int(4) - first);
  const x = pointer(1) + start, t = pointer(2) + start, y = pointer(3) + start;
  if (dy == 0) values<L>(x, t, y, count);
  else slopes<L>(dy + start, x, t, y, count);
}

function values<L>(x: usize, t: usize, y: usize, count: i32): void {
  const loss = changetype<L>(0);
  for (; count >= 4; count -= 4, x += 16, t += 16, y += 16) {
    v128.store(y, loss.value(v128.load(x), v128.load(t)));
  }
  if (count > 0) storeLanes(y, loss.value(v128.load(x), v128.load(t)), count);
}

function slopes<L>(dy: usize, x: usize, t: usize, y: usize, count: i32): void {
  const loss = changetype<L>(0);
  for (; count >= 4; count -= 4, dy += 16, x += 16, t += 16, y += 16) {
    v128.store(y, f32x4.mul(v128.load(dy), loss.slope(v128.load(x), v128.load(t))));
  }
  if (count > 0) {
    storeLanes(y, f32x4.mul(v128.load(dy), loss.slope(v128.load(x), v128.load(t))), count);
  }
}
