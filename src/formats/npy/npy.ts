/**
 * NumPy's `.npy` file format: reading and writing one array as bytes, on the host.
 *
 * This file holds the two public functions and the frame of the file: magic bytes, version,
 * length of the header, header, data. `header.ts` reads and writes the header, a Python dict
 * literal; `../element_types.ts` knows the element types and turns the data into numbers.
 *
 * - **Source**: NumPy's description of the format, `numpy.lib.format` (NEP 1 and its later
 *   versions).
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { kindOf } from "../../core/kind_of.ts";
import type { HostArray } from "../../core/dtype.ts";
import { formatShape } from "../../core/shape.ts";
import { checkHostArray } from "../host_array.ts";
import { decodeElements, encodeElements, fortranToRowMajor, refusalsOf } from "../element_types.ts";
import { formatHeader, type NpyHeader, parseHeader } from "./header.ts";
import { checkCount, checkMaxElements, DEFAULT_MAX_ELEMENTS, excerpt } from "../file_limits.ts";

/** Settings of {@link parseNpy}. */
export interface ParseNpyOptions {
  /** Name of the file in errors, a path or a URL; `"npy data"` or the like when left out. */
  name?: string;
  /** The most elements an array may have; 2^28 (268,435,456) when left out. */
  maxElements?: number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // "\x93NUMPY"
const ZIP_MAGIC = "50 4b 03 04";
const MAX_HEADER_BYTES = 2 ** 18; // NumPy refuses headers above 10,000 bytes unless told otherwise
/**
 * Number of bytes from the beginning of a file with which {@link readNpyLayout} can do its work.
 */
export const NPY_BEGINNING: number = 12 + MAX_HEADER_BYTES;
const ALIGNMENT = 64;

/**
 * Reads an array from the bytes of a NumPy `.npy` file (versions 1.0, 2.0 and 3.0).
 *
 * | element type of the file           | dtype of the result                     |
 * | ---------------------------------- | --------------------------------------- |
 * | `float32`, `float64`               | the same                                |
 * | `float16`                          | `float32`, exact                        |
 * | `int32`, `uint8`                   | the same                                |
 * | `int8`, `int16`, `uint16`          | `int32`                                 |
 * | `uint32`, `int64`, `uint64`        | `int32` when every value fits, else an error |
 * | `bool`                             | `uint8`, 0 or 1                         |
 *
 * Either byte order is read: `<` little, `>` big, and `=` ("native") as little endian. `|` ("not
 * applicable") is accepted for elements of one byte only: a wider one would have no known order.
 *
 * - **Shapes**: as in the file; `[]` for a scalar. Data in Fortran order is reordered, so the
 *   result is always row-major. The result never shares memory with `bytes`.
 * - **Edge cases**: sizes of 0 give an empty array. Infinities, subnormals and -0 are kept; a NaN
 *   stays a NaN. Structured, complex, string, date, object and long double arrays are refused;
 *   nothing is ever unpickled or evaluated. Bytes left over after the data are an error too.
 *
 * @param bytes The whole file.
 * @param options The name to use in errors, and the largest array to accept, in elements.
 * @returns Shape, dtype and elements.
 * @throws {SyntaxError} if the file is truncated, too long, malformed or of an unsupported
 * kind. The message says what was expected and what was found.
 * @throws {RangeError} if the file is sound but cannot be held: a `uint32`, `int64` or `uint64`
 * value does not fit in `int32` (the message names its index and value), or there are more than
 * `maxElements` elements.
 * @throws {TypeError} if `bytes` is not a `Uint8Array`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatNpy, parseNpy } from "@tapegrad/tapegrad/data";
 *
 * const bytes = formatNpy({ shape: [2, 2], dtype: "int32", data: Int32Array.of(1, 2, 3, 4) });
 * const { shape, dtype, data } = parseNpy(bytes);
 * assertEquals(shape, [2, 2]);
 * assertEquals(dtype, "int32");
 * assertEquals([...data], [1, 2, 3, 4]);
 * ```
 */
export function parseNpy(bytes: Uint8Array, options: ParseNpyOptions = {}): HostArray {
  options = checkOptions("read npy", options, "name maxElements#");
  const { name = "npy data" } = options;
  const action = `Cannot read ${name}`;
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`${action}: bytes must be a Uint8Array: got ${kindOf(bytes)}`);
  }
  const layout = readNpyLayout(bytes, bytes.length, { ...options, name });
  const { element, littleEndian, fortranOrder, shape, dataStart } = layout;
  const refuse = refusalsOf(action, layout);
  const stored = decodeElements(element, littleEndian, bytes.subarray(dataStart), refuse);
  const data = fortranOrder ? fortranToRowMajor(stored, shape) : stored;
  return { shape, dtype: element.dtype, data };
}

/**
 * Writes an array as the bytes of a NumPy `.npy` file, byte for byte what `numpy.save` writes.
 *
 * Row-major, little endian, version 1.0; version 2.0 only when the header is longer than the
 * 65,535 bytes of version 1.0, which takes thousands of dimensions. The data begins at a multiple
 * of 64 bytes.
 *
 * - **Shapes**: any, `[]` for a scalar.
 * - **Edge cases**: an array with a size of 0 has a header and no data. -0, infinities and the bits
 *   of a NaN are kept.
 *
 * @param array Shape, dtype and elements in row-major order. Read, never kept.
 * @returns The whole file.
 * @throws {ShapeError} if shape, dtype and data do not belong together.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatNpy } from "@tapegrad/tapegrad/data";
 *
 * const bytes = formatNpy({ shape: [3], dtype: "uint8", data: Uint8Array.of(7, 8, 9) });
 * assertEquals(bytes.length, 128 + 3);
 * assertEquals(
 *   new TextDecoder().decode(bytes.subarray(10, 128)).trimEnd(),
 *   "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }",
 * );
 * assertEquals([...bytes.subarray(128)], [7, 8, 9]);
 * ```
 */
