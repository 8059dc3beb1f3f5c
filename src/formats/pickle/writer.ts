/**
 * Writing pickles, protocol 2: what a state dictionary of PyTorch is made of.
 *
 * - **Source**: `Lib/pickletools.py` of Python 3.11.
 *
 * @module
 */
import { concatenate } from "../../files/source.ts";

/** Collects the instructions of a pickle. */
export class PickleWriter {
  readonly #pieces: Uint8Array[] = [Uint8Array.of(0x80, 2)];

  /** Adds instructions without arguments, by their letters. */
  code(letters: string): this {
    return this.#add(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)));
  }

  /** Adds the name of something in a module of Python. */
  global(module: string, name: string): this {
    return this.code(`c${module}\n${name}\n`);
  }

  /** Adds a text. */
  text(text: string): this {
    const bytes = new TextEncoder().encode(text);
    const head = new Uint8Array(5);
    head[0] = 0x58;
    new DataView(head.buffer).setUint32(1, bytes.length, true);
    return this.#add(head).#add(bytes);
  }

  /** Adds a number: an int of Python where it is whole and `isFloat` does not say otherwise. */
  number(value: number, isFloat: boolean = !Number.isSafeInteger(value)): this {
    if (isFloat) {
      const bytes = new Uint8Array(9);
      bytes[0] = 0x47;
      new DataView(bytes.buffer).setFloat64(1, value, false);
      return this.#add(bytes);
    }
    if ((value | 0) === value) {
      const bytes = new Uint8Array(5);
      bytes[0] = 0x4a;
      new DataView(bytes.buffer).setInt32(1, value, true);
      return this.#add(bytes);
    }
    const bytes = new Uint8Array(10);
    bytes.set([0x8a, 8]);
    new DataView(bytes.buffer).setBigInt64(2, BigInt(value), true);
    return this.#add(bytes);
  }

  /** Adds a tuple of whole numbers. */
  integers(values: readonly number[]): this {
    this.code("(");
    for (const value of values) this.number(value);
    return this.code("t");
  }

  /** Ends the pickle. */
  finish(): Uint8Array<ArrayBuffer> {
    this.code(".");
    return concatenate(this.#pieces);
  }

  #add(piece: Uint8Array): this {
    this.#pieces.push(piece);
    return this;
  }
}
