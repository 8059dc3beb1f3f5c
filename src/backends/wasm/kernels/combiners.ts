// How two vectors become one, as types without instances (see `elementwise.ts`).

/** The sum. */
// @ts-ignore: decorator
@unmanaged
export class Sum {
  // @ts-ignore: decorator
  @inline
  nothing(): v128 {
    return f32x4.splat(0);
  }

  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.add(a, b);
  }
}

/** The larger of each lane. All bits set are a NaN, which stays: nothing is larger. */
// @ts-ignore: decorator
@unmanaged
export class Larger {
  // @ts-ignore: decorator
  @inline
  nothing(): v128 {
    return f32x4.splat(-Infinity);
  }

  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 {
    return v128.or(f32x4.pmax(a, b), f32x4.ne(b, b));
  }
}

/** The smaller of each lane, NaN as in {@link Larger}. */
// @ts-ignore: decorator
@unmanaged
export class Smaller {
  // @ts-ignore: decorator
  @inline
  nothing(): v128 {
    return f32x4.splat(Infinity);
  }

  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 {
    return v128.or(f32x4.pmin(a, b), f32x4.ne(b, b));
  }
}

/** The product. */
// @ts-ignore: decorator
@unmanaged
export class Product {
  // @ts-ignore: decorator
  @inline
  nothing(): v128 {
    return f32x4.splat(1);
  }

  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.mul(a, b);
  }
}
