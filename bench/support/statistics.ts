/**
 * Statistics of repeated timings.
 *
 * @module
 */

/** Finds the middle value; the mean of the two in the middle of an even number; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Finds the smallest value. */
export function smallest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

/** Finds the largest value. */
export function largest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), -Infinity);
}

/**
 * Computes the median over rounds of the ratio of two medians of one round. What slows a round
 * slows both, so this holds on machines that change their speed where a ratio of overall medians
 * does not.
 */
export function ratioByRound(
  above: readonly (readonly number[])[],
  below: readonly (readonly number[])[],
): number {
  const ratios: number[] = [];
  for (let round = 0; round < Math.min(above.length, below.length); round++) {
    if (above[round].length === 0 || below[round].length === 0) continue;
    ratios.push(median(above[round]) / median(below[round]));
  }
  return median(ratios);
}
