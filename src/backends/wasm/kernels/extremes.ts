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
  const most = f32x4.splat(EXTREME), end = at + (bytes & ~15), rest = at + bytes;
  // True in all lanes as long as there is none: NaN is below nothing.
  let below = i32x4.splat(-1);
  for (; at < end; at += 16) {
    below = v128.and(below, f32x4.lt(f32x4.abs(v128.load(at)), most));
  }
  for (; at < rest; at += 4) {
    below = v128.and(below, f32x4.lt(f32x4.abs(v128.load32_splat(at)), most));
  }
  if (!i32x4.all_true(below)) store<i32>(args.found, 1);
}
