/**
 * Amounts as people read them: counts, memory.
 *
 * @module
 */

/** Writes a count with a comma after each thousand: `1,234`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** Writes an amount of memory in the unit that suits it, its number by `digits`: `1.18 MB`. */
export function formatBytes(bytes: number, digits: (amount: number) => string): string {
  const power = [1, 2, 3].filter((power) => bytes >= 1024 ** power).length;
  return `${power === 0 ? bytes : digits(bytes / 1024 ** power)} ${["B", "KB", "MB", "GB"][power]}`;
}
