/**
 * MATLAB files of level 5 (`.mat`), as MATLAB writes them up to `-v7` and SciPy does: their arrays of
 * numbers.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import type { HostArray } from "../../core/dtype.ts";
import type { Tensor } from "../../core/tensor.ts";
import { type FileInput, openSource } from "../../files/source.ts";
import {
  allTensors,
  type ArrayFile,
  arrayFile,
  noNumbers,
  READ_ARRAY_OPTIONS,
  READ_TENSOR_OPTIONS,
  type ReadArrayOptions,
  type ReadTensorOptions,
} from "../array_file.ts";
import {
  decodeElements,
  ELEMENT_TYPES,
  type ElementType,
  fortranToRowMajor,
  refusalsOf,
} from "../element_types.ts";
import { checkCount, checkMaxElements, DEFAULT_MAX_ELEMENTS, excerpt } from "../file_limits.ts";
import { checkKind } from "../identify/identify.ts";
import {
  type MatArray,
  type MatFile,
  pieceAt,
  readArrays,
  readFileHeader,
  readMatrix,
} from "./elements.ts";

/** Classes of arrays by their numbers, with the code of the elements that they hold. */
const CLASSES: ReadonlyMap<number, { readonly name: string; readonly code?: string }> = new Map([
  [1, { name: "cell" }],
  [2, { name: "struct" }],
  [3, { name: "object" }],
  [4, { name: "char" }],
  [5, { name: "sparse" }],
  [6, { name: "float64", code: "f8" }],
  [7, { name: "float32", code: "f4" }],
  [8, { name: "int8", code: "i1" }],
  [9, { name: "uint8", code: "u1" }],
  [10, { name: "int16", code: "i2" }],
  [11, { name: "uint16", code: "u2" }],
  [12, { name: "int32", code: "i4" }],
  [13, { name: "uint32", code: "u4" }],
  [14, { name: "int64", code: "i8" }],
  [15, { name: "uint64", code: "u8" }],
  [16, { name: "function" }],
  [17, { name: "opaque" }],
]);

/** Codes of stored numbers by the numbers of their types: often narrower than the class. */
const STORED: ReadonlyMap<number, string> = new Map([
  [1, "i1"],
  [2, "u1"],
  [3, "i2"],
  [4, "u2"],
  [5, "i4"],
  [6, "u4"],
  [7, "f4"],
  [9, "f8"],
  [12, "i8"],
  [13, "u8"],
]);

/** Bytes of the widest number, and those that tags and padding may take. */
const WIDEST = 8;
const SPARE = 64;

/**
 * Opens a MATLAB file of level 5, as MATLAB saves up to `-v7`, Octave with `-v7` and SciPy's
 * `savemat`. Its arrays are read one by one, as they are asked for.
 *
 * | class in the file                | dtype of the result                              |
 * | -------------------------------- | ------------------------------------------------ |
 * | double, single                   | float64, float32                                 |
 * | int8 to int32, uint16            | int32                                            |
 * | uint8, logical                   | uint8                                            |
 * | uint32, int64, uint64            | int32 where every value fits, else an error      |
 * | complex, char, cell, struct, …   | listed, but reading one is an error              |
 *
 * Shapes are MATLAB's, at least two dimensions; elements are put in row-major order.
 *
 * - **Edge cases**: compressed elements are read; their Adler-32 is checked. Files of `-v7.3` are HDF5:
 *   `readHdf5` reads them, with dimensions in the reverse order.
 *
 * @example
 * ```ts
 * import { openMat } from "@tapegrad/tapegrad/data";
 * import { assertRejects } from "@std/assert";
 *
 * async function digits(input: string | Blob) { // or bytes, a URL, a stream
 *   await using file = await openMat(input);
 *   console.log(file.names); // [ "X", "y" ]
 *   return await file.tensor("X"); // digits("digits.mat")
 * }
 * await assertRejects(() => digits(new Blob(["no MATLAB"])), SyntaxError, "Cannot read");
 * ```
 *
 * @param input the file.
 * @param options `name` in errors, `maxBytes` of the file, `maxElements` of an array, `onProgress`.
 * @returns the open file.
 * @throws {SyntaxError} if the file is malformed; reading an array throws it for a class that cannot
 * be read.
 * @throws {RangeError} if the file or, when it is read, an array is too large, or an integer does
 * not fit.
 * @throws {FileError} if the file cannot be opened.
 */
