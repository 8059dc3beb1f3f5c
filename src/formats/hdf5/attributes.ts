/**
 * Attributes of HDF5 objects that hold text: names and settings, as Keras writes them.
 *
 * Texts of variable length lie in heaps that many objects share. The library loops for ever on a
 * damaged one, so heaps are walked here before it is asked to read from them.
 *
 * - **Source**: "HDF5 File Format Specification Version 3.0", III.E, "Disk Format: Level 1E -
 *   Global Heap".
 *
 * @module
 */
import { countElements, excerpt } from "../file_limits.ts";
import { call, type Hdf5Library, type Hdf5Metadata, NO_REPORT } from "./library.ts";

const STRING = 3;
const UTF8 = 1;
/** First bytes of a heap: "GCOL", version 1, zeros. */
const HEAP = [0x47, 0x43, 0x4f, 0x4c, 1, 0, 0, 0];
/** Text of fixed length may declare any; more than this no model has. */
const MAX_BYTES = 2 ** 26;

/** An attribute: of which object in which open file. */
export interface AttributePlace {
  readonly library: Hdf5Library;
  /** The open file, and its path in the file system of the library. */
  readonly id: bigint;
  readonly file: string;
  /** Path of the object; "/" is that of the file. */
  readonly path: string;
  /** Name of the attribute. */
  readonly attribute: string;
  /** Begins every error. */
  readonly action: string;
}

/**
 * Reads the texts of an attribute, one or a list of them; undefined where there is no such
 * attribute.
 *
 * @throws {SyntaxError} if it holds something else, or is damaged.
 */
export function readTexts(place: AttributePlace): string[] | undefined {
  const { path, attribute } = place;
  const metadata = readMetadata(place);
  if (metadata === undefined) return undefined;
  const count = metadata.shape === null ? undefined : countElements(metadata.shape);
  const bytes = (count ?? Infinity) * metadata.size;
  if (metadata.type !== STRING || count === undefined || !(bytes <= MAX_BYTES)) {
    const found = metadata.type === STRING
      ? `${count ?? "no"} of ${metadata.size} bytes`
      : "others";
    throw new SyntaxError(
      `${place.action}: attribute ${excerpt(attribute)} of ${
        excerpt(path)
      } must hold texts, of at ` +
        `most ${MAX_BYTES} bytes: found ${found}`,
    );
  }
  return count === 0 ? [] : readAll(place, metadata, count);
}

/**
 * Reads the metadata of an attribute; throws where it is damaged, and returns undefined where there
 * is none.
 */
function readMetadata(place: AttributePlace): Hdf5Metadata | undefined {
  const { library, id, path, attribute } = place;
  const read = () => library.get_attribute_metadata(id, path, attribute);
  return call<Hdf5Metadata | undefined>(library, read, () => true, (report) => {
    if (report.message === NO_REPORT) return undefined;
    throw damaged(place, report);
  });
}

function readAll(place: AttributePlace, metadata: Hdf5Metadata, count: number): string[] {
  const { library, id, path, attribute } = place;
  const { size, vlen } = metadata;
  if (vlen) checkHeaps(place);
  const pointer = library._malloc(count * size);
  if (pointer === 0) throw damaged(place, new RangeError(`no memory for ${count * size} bytes`));
  try {
    library.HEAPU8.fill(0, pointer, pointer + count * size);
    const read = () => library.get_attribute_data(id, path, attribute, BigInt(pointer));
    checked(place, read, (status) => status >= 0);
    const bytes = library.HEAPU8.slice(pointer, pointer + count * size);
    return vlen ? pointedAt(library, metadata, bytes) : fixed(bytes, size);
  } finally {
    if (vlen) library.reclaim_vlen_memory(id, path, attribute, BigInt(pointer));
    library._free(pointer);
  }
}

/** Reads texts of variable length by their addresses in the library's memory. */
function pointedAt(library: Hdf5Library, { cset }: Hdf5Metadata, bytes: Uint8Array): string[] {
  const read = (address: number) =>
    cset === UTF8 ? library.UTF8ToString(address) : library.AsciiToString(address);
  return Array.from(new Uint32Array(bytes.buffer), read);
}

/** Reads texts of `size` bytes each, zeros after their ends. */
function fixed(bytes: Uint8Array, size: number): string[] {
  const decoder = new TextDecoder();
  return Array.from({ length: bytes.length / size }, (_, i) => {
    const text = bytes.subarray(i * size, (i + 1) * size);
    const end = text.indexOf(0);
    return decoder.decode(end < 0 ? text : text.subarray(0, end));
  });
}

/** Checks that every object of a heap has a size, and lies in the heap. */
function checkHeaps(place: AttributePlace): void {
  const bytes = place.library.FS.readFile(place.file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = bytes.indexOf(HEAP[0]); at >= 0; at = bytes.indexOf(HEAP[0], at + 1)) {
    if (!HEAP.every((byte, i) => bytes[at + i] === byte) || at + 16 > bytes.length) continue;
    const end = at + Number(view.getBigUint64(at + 8, true));
    if (end > bytes.length) throw damaged(place, new RangeError(`a heap at ${at} ends at ${end}`));
    for (let object = at + 16, length: number; object + 16 <= end; object += length) {
      const size = Number(view.getBigUint64(object + 8, true));
      const isFree = view.getUint16(object, true) === 0;
      length = isFree ? size : 16 + Math.ceil(size / 8) * 8;
      if (length > 0 && object + length <= end) continue;
      throw damaged(place, new RangeError(`an object at ${object} of a heap has ${size} bytes`));
    }
  }
}

function checked<Result>(
  place: AttributePlace,
  run: () => Result,
  isSuccess: (result: Result) => boolean = () => true,
): Result {
  return call(place.library, run, isSuccess, (cause) => {
    throw damaged(place, cause);
  });
}

function damaged({ action, attribute, path }: AttributePlace, cause: Error): SyntaxError {
  return new SyntaxError(
    `${action}: attribute ${excerpt(attribute)} of ${excerpt(path)} must be sound: it is damaged`,
    { cause },
  );
}
