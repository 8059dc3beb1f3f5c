/**
 * Protocol buffers, read: the fields of a message one after the other, never beyond its end.
 *
 * @module
 */

/** Refuses a file: by the rule that it breaks, and the value found. */
export type Refuse = (rule: string, found: string) => never;

/** A field of a message. */
export interface Field {
  /** Its number. */
  readonly number: number;
  /** Form in which it is stored. */
  readonly wire: "varint" | "bytes" | "fixed32" | "fixed64";
  /** Offsets at which its content begins and ends in the file. */
  readonly start: number;
  readonly end: number;
}

/** A part of a file that is a message, or a list of packed numbers. */
export class MessageReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  readonly #refuse: Refuse;
  #at: number;

  constructor(bytes: Uint8Array, refuse: Refuse, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.#end = end;
    this.#refuse = refuse;
  }

  /** Yields all fields, in order. */
  *fields(): Generator<Field> {
    while (this.#at < this.#end) {
      const from = this.#at;
      const tag = Number(this.#varint());
      const number = Math.floor(tag / 8);
      if (number < 1 || number >= 2 ** 29) {
        this.#refuse("fields must have numbers from 1 to 2^29 - 1", `${number} at byte ${from}`);
      }
      yield this.#field(number, tag % 8, from);
    }
  }

  /** Reads the content of a field as a message. */
  message(field: Field): MessageReader {
    this.#check(field, "bytes", "a message");
    return new MessageReader(this.#bytes, this.#refuse, field.start, field.end);
  }

  /** Returns the bytes of a field, not copied. */
  bytes(field: Field): Uint8Array {
    this.#check(field, "bytes", "bytes");
    return this.#bytes.subarray(field.start, field.end);
  }

  /** Reads the text of a field. */
  text(field: Field): string {
    // A copy, because decoders refuse memory shared between threads.
    const bytes = Uint8Array.from(this.bytes(field));
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return this.#refuse("text must be UTF-8", `something else at byte ${field.start}`);
    }
  }

  /** Reads a whole number. */
  int(field: Field): number {
    this.#check(field, "varint", "a whole number");
    return numberOf(new MessageReader(this.#bytes, this.#refuse, field.start, field.end).#signed());
  }

  /** Reads a float of 32 bits. */
  float(field: Field): number {
    this.#check(field, "fixed32", "a float");
    return this.#view.getFloat32(field.start, true);
  }

  /** Reads whole numbers: one, or a packed list of them. */
  ints(field: Field): number[] {
    if (field.wire === "varint") return [this.int(field)];
    const list = this.message(field);
    const values: number[] = [];
    while (list.#at < list.#end) values.push(numberOf(list.#signed()));
    return values;
  }

  /** Reads floats of 32 or 64 bits: one, or a packed list of them. */
  floats(field: Field, width: 4 | 8): number[] {
    const isOne = field.wire === (width === 4 ? "fixed32" : "fixed64");
    if (!isOne) this.#check(field, "bytes", "floats");
    if ((field.end - field.start) % width !== 0) {
      this.#refuse(
        `packed floats must take ${width} bytes each`,
        `${field.end - field.start} bytes at byte ${field.start}`,
      );
    }
    const values: number[] = [];
    for (let at = field.start; at < field.end; at += width) {
      values.push(width === 4 ? this.#view.getFloat32(at, true) : this.#view.getFloat64(at, true));
    }
    return values;
  }

  #field(number: number, wire: number, from: number): Field {
    switch (wire) {
      case 0: {
        const start = this.#at;
        this.#varint();
        return { number, wire: "varint", start, end: this.#at };
      }
      case 1:
        return { number, wire: "fixed64", ...this.#skip(8) };
      case 2:
        return { number, wire: "bytes", ...this.#skip(Number(this.#varint())) };
      case 5:
        return { number, wire: "fixed32", ...this.#skip(4) };
      default:
        return this.#refuse("fields must be stored in a known way", `${wire} at byte ${from}`);
    }
  }

  #skip(length: number): { start: number; end: number } {
    const start = this.#at;
    if (length > this.#end - start) {
      this.#refuse(
        "every field must end where its message does, or before",
        `${length} bytes at byte ${start}, of ${this.#end - start}`,
      );
    }
    this.#at += length;
    return { start, end: this.#at };
  }

  /** Reads seven bits a byte, the lowest first. */
  #varint(): bigint {
    const from = this.#at;
    let [value, shift] = [0n, 0n];
    while (this.#at < this.#end && shift < 70n) {
      const byte = this.#bytes[this.#at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
      shift += 7n;
    }
    return this.#refuse("numbers must end, after ten bytes at most", `one at byte ${from}`);
  }

  #signed(): bigint {
    return BigInt.asIntN(64, this.#varint());
  }

  #check(field: Field, wire: Field["wire"], what: string): void {
    if (field.wire === wire) return;
    this.#refuse(
      `field ${field.number} must be ${what}`,
      `it is stored as ${field.wire} at byte ${field.start}`,
    );
  }
}

/** Converts an integer to a number; one next to 2^53 that would become it is moved away. */
export function numberOf(value: bigint): number {
  const rounded = Number(value);
  const isMoved = Math.abs(rounded) === 2 ** 53 && BigInt(rounded) !== value;
  return isMoved ? rounded + 2 * Math.sign(rounded) : rounded;
}
