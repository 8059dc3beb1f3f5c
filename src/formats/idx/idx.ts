/**
 * The idx file format of the MNIST digits, plain or gzipped: one array of any rank.
 *
 * Two zero bytes, a byte for the element type, a byte for the rank, the sizes and then the elements
 * in row-major order, all numbers big endian.
 *
 * - **Source**: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".
 *
 * @module
 */
import { checkTensors } from "../../core/checks.ts";
import { checkOptions } from "../../core/options.ts";
import { kindOf } from "../../core/kind_of.ts";
import { tensor } from "../../core/create.ts";
import type { DType, HostArray, TypedArray } from "../../core/dtype.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { deflate, inflate } from "../../files/compression_streams.ts";
import { type FileInput, readWhole } from "../../files/source.ts";
import { READ_TENSOR_OPTIONS, type ReadTensorOptions } from "../array_file.ts";
import { checkKind, inMemory } from "../identify/identify.ts";
import {
  checkCount,
  checkMaxElements,
  countElements,
  DEFAULT_MAX_ELEMENTS,
  excerpt,
} from "../file_limits.ts";
import type { ParseNpyOptions } from "../npy/npy.ts";
import {
  decodeElements,
  ELEMENT_TYPES,
  type ElementType,
  type Refusals,
} from "../element_types.ts";
import { checkHostArray } from "../host_array.ts";

/** Settings of {@link writeIdx}. */
export interface WriteIdxOptions {
  /** Compress the file, to be called `….gz`; false by default. */
  readonly gzip?: boolean;
}

/** The element types by their byte in the file; the names are those of `.npy`. */
const TYPES: ReadonlyMap<number, string> = new Map([
  [0x08, "u1"],
  [0x09, "i1"],
  [0x0b, "i2"],
  [0x0c, "i4"],
  [0x0d, "f4"],
  [0x0e, "f8"],
]);

const WRITTEN: Readonly<Record<DType, number>> = {
  uint8: 0x08,
  int32: 0x0c,
  float32: 0x0d,
  float64: 0x0e,
};

const MAX_RANK = 255;
/** Number of bytes with which any header is complete. */
export const IDX_BEGINNING: number = 4 + 4 * MAX_RANK;
/** Errors that never occur: no stored integer is wider than int32 and none is a bool. */
const NOTHING_TO_REFUSE: Refusals = { tooBig: neverCalled, notBool: neverCalled };

/**
 * Reads an array from the bytes of an idx file.
 *
 * `uint8`, `int32`, `float32` and `float64` keep their dtype; `int8` and `int16` become `int32`.
 * Gzipped files are for `readIdx`. Bytes left over after the data are an error.
 *
 * @example
 * ```ts
 * import { formatIdx, parseIdx } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = formatIdx({ shape: [2, 2], dtype: "uint8", data: Uint8Array.of(1, 2, 3, 4) });
 * assertEquals([...bytes.subarray(0, 12)], [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2]);
 * assertEquals(parseIdx(bytes).shape, [2, 2]);
 * ```
 *
 * @param bytes the whole file.
 * @param options the name to use in errors, and the largest array to accept, in elements.
 * @returns shape, dtype and elements; they never share memory with `bytes`.
 * @throws {SyntaxError} if the file is malformed, truncated or too long.
 * @throws {RangeError} if there are more than `maxElements` elements.
 */
export function parseIdx(bytes: Uint8Array, options: ParseNpyOptions = {}): HostArray {
  options = checkOptions("read idx", options, "name maxElements#");
  const action = `Cannot read ${options.name ?? "idx data"}`;
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`${action}: bytes must be a Uint8Array: got ${kindOf(bytes)}`);
  }
  const { shape, element, dataStart } = readIdxLayout(bytes, bytes.length, options);
  const data = decodeElements(element, false, bytes.subarray(dataStart), NOTHING_TO_REFUSE);
  return { shape, dtype: element.dtype, data };
}

/**
 * Reads the array in an idx file, such as those of MNIST and Fashion-MNIST, as a tensor; gzipped
 * files are recognized and unpacked.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { readIdx, writeIdx } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const labels = tensor(Uint8Array.of(5, 0, 4));
 * const bytes = await writeIdx(labels, { gzip: true }); // train-labels-idx1-ubyte.gz
 * assertEquals((await readIdx(bytes)).toArray(), [5, 0, 4]);
 * ```
 *
 * @param input the file.
 * @param options `name` in errors, `maxBytes` of the file, `maxElements`, `onProgress`, `backend`.
 * @returns a tensor that no tape knows.
 * @throws {SyntaxError} if the file is malformed, truncated or too long.
 * @throws {RangeError} if the file or the array is too large.
 * @throws {FileError} if the file cannot be opened.
 */
export async function readIdx(
  input: FileInput,
  options: ReadTensorOptions = {},
): Promise<Tensor> {
  options = checkOptions("read idx", options, READ_TENSOR_OPTIONS);
  const { bytes, name } = await readWhole(input, "idx", options);
  const { maxElements, backend } = options;
  await checkKind(inMemory(bytes), ["idx", "gzip"], `Cannot read ${name}`);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const plain = isGzip ? await unpack(bytes, `Cannot read ${name}`, maxElements) : bytes;
  const { shape, data } = parseIdx(plain, { name, maxElements });
  return tensor(data, { shape, backend });
}

/** Unpacks a gzipped file; never more than its header promises. */
async function unpack(bytes: Uint8Array, action: string, maxElements?: number) {
  const limits = { most: Infinity, enough: IDX_BEGINNING, action };
  const beginning = await inflate(bytes, "gzip", limits);
  const { end } = readHeader(beginning, action, maxElements);
  return await inflate(bytes, "gzip", { most: end, action });
}

