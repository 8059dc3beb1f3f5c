// The arguments of the job that runs.
import { PARAMS } from "../layout";

/** Argument i as an integer or a pointer. */
@inline
export function int(i: i32): i32 {
  return load<i32>(PARAMS + (<usize> i << 2));
}

/** Argument i as a pointer. */
@inline
export function pointer(i: i32): usize {
  return load<u32>(PARAMS + (<usize> i << 2));
}

/** Argument i as a float. */
@inline
export function float(i: i32): f32 {
  return load<f32>(PARAMS + (<usize> i << 2));
}
