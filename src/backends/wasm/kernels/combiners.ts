// How two vectors become one, as types without instances (see `elementwise.ts`).

/** The sum. */
@unmanaged
export class Sum {
  @inline
  nothing(): v128 {
    return f32x4.splat(0);
  }

  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.add(a, b);
  }
}

/** The larger of each lane. All bits set are a NaN, which stays: nothing is larger. */
@unmanaged
export class Larger {
  @inline
  nothing(): v128 {
    return f32x4.splat(-Infinity);
  }

  @inline
  of(a: v128, b: v128): v128 {
    return v128.or(f32x4.pmax(a, b), f32x4.ne(b, b));
  }
}

/** The smaller of each lane, NaN as in {@link Larger}. */
@unmanaged
export class Smaller {
  @inline
  nothing(): v128 {
    return f32x4.splat(Infinity);
  }

  @inline
  of(a: v128, b: v128): v128 {
    return v128.or(f32x4.pmin(a, b), f32x4.ne(b, b));
  }
}

/** The product. */
@unmanaged
export class Product {
  @inline
  nothing(): v128 {
    return f32x4.splat(1);
  }

  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.mul(a, b);
  }
}