/**
 * Writes an array as the bytes of an idx file.
 *
 * @example
 * ```ts
 * import { formatIdx } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = formatIdx({ shape: [2], dtype: "int32", data: Int32Array.of(1, -1) });
 * assertEquals([...bytes.subarray(8)], [0, 0, 0, 1, 255, 255, 255, 255]);
 * ```
 *
 * @param array shape, dtype and elements in row-major order.
 * @returns the whole file.
 * @throws {ShapeError} if shape, dtype and data do not belong together, the rank is above 255 or a
 * size above 2^32 - 1.
 */
export function formatIdx(array: HostArray): Uint8Array<ArrayBuffer> {
  const { shape, dtype, data } = array;
  const action = "Cannot write idx data";
  checkHostArray("write idx data", shape, dtype, data);
  if (shape.length > MAX_RANK || shape.some((size) => size > 0xffffffff)) {
    throw new ShapeError(
      `${action}: shape must have at most ${MAX_RANK} sizes, each at most 4294967295: ` +
        `got ${excerpt(formatShape(shape))}`,
    );
  }
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + data.byteLength);
  const view = new DataView(bytes.buffer);
  bytes[2] = WRITTEN[dtype];
  bytes[3] = shape.length;
  shape.forEach((size, i) => view.setUint32(4 + 4 * i, size));
  encodeBigEndian(data, new DataView(bytes.buffer, start));
  return bytes;
}

/**
 * Writes an idx file of a tensor, plain or gzipped.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { parseIdx, writeIdx } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseIdx(await writeIdx(tensor([[1, 2]]))).shape, [1, 2]);
 * ```
 *
 * @param x any tensor.
 * @param options `gzip`.
 * @returns the whole file.
 * @throws {ShapeError} if the rank is above 255.
 */
export async function writeIdx(
  x: Tensor,
  options: WriteIdxOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  options = checkOptions("write idx", options, "gzip?");
  checkTensors("write idx", { x });
  const bytes = formatIdx({ shape: x.shape, dtype: x.dtype, data: x.dataSync() });
  return options.gzip ? await deflate(bytes, "gzip") : bytes;
}

/** Header of a file; the data lies from `start` to `end`. */
interface IdxHeader {
  readonly shape: number[];
  readonly element: ElementType;
  readonly start: number;
  readonly end: number;
}

/** Shape and element type that a file declares, and the place where the data begins. */
export interface IdxLayout {
  readonly shape: number[];
  readonly element: ElementType;
  readonly dataStart: number;
}

/**
 * Reads the layout from the beginning of a file, and checks it.
 *
 * @param beginning The whole file, or its first {@link IDX_BEGINNING} bytes.
 * @param fileSize Bytes of the whole file.
 * @param options The name to use in errors, and the largest array to accept.
 */
export function readIdxLayout(
  beginning: Uint8Array,
  fileSize: number,
  { name = "idx data", maxElements }: ParseNpyOptions,
): IdxLayout {
  const action = `Cannot read ${name}`;
  const { shape, element, start, end } = readHeader(beginning, action, maxElements);
  if (fileSize !== end) throw wrongSize(action, shape, element, end - start, fileSize - start);
  return { shape, element, dataStart: start };
}

function readHeader(
  bytes: Uint8Array,
  action: string,
  maxElements: number = DEFAULT_MAX_ELEMENTS,
): IdxHeader {
  checkMaxElements(maxElements, action);
  const found = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0"));
  const type = TYPES.get(bytes[2]);
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || type === undefined) {
    const known = [...TYPES.keys()].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const hint = found[0] === "1f" && found[1] === "8b" ? " (gzip: readIdx unpacks it)" : "";
    throw new SyntaxError(
      `${action}: an idx file must begin with 00 00, an element type and a rank: ` +
        `expected a type of ${known}, found ${found.join(" ") || "an empty file"}${hint}`,
    );
  }
  const start = 4 + 4 * bytes[3];
  if (bytes.length < start) {
    throw new SyntaxError(
      `${action}: the file must hold its ${bytes[3]} sizes: ` +
        `expected at least ${start} bytes, found ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, start);
  const shape = Array.from({ length: bytes[3] }, (_, i) => view.getUint32(4 + 4 * i));
  const count = countElements(shape);
  if (count === undefined) {
    throw new SyntaxError(
      `${action}: the sizes must be such that can be counted: ` +
        `expected non-zero sizes with a product of at most 2^49, ` +
        `found ${excerpt(formatShape(shape))}`,
    );
  }
  checkCount(shape, count, maxElements, action);
  const element = ELEMENT_TYPES.get(type)!;
  return { shape, element, start, end: start + count * element.bytes };
}

function wrongSize(
  action: string,
  shape: Shape,
  element: ElementType,
  expected: number,
  found: number,
): SyntaxError {
  return new SyntaxError(
    `${action}: the data must have the size that the header declares: ` +
      `expected ${expected} bytes for ${element.name} ${excerpt(formatShape(shape))}, ` +
      `found ${found}`,
  );
}

function encodeBigEndian(data: TypedArray, view: DataView): void {
  for (let i = 0; i < data.length; i++) {
    if (data instanceof Float32Array) view.setFloat32(4 * i, data[i]);
    else if (data instanceof Float64Array) view.setFloat64(8 * i, data[i]);
    else if (data instanceof Int32Array) view.setInt32(4 * i, data[i]);
    else view.setUint8(i, data[i]);
  }
}

function neverCalled(): never {
  throw new TypeError("Cannot happen: every value of an idx file can be held");
}
