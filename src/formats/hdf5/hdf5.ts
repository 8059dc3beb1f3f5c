/**
 * HDF5 files, such as those of Keras weights and of course material: their arrays of numbers.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { allocate, type HostArray } from "../../core/dtype.ts";
import { formatShape } from "../../core/shape.ts";
import { withoutPackage } from "../../files/optional_package.ts";
import { type FileInput, readWhole } from "../../files/source.ts";
import {
  type ArrayFile,
  arrayFile,
  READ_ARRAY_OPTIONS,
  type ReadArrayOptions,
} from "../array_file.ts";
import {
  checkCount,
  checkMaxElements,
  countElements,
  DEFAULT_MAX_ELEMENTS,
  excerpt,
} from "../file_limits.ts";
import { checkKind, inMemory } from "../identify/identify.ts";
import { checkBeginning } from "./superblock.ts";
import { readTexts } from "./attributes.ts";
import { addressOf, dataSets, MOST_DEPTH, tooDeepGroup } from "./listing.ts";
import {
  call,
  type Hdf5Library,
  hdf5Library,
  type Hdf5Metadata,
  OtherFileError,
  storeFile,
} from "./library.ts";
import {
  holding,
  isPlain,
  nameOf,
  type NumberLayout,
  numberLayout,
  widened,
} from "./number_type.ts";
import {
  decodeBfloat16,
  decodeElements,
  ELEMENT_TYPES,
  type ElementType,
  refusalsOf,
} from "../element_types.ts";

/** The filters that the library can undo, by their registered numbers. */
const FILTERS: ReadonlyMap<number, string> = new Map([
  [1, "deflate"],
  [2, "shuffle"],
  [3, "fletcher32"],
  [4, "szip"],
  [5, "nbit"],
  [6, "scaleoffset"],
]);

/** The classes of element types, by their number in the library. */
const CLASSES = [
  "integer",
  "float",
  "time",
  "string",
  "bitfield",
  "opaque",
  "compound",
  "reference",
  "enum",
  "list of variable length",
  "array",
];
const INTEGER = 0;
const FLOAT = 1;
const OPAQUE = 5;
const ENUM = 8;

/** Number of elements that a chunk may have beyond the array, which may be meant to grow. */
const SPARE_CHUNK = 2 ** 22;

const BFLOAT16 = "bfloat16";

/**
 * Opens an HDF5 file. Its arrays are read one by one, as they are asked for; the bytes of the file
 * are in memory until it is closed.
 *
 * Names are paths inside the file without the leading slash: `model_weights/dense/kernel`. All data
 * sets are listed, whatever they hold; those of integers (8 to 64 bits), floats (16, 32, 64 bits)
 * and bools, in either byte order, can be read: converted as `parseNpy` does. So can integers that
 * do not fill their bytes, and other floats (bfloat16). `info` tells before.
 *
 * - **Edge cases**: contiguous, compact and chunked data sets are read, through the filters deflate
 *   (gzip), shuffle, fletcher32, szip, nbit and scaleoffset; any other (lzf, say) is an error.
 *   Chunks that were never written hold the fill value. A data set with several names is listed
 *   under one of them, and under its soft links. No other file is ever read: external links are not
 *   listed, data sets whose elements are elsewhere (virtual ones, external storage) are refused
 *   when they are read. Strings, compounds, references and empty data spaces are refused when they are
 *   read. HDF5 has checksums only where a file asks for them: elsewhere a damaged number is a
 *   number. The library has at most 2 GiB of memory, which a damaged file may make it take.
 *
 * The library `h5wasm` (4 MB) is loaded when the first file is opened; Deno fetches it, for Node and
 * bundlers `npm install h5wasm` installs it.
 *
 * @example
 * ```ts
 * import { readHdf5 } from "@tapegrad/tapegrad/data";
 * import { assertRejects } from "@std/assert";
 *
 * async function images(input: string | Blob) { // or bytes, a URL, a stream
 *   await using file = await readHdf5(input);
 *   console.log(file.names); // [ "list_classes", "train_set_x", "train_set_y" ]
 *   return await file.tensor("train_set_x"); // images("train_signs.h5")
 * }
 * await assertRejects(() => images(new Blob(["no HDF5"])), SyntaxError, "Cannot read");
 * ```
 *
 * @param input the file.
 * @param options `name` in errors, `maxBytes` of the file, `maxElements` of an array, `onProgress`.
 * @returns the open file.
 * @throws {SyntaxError} if the file is no HDF5 file or damaged; reading an array throws it too, and
 * for a type or filter that cannot be read.
 * @throws {RangeError} if the file or, when it is read, an array is too large, or an integer does
 * not fit.
 * @throws {FileError} if the file cannot be opened, or `h5wasm` is not there.
 */
export async function readHdf5(
  input: FileInput,
  options: ReadArrayOptions = {},
): Promise<ArrayFile> {
  options = checkOptions("read HDF5", options, READ_ARRAY_OPTIONS);
  return await openHdf5(input, options);
}

