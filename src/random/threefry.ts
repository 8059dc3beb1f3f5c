/**
 * Threefry-2x32 with 20 rounds: a counter is encrypted with a key.
 *
 * J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011.
 *
 * @module
 */

const ROTATIONS = [[13, 15, 26, 6], [17, 29, 16, 24]] as const;
const PARITY = 0x1bd11bda;

/** Two words: a key, a counter, or an encrypted counter. */
export type Words = readonly [number, number];

/** Encrypts a counter with a key: 20 rounds of add, rotate and exclusive-or. */
export function threefry2x32([k0, k1]: Words, [c0, c1]: Words): Words {
  const keys = [k0 >>> 0, k1 >>> 0, (k0 ^ k1 ^ PARITY) >>> 0];
  let x0 = (c0 + keys[0]) >>> 0;
  let x1 = (c1 + keys[1]) >>> 0;
  for (let round = 0; round < 5; round++) {
    for (const turn of ROTATIONS[round % 2]) {
      x0 = (x0 + x1) >>> 0;
      x1 = ((x1 << turn) | (x1 >>> (32 - turn))) >>> 0;
      x1 = (x1 ^ x0) >>> 0;
    }
    x0 = (x0 + keys[(round + 1) % 3]) >>> 0;
    x1 = (x1 + keys[(round + 2) % 3] + round + 1) >>> 0;
  }
  return [x0, x1];
}

/**
 * Encrypts counters that follow each other, two words of `to` each: {@link threefry2x32} written
 * out, without an array for every counter.
 */
export function encryptCounters([key0, key1]: Words, start: number, to: Uint32Array): void {
  const k0 = key0 | 0;
  const k1 = key1 | 0;
  const k2 = k0 ^ k1 ^ PARITY;
  for (let i = 0; 2 * i < to.length; i++) {
    const counter = start + i;
    let x0 = ((counter >>> 0) + k0) | 0;
    let x1 = (Math.floor(counter / 2 ** 32) + k1) | 0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k1) | 0, x1 = (x1 + k2 + 1) | 0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + k2) | 0, x1 = (x1 + k0 + 2) | 0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k0) | 0, x1 = (x1 + k1 + 3) | 0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + k1) | 0, x1 = (x1 + k2 + 4) | 0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0, x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + k2) | 0, x1 = (x1 + k0 + 5) | 0;
    to[2 * i] = x0;
    to[2 * i + 1] = x1;
  }
}