export async function openMat(
  input: FileInput,
  options: ReadArrayOptions = {},
): Promise<ArrayFile> {
  options = checkOptions("read a MATLAB file", options, READ_ARRAY_OPTIONS);
  const { maxElements = DEFAULT_MAX_ELEMENTS } = options;
  const source = await openSource(input, "MATLAB", options);
  try {
    const action = `Cannot read ${source.name}`;
    checkMaxElements(maxElements, action);
    await checkKind(source, ["mat"], action);
    const file = await readFileHeader(source, action);
    const arrays = namedArrays(await readArrays(file), action);
    return arrayFile({
      name: source.name,
      names: [...arrays.keys()],
      info(name) {
        const array = arrays.get(name)!;
        const { shape } = array;
        return Promise.resolve({ shape, dtype: typeOf(array)?.dtype, storedAs: storedAs(array) });
      },
      array: (name) => readArray(file, arrays.get(name)!, maxElements),
      close: () => source.close(),
    });
  } catch (error) {
    await source.close();
    throw error;
  }
}

/**
 * Reads all arrays of a MATLAB file of level 5, by name. {@link openMat} says what is read and what is
 * an error.
 *
 * - **Edge cases**: arrays that hold no numbers, or some that no dtype here holds, are left out with a
 *   warning on the console; where all are such, it is an error.
 *
 * @example
 * ```ts
 * import { readMat } from "@tapegrad/tapegrad/data";
 * import { assertRejects } from "@std/assert";
 *
 * // const { X, y } = await readMat("digits.mat");
 * await assertRejects(() => readMat(new Uint8Array(3)), SyntaxError, "Cannot read");
 * ```
 *
 * @param input the file.
 * @param options as for {@link openMat}, and `backend`.
 * @returns tensors that no tape knows, each under its name.
 * @throws {SyntaxError} if the file is malformed, or no array holds real numbers.
 * @throws {RangeError} if the file or an array is too large, or an integer does not fit.
 * @throws {FileError} if the file cannot be opened.
 */
export async function readMat(
  input: FileInput,
  options: ReadTensorOptions = {},
): Promise<Record<string, Tensor>> {
  options = checkOptions("read a MATLAB file", options, READ_TENSOR_OPTIONS);
  const { backend, ...reading } = options;
  return await allTensors(await openMat(input, reading), backend);
}

/** Lists arrays by their names; those without are MATLAB's own. */
function namedArrays(arrays: readonly MatArray[], action: string): Map<string, MatArray> {
  const byName = new Map<string, MatArray>();
  for (const array of arrays) {
    if (array.name === "") continue;
    if (byName.has(array.name)) {
      throw new SyntaxError(
        `${action}: arrays must have different names: found two of ${excerpt(array.name)}`,
      );
    }
    byName.set(array.name, array);
  }
  return byName;
}

function typeOf({ classId, isComplex, isLogical }: MatArray): ElementType | undefined {
  if (isComplex) return undefined;
  const code = CLASSES.get(classId)?.code;
  return ELEMENT_TYPES.get(isLogical && code === "u1" ? "b1" : code ?? "");
}

function storedAs(array: MatArray): string {
  const name = typeOf(array)?.name ?? CLASSES.get(array.classId)?.name ?? `class ${array.classId}`;
  return array.isComplex ? `complex ${name}` : name;
}

async function readArray(
  file: MatFile,
  array: MatArray,
  maxElements: number,
): Promise<HostArray> {
  const action = `${file.action}: ${excerpt(array.name)}`;
  const type = typeOf(array);
  if (type === undefined) {
    throw noNumbers(
      new SyntaxError(
        `${action}: the array must hold real numbers: found ${storedAs(array)}`,
      ),
    );
  }
  const { shape, count } = array;
  checkCount(shape, count, maxElements, action);
  const own = { ...file, action };
  const most = array.headerSize + WIDEST * count + SPARE;
  const bytes = await readMatrix(own, array.element, { most });
  const piece = pieceAt(own, bytes, array.headerSize);
  const stored = ELEMENT_TYPES.get(STORED.get(piece.type) ?? "");
  if (stored === undefined || piece.end - piece.start !== count * stored.bytes) {
    throw new SyntaxError(
      `${action}: the array must have its numbers: expected ${count} of a known type, found ` +
        `${piece.end - piece.start} bytes of type ${piece.type}`,
    );
  }
  const refusals = refusalsOf(action, { element: stored, shape, fortranOrder: true });
  const numbers = bytes.subarray(piece.start, piece.end);
  const values = decodeElements(stored, file.littleEndian, numbers, refusals);
  const data = type.dtype === stored.dtype ? values : converted(values, type, action);
  return { shape, dtype: type.dtype, data: fortranToRowMajor(data, shape) };
}

/** Converts numbers that were stored in fewer bytes to those of their class. */
function converted(
  values: HostArray["data"],
  type: ElementType,
  action: string,
): HostArray["data"] {
  const make = {
    float32: Float32Array,
    float64: Float64Array,
    int32: Int32Array,
    uint8: Uint8Array,
  };
  const data = make[type.dtype].from(values);
  const wrong = data.findIndex((value, i) => value !== values[i] && !Number.isNaN(values[i]));
  if (wrong < 0) return data;
  throw new SyntaxError(
    `${action}: stored numbers must be some of the class ${type.name}: found ${values[wrong]}`,
  );
}