export function formatNpy(array: HostArray): Uint8Array<ArrayBuffer> {
  const { shape, dtype, data } = array;
  checkHostArray("write npy data", shape, dtype, data);

  // The header ends in a newline; spaces before it make the data begin at a multiple of 64. NumPy
  // adds 1 to 64 of them, never 0.
  const header = formatHeader(dtype, shape);
  let version = 1;
  let headerStart = 10;
  let dataStart = alignUp(headerStart + header.length + 1);
  if (dataStart - headerStart > 0xffff) {
    version = 2;
    headerStart = 12;
    dataStart = alignUp(headerStart + header.length + 1);
  }

  const bytes = new Uint8Array(dataStart + data.byteLength);
  bytes.set(MAGIC);
  bytes[6] = version;
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, dataStart - headerStart, true);
  else view.setUint32(8, dataStart - headerStart, true);
  bytes.fill(0x20, headerStart, dataStart - 1);
  new TextEncoder().encodeInto(header, bytes.subarray(headerStart));
  bytes[dataStart - 1] = 0x0a;
  encodeElements(data, bytes.subarray(dataStart));
  return bytes;
}

/** Contents of a header, and the place where the data begins. */
export interface NpyLayout extends NpyHeader {
  /** Bytes before the data. */
  readonly dataStart: number;
}

/**
 * Reads the layout from the beginning of a file, and checks it.
 *
 * @param beginning The whole file, or its first {@link NPY_BEGINNING} bytes.
 * @param fileSize Bytes of the whole file.
 * @param options The name to use in errors, and the largest array to accept.
 */
export function readNpyLayout(
  beginning: Uint8Array,
  fileSize: number,
  { name = "npy data", maxElements = DEFAULT_MAX_ELEMENTS }: ParseNpyOptions,
): NpyLayout {
  const action = `Cannot read ${name}`;
  checkMaxElements(maxElements, action);
  const { text, dataStart } = readHeaderText(beginning, action);
  const header = parseHeader(text, action);
  const { shape, count, descr, element } = header;
  const expected = count * element.bytes;
  const found = fileSize - dataStart;
  if (found !== expected) {
    throw new SyntaxError(
      `${action}: the data must have the size that shape and descr declare: ` +
        `expected ${expected} bytes for ${excerpt(formatShape(shape))} of '${descr}', ` +
        `found ${found}`,
    );
  }
  checkCount(shape, count, maxElements, action);
  return { ...header, dataStart };
}

/** Reads magic, version and length, and returns the header's text and where the data begins. */
function readHeaderText(bytes: Uint8Array, action: string): { text: string; dataStart: number } {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) {
    const found = hex(bytes.subarray(0, MAGIC.length));
    const hint = found.startsWith(ZIP_MAGIC) ? " (a zip archive, as npz files are)" : "";
    throw new SyntaxError(
      `${action}: an npy file must begin with the magic bytes: ` +
        `expected ${hex(Uint8Array.from(MAGIC))}, found ${found || "an empty file"}${hint}`,
    );
  }
  if (bytes.length >= 8 && !(bytes[6] >= 1 && bytes[6] <= 3 && bytes[7] === 0)) {
    throw new SyntaxError(
      `${action}: the format version must be known: ` +
        `expected 1.0, 2.0 or 3.0, found ${bytes[6]}.${bytes[7]}`,
    );
  }
  const headerStart = bytes[6] > 1 ? 12 : 10;
  if (bytes.length < headerStart) {
    throw new SyntaxError(
      `${action}: the file must hold the length of its header: ` +
        `expected at least ${headerStart} bytes, found ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerStart);
  const length = headerStart === 10 ? view.getUint16(8, true) : view.getUint32(8, true);
  const present = bytes.length - headerStart;
  if (length > present) {
    throw new SyntaxError(
      `${action}: the file must hold its whole header: ` +
        `expected ${length} bytes, found ${present}`,
    );
  }
  if (length > MAX_HEADER_BYTES) {
    throw new SyntaxError(
      `${action}: the header must have a reasonable length: ` +
        `expected at most ${MAX_HEADER_BYTES} bytes, found ${length}`,
    );
  }
  const dataStart = headerStart + length;
  const header = bytes.subarray(headerStart, dataStart);
  return { text: bytes[6] === 3 ? decodeUtf8(header, action) : decodeLatin1(header), dataStart };
}

function decodeUtf8(bytes: Uint8Array, action: string): string {
  try {
    // A copy, because decoders refuse memory shared between threads.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(bytes),
    );
  } catch {
    throw new SyntaxError(
      `${action}: the header of version 3.0 must be text: expected UTF-8, found other bytes`,
    );
  }
}

/** Decodes Latin-1. Not with `TextDecoder("latin1")`, which means Windows-1252 on the web. */
function decodeLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) {
    text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  }
  return text;
}

function alignUp(length: number): number {
  return Math.floor(length / ALIGNMENT + 1) * ALIGNMENT;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
