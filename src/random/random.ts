/**
 * Random numbers from a seed: the same on every machine, splittable into independent streams.
 *
 * The generator is Threefry-2x32 with 20 rounds (J. K. Salmon, M. A. Moraes, R. O. Dror,
 * D. E. Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011), the one JAX uses: a
 * counter is encrypted with a key, so that number i of a stream depends on nothing but the key
 * and i.
 *
 * @module
 */
import { numberBelow } from "./interval.ts";
import { checkInteger } from "../core/check_integer.ts";
import { encryptCounters, threefry2x32, type Words } from "./threefry.ts";

/**
 * A stream of random numbers.
 *
 * @example The same seed gives the same numbers; a split gives an independent stream
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * assertEquals(new Random(7).uniform(), new Random(7).uniform());
 * const [a, b] = [new Random(7).split("weights"), new Random(7).split("shuffle")];
 * assertNotEquals(a.uniform(), b.uniform());
 * ```
 */
export class Random {
  #key: Words;
  #counter = 0;
  #spare: number | undefined;

  /**
   * Starts a stream.
   *
   * @param seed any safe integer; different seeds give unrelated streams.
   * @throws {RangeError} if the seed is no safe integer.
   */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) {
      throw new RangeError(`Cannot seed random numbers: seed must be an integer: got ${seed}`);
    }
    this.#key = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
  }

  /**
   * Makes an independent stream named by a label; takes nothing from this one.
   *
   * @param label a word or a number, for example an epoch.
   * @returns a new stream, the same for the same label.
   */
  split(label: string | number): Random {
    // Each character is encrypted with the key so far: the chain depends on the whole label.
    let key = threefry2x32(this.#key, [0xffffffff, 0xffffffff]);
    for (const char of String(label)) key = threefry2x32(key, [char.codePointAt(0)!, 0xffffffff]);
    const child = new Random(0);
    child.#key = key;
    return child;
  }

  /**
   * Draws words of 32 random bits, many at a time.
   *
   * @param count how many; an odd number leaves half a step of the stream unused.
   * @returns a new array.
   * @throws {RangeError} if `count` is not an integer of at least 0.
   */
  words(count: number): Uint32Array {
    checkInteger("draw words", "count", count, 0);
    const words = new Uint32Array(count + count % 2);
    encryptCounters(this.#key, this.#counter, words);
    this.#counter += words.length / 2;
    return words.subarray(0, count);
  }

  /**
   * Draws a number from `low` up to, but without, `high`; 53 random bits.
   *
   * @param low smallest number; 0 by default.
   * @param high upper end, not included; 1 by default.
   * @returns the number.
   */
  uniform(low = 0, high = 1): number {
    const [a, b] = this.#next();
    const unit = ((a >>> 5) * 2 ** 26 + (b >>> 6)) / 2 ** 53;
    const value = low + (high - low) * unit;
    // Rounded up to the end, where few numbers lie between.
    return value >= high && low < high ? numberBelow(high, "float64") : value;
  }

  /**
   * Draws a number of the normal distribution (Box-Muller transform).
   *
   * @param mean centre; 0 by default.
   * @param std standard deviation; 1 by default.
   * @returns the number.
   */
  normal(mean = 0, std = 1): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return mean + std * spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return mean + std * radius * Math.cos(angle);
  }

  /**
   * Draws an integer from 0 up to, but without, `below`; every one equally likely.
   *
   * @param below a positive integer of at most 2³².
   * @returns the integer.
   * @throws {RangeError} if `below` is not such an integer.
   */
  integer(below: number): number {
    if (!Number.isInteger(below) || below < 1 || below > 2 ** 32) {
      throw new RangeError(
        `Cannot draw an integer: below must be an integer from 1 to 2^32: got ${below}`,
      );
    }
    // Words in the incomplete last stretch are drawn again, else low integers come too often.
    const limit = 2 ** 32 - (2 ** 32 % below);
    let [word] = this.#next();
    while (word >= limit) [word] = this.#next();
    return word % below;
  }

  /**
   * Draws a random order of the integers from 0 to `length - 1` (Fisher-Yates shuffle).
   *
   * @param length how many.
   * @returns a new array.
   * @throws {RangeError} if `length` is not an integer of at least 0.
   */
  permutation(length: number): Int32Array {
    checkInteger("draw a permutation", "length", length, 0);
    const order = Int32Array.from({ length }, (_, i) => i);
    for (let i = length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  #next(): Words {
    const counter = this.#counter++;
    return threefry2x32(this.#key, [counter >>> 0, Math.floor(counter / 2 ** 32)]);
  }
}
