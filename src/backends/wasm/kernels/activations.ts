// Activation functions and their gradients, four elements at a time (see `unary.ts`).
import { ActivationKind } from "./kinds";
import { PARAMS } from "../layout";
import { exp4, expm14, sigmoid4, softplus4 } from "./functions";
import { gelu4, geluSlope4 } from "./functions_normal";
import {
  CUBE,
  decay4,
  finite,
  gelu2u,
  hardSigmoid4,
  mishGate4,
  RATE,
  sigmoidFrom4,
  sigmoidShare4,
  sigmoidSlope4,
  within,
} from "./activation_math";
import { fma, storeLanes } from "./simd";
import { map, mapWide } from "./unary";

@unmanaged
export class ActivationArgs {
  /** An `ActivationKind`. */
  kind: i32;
  x: usize;
  /** The result; dx for gradients. */
  y: usize;
  size: i32;
  /** Elements of a chunk. */
  block: i32;
  slope: f32;
  low: f32;
  high: f32;
  above: f32;
  below: f32;
}

// Where parameters are, to be loaded into all lanes.
const SLOPE: usize = PARAMS + offsetof<ActivationArgs>("slope");
const LOW: usize = PARAMS + offsetof<ActivationArgs>("low");
const HIGH: usize = PARAMS + offsetof<ActivationArgs>("high");
const ABOVE: usize = PARAMS + offsetof<ActivationArgs>("above");
const BELOW: usize = PARAMS + offsetof<ActivationArgs>("below");

@unmanaged
export class ActivationGradArgs extends ActivationArgs {
  dy: usize;
}

@unmanaged
class Relu {
  @inline
  of(x: v128): v128 {
    // 0 where x <= 0, which NaN is not.
    return v128.andnot(x, f32x4.le(x, f32x4.splat(0)));
  }

  @inline
  slope(x: v128): v128 {
    return v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.splat(1));
  }
}

@unmanaged
class Relu6 {
  @inline
  of(x: v128): v128 {
    return f32x4.min(f32x4.max(x, f32x4.splat(0)), f32x4.splat(6));
  }

  @inline
  slope(x: v128): v128 {
    const inside = v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.lt(x, f32x4.splat(6)));
    return v128.and(inside, f32x4.splat(1));
  }
}

@unmanaged
class LeakyRelu {
  @inline
  of(x: v128): v128 {
    const below = f32x4.mul(x, v128.load32_splat(SLOPE));
    return v128.bitselect(x, below, f32x4.gt(x, f32x4.splat(0)));
  }

  @inline
  slope(x: v128): v128 {
    const below = v128.load32_splat(SLOPE);
    return v128.bitselect(f32x4.splat(1), below, f32x4.gt(x, f32x4.splat(0)));
  }
}

@unmanaged
class Clip {
  @inline
  of(x: v128): v128 {
    const low = v128.load32_splat(LOW), high = v128.load32_splat(HIGH);
    return f32x4.min(f32x4.max(x, low), high);
  }

  @inline
  slope(x: v128): v128 {
    const low = v128.load32_splat(LOW), high = v128.load32_splat(HIGH);
    const inside = v128.and(f32x4.ge(x, low), f32x4.le(x, high));
    return v128.and(inside, f32x4.splat(1));
  }
}

@unmanaged
class Elu {
  @inline
  of(x: v128): v128 {
    const below = f32x4.mul(expm14(x), v128.load32_splat(BELOW));
    const above = f32x4.mul(x, v128.load32_splat(ABOVE));
    return v128.bitselect(above, below, f32x4.gt(x, f32x4.splat(0)));
  }

  @inline
  slope(x: v128): v128 {
    const below = f32x4.mul(exp4(x), v128.load32_splat(BELOW));
    const above = v128.load32_splat(ABOVE);
    return v128.bitselect(above, below, f32x4.gt(x, f32x4.splat(0)));
  }
}

@unmanaged
class HardSigmoid {
  @inline
  of(x: v128): v128 {
    return hardSigmoid4(x);
  }

  @inline
  slope(x: v128): v128 {
    const inside = f32x4.lt(f32x4.abs(x), f32x4.splat(3));
    return v128.and(inside, f32x4.splat(<f32> 1 / <f32> 6));
  }
}

@unmanaged
class HardSwish {
  @inline
  of(x: v128): v128 {
    return f32x4.mul(finite(x), hardSigmoid4(x));
  }

  @inline
  slope(x: v128): v128 {
    const three = f32x4.splat(3);
    const inside = f32x4.add(f32x4.div(x, three), f32x4.splat(0.5));
    const upper = v128.bitselect(inside, f32x4.splat(1), f32x4.lt(x, three));
    return v128.andnot(upper, f32x4.le(x, f32x4.splat(-3)));
  }
}

@unmanaged
class Softplus {
  @inline
  of(x: v128): v128 {
    return softplus4(x);
  }

  @inline
  slope(x: v128): v128 {
    return sigmoid4(x);
  }
}

@unmanaged
class LogSigmoid {
  @inline
  of(x: v128): v128 {
    return f32x4.neg(softplus4(f32x4.neg(x)));
  }

  @inline
  slope(x: v128): v128 {
    return sigmoid4(f32x4.neg(x));
  }
}

@unmanaged
class Silu {
  @inline
  of(x: v128): v128 {
    return f32x4.mul(finite(x), sigmoid4(x));
  }

  @inline
  slope(x: v128): v128 {
    const e = decay4(x), share = sigmoidShare4(e);
    return fma(within(x), sigmoidSlope4(e, share), sigmoidFrom4(x, e, share));
  }
}

