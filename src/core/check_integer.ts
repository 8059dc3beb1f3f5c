/**
 * The check of options that are whole numbers: counts, sizes, seeds.
 *
 * @module
 */

/** Throws a `RangeError` unless a value is an integer that is exact, from `low` to `high`. */
export function checkInteger(
  action: string,
  name: string,
  value: unknown,
  low = -Infinity,
  high = Infinity,
): void {
  if (Number.isSafeInteger(value) && value as number >= low && value as number <= high) return;
  const range = high < Infinity
    ? ` from ${low} to ${high}`
    : low > -Infinity
    ? ` of at least ${low}`
    : "";
  throw new RangeError(
    `Cannot ${action}: ${name} must be an integer${range}: got ${String(value)}`,
  );
}
