/**
 * The random numbers of `numpy.random.seed` and `numpy.random.randn`, which course exercises print
 * their expected values for.
 *
 * The generator is MT19937 (M. Matsumoto, T. Nishimura: "Mersenne twister: a 623-dimensionally
 * equidistributed uniform pseudo-random number generator", 1998); normal numbers come two at a time
 * by the polar method (G. Marsaglia, T. A. Bray, 1964), the second first. NumPy keeps both as they
 * are for old programs.
 *
 * @module
 */
import { type Tensor, tensor } from "@tapegrad/tapegrad";

const WORDS = 624;
const SHIFT = 397;

/** Generator that `numpy.random.seed(seed)` starts. */
export class NumpyRandom {
  readonly #state = new Uint32Array(WORDS);
  #at = WORDS;
  #spare: number | undefined;

  /** Starts a new stream; `seed` is an integer from 0 to 2³² - 1. */
  constructor(seed: number) {
    this.#state[0] = seed;
    for (let i = 1; i < WORDS; i++) {
      const last = this.#state[i - 1];
      this.#state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
    }
  }

  /** Draws what `numpy.random.randn(...shape)` returns: normal numbers, float64. */
  randn(...shape: number[]): Tensor {
    const size = shape.reduce((a, b) => a * b, 1);
    return tensor(Float64Array.from({ length: size }, () => this.#normal()), { shape });
  }

  #normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    while (true) {
      const x = 2 * this.#uniform() - 1;
      const y = 2 * this.#uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt(-2 * Math.log(square) / square);
      this.#spare = factor * x;
      return factor * y;
    }
  }

  /** Draws a number from 0 up to 1, with 53 random bits. */
  #uniform(): number {
    return ((this.#word() >>> 5) * 2 ** 26 + (this.#word() >>> 6)) / 2 ** 53;
  }

  #word(): number {
    if (this.#at === WORDS) this.#renew();
    let word = this.#state[this.#at++];
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #renew(): void {
    const state = this.#state;
    for (let i = 0; i < WORDS; i++) {
      const mixed = (state[i] & 0x80000000) | (state[(i + 1) % WORDS] & 0x7fffffff);
      state[i] = state[(i + SHIFT) % WORDS] ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.#at = 0;
  }
}
