/**
 * Elements of MATLAB files of level 5: tags, compressed pieces, and the headers of arrays.
 *
 * - **Source**: MathWorks, "MAT-File Format", version R2022b: level 5.
 *
 * @module
 */
import { inflate } from "../../files/compression_streams.ts";
import type { ByteSource } from "../../files/source.ts";
import { countElements, excerpt } from "../file_limits.ts";

/** An element in the file: a matrix, compressed or not. */
export interface MatElement {
  /** Offset of its data, after the tag, and their number of bytes. */
  readonly start: number;
  readonly size: number;
  readonly isCompressed: boolean;
}

/** An array as its header describes it. */
export interface MatArray {
  readonly name: string;
  /** Number of its class: 6 is double. */
  readonly classId: number;
  readonly isLogical: boolean;
  readonly isComplex: boolean;
  readonly shape: readonly number[];
  readonly count: number;
  /** Bytes of the matrix before its numbers. */
  readonly headerSize: number;
  readonly element: MatElement;
}

/** A piece of data with its type. */
export interface MatPiece {
  /** Number of its type: 9 is double. */
  readonly type: number;
  /** Place of its bytes. */
  readonly start: number;
  readonly end: number;
  /** Place of the next piece. */
  readonly next: number;
}

const HEADER_SIZE = 128;
const TAG_SIZE = 8;
const MATRIX = 14;
const COMPRESSED = 15;
const LOGICAL = 2;
const COMPLEX = 8;
/** Bytes that the header of an array may take: flags, 32 sizes and a name of usual length do. */
export const BEGINNING = 1024;
/** Most bytes that a compressed byte can become. */
const MAX_EXPANSION = 1032;
/** Most arrays in a file. */
const MAX_ARRAYS = 2 ** 16;

/** Byte order of a file. */
export interface MatFile {
  readonly source: ByteSource;
  readonly littleEndian: boolean;
  /** Begins every error. */
  readonly action: string;
}

/** Reads the header of the file. */
export async function readFileHeader(source: ByteSource, action: string): Promise<MatFile> {
  const head = await source.read(0, Math.min(HEADER_SIZE, source.size));
  const order = String.fromCharCode(...head.subarray(126, 128));
  if (head.length < HEADER_SIZE || (order !== "IM" && order !== "MI")) {
    throw new SyntaxError(
      `${action}: a MATLAB file of level 5 must begin with a header of ${HEADER_SIZE} bytes that ` +
        `ends in its byte order: expected IM or MI, found ${excerpt(order) || "the end"}`,
    );
  }
  return { source, littleEndian: order === "IM", action };
}

/** Lists the elements of a file, and reads the headers of their arrays. */
export async function readArrays(file: MatFile): Promise<MatArray[]> {
  const { source, action, littleEndian } = file;
  const arrays: MatArray[] = [];
  for (let at = HEADER_SIZE; at < source.size;) {
    if (at + TAG_SIZE > source.size || arrays.length >= MAX_ARRAYS) {
      throw new SyntaxError(
        `${action}: elements must end with the file, and be at most ${MAX_ARRAYS}: found ` +
          `${arrays.length} to ${at}, of ${source.size} bytes`,
      );
    }
    const view = viewOf(await source.read(at, at + TAG_SIZE));
    const [type, size] = [view.getUint32(0, littleEndian), view.getUint32(4, littleEndian)];
    const start = at + TAG_SIZE;
    if ((type !== MATRIX && type !== COMPRESSED) || start + size > source.size) {
      throw new SyntaxError(
        `${action}: elements must be arrays that lie in the file: expected type ${MATRIX} or ` +
          `${COMPRESSED} and at most ${
            source.size - start
          } bytes at ${at}, found ${type} and ${size}`,
      );
    }
    const element = { start, size, isCompressed: type === COMPRESSED };
    const beginning = await readMatrix(file, element, { enough: BEGINNING });
    arrays.push(arrayHeader(file, element, beginning));
    // Compressed elements follow each other without padding.
    at = start + (type === COMPRESSED ? size : padded(size));
  }
  return arrays;
}

