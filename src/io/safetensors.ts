/**
 * The safetensors file format: tensors by name, and words about them.
 *
 * Eight bytes for the length of the header, a JSON header, then the elements of all tensors without
 * a gap, little endian, row-major. Nothing in it is ever run.
 *
 * Source: the format's specification, https://github.com/huggingface/safetensors.
 *
 * @module
 */
import type { Backend } from "../backends/kernels.ts";
import { tensor } from "../core/create.ts";
import { allocate, bytesPerElement, type DType } from "../core/dtype.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { type FileInput, type FileOptions, readWhole } from "../files/source.ts";

/** What a file holds. */
export interface SafetensorsContent {
  /** The tensors by their names, in the order of the file; they are yours to dispose of. */
  readonly tensors: Record<string, Tensor>;
  /** Words about them. */
  readonly metadata: Record<string, string>;
  /** What the file is called in errors. */
  readonly name: string;
}

/** Settings of {@link readSafetensors}. */
export interface ReadSafetensorsOptions extends FileOptions {
  /** Backend of the tensors; the one in use by default. */
  readonly backend?: Backend;
}

const NAMES: Readonly<Record<DType, string>> = {
  float64: "F64",
  float32: "F32",
  int32: "I32",
  uint8: "U8",
};
const DTYPES: ReadonlyMap<unknown, DType> = new Map(
  Object.entries(NAMES).map(([dtype, name]) => [name, dtype as DType]),
);
const METADATA = "__metadata__";
/** The limit of the specification. */
const MAX_HEADER_BYTES = 100_000_000;
const ALIGNMENT = 8;

/**
 * The bytes of a safetensors file.
 *
 * Tensors with wide elements come first, so that each lies at a multiple of the size of its
 * elements; of equal width they are sorted by name.
 *
 * @param tensors by name; any name but `__metadata__`.
 * @param metadata words about them.
 * @returns the whole file.
 * @throws {RangeError} if a tensor is called `__metadata__`, or the header is too long.
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  if (Object.hasOwn(tensors, METADATA)) {
    throw new RangeError(
      `Cannot write safetensors: ${METADATA} must not be the name of a tensor: it is one`,
    );
  }
  const sorted = Object.entries(tensors).sort(([a, { dtype: p }], [b, { dtype: q }]) =>
    bytesPerElement(q) - bytesPerElement(p) || (a < b ? -1 : 1)
  );
  let end = 0;
  const described = sorted.map(([name, { dtype, shape, size }]) => {
    const start = end;
    end += size * bytesPerElement(dtype);
    return [name, { dtype: NAMES[dtype], shape, data_offsets: [start, end] }] as const;
  });
  const words = Object.keys(metadata).length === 0 ? [] : [[METADATA, metadata] as const];
  const text = JSON.stringify(Object.fromEntries<unknown>([...words, ...described]));
  const json = new TextEncoder().encode(text);
  const dataStart = 8 + Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  if (dataStart - 8 > MAX_HEADER_BYTES) {
    throw new RangeError(
      `Cannot write safetensors: the header must have at most ${MAX_HEADER_BYTES} bytes: ` +
        `names and metadata have ${dataStart - 8}`,
    );
  }
  const bytes = new Uint8Array(dataStart + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(dataStart - 8), true);
  bytes.fill(0x20, 8, dataStart).set(json, 8);
  let at = dataStart;
  for (const [, tensor] of sorted) {
    const data = tensor.dataSync();
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file whose tensors are float64, float32, int32 or uint8.
 *
 * @param input the file.
 * @param options `name` in errors, `maxBytes`, `onProgress`, `backend`.
 * @returns tensors, metadata and the name of the file.
 * @throws {SyntaxError} if the file is malformed, truncated, too long or of another dtype.
 * @throws {FileError} if it cannot be opened.
 */
