/**
 * Headers of objects in HDF5 files, as far as it takes to find the data type of an array.
 *
 * - **Source**: "HDF5 File Format Specification Version 3.0": II.A "Superblock", IV.A.1 "Data Object
 *   Header Prefix", IV.A.2 "Data Object Header Messages".
 *
 * @module
 */

/** A message of a header. */
interface Message {
  readonly type: number;
  readonly size: number;
  readonly flags: number;
  /** Offset of its content. */
  readonly body: number;
}

/** First bytes of a file, and of a header of version 2, "OHDR". */
const SIGNATURE = 0x89484446;
const NEW_HEADER = 0x4f484452;
const DATATYPE_MESSAGE = 3;
const CONTINUATION_MESSAGE = 16;
/** The flag of a message that is stored elsewhere. */
const SHARED = 2;
/** The kind of shared message that lies in a heap of the file, and has no address. */
const IN_HEAP = 1;
/** A block of a header of version 2 has a signature before its messages, a checksum after them. */
const FRAME = 4;
/** Bytes of the shortest message. */
const LEAST_MESSAGE = 4;
/** Most continuations that are followed; more than any header has would be a circle. */
const MOST_BLOCKS = 1024;

/**
 * Finds the message that declares the type of an array's elements.
 *
 * @param file the whole file.
 * @param address where the header of the array is, by the addresses of the file.
 * @throws {RangeError} if it cannot be found.
 */
export function dataTypeMessage(file: Uint8Array, address: number): DataView {
  return new HeaderReader(file).dataType(address, true);
}

class HeaderReader {
  readonly #file: Uint8Array;
  readonly #view: DataView;
  /** Address of the superblock, from which the addresses of the file count. */
  readonly #base: number;
  /** Bytes of an address. */
  readonly #addressBytes: number;

  constructor(file: Uint8Array) {
    this.#file = file;
    this.#view = new DataView(file.buffer, file.byteOffset, file.length);
    this.#base = 0;
    while (this.#view.getUint32(this.#base) !== SIGNATURE) this.#base = this.#base * 2 || 512;
    const isOld = this.#view.getUint8(this.#base + 8) < 2;
    this.#addressBytes = this.#view.getUint8(this.#base + (isOld ? 13 : 9));
  }

  /**
   * Finds the message that declares the type of an object's elements; it may be in the header of a
   * named type.
   */
  dataType(address: number, mayBeElsewhere: boolean): DataView {
    const at = this.#base + address;
    const isNew = this.#view.getUint32(at) === NEW_HEADER;
    const { body, size, flags } = isNew ? this.#ofNew(at) : this.#ofOld(at);
    if ((flags & SHARED) === 0) {
      return new DataView(this.#file.buffer, this.#file.byteOffset + body, size);
    }
    if (!mayBeElsewhere) throw new RangeError("a named data type must not be another's");
    return this.dataType(this.#sharedAddress(body), false);
  }

  #ofOld(at: number): Message {
    const start = at + 16;
    return this.#search([[start, start + this.#view.getUint32(at + 8, true)]], (place) => ({
      type: this.#view.getUint16(place, true),
      size: this.#view.getUint16(place + 2, true),
      flags: this.#view.getUint8(place + 4),
      body: place + 8,
    }), 0);
  }

  #ofNew(at: number): Message {
    const flags = this.#view.getUint8(at + 5);
    const times = flags & 32 ? 16 : 0;
    const phases = flags & 16 ? 4 : 0;
    const sizeBytes = 1 << (flags & 3);
    const sizeAt = at + 6 + times + phases;
    const start = sizeAt + sizeBytes;
    const end = start + this.#number(sizeAt, sizeBytes);
    const order = flags & 4 ? 2 : 0;
    return this.#search([[start, end]], (place) => ({
      type: this.#view.getUint8(place),
      size: this.#view.getUint16(place + 1, true),
      flags: this.#view.getUint8(place + 3),
      body: place + 4 + order,
    }), FRAME);
  }

  /** Goes through the messages of a header, block by block, to that of the data type. */
  #search(
    blocks: [number, number][],
    messageAt: (place: number) => Message,
    frame: number,
  ): Message {
    for (let i = 0; i < blocks.length && i < MOST_BLOCKS; i++) {
      const [start, end] = blocks[i];
      for (let place = start; place + LEAST_MESSAGE <= end;) {
        const message = messageAt(place);
        const { type, size, body } = message;
        if (type === DATATYPE_MESSAGE) return message;
        if (type === CONTINUATION_MESSAGE) {
          const from = this.#base + this.#number(body, this.#addressBytes);
          const length = this.#number(body + this.#addressBytes, this.#addressBytes);
          blocks.push([from + frame, from + length - frame]);
        }
        place = body + size;
      }
    }
    throw new RangeError("a header must say what its elements are");
  }

  #sharedAddress(body: number): number {
    const version = this.#view.getUint8(body);
    if (version === 3 && this.#view.getUint8(body + 1) === IN_HEAP) {
      throw new RangeError("a data type in a heap of the file cannot be read");
    }
    return this.#number(body + (version === 1 ? 8 : 2), this.#addressBytes);
  }

  /** Reads a little-endian integer; addresses that are not exact lie outside any file. */
  #number(at: number, bytes: number): number {
    let value = 0;
    for (let j = bytes - 1; j >= 0; j--) value = 256 * value + this.#view.getUint8(at + j);
    return value;
  }
}
