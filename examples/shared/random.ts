/**
 * Chance for the drawn hands: a small seeded generator and the few ways the pages beside this one
 * draw from it. It uses integer arithmetic and exact float64 operations only, so a seed means the
 * same pictures on every machine. It is kept apart from the library's generator on purpose: the
 * default data set must not change when the library does.
 *
 * @module
 */

/** All that drawing a hand needs from a random generator: the next number in [0, 1). */
export interface UniformSource {
  uniform(): number;
}

/**
 * Makes a stream of uniform numbers: "sfc32" of Chris Doty-Humphrey's PractRand, whose four words
 * are filled from the seed by MurmurHash3's finalizer. Streams of one seed are independent.
 */
export function seededSource(seed: number, stream = 0): UniformSource {
  let a = scramble(seed >>> 0);
  let b = scramble(Math.floor(seed / 2 ** 32) ^ 0x9e3779b9);
  let c = scramble(stream ^ 0x243f6a88);
  let counter = 1;
  const next = (): number => {
    const mixed = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + mixed) | 0;
    return (mixed >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 15; round++) next();
  return { uniform: next };
}

function scramble(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}

/** Draws evenly between `low` and `high`. */
export function between(random: UniformSource, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

/** Draws within `reach` of `centre`, near it more often than far (a triangular distribution). */
export function around(random: UniformSource, centre: number, reach: number): number {
  return centre + reach * (random.uniform() - random.uniform());
}

/** Returns true with the given probability. */
export function chance(random: UniformSource, probability: number): boolean {
  return random.uniform() < probability;
}

/** Picks one of the choices, each as likely as its weight says. */
export function pick<T>(random: UniformSource, choices: readonly (readonly [T, number])[]): T {
  const total = choices.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random.uniform() * total;
  for (const [value, weight] of choices) {
    left -= weight;
    if (left < 0) return value;
  }
  return choices[choices.length - 1][0];
}

/** Puts the values in random order, in place (Fisher and Yates). */
export function shuffle(random: UniformSource, values: Int32Array): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor(random.uniform() * (last + 1));
    [values[last], values[other]] = [values[other], values[last]];
  }
}
