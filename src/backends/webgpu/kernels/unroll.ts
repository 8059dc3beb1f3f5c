/**
 * Loops that are written out in a program, as compilers of drivers may not do.
 *
 * @module
 */

/** The numbers from 0 up to another. */
export function list(length: number): readonly number[] {
  return Array.from({ length }, (_, i) => i);
}

/** Lines, one or more for each number. */
export function unrolled(numbers: readonly number[], line: (i: number) => string): string {
  return numbers.map(line).join("\n");
}
