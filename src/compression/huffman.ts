/**
 * Huffman codes, as deflate has them: given by the lengths of their words.
 *
 * - **Source**: D. A. Huffman, "A Method for the Construction of Minimum-Redundancy Codes", 1952;
 *   RFC 1951, section 3.2.2.
 *
 * @module
 */
import { reversedBits } from "./deflate_format.ts";

/**
 * Finds the lengths of the words that make a text with these counts of symbols shortest, 0 for
 * those that do not occur. Where a word would be longer than `limit`, the counts are evened out
 * until none is.
 */
export function codeLengths(counts: Uint32Array, limit: number): Uint8Array {
  let weights = counts;
  for (;;) {
    const lengths = shortest(weights);
    if (lengths.every((length) => length <= limit)) return lengths;
    weights = weights.map((weight) => Math.ceil(weight / 2));
  }
}

/** Merges the two lightest trees until one is left; leaves and merged trees both come sorted. */
function shortest(weights: Uint32Array): Uint8Array {
  const lengths = new Uint8Array(weights.length);
  const leaves = Array.from(weights.keys()).filter((i) => weights[i] > 0)
    .sort((a, b) => weights[a] - weights[b]);
  if (leaves.length === 1) lengths[leaves[0]] = 1;
  if (leaves.length < 2) return lengths;
  const size = leaves.length;
  const total = leaves.map((symbol) => weights[symbol]);
  const parent: number[] = [];
  let [leaf, merged] = [0, size];
  const lightest = () =>
    leaf < size && (merged >= total.length || total[leaf] <= total[merged]) ? leaf++ : merged++;
  while (total.length < 2 * size - 1) {
    const [a, b] = [lightest(), lightest()];
    parent[a] = parent[b] = total.length;
    total.push(total[a] + total[b]);
  }
  const depth = new Uint16Array(2 * size - 1);
  for (let node = 2 * size - 3; node >= 0; node--) depth[node] = depth[parent[node]] + 1;
  leaves.forEach((symbol, i) => lengths[symbol] = Math.min(depth[i], 255));
  return lengths;
}

/** Makes the words of a code, with their first bit lowest. */
export function canonicalCodes(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= 15; length++) {
    lengths.forEach((each, symbol) => {
      if (each === length) codes[symbol] = reversedBits(code++, length);
    });
    code *= 2;
  }
  return codes;
}
