// A search for numbers whose products with others, or sums of them, may be no numbers any more.
import { PARAMS } from "../layout";

/** Magnitude from which Winograd's sums of products could overflow where plain ones do not. */
const EXTREME: f32 = 1e14;

@unmanaged
export class FindExtremesArgs {
  a: usize;
  aBytes: usize;
  b: usize;
  bBytes: usize;
  bytesOfChunk: usize;
  /** Chunks of a; those of b follow. */
  aChunks: i32;
  /** An integer that becomes 1 where there is one. */
  found: usize;
}

/** Looks for elements of two arrays that are NaN, infinite or `EXTREME`. A chunk is of one. */
export function findExtremes(chunk: i32): void {
  const args = changetype<FindExtremesArgs>(PARAMS);
  const isFirst = chunk < args.aChunks, size = args.bytesOfChunk;
  const start = size * (isFirst ? chunk : chunk - args.aChunks);
  const bytes = min(size, (isFirst ? args.aBytes : args.bBytes) - start);
  let at = (isFirst ? args.a : args.b) + start;
  const end = at + (bytes & ~15), rest = at + bytes;
  let most = i32x4.splat(0), next = most;
  for (; at + 64 <= end; at += 64) {
    most = i32x4.max_s(most, i32x4.max_s(magnitudes(at), magnitudes(at + 16)));
    next = i32x4.max_s(next, i32x4.max_s(magnitudes(at + 32), magnitudes(at + 48)));
  }
  for (; at < end; at += 16) most = i32x4.max_s(most, magnitudes(at));
  for (; at < rest; at += 4) {
    most = i32x4.max_s(most, i32x4.splat(load<i32>(at) & 0x7fffffff));
  }
  const reached = i32x4.splat(reinterpret<i32>(EXTREME));
  if (v128.any_true(i32x4.ge_s(i32x4.max_s(most, next), reached))) store<i32>(args.found, 1);
}

/** Four floats without their signs, as integers: in the order of the numbers, NaN above all. */
function magnitudes(at: usize): v128 {
  return v128.andnot(v128.load(at), i32x4.splat(<i32> 0x80000000));
}