export async function readSafetensors(
  input: FileInput,
  options: ReadSafetensorsOptions = {},
): Promise<SafetensorsContent> {
  const { bytes, name } = await readWhole(input, "safetensors", options);
  const refuse = (rule: string): never => {
    throw new SyntaxError(`Cannot read ${name}: ${rule}`);
  };
  const { header, dataStart } = readHeader(bytes, refuse);
  const entries = Object.entries(header).filter(([key]) => key !== METADATA)
    .map(([key, value]) => [key, checkEntry(key, value, refuse)] as const);
  checkPlaces(entries.map(([, entry]) => entry), bytes.length - dataStart, refuse);
  const tensors = entries.map(([key, { dtype, shape, start, end }]) => {
    const data = allocate(dtype, sizeOf(shape));
    new Uint8Array(data.buffer).set(bytes.subarray(dataStart + start, dataStart + end));
    return [key, tensor(data, { shape, backend: options.backend })] as const;
  });
  const metadata = checkMetadata(Object.hasOwn(header, METADATA) ? header[METADATA] : {}, refuse);
  return { tensors: Object.fromEntries(tensors), metadata, name };
}

type Refuse = (rule: string) => never;

interface Entry {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly start: number;
  readonly end: number;
}

function readHeader(
  bytes: Uint8Array,
  refuse: Refuse,
): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 8) {
    refuse(`it must begin with the length of its header: expected 8 bytes, found ${bytes.length}`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const most = Math.min(MAX_HEADER_BYTES, bytes.length - 8);
  if (length > BigInt(most)) {
    refuse(
      `the header must be whole and not too long: expected at most ${most} bytes, found ${length}`,
    );
  }
  const dataStart = 8 + Number(length);
  let header: unknown;
  try {
    // A copy, because decoders refuse memory shared between threads.
    const text = Uint8Array.from(bytes.subarray(8, dataStart));
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch {
    refuse("the header must be JSON in UTF-8: found something else");
  }
  if (!isRecord(header)) return refuse("the header must be a JSON object: found something else");
  return { header, dataStart };
}

function checkEntry(name: string, value: unknown, refuse: Refuse): Entry {
  const shown = JSON.stringify(name.slice(0, 60));
  if (!isRecord(value)) return refuse(`every entry must be an object: ${shown} is none`);
  const { dtype, shape, data_offsets: offsets } = value;
  const known = DTYPES.get(dtype);
  if (known === undefined) {
    return refuse(
      `dtype must be one of ${[...DTYPES.keys()].join(", ")}: ${shown} is ` +
        String(JSON.stringify(dtype)).slice(0, 60),
    );
  }
  const isSize = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  const isSound = Array.isArray(shape) && shape.every(isSize) && Array.isArray(offsets) &&
    offsets.length === 2 && offsets.every(isSize);
  if (!isSound) {
    return refuse(`shape and data_offsets must be lists of sizes: those of ${shown} are not`);
  }
  const [start, end] = offsets as [number, number];
  if (end - start !== sizeOf(shape) * bytesPerElement(known)) {
    refuse(
      `data_offsets must have room for the shape: ${shown} is ${dtype} ` +
        `${formatShape(shape).slice(0, 60)}, from ${start} to ${end}`,
    );
  }
  return { dtype: known, shape, start, end };
}

/** The tensors must fill the data without gap or overlap. */
function checkPlaces(entries: readonly Entry[], size: number, refuse: Refuse): void {
  const sorted = entries.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let at = 0;
  for (const { start, end } of sorted) {
    if (start !== at) {
      refuse(`tensors must follow each other: expected one at ${at}, found ${start}`);
    }
    at = end;
  }
  if (at !== size) refuse(`tensors must fill the data: expected ${at} bytes, found ${size}`);
}

function checkMetadata(value: unknown, refuse: Refuse): Record<string, string> {
  if (!isRecord(value) || Object.values(value).some((word) => typeof word !== "string")) {
    return refuse(`${METADATA} must be an object of strings: found something else`);
  }
  return value as Record<string, string>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
