// Changes that make one sequence of bytes of another: for two builds of the same kernels, which differ
// in few bytes at many places.

/** Changes as `src/backends/wasm/packing.ts` reads them. */
export interface Changes {
  /** For each place: bytes to keep, to leave out, to put in; in LEB128. */
  readonly changes: Uint8Array;
  /** All bytes to put in. */
  readonly insertions: Uint8Array;
}

/** So many equal bytes are taken for the end of a change. */
const ANCHOR = 6;

/** Finds the changes that make `to` of `from`. */
export function changesBetween(from: Uint8Array, to: Uint8Array): Changes {
  const changes: number[] = [];
  const insertions: number[] = [];
  let i = 0, j = 0, kept = 0;
  while (i < from.length || j < to.length) {
    if (i < from.length && from[i] === to[j]) {
      i++, j++, kept++;
      continue;
    }
    const [leaveOut, putIn] = shortestChange(from, i, to, j);
    changes.push(...leb128(kept), ...leb128(leaveOut), ...leb128(putIn));
    insertions.push(...to.subarray(j, j + putIn));
    i += leaveOut;
    j += putIn;
    kept = 0;
  }
  return { changes: Uint8Array.from(changes), insertions: Uint8Array.from(insertions) };
}

/** Finds how few bytes have to go and to come until both go on alike, or end. */
function shortestChange(from: Uint8Array, i: number, to: Uint8Array, j: number): [number, number] {
  const most = from.length - i + to.length - j;
  for (let total = 1; total < most; total++) {
    for (let leaveOut = Math.max(0, total - to.length + j); leaveOut <= total; leaveOut++) {
      if (i + leaveOut > from.length) break;
      if (goOnAlike(from, i + leaveOut, to, j + total - leaveOut)) {
        return [leaveOut, total - leaveOut];
      }
    }
  }
  return [from.length - i, to.length - j];
}

function goOnAlike(from: Uint8Array, i: number, to: Uint8Array, j: number): boolean {
  if (i + ANCHOR > from.length || j + ANCHOR > to.length) return false;
  for (let k = 0; k < ANCHOR; k++) if (from[i + k] !== to[j + k]) return false;
  return true;
}

function leb128(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value >>= 7) bytes.push(value & 127 | 128);
  return [...bytes, value];
}
