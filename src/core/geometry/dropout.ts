/**
 * Sizes of dropout, and the key that decides which elements are dropped.
 *
 * @module
 */

/** Elements to drop: those whose random word is below `rate 2^32`. */
export interface DropoutGeometry {
  /**
   * The key of Threefry-2x32. Its first word for counter c is that of element
   * `8 (c >> 2) + (c & 3)`, its second that of the element 4 after it.
   */
  readonly key: readonly [number, number];
  /** Probability of 0; the other elements are divided by `1 - rate`. */
  readonly rate: number;
}