/** Reads the bytes of a matrix after its tag: all, which are at most `most`, or the first. */
export async function readMatrix(
  { source, action, littleEndian }: MatFile,
  { start, size, isCompressed }: MatElement,
  { most = Infinity, enough }: { most?: number; enough?: number },
): Promise<Uint8Array> {
  if (!isCompressed) return await source.read(start, start + Math.min(size, enough ?? size));
  // Compressing can make things longer, but a piece of data never by more than this.
  const taken = enough === undefined ? size : Math.min(size, 2 * enough + 1024);
  const stored = await source.read(start, start + taken);
  const limits = { most: Math.min(most, MAX_EXPANSION * size) + TAG_SIZE, enough, action };
  const bytes = await inflate(stored, "deflate", limits);
  const view = viewOf(bytes);
  const [type, length] = bytes.length < TAG_SIZE
    ? [0, 0]
    : [view.getUint32(0, littleEndian), view.getUint32(4, littleEndian)];
  const isWhole = enough === undefined ? TAG_SIZE + length === bytes.length : true;
  if (type !== MATRIX || !isWhole) {
    throw new SyntaxError(
      `${action}: a compressed element must be one array: expected type ${MATRIX} and ` +
        `${bytes.length - TAG_SIZE} bytes, found ${type} and ${length}`,
    );
  }
  return bytes.subarray(TAG_SIZE);
}

/** Reads the pieces before the numbers of an array: flags, sizes, name. */
function arrayHeader(file: MatFile, element: MatElement, bytes: Uint8Array): MatArray {
  const view = viewOf(bytes);
  const flags = pieceAt(file, bytes, 0);
  if (flags.end - flags.start !== 8) throw malformed(file, "flags of 8 bytes");
  const word = view.getUint32(flags.start, file.littleEndian);
  const sizes = pieceAt(file, bytes, flags.next);
  const rank = (sizes.end - sizes.start) / 4;
  if (!Number.isInteger(rank) || rank < 1 || rank > 32) throw malformed(file, "1 to 32 sizes");
  const shape = Array.from(
    { length: rank },
    (_, i) => view.getInt32(sizes.start + 4 * i, file.littleEndian),
  );
  const count = shape.every((size) => size >= 0) ? countElements(shape) : undefined;
  if (count === undefined) throw malformed(file, "sizes that can be counted");
  const name = pieceAt(file, bytes, sizes.next);
  const text = String.fromCharCode(...bytes.subarray(name.start, name.end));
  const bits = word >>> 8;
  return {
    name: text,
    classId: word & 0xff,
    isLogical: (bits & LOGICAL) !== 0,
    isComplex: (bits & COMPLEX) !== 0,
    shape,
    count,
    headerSize: name.next,
    element,
  };
}

/** Reads the tag of a piece; small ones have up to 4 bytes of data in it. */
export function pieceAt(file: MatFile, bytes: Uint8Array, at: number): MatPiece {
  const view = viewOf(bytes);
  if (at + TAG_SIZE > bytes.length) throw malformed(file, "a piece of data");
  const word = view.getUint32(at, file.littleEndian);
  const smallSize = word >>> 16;
  if (smallSize !== 0) {
    if (smallSize > 4) throw malformed(file, "at most 4 bytes in a small piece");
    const start = at + 4;
    return { type: word & 0xffff, start, end: start + smallSize, next: at + TAG_SIZE };
  }
  const [start, size] = [at + TAG_SIZE, view.getUint32(at + 4, file.littleEndian)];
  if (start + size > bytes.length) throw malformed(file, `${size} bytes`);
  return { type: word, start, end: start + size, next: start + padded(size) };
}

function malformed({ action }: MatFile, expected: string): SyntaxError {
  return new SyntaxError(`${action}: an array must be sound: expected ${expected}, found another`);
}

function padded(size: number): number {
  return 8 * Math.ceil(size / 8);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
