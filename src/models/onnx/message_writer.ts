/**
 * Protocol buffers, written: fields with their numbers, one message in another.
 *
 * - **Source**: the encoding as https://protobuf.dev/programming-guides/encoding describes it.
 *
 * @module
 */

const WIRE_VARINT = 0;
const WIRE_BYTES = 2;
const WIRE_FOUR_BYTES = 5;

/** A message that grows field by field. */
export class MessageWriter {
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** Writes a field with a whole number, negative ones as 64 bits in two's complement. */
  int(field: number, value: number): this {
    return this.#tag(field, WIRE_VARINT).#add(varint(value));
  }

  /** Writes a field with a float of 32 bits. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#tag(field, WIRE_FOUR_BYTES).#add(bytes);
  }

  /** Writes a field with text, in UTF-8. */
  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  /** Writes a field with bytes, which are not copied before the end. */
  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, WIRE_BYTES).#add(varint(value.length)).#add(value);
  }

  /** Writes a field with a list of whole numbers, packed. */
  ints(field: number, values: readonly number[]): this {
    const parts = values.map(varint);
    const size = parts.reduce((sum, { length }) => sum + length, 0);
    this.#tag(field, WIRE_BYTES).#add(varint(size));
    for (const part of parts) this.#add(part);
    return this;
  }

  /** Writes a field with a message, filled by a function. */
  message(field: number, fill: (inner: MessageWriter) => void): this {
    const inner = new MessageWriter();
    fill(inner);
    this.#tag(field, WIRE_BYTES).#add(varint(inner.#size));
    for (const part of inner.#parts) this.#add(part);
    return this;
  }

  /** Returns the bytes of the message. */
  finish(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #tag(field: number, wire: number): this {
    return this.#add(varint(field * 8 + wire));
  }

  #add(part: Uint8Array): this {
    this.#parts.push(part);
    this.#size += part.length;
    return this;
  }
}

/** Writes seven bits a byte, the lowest first; all but the last byte have the highest bit set. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
