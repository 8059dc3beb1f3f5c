// Functions of one element, four elements at a time.
//
// A function is a type without instances: loops that are generic in it are compiled for each.
// Arrays may be read up to a vector beyond their end, but never written there.
import { MapKind } from "./kinds";
import { exp4, expm14, log1p4, log4, sigmoid4, tanh4 } from "./functions";
import { cos4, sin4, tan4 } from "./functions_angles";
import { acosh4, asinh4, atanh4, cosh4, sinh4 } from "./functions_hyperbolic";
import { acos4, asin4, atan4 } from "./functions_inverse";
import { erf4 } from "./functions_normal";
import { PARAMS } from "../layout";
import { storeLanes } from "./simd";

@unmanaged
class Neg {
  @inline
  of(x: v128): v128 {
    return f32x4.neg(x);
  }
}

@unmanaged
class Exp {
  @inline
  of(x: v128): v128 {
    return exp4(x);
  }
}

@unmanaged
class Log {
  @inline
  of(x: v128): v128 {
    return log4(x);
  }
}

@unmanaged
class Sqrt {
  @inline
  of(x: v128): v128 {
    return f32x4.sqrt(x);
  }
}

@unmanaged
class Square {
  @inline
  of(x: v128): v128 {
    return f32x4.mul(x, x);
  }
}

@unmanaged
class Tanh {
  @inline
  of(x: v128): v128 {
    return tanh4(x);
  }
}

@unmanaged
class Sigmoid {
  @inline
  of(x: v128): v128 {
    return sigmoid4(x);
  }
}

@unmanaged
class Abs {
  @inline
  of(x: v128): v128 {
    return f32x4.abs(x);
  }
}

@unmanaged
class Sign {
  @inline
  of(x: v128): v128 {
    const one = v128.or(f32x4.splat(1), v128.and(x, f32x4.splat(-0.0)));
    // Zeros stay as they are, and so does NaN.
    return v128.bitselect(one, x, v128.or(f32x4.lt(x, f32x4.splat(0)), f32x4.gt(x, f32x4.splat(0))));
  }
}

@unmanaged
class Floor {
  @inline
  of(x: v128): v128 {
    return f32x4.floor(x);
  }
}

@unmanaged
class Ceil {
  @inline
  of(x: v128): v128 {
    return f32x4.ceil(x);
  }
}

@unmanaged
class Round {
  @inline
  of(x: v128): v128 {
    return f32x4.nearest(x);
  }
}

@unmanaged
class Expm1 {
  @inline
  of(x: v128): v128 {
    return expm14(x);
  }
}

@unmanaged
class Log1p {
  @inline
  of(x: v128): v128 {
    return log1p4(x);
  }
}

@unmanaged
class Sin {
  @inline
  of(x: v128): v128 {
    return sin4(x);
  }
}

@unmanaged
class Cos {
  @inline
  of(x: v128): v128 {
    return cos4(x);
  }
}

@unmanaged
class Tan {
  @inline
  of(x: v128): v128 {
    return tan4(x);
  }
}

@unmanaged
class Erf {
  @inline
  of(x: v128): v128 {
    return erf4(x);
  }
}

@unmanaged
class Asin {
  @inline
  of(x: v128): v128 {
    return asin4(x);
  }
}

@unmanaged
class Acos {
  @inline
  of(x: v128): v128 {
    return acos4(x);
  }
}

@unmanaged
class Atan {
  @inline
  of(x: v128): v128 {
    return atan4(x);
  }
}

@unmanaged
class Sinh {
  @inline
  of(x: v128): v128 {
    return sinh4(x);
  }
}

@unmanaged
class Cosh {
  @inline
  of(x: v128): v128 {
    return cosh4(x);
  }
}

@unmanaged
class Asinh {
  @inline
  of(x: v128): v128 {
    return asinh4(x);
  }
}

@unmanaged
class Acosh {
  @inline
  of(x: v128): v128 {
    return acosh4(x);
  }
}

