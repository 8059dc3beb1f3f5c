// Losses of single elements against their targets, and their derivatives by the prediction. Each
// loss is a type without instances (see `binary.ts`).
import { PARAMS } from "../layout";
import { exp4, log1pOfFraction4, log4 } from "./functions";
import { decay4, sigmoidShare4 } from "./activation_math";
import { PairLossKind } from "./kinds";
import { storeLanes } from "./simd";

const ONE = memory.data<f32>([1]);

@unmanaged
export class PairLossArgs {
  /** A `PairLossKind`. */
  kind: i32;
  x: usize;
  target: usize;
  /** The losses; dx where there is a dy. */
  y: usize;
  size: i32;
  /** Elements of a chunk. */
  block: i32;
  /** 0 for none. */
  dy: usize;
  /** Bound of the differences that are squared, for `huber`. */
  delta: f32;
  /** Weight of positive targets, for `sigmoidCE` and `focal`. */
  positive: f32;
  /** Weight of negative targets, for `sigmoidCE` and `focal`. */
  negative: f32;
  /** Exponent above 0, for `focal`. */
  gamma: f32;
}

// Where parameters are, to be loaded into all lanes.
const DELTA: usize = PARAMS + offsetof<PairLossArgs>("delta");
const POSITIVE: usize = PARAMS + offsetof<PairLossArgs>("positive");
const NEGATIVE: usize = PARAMS + offsetof<PairLossArgs>("negative");
const GAMMA: usize = PARAMS + offsetof<PairLossArgs>("gamma");

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

@unmanaged
class Huber {
  @inline
  value(x: v128, t: v128): v128 {
    const d = f32x4.abs(f32x4.sub(x, t)), delta = v128.load32_splat(DELTA), half = f32x4.splat(0.5);
    const near = f32x4.mul(f32x4.mul(d, d), half);
    const far = f32x4.mul(delta, f32x4.sub(d, f32x4.mul(delta, half)));
    return v128.bitselect(near, far, f32x4.le(d, delta));
  }
  @inline
  slope(x: v128, t: v128): v128 {
    const delta = v128.load32_splat(DELTA);
    return f32x4.min(f32x4.max(f32x4.sub(x, t), f32x4.neg(delta)), delta);
  }
}

@unmanaged
class SigmoidCE {
  @inline
  value(x: v128, t: v128): v128 {
    const positive = f32x4.mul(v128.load32_splat(POSITIVE), t);
    const negative = f32x4.mul(v128.load32_splat(NEGATIVE), f32x4.sub(one(), t));
    const rest = log1pOfFraction4(decay4(x));
    const right = f32x4.add(f32x4.pmax(f32x4.neg(x), zero()), rest);
    const wrong = f32x4.add(f32x4.pmax(x, zero()), rest);
    return keepingNaN(x, f32x4.add(weighed(positive, right), weighed(negative, wrong)));
  }
  @inline
  slope(x: v128, t: v128): v128 {
    const positive = f32x4.mul(v128.load32_splat(POSITIVE), t);
    const negative = f32x4.mul(v128.load32_splat(NEGATIVE), f32x4.sub(one(), t));
    const e = decay4(x), below = f32x4.lt(x, zero());
    const large = sigmoidShare4(e), small = f32x4.mul(e, large);
    const up = f32x4.mul(negative, v128.bitselect(small, large, below));
    return f32x4.sub(up, f32x4.mul(positive, v128.bitselect(large, small, below)));
  }
}

@unmanaged
class Focal {
  @inline
  value(x: v128, t: v128): v128 {
    const positive = f32x4.mul(v128.load32_splat(POSITIVE), t);
    const negative = f32x4.mul(v128.load32_splat(NEGATIVE), f32x4.sub(one(), t));
    const rest = log1pOfFraction4(decay4(x)), gamma = f32x4.neg(v128.load32_splat(GAMMA));
    const right = f32x4.add(f32x4.pmax(f32x4.neg(x), zero()), rest);
    const wrong = f32x4.add(f32x4.pmax(x, zero()), rest);
    const up = f32x4.mul(exp4(f32x4.mul(gamma, wrong)), right);
    const down = f32x4.mul(exp4(f32x4.mul(gamma, right)), wrong);
    return keepingNaN(x, f32x4.add(weighed(positive, up), weighed(negative, down)));
  }
  @inline
  slope(x: v128, t: v128): v128 {
    const positive = f32x4.mul(v128.load32_splat(POSITIVE), t);
    const negative = f32x4.mul(v128.load32_splat(NEGATIVE), f32x4.sub(one(), t));
    const e = decay4(x), below = f32x4.lt(x, zero()), gamma = v128.load32_splat(GAMMA);
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

/** Computes `y = loss(x, target)`, or where there is a dy, `y = dy d loss(x, target) / dx`. */
export function pairLoss(chunk: i32): void {
  switch (changetype<PairLossArgs>(PARAMS).kind) {
    case PairLossKind.squared:
      pairs<Squared>(chunk);
      break;
    case PairLossKind.absolute:
      pairs<Absolute>(chunk);
      break;
    case PairLossKind.huber:
      pairs<Huber>(chunk);
      break;
    case PairLossKind.sigmoidCE:
      pairs<SigmoidCE>(chunk);
      break;
    case PairLossKind.focal:
      pairs<Focal>(chunk);
      break;
    case PairLossKind.divergence:
      pairs<Divergence>(chunk);
      break;
    case PairLossKind.logDivergence:
      pairs<LogDivergence>(chunk);
      break;
    default:
      unreachable();
  }
}

function pairs<L>(chunk: i32): void {
  const args = changetype<PairLossArgs>(PARAMS);
  const first = chunk * args.block, start = <usize> first << 2, dy = args.dy;
  const count = min(args.block, args.size - first);
  const x = args.x + start, t = args.target + start, y = args.y + start;
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