/** An open HDF5 file with what readers of models in it need besides arrays. */
export interface Hdf5File extends ArrayFile {
  /** Reads the texts of an attribute of an object; undefined where there is none of this name. */
  texts(path: string, attribute: string): string[] | undefined;
}

/** Opens a file as {@link readHdf5} does, with attributes. */
export async function openHdf5(input: FileInput, options: ReadArrayOptions): Promise<Hdf5File> {
  const { bytes, name } = await readWhole(input, "HDF5", options);
  const action = `Cannot read ${name}`;
  const maxElements = options.maxElements ?? DEFAULT_MAX_ELEMENTS;
  checkMaxElements(maxElements, action);
  await checkKind(inMemory(bytes), ["hdf5"], action);
  checkBeginning(bytes, action);
  const library = await hdf5Library().catch(withoutPackage(action, "h5wasm"));
  const path = storeFile(library, bytes);
  const close = () => library.FS.unlink(path);
  try {
    return openFile(library, path, { bytes, name, action, maxElements, close });
  } catch (error) {
    close();
    throw error;
  }
}

/** Handle of an open file, and the limits for reading it. */
interface OpenFile {
  readonly library: Hdf5Library;
  readonly id: bigint;
  /** The file in the file system of the library. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly maxElements: number;
}

function openFile(
  library: Hdf5Library,
  path: string,
  { bytes, name, action, maxElements, close }: {
    bytes: Uint8Array;
    name: string;
    action: string;
    maxElements: number;
    close: () => void;
  },
): Hdf5File {
  const damaged = (cause: Error) => {
    throw new SyntaxError(`${action}: it must be a sound HDF5 file: it is damaged`, { cause });
  };
  const open = () => library.open(path, library.H5F_ACC_RDONLY, false, -1, -1);
  const id = call(library, open, (id) => id >= 0n, damaged, { opens: path });
  const closeId = () => void call(library, () => library.close_file(id), () => true, damaged);
  try {
    const skipsOthers = true;
    const search = () => tooDeepGroup(library, id);
    const tooDeep = call(library, search, () => true, damaged, { skipsOthers });
    if (tooDeep !== undefined) {
      throw new SyntaxError(
        `${action}: groups must be nested at most ${MOST_DEPTH} deep: ${
          excerpt(tooDeep)
        } is deeper`,
      );
    }
    const list = () => dataSets(library, id);
    const names = call(library, list, () => true, damaged, { skipsOthers });
    const file: OpenFile = { library, id, path, bytes, name, maxElements };
    const arrays = arrayFile({
      name,
      names,
      info(array) {
        const metadata = readMetadata(file, array);
        const { element, storedAs, isBrain } = numbersOf(file, array, metadata);
        const dtype = isBrain ? "float32" : element?.dtype;
        return Promise.resolve({ shape: metadata.shape ?? [], dtype, storedAs });
      },
      array: (array) => Promise.resolve(readArray(file, array)),
      close() {
        closeId();
        close();
        return Promise.resolve();
      },
    });
    const texts = (object: string, attribute: string) =>
      readTexts({ library, id, file: path, path: object, attribute, action });
    return { ...arrays, texts };
  } catch (error) {
    closeId();
    throw error;
  }
}

function readMetadata(file: OpenFile, array: string): Hdf5Metadata {
  const { library, id } = file;
  return call(library, () => library.get_dataset_metadata(id, array), () => true, (cause) => {
    throw damagedArray(actionOf(file, array), cause);
  });
}

function readArray(file: OpenFile, array: string): HostArray {
  const action = actionOf(file, array);
  const metadata = readMetadata(file, array);
  const { element, layout, isBrain } = numbersOf(file, array, metadata);
  if (element === undefined && !isBrain) throw noNumbers(metadata, action);
  const shape = checkedShape(metadata, file.maxElements, action);
  checkFilters(file, array, action);
  const count = countElements(shape)!;
  const stored = readBytes(file, array, count * metadata.size, action);
  if (element === undefined) return { shape, dtype: "float32", data: decodeBfloat16(stored) };
  const bytes = layout === undefined ? stored : widened(stored, layout);
  const data = decodeElements(element, true, bytes, refusalsOf(action, { element, shape }));
  return { shape, dtype: element.dtype, data };
}

/** Reads the elements of a data set as bytes, little endian. */
function readBytes(file: OpenFile, array: string, length: number, action: string): Uint8Array {
  const { library, id } = file;
  if (length === 0) return allocate("uint8", 0) as Uint8Array;
  const pointer = library._malloc(length);
  if (pointer === 0) {
    throw new RangeError(
      `${action}: the array must fit in the memory of the HDF5 library: it has ${length} bytes`,
    );
  }
  try {
    library.HEAPU8.fill(0, pointer, pointer + length);
    const read = () =>
      // deno-lint-ignore no-explicit-any
      library.get_dataset_data(id, array, null as any, null as any, null as any, BigInt(pointer));
    call(library, read, (status) => status >= 0, (cause) => {
      throw damagedArray(action, cause);
    });
    return library.HEAPU8.slice(pointer, pointer + length);
  } finally {
    library._free(pointer);
  }
}

/** Element type and bits of the numbers of a data set. */
interface Numbers {
  /** The type that holds them; undefined if they cannot be read. */
  readonly element?: ElementType;
  /** Their bits in the file, where these are not simply those of the element type. */
  readonly layout?: NumberLayout;
  /** True for the bfloat16 of Keras, which the file has as bytes without a meaning. */
  readonly isBrain?: boolean;
  /** The type in the file, in words. */
  readonly storedAs: string;
}

function numbersOf(file: OpenFile, array: string, metadata: Hdf5Metadata): Numbers {
  const { type } = metadata;
  if (type === OPAQUE && metadata.size === 2 && saysBfloat16(file, array)) {
    return { isBrain: true, storedAs: BFLOAT16 };
  }
  if (type !== INTEGER && type !== FLOAT) {
    const element = isBool(metadata) ? ELEMENT_TYPES.get("b1") : undefined;
    return { element, storedAs: element?.name ?? describe(metadata) };
  }
  const layout = layoutIn(file, array);
  const element = layout && holding(layout);
  if (layout === undefined || element === undefined) return { storedAs: describe(metadata) };
  if (isPlain(layout)) return { element, storedAs: element.name };
  return { element, layout, storedAs: nameOf(layout) };
}

/** Finds the layout of a data set's numbers in the header that the library has for it. */
function layoutIn(file: OpenFile, array: string): NumberLayout | undefined {
  const { library, id, bytes } = file;
  const refuse = (cause: Error) => {
    throw damagedArray(actionOf(file, array), cause);
  };
  const address = call(library, () => addressOf(library, id, array), () => true, refuse);
  try {
    return numberLayout(bytes, address);
  } catch (error) {
    return refuse(error as Error);
  }
}

/** Returns true for a data set that an attribute of Keras says to be bfloat16. */
function saysBfloat16({ library, id, path: file, name }: OpenFile, array: string): boolean {
  const action = `Cannot read ${name}`;
  const texts = readTexts({ library, id, file, path: `/${array}`, attribute: "dtype", action });
  return texts?.[0] === BFLOAT16;
}

/** Returns true for NumPy's bools, which are an enumeration of FALSE and TRUE. */
function isBool({ type, size, enum_type: names }: Hdf5Metadata): boolean {
  return type === ENUM && size === 1 && names?.nmembers === 2 &&
    names.members.FALSE === 0 && names.members.TRUE === 1;
}

function noNumbers(metadata: Hdf5Metadata, action: string): SyntaxError {
  return new SyntaxError(
    `${action}: the array must hold numbers: expected integers of 8 to 64 bits, floats of 16, ` +
      `32 or 64 bits or bools, found ${describe(metadata)}`,
  );
}

/** Describes a type that cannot be read. */
function describe({ type, size }: Hdf5Metadata): string {
  return `${CLASSES[type] ?? `class ${type}`} of ${8 * size} bits`;
}

function checkedShape(
  { shape, chunks }: Hdf5Metadata,
  maxElements: number,
  action: string,
): number[] {
  if (shape === null) {
    throw new SyntaxError(`${action}: the array must have a shape: found an empty data space`);
  }
  const count = countElements(shape);
  if (count === undefined) {
    throw new SyntaxError(
      `${action}: shape must have a size that can be counted: expected non-zero sizes with a ` +
        `product of at most 2^49, found ${excerpt(formatShape(shape))}`,
    );
  }
  checkCount(shape, count, maxElements, action);
  // A chunk is held whole while it is read, even if the array needs little of it.
  const chunk = chunks === null ? 0 : countElements(chunks) ?? Infinity;
  const most = Math.max(count, SPARE_CHUNK);
  if (chunk > most) {
    throw new SyntaxError(
      `${action}: chunks must have a reasonable size for an array of ${count} elements: ` +
        `expected at most ${most} elements, found ${excerpt(formatShape(chunks!))}`,
    );
  }
  return shape;
}

function checkFilters(file: OpenFile, array: string, action: string): void {
  const { library, id } = file;
  const read = () => library.get_dataset_filters(id, array);
  const filters = call(library, read, () => true, (cause) => {
    throw damagedArray(action, cause);
  });
  const unknown = filters.find((filter) => !FILTERS.has(filter.id));
  if (unknown === undefined) return;
  throw new SyntaxError(
    `${action}: its filters must be ones that can be undone: expected ` +
      `${[...FILTERS.values()].join(", ")}, found ${excerpt(unknown.name) || "one"} ` +
      `(number ${unknown.id})`,
  );
}

function actionOf(file: OpenFile, array: string): string {
  return `Cannot read ${file.name}: ${excerpt(array)}`;
}

function damagedArray(action: string, cause: Error): SyntaxError {
  if (cause instanceof OtherFileError) {
    return new SyntaxError(
      `${action}: its elements must be in the file itself: they are in ${excerpt(cause.file)}`,
      { cause },
    );
  }
  return new SyntaxError(`${action}: the array must be sound: it is damaged`, { cause });
}
