/**
 * safetensors files: tensors by name, as PyTorch models are exchanged, without code in them.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import type { DType, HostArray } from "../../core/dtype.ts";
import type { Tensor } from "../../core/tensor.ts";
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
  checkCount,
  checkMaxElements,
  countElements,
  DEFAULT_MAX_ELEMENTS,
  excerpt,
} from "../file_limits.ts";
import { checkHostArray, hostArray } from "../host_array.ts";
import {
  decodeBfloat16,
  decodeElements,
  ELEMENT_TYPES,
  encodeElements,
  refusalsOf,
} from "../element_types.ts";
import { checkKind } from "../identify/identify.ts";
import { type ByteSource, type FileInput, openSource } from "../../files/source.ts";
import {
  formatHeader,
  METADATA,
  parseHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
  typeName,
  TYPES,
} from "./header.ts";

/** An open safetensors file. */
export interface SafetensorsFile extends ArrayFile {
  /** Texts about the file, by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Settings of {@link writeSafetensors}. */
export interface WriteSafetensorsOptions {
  /** Texts to store about the file, by name. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 100_000_000; // the limit of the format
const WRITTEN: Readonly<Record<DType, string>> = {
  float32: "F32",
  float64: "F64",
  int32: "I32",
  uint8: "U8",
};

/**
 * Opens a safetensors file. Its tensors are read one by one, as they are asked for.
 *
 * | in the file                        | dtype of the result                          |
 * | ---------------------------------- | -------------------------------------------- |
 * | F32, F64, I32, U8                  | float32, float64, int32, uint8               |
 * | F16, BF16                          | float32, exact                               |
 * | I8, I16, U16                       | int32                                        |
 * | U32, I64, U64                      | int32 when every value fits, else an error   |
 * | BOOL                               | uint8, 0 or 1                                |
 * | F8_E4M3, F8_E5M2, C64, newer types | listed, but reading one is an error          |
 *
 * Checked when the file is opened, as the format asks: the header has at most 100 MB and is JSON
 * without a key that comes twice; every tensor's offsets span exactly its shape and type; together
 * they fill the file without gap or overlap. Names are only looked up.
 *
 * Layouts stay as they are: `torchConv` and its like convert those of PyTorch.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { openSafetensors, writeSafetensors } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = writeSafetensors({ w: tensor([[1, 2]]) }, { metadata: { format: "pt" } });
 * await using file = await openSafetensors(bytes); // or a path, a URL, a Blob, a stream
 * assertEquals([file.names, file.metadata.format], [["w"], "pt"]);
 * assertEquals((await file.tensor("w")).toArray(), [[1, 2]]);
 * ```
 *
 * @param input the file.
 * @param options `name` in errors, `maxBytes` of the file, `maxElements` of a tensor, `onProgress`.
 * @returns the open file.
 * @throws {SyntaxError} if the file is malformed; reading a tensor throws it for a type that cannot
 * be read.
 * @throws {RangeError} if the file or, when it is read, a tensor is too large, or an integer does
 * not fit.
 * @throws {FileError} if the file cannot be opened.
 */
export async function openSafetensors(
  input: FileInput,
  options: ReadArrayOptions = {},
): Promise<SafetensorsFile> {
  options = checkOptions("read safetensors", options, READ_ARRAY_OPTIONS);
  const { maxElements = DEFAULT_MAX_ELEMENTS } = options;
  const source = await openSource(input, "safetensors", options);
  try {
    const action = `Cannot read ${source.name}`;
    checkMaxElements(maxElements, action);
    await checkKind(source, ["safetensors"], action);
    const { text, dataStart } = await readHeaderText(source, action);
    const { metadata, entries } = parseHeader(text, source.size - dataStart, action);
    const file = tensorsOf(source, entries, dataStart, maxElements);
    return { ...file, metadata: Object.fromEntries(metadata) };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/**
 * Reads all tensors of a safetensors file, by name. {@link openSafetensors} says what is read and
 * what is an error.
 *
 * - **Edge cases**: arrays that hold no numbers, or some that no dtype here holds, are left out with a
 *   warning on the console; where all are such, it is an error.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { readSafetensors, writeSafetensors } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * const { w } = await readSafetensors(writeSafetensors({ w: tensor([1, 2]) }));
 * assertEquals(w.toArray(), [1, 2]);
 * ```
 *
 * @param input the file.
 * @param options as for {@link openSafetensors}, and `backend`.
 * @returns tensors that no tape knows, each under its name.
 * @throws {SyntaxError} if the file is malformed or no type can be read.
 * @throws {RangeError} if the file or a tensor is too large, or an integer does not fit.
 * @throws {FileError} if the file cannot be opened.
 */
export async function readSafetensors(
  input: FileInput,
  options: ReadTensorOptions = {},
): Promise<Record<string, Tensor>> {
  options = checkOptions("read safetensors", options, READ_TENSOR_OPTIONS);
  const { backend, ...reading } = options;
  return await allTensors(await openSafetensors(input, reading), backend);
}

/**
 * Writes a safetensors file, byte for byte as the format's own package does (it has no fixed order
 * of metadata; here it is that of the object).
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { writeSafetensors } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = writeSafetensors({ w: tensor([1, 2]) }); // await writeFile("w.safetensors", bytes)
 * const header = new TextDecoder().decode(bytes.subarray(8, -8)).trimEnd();
 * assertEquals(header, '{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}');
 * ```
 *
 * @param arrays tensors or arrays of the host, by name.
 * @param options `metadata`.
 * @returns the whole file.
 * @throws {ShapeError} if an array's shape, dtype and data do not belong together.
 * @throws {RangeError} if a tensor is called `__metadata__`.
 */
export function writeSafetensors(
  arrays: Readonly<Record<string, Tensor | HostArray>>,
  options: WriteSafetensorsOptions = {},
): Uint8Array<ArrayBuffer> {
  options = checkOptions("write safetensors", options, "metadata");
  const order = [...TYPES.keys()];
  const rank = ({ dtype }: HostArray) => order.indexOf(WRITTEN[dtype]);
  const sorted = Object.entries(arrays)
    .map(([name, array]) => ({ name, array: checked(name, hostArray(array)) }))
    .sort((a, b) => rank(b.array) - rank(a.array) || compareBytes(a.name, b.name));
  let size = 0;
  const entries = sorted.map(({ name, array }): SafetensorsEntry => {
    const start = size;
    size += array.data.byteLength;
    return { name, dtype: WRITTEN[array.dtype], shape: array.shape, start, end: size };
  });
  const metadata = new Map(Object.entries(options.metadata ?? {}));
  const header = new TextEncoder().encode(formatHeader({ metadata, entries }));
  const dataStart = LENGTH_BYTES + 8 * Math.ceil(header.length / 8);
  const bytes = new Uint8Array(dataStart + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(dataStart - LENGTH_BYTES), true);
  bytes.fill(0x20, LENGTH_BYTES, dataStart);
  bytes.set(header, LENGTH_BYTES);
  entries.forEach(({ start, end }, i) => {
    encodeElements(sorted[i].array.data, bytes.subarray(dataStart + start, dataStart + end));
  });
  return bytes;
}

function checked(name: string, array: HostArray): HostArray {
  checkHostArray(`write ${excerpt(name)} as safetensors`, array.shape, array.dtype, array.data);
  if (name !== METADATA) return array;
  throw new RangeError(
    `Cannot write safetensors data: no tensor may be called ${METADATA}: got one`,
  );
}

/** Compares texts as the bytes of their UTF-8 compare, which is as their code points do. */
function compareBytes(a: string, b: string): number {
  const [left, right] = [new TextEncoder().encode(a), new TextEncoder().encode(b)];
  const place = left.findIndex((byte, i) => byte !== right[i]);
  return place < 0 ? left.length - right.length : left[place] - (right[place] ?? -1);
}

async function readHeaderText(
  source: ByteSource,
  action: string,
): Promise<{ text: string; dataStart: number }> {
  const head = await source.read(0, Math.min(LENGTH_BYTES, source.size));
  if (head.length < LENGTH_BYTES) {
    throw new SyntaxError(
      `${action}: the file must hold the length of its header: ` +
        `expected ${LENGTH_BYTES} bytes, found ${head.length}`,
    );
  }
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const length = view.getBigUint64(0, true);
  const most = Math.min(MAX_HEADER_BYTES, source.size - LENGTH_BYTES);
  if (length > BigInt(most)) {
    throw new SyntaxError(
      `${action}: the header must lie in the file and have at most ${MAX_HEADER_BYTES} bytes: ` +
        `expected at most ${most}, found ${length}`,
    );
  }
  const dataStart = LENGTH_BYTES + Number(length);
  const bytes = await source.read(LENGTH_BYTES, dataStart);
  try {
    // A copy, because decoders refuse memory that threads share.
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { text: decoder.decode(bytes.slice()), dataStart };
  } catch {
    throw new SyntaxError(`${action}: the header must be text: expected UTF-8, found other bytes`);
  }
}

function tensorsOf(
  source: ByteSource,
  entries: SafetensorsHeader["entries"],
  dataStart: number,
  maxElements: number,
): ArrayFile {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return arrayFile({
    name: source.name,
    names: [...byName.keys()],
    info(name) {
      const { shape, dtype } = byName.get(name)!;
      const code = TYPES.get(dtype)?.code;
      const held = dtype === "BF16" ? "float32" : ELEMENT_TYPES.get(code ?? "")?.dtype;
      return Promise.resolve({ shape, dtype: held, storedAs: typeName(dtype) });
    },
    async array(name) {
      const entry = byName.get(name)!;
      const action = `Cannot read ${source.name}: ${excerpt(name)}`;
      checkCount(entry.shape, countElements(entry.shape)!, maxElements, action);
      return decode(
        entry,
        await source.read(dataStart + entry.start, dataStart + entry.end),
        action,
      );
    },
    close: () => source.close(),
  });
}

function decode({ dtype, shape }: SafetensorsEntry, bytes: Uint8Array, action: string): HostArray {
  if (dtype === "BF16") return { shape, dtype: "float32", data: decodeBfloat16(bytes) };
  const element = ELEMENT_TYPES.get(TYPES.get(dtype)?.code ?? "");
  if (element === undefined) {
    throw noNumbers(
      new SyntaxError(
        `${action}: dtype must be one that can be read: expected F16, BF16, F32, F64, BOOL or an ` +
          `integer type, found ${dtype}`,
      ),
    );
  }
  const data = decodeElements(element, true, bytes, refusalsOf(action, { element, shape }));
  return { shape, dtype: element.dtype, data };
}
