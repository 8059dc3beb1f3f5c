/**
 * The arguments of a pickle's instructions: numbers and texts, read one after the other.
 *
 * @module
 */
import { excerpt } from "../file_limits.ts";

/** Longest line of an instruction: names and numbers are shorter. */
const LONGEST_LINE = 2 ** 16;
/** Most digits or bytes of an integer; more take quadratic time. */
const LONGEST_INTEGER = 1024;
const NEWLINE = 10;

/** Reads a pickle from its first byte on. */
export class PickleBytes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #action: string;
  /** Place of the next byte. */
  at: number;

  /** Begins to read at a place; `action` begins every error. */
  constructor(bytes: Uint8Array, start: number, action: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#action = action;
    this.at = start;
  }

  /** Reads a byte. */
  byte(): number {
    return this.#bytes[this.#take(1)];
  }

  /** Reads bytes; they are those of the file, not a copy. */
  bytes(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Reads an integer of 4 bytes. */
  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  /** Reads an integer of 2, 4 or 8 bytes without a sign. */
  unsigned(width: 2 | 4 | 8): number {
    const start = this.#take(width);
    if (width === 2) return this.#view.getUint16(start, true);
    if (width === 4) return this.#view.getUint32(start, true);
    return Number(this.#view.getBigUint64(start, true));
  }

  /** Reads a number, the highest byte first. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** Reads an integer of any length, as a number where that is exact. */
  long(length: number): number | bigint {
    if (length > LONGEST_INTEGER) this.fail(`at most ${LONGEST_INTEGER} bytes`, String(length));
    const bytes = this.bytes(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
    return exact(BigInt.asIntN(8 * length, value));
  }

  /** Reads the number that a text stands for, as a number where that is exact. */
  integer(text: string): number | bigint {
    if (text.length <= LONGEST_INTEGER && /^[+-]?\d+$/.test(text)) {
      return exact(BigInt(text.replace("+", "")));
    }
    return this.fail("a whole number", excerpt(text));
  }

  /** Reads the number that a text stands for. */
  decimal(text: string): number {
    const special: Record<string, number> = { nan: NaN, inf: Infinity, "-inf": -Infinity };
    if (Object.hasOwn(special, text)) return special[text];
    return text !== "" && Number.isFinite(Number(text))
      ? Number(text)
      : this.fail("a number", excerpt(text));
  }

  /** Reads text in UTF-8. */
  utf8(length: number): string {
    const bytes = this.bytes(length);
    try {
      // A copy, because decoders refuse memory that threads share.
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.slice());
    } catch {
      return this.fail("text in UTF-8", "other bytes");
    }
  }

  /** Reads text of which every byte is a character, as that of Python 2. */
  latin1(length: number): string {
    return charactersOf(this.bytes(length));
  }

  /** Reads up to the end of a line. */
  line(): string {
    const end = this.#bytes.indexOf(NEWLINE, this.at);
    if (end < 0 || end - this.at > LONGEST_LINE) this.fail("the end of a line", "none");
    const text = this.latin1(end - this.at);
    this.at = end + 1;
    return text;
  }

  /** Reads a text in quotes to the end of the line, without escapes. */
  quoted(): string {
    const line = this.line();
    const inner = line.slice(1, -1);
    const isQuoted = line.length >= 2 && /^['"]/.test(line) && line.endsWith(line[0]);
    return isQuoted && !inner.includes("\\") ? inner : this.fail("a text in quotes", excerpt(line));
  }

  /** Throws the error for what was expected at this place. */
  fail(expected: string, found: string): never {
    throw new SyntaxError(
      `${this.#action}: its pickle must be sound: at byte ${this.at} expected ${expected}, ` +
        `found ${excerpt(found)}`,
    );
  }

  #take(length: number): number {
    const start = this.at;
    const left = this.#bytes.length - start;
    if (length < 0 || length > left) this.fail(`${length} bytes`, `${left} to the end`);
    this.at += length;
    return start;
  }
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function charactersOf(bytes: Uint8Array): string {
  let text = "";
  const step = 8192;
  for (let i = 0; i < bytes.length; i += step) {
    text += String.fromCharCode(...bytes.subarray(i, i + step));
  }
  return text;
}
