/**
 * Bits to bytes, the lowest bit first, as deflate has them.
 *
 * @module
 */

/** Takes numbers of a few bits and packs them. */
export class BitWriter {
  #data: Uint8Array<ArrayBuffer>;
  #length = 0;
  #bits = 0;
  #held = 0;

  /** Starts empty, with room for `expected` bytes at first. */
  constructor(expected: number) {
    this.#data = new Uint8Array(Math.ceil(expected));
  }

  /** Adds the lowest `count` bits of a value; at most 16. */
  write(value: number, count: number): void {
    this.#bits |= value << this.#held;
    this.#held += count;
    while (this.#held >= 8) {
      this.#push(this.#bits & 255);
      this.#bits >>>= 8;
      this.#held -= 8;
    }
  }

  /** Fills the byte that has begun with zeros. */
  align(): void {
    if (this.#held > 0) this.write(0, 8 - this.#held);
  }

  /** Copies the whole bytes so far. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#data.slice(0, this.#length);
  }

  #push(byte: number): void {
    if (this.#length === this.#data.length) {
      const larger = new Uint8Array(2 * this.#length + 64);
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data[this.#length++] = byte;
  }
}
