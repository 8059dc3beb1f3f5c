// Pairwise tables: few combinations of options in which every value of each meets every value of
// each other. Faults that need one option away from its default, or two, are seen; those that need
// three are what random samples are for.

/** Values to take for each option. */
export type Choices<O> = { readonly [K in keyof O]: readonly O[K][] };

/** Combinations in which every two values of two options come together, greedily few. */
export function pairwise<O extends object>(choices: Choices<O>): O[] {
  const names = Object.keys(choices) as (keyof O)[];
  const key = (i: number, a: number, j: number, b: number) => `${i} ${a} ${j} ${b}`;
  const missing = new Set<string>();
  const counts = names.map((name) => choices[name].length);
  for (let i = 0; i < names.length; i++) {
    for (let j = i + 1; j < names.length; j++) {
      for (let a = 0; a < counts[i]; a++) {
        for (let b = 0; b < counts[j]; b++) missing.add(key(i, a, j, b));
      }
    }
  }
  const rows: number[][] = [];
  while (missing.size > 0) {
    const [i, a, j, b] = missing.values().next().value!.split(" ").map(Number);
    const row: number[] = [];
    row[i] = a;
    row[j] = b;
    names.forEach((_, k) => row[k] ??= best(k, row));
    forPairs(row, (pair) => missing.delete(pair));
    rows.push(row);
  }
  return rows.map((row) =>
    Object.fromEntries(names.map((name, i) => [name, choices[name][row[i]]])) as O
  );

  /** Finds the value of an option that makes most missing pairs with those that are chosen. */
  function best(k: number, row: readonly number[]): number {
    let [found, most] = [0, -1];
    for (let value = 0; value < counts[k]; value++) {
      let made = 0;
      const tried = [...row];
      tried[k] = value;
      forPairs(tried, (pair) => made += Number(missing.has(pair)));
      if (made > most) [found, most] = [value, made];
    }
    return found;
  }

  function forPairs(row: readonly (number | undefined)[], visit: (pair: string) => void): void {
    for (let i = 0; i < names.length; i++) {
      for (let j = i + 1; j < names.length; j++) {
        const [a, b] = [row[i], row[j]];
        if (a !== undefined && b !== undefined) visit(key(i, a, j, b));
      }
    }
  }
}