@unmanaged
class Mish {
  @inline
  of(x: v128): v128 {
    return f32x4.mul(finite(x), mishGate4(x, decay4(x)));
  }

  @inline
  slope(x: v128): v128 {
    const e = decay4(x), gate = mishGate4(x, e);
    const rest = f32x4.sub(f32x4.splat(1), f32x4.mul(gate, gate));
    const sigmoid = sigmoidFrom4(x, e, sigmoidShare4(e));
    return fma(f32x4.mul(within(x), sigmoid), rest, gate);
  }
}

@unmanaged
class Gelu {
  @inline
  of(x: v128): v128 {
    return gelu4(finite(x));
  }

  @inline
  slope(x: v128): v128 {
    return geluSlope4(within(x));
  }
}

@unmanaged
class GeluTanh {
  @inline
  of(x: v128): v128 {
    return f32x4.mul(finite(x), sigmoid4(gelu2u(x)));
  }

  @inline
  slope(x: v128): v128 {
    const near = within(x), u = gelu2u(near);
    const cube = f32x4.mul(f32x4.mul(near, near), f32x4.splat(3 * CUBE));
    const rate = f32x4.mul(f32x4.add(f32x4.splat(1), cube), f32x4.splat(RATE));
    const e = decay4(u), share = sigmoidShare4(e);
    return fma(f32x4.mul(near, rate), sigmoidSlope4(e, share), sigmoidFrom4(u, e, share));
  }
}

/** Computes `y = f(x)`. */
export function activation(chunk: i32): void {
  const args = changetype<ActivationArgs>(PARAMS);
  const first = chunk * args.block, count = min(args.block, args.size - first);
  const x = args.x + (<usize> first << 2), y = args.y + (<usize> first << 2);
  switch (args.kind) {
    case ActivationKind.relu:
      mapWide<Relu>(x, y, count);
      break;
    case ActivationKind.relu6:
      mapWide<Relu6>(x, y, count);
      break;
    case ActivationKind.leakyRelu:
      mapWide<LeakyRelu>(x, y, count);
      break;
    case ActivationKind.clip:
      mapWide<Clip>(x, y, count);
      break;
    case ActivationKind.elu:
      map<Elu>(x, y, count);
      break;
    case ActivationKind.hardSigmoid:
      mapWide<HardSigmoid>(x, y, count);
      break;
    case ActivationKind.hardSwish:
      mapWide<HardSwish>(x, y, count);
      break;
    case ActivationKind.softplus:
      map<Softplus>(x, y, count);
      break;
    case ActivationKind.logSigmoid:
      map<LogSigmoid>(x, y, count);
      break;
    case ActivationKind.silu:
      map<Silu>(x, y, count);
      break;
    case ActivationKind.mish:
      map<Mish>(x, y, count);
      break;
    case ActivationKind.gelu:
      map<Gelu>(x, y, count);
      break;
    case ActivationKind.geluTanh:
      map<GeluTanh>(x, y, count);
      break;
    default:
      unreachable();
  }
}

/** Computes `dx = dy f'(x)`. */
export function activationGrad(chunk: i32): void {
  const args = changetype<ActivationGradArgs>(PARAMS);
  const first = chunk * args.block, skipped = <usize> first << 2;
  const count = min(args.block, args.size - first);
  const x = args.x + skipped, dx = args.y + skipped, dy = args.dy + skipped;
  switch (args.kind) {
    case ActivationKind.relu:
      scale<Relu>(dy, x, dx, count);
      break;
    case ActivationKind.relu6:
      scale<Relu6>(dy, x, dx, count);
      break;
    case ActivationKind.leakyRelu:
      scale<LeakyRelu>(dy, x, dx, count);
      break;
    case ActivationKind.clip:
      scale<Clip>(dy, x, dx, count);
      break;
    case ActivationKind.elu:
      scale<Elu>(dy, x, dx, count);
      break;
    case ActivationKind.hardSigmoid:
      scale<HardSigmoid>(dy, x, dx, count);
      break;
    case ActivationKind.hardSwish:
      scale<HardSwish>(dy, x, dx, count);
      break;
    case ActivationKind.softplus:
      scale<Softplus>(dy, x, dx, count);
      break;
    case ActivationKind.logSigmoid:
      scale<LogSigmoid>(dy, x, dx, count);
      break;
    case ActivationKind.silu:
      scale<Silu>(dy, x, dx, count);
      break;
    case ActivationKind.mish:
      scale<Mish>(dy, x, dx, count);
      break;
    case ActivationKind.gelu:
      scale<Gelu>(dy, x, dx, count);
      break;
    case ActivationKind.geluTanh:
      scale<GeluTanh>(dy, x, dx, count);
      break;
    default:
      unreachable();
  }
}

function scale<F>(dy: usize, x: usize, dx: usize, count: i32): void {
  for (; count >= 8; count -= 8, dy += 32, x += 32, dx += 32) {
    const y0 = scaled<F>(v128.load(dy), v128.load(x));
    const y1 = scaled<F>(v128.load(dy, 16), v128.load(x, 16));
    v128.store(dx, y0);
    v128.store(dx, y1, 16);
  }
  for (; count > 0; count -= 4, dy += 16, x += 16, dx += 16) {
    storeLanes(dx, scaled<F>(v128.load(dy), v128.load(x)), count);
  }
}

/** NaN (all bits set) where x is NaN, else 0 where the slope is 0. */
@inline
function scaled<F>(dy: v128, x: v128): v128 {
  const slope = changetype<F>(0).slope(x);
  const product = v128.and(f32x4.mul(dy, slope), f32x4.ne(slope, f32x4.splat(0)));
  return v128.or(product, f32x4.ne(x, x));
}
