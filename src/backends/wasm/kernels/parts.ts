// Sums that were computed in parts.
import { PARAMS } from "../layout";

@unmanaged
export class AddPartsArgs {
  /** Arrays one after the other. */
  parts: usize;
  /** How many arrays there are. */
  count: i32;
  /** Bytes of an array. */
  bytes: usize;
  sum: usize;
  /** Bytes of a chunk. */
  block: usize;
}

/** Sums parts in their order. */
export function addParts(chunk: i32): void {
  const args = changetype<AddPartsArgs>(PARAMS);
  const parts = args.parts, count = args.count, bytes = args.bytes;
  const first = <usize> chunk * args.block, end = min(first + args.block, bytes);
  let at = first;
  for (; at + 16 <= end; at += 16) {
    let sum = v128.load(parts + at);
    for (let part = 1; part < count; part++) {
      sum = f32x4.add(sum, v128.load(parts + <usize> part * bytes + at));
    }
    v128.store(args.sum + at, sum);
  }
  for (; at < end; at += 4) {
    let sum = load<f32>(parts + at);
    for (let part = 1; part < count; part++) {
      sum += load<f32>(parts + <usize> part * bytes + at);
    }
    store<f32>(args.sum + at, sum);
  }
}
