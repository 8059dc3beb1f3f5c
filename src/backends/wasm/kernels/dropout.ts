// Dropout: sixteen elements at a time, with the words of eight counters of Threefry-2x32.
//
// This takes several times as long as multiplying does, for a reason: a word costs fifty integer
// instructions, in twenty rounds that wait for one another (two blocks take turns, so that the
// processor has something to do meanwhile). Twenty is what other libraries take (thirteen are the
// fewest that pass all statistical tests: J. Salmon and others, 2011), and the words are those of
// `Random`. A mask kept for the gradient would save a second run, and cost memory until then.
import { PARAMS } from "../layout";
import { storeLanes } from "./simd";

@inline
function rotated(x: v128, turn: i32): v128 {
  return v128.or(i32x4.shl(x, turn), i32x4.shr_u(x, 32 - turn));
}

/** x times factor where the word is not below the threshold, else 0. */
@inline
function kept(x: v128, factor: v128, word: v128, threshold: v128): v128 {
  return v128.and(f32x4.mul(x, factor), i32x4.ge_u(word, threshold));
}

@unmanaged
export class DropoutArgs {
  x: usize;
  y: usize;
  size: i32;
  /** Elements of a chunk. */
  block: i32;
  key0: u32;
  key1: u32;
  /** Elements whose word is below it become 0. */
  threshold: u32;
  /** Multiplies the others. */
  factor: f32;
}

/** Computes `y = x factor`, or 0 where the element's word is below the threshold. */
export function dropout(chunk: i32): void {
  const args = changetype<DropoutArgs>(PARAMS);
  const first = chunk * args.block, factor = f32x4.splat(args.factor);
  const threshold = i32x4.splat(args.threshold);
  const k0 = i32x4.splat(args.key0), k1 = i32x4.splat(args.key1);
  const k2 = i32x4.splat(args.key0 ^ args.key1 ^ 0x1bd11bda);
  let left = min(args.block, args.size - first);
  let x = args.x + (<usize> first << 2), y = args.y + (<usize> first << 2);
  let counter = i32x4.add(i32x4.splat(first >> 1), i32x4(0, 1, 2, 3));
  for (; left > 0; left -= 16, x += 64, y += 64) {
    let a = i32x4.add(counter, k0), b = k1;
    let c = i32x4.add(a, i32x4.splat(4)), d = k1;
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 13), a), d = v128.xor(rotated(d, 13), c);
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 15), a), d = v128.xor(rotated(d, 15), c);
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 26), a), d = v128.xor(rotated(d, 26), c);
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 6), a), d = v128.xor(rotated(d, 6), c);
    a = i32x4.add(a, k1), c = i32x4.add(c, k1);
    b = i32x4.add(b, i32x4.add(k2, i32x4.splat(1)));
    d = i32x4.add(d, i32x4.add(k2, i32x4.splat(1)));
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 17), a), d = v128.xor(rotated(d, 17), c);
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 29), a), d = v128.xor(rotated(d, 29), c);
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 16), a), d = v128.xor(rotated(d, 16), c);
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 24), a), d = v128.xor(rotated(d, 24), c);
    a = i32x4.add(a, k2), c = i32x4.add(c, k2);
    b = i32x4.add(b, i32x4.add(k0, i32x4.splat(2)));
    d = i32x4.add(d, i32x4.add(k0, i32x4.splat(2)));
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 13), a), d = v128.xor(rotated(d, 13), c);
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 15), a), d = v128.xor(rotated(d, 15), c);
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 26), a), d = v128.xor(rotated(d, 26), c);
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 6), a), d = v128.xor(rotated(d, 6), c);
    a = i32x4.add(a, k0), c = i32x4.add(c, k0);
    b = i32x4.add(b, i32x4.add(k1, i32x4.splat(3)));
    d = i32x4.add(d, i32x4.add(k1, i32x4.splat(3)));
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 17), a), d = v128.xor(rotated(d, 17), c);
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 29), a), d = v128.xor(rotated(d, 29), c);
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 16), a), d = v128.xor(rotated(d, 16), c);
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 24), a), d = v128.xor(rotated(d, 24), c);
    a = i32x4.add(a, k1), c = i32x4.add(c, k1);
    b = i32x4.add(b, i32x4.add(k2, i32x4.splat(4)));
    d = i32x4.add(d, i32x4.add(k2, i32x4.splat(4)));
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 13), a), d = v128.xor(rotated(d, 13), c);
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 15), a), d = v128.xor(rotated(d, 15), c);
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 26), a), d = v128.xor(rotated(d, 26), c);
    a = i32x4.add(a, b), c = i32x4.add(c, d);
    b = v128.xor(rotated(b, 6), a), d = v128.xor(rotated(d, 6), c);
    a = i32x4.add(a, k2), c = i32x4.add(c, k2);
    b = i32x4.add(b, i32x4.add(k0, i32x4.splat(5)));
    d = i32x4.add(d, i32x4.add(k0, i32x4.splat(5)));
    if (left >= 16) {
      v128.store(y, kept(v128.load(x), factor, a, threshold));
      v128.store(y, kept(v128.load(x, 16), factor, b, threshold), 16);
      v128.store(y, kept(v128.load(x, 32), factor, c, threshold), 32);
      v128.store(y, kept(v128.load(x, 48), factor, d, threshold), 48);
      counter = i32x4.add(counter, i32x4.splat(8));
      continue;
    }
    storeLanes(y, kept(v128.load(x), factor, a, threshold), left);
    if (left > 4) storeLanes(y + 16, kept(v128.load(x, 16), factor, b, threshold), left - 4);
    if (left > 8) storeLanes(y + 32, kept(v128.load(x, 32), factor, c, threshold), left - 8);
    if (left > 12) storeLanes(y + 48, kept(v128.load(x, 48), factor, d, threshold), left - 12);
  }
}