@unmanaged
class Atanh {
  @inline
  of(x: v128): v128 {
    return atanh4(x);
  }
}

@unmanaged
class Reciprocal {
  @inline
  of(x: v128): v128 {
    return f32x4.div(f32x4.splat(1), x);
  }
}

@unmanaged
class Rsqrt {
  @inline
  of(x: v128): v128 {
    return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
  }
}

@unmanaged
export class UnaryArgs {
  /** A `MapKind`. */
  kind: i32;
  x: usize;
  y: usize;
  size: i32;
  /** Elements of a chunk. */
  block: i32;
}

/** Computes `y = f(x)`. */
export function unary(chunk: i32): void {
  const args = changetype<UnaryArgs>(PARAMS);
  const first = chunk * args.block, count = min(args.block, args.size - first);
  const x = args.x + (<usize> first << 2), y = args.y + (<usize> first << 2);
  switch (args.kind) {
    case MapKind.neg:
      mapWide<Neg>(x, y, count);
      break;
    case MapKind.abs:
      mapWide<Abs>(x, y, count);
      break;
    case MapKind.sign:
      mapWide<Sign>(x, y, count);
      break;
    case MapKind.floor:
      mapWide<Floor>(x, y, count);
      break;
    case MapKind.ceil:
      mapWide<Ceil>(x, y, count);
      break;
    case MapKind.round:
      mapWide<Round>(x, y, count);
      break;
    case MapKind.exp:
      map<Exp>(x, y, count);
      break;
    case MapKind.expm1:
      map<Expm1>(x, y, count);
      break;
    case MapKind.log:
      map<Log>(x, y, count);
      break;
    case MapKind.log1p:
      map<Log1p>(x, y, count);
      break;
    case MapKind.sqrt:
      mapWide<Sqrt>(x, y, count);
      break;
    case MapKind.square:
      mapWide<Square>(x, y, count);
      break;
    case MapKind.sin:
      map<Sin>(x, y, count);
      break;
    case MapKind.cos:
      map<Cos>(x, y, count);
      break;
    case MapKind.tan:
      map<Tan>(x, y, count);
      break;
    case MapKind.tanh:
      map<Tanh>(x, y, count);
      break;
    case MapKind.erf:
      map<Erf>(x, y, count);
      break;
    case MapKind.sigmoid:
      map<Sigmoid>(x, y, count);
      break;
    case MapKind.asin:
      map<Asin>(x, y, count);
      break;
    case MapKind.acos:
      map<Acos>(x, y, count);
      break;
    case MapKind.atan:
      map<Atan>(x, y, count);
      break;
    case MapKind.sinh:
      map<Sinh>(x, y, count);
      break;
    case MapKind.cosh:
      map<Cosh>(x, y, count);
      break;
    case MapKind.asinh:
      map<Asinh>(x, y, count);
      break;
    case MapKind.acosh:
      map<Acosh>(x, y, count);
      break;
    case MapKind.atanh:
      map<Atanh>(x, y, count);
      break;
    case MapKind.reciprocal:
      map<Reciprocal>(x, y, count);
      break;
    case MapKind.rsqrt:
      map<Rsqrt>(x, y, count);
      break;
    default:
      unreachable();
  }
}

/** Sixteen elements a turn, for functions of an instruction or two. */
export function mapWide<F>(x: usize, y: usize, count: i32): void {
  const f = changetype<F>(0);
  const end = x + (<usize> (count & ~15) << 2);
  for (; x < end; x += 64, y += 64) {
    const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
    v128.store(y, f.of(x0));
    v128.store(y, f.of(x1), 16);
    v128.store(y, f.of(x2), 32);
    v128.store(y, f.of(x3), 48);
  }
  map<F>(x, y, count & 15);
}

/** Four elements a turn, the last of which may be fewer: the function is compiled once. */
export function map<F>(x: usize, y: usize, count: i32): void {
  const f = changetype<F>(0);
  for (; count > 0; count -= 4, x += 16, y += 16) storeLanes(y, f.of(v128.load(x)), count);
}
