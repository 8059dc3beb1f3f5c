/**
 * Files known by their content, whatever their names: for readers, which say of another program's
 * file what it is and who reads it.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { inflate } from "../../files/compression_streams.ts";
import {
  type ByteSource,
  type FileInput,
  type FileOptions,
  openSource,
} from "../../files/source.ts";
import { excerpt } from "../file_limits.ts";
import { PICKLE_MEMBER, SCRIPT_MEMBER } from "../torch/archive.ts";
import { readDirectory } from "../zip/reader.ts";
import { BEGINNING, kindByBeginning } from "./beginning.ts";
import { type FileKind, type Found, KINDS } from "./kinds.ts";

/** The kind of a file, by its content. */
export interface FileIdentity {
  /** Short name of the kind: `torch`, `npz`, `png`. */
  readonly kind: FileKind;
  /** The kind in words: "a PyTorch file: a zip that holds model/data.pkl". */
  readonly what: string;
  /** Advice: "read it with readTorch", or what to do with a file that no reader here takes. */
  readonly advice: string;
}

/** Bytes of a compressed file that surely make enough of what is in it. */
const GZIP_BEGINNING = 16 * BEGINNING;

const FILE_OPTIONS = "name maxBytes# onProgress";

/** Members of zips that tell a kind; the first that fits. */
const MEMBERS: readonly (readonly [FileKind, RegExp])[] = [
  ["torchscript", SCRIPT_MEMBER],
  ["torch", PICKLE_MEMBER],
  ["keras", /^model\.weights\.h5$/],
  ["office", /^\[Content_Types\]\.xml$/],
  ["office", /^content\.xml$/],
  ["npz", /\.npy$/],
];

/**
 * Identifies a file by its content: the kinds that are read here, and others that people bring, with
 * advice on what to do. The name of the file plays no part.
 *
 * Only the beginning is read, and of an archive the list of its members, so that a file that is
 * damaged later on is still known.
 *
 * - **Edge cases**: what no signature tells is told by its structure (safetensors, ONNX, IDX, the
 *   images of CIFAR, pickles) or is `csv` where it is text; other content is `unknown`. A file
 *   compressed by gzip is one, unless it is an IDX file, which is read as it is.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { identifyFile, saveTorch } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * const file = await saveTorch({ w: tensor([1, 2]) }); // or a path, a URL, a Blob
 * assertEquals(await identifyFile(file), {
 *   kind: "torch",
 *   what: "a PyTorch file: a zip that holds archive/data.pkl",
 *   advice: "read it with readTorch",
 * });
 * ```
 *
 * @param input the file.
 * @param options `name` in errors, `maxBytes`, `onProgress`.
 * @returns its kind, in words too, and advice.
 * @throws {RangeError} if the file is too large.
 * @throws {FileError} if the file cannot be opened.
 */
export async function identifyFile(
  input: FileInput,
  options: FileOptions = {},
): Promise<FileIdentity> {
  options = checkOptions("identify a file", options, FILE_OPTIONS);
  const source = await openSource(input, "some", options);
  try {
    return inWords(await kindOf(source));
  } finally {
    await source.close();
  }
}

function inWords({ kind, detail }: Found): FileIdentity {
  const { what, advice } = KINDS[kind];
  return { kind, what: detail === undefined ? what : `${what}: ${detail}`, advice };
}

/**
 * Throws a SyntaxError if a file is of another kind than a reader takes. What is not known for sure
 * is left to the reader. `action` begins the error.
 */
export async function checkKind(
  source: Pick<ByteSource, "read" | "size">,
  wanted: readonly FileKind[],
  action: string,
): Promise<void> {
  refuseOther(await kindOf(source), wanted, action);
}

/** The whole bytes of a file as what is checked by {@link checkKind}. */
export function inMemory(bytes: Uint8Array): Pick<ByteSource, "read" | "size"> {
  return { size: bytes.length, read: (start, end) => Promise.resolve(bytes.subarray(start, end)) };
}

/** Kinds that are only guessed: a reader knows better what is wrong with them. */
const GUESSED: readonly FileKind[] = ["unknown", "empty", "csv", "cifar10", "cifar100", "zip"];

function refuseOther(found: Found, wanted: readonly FileKind[], action: string): void {
  if (wanted.includes(found.kind) || GUESSED.includes(found.kind)) return;
  const { what, advice } = inWords(found);
  throw new SyntaxError(
    `${action}: it must be ${KINDS[wanted[0]].what}: it is ${what}; ${advice}`,
  );
}

async function kindOf(source: Pick<ByteSource, "read" | "size">): Promise<Found> {
  const head = await source.read(0, Math.min(BEGINNING, source.size));
  const found = kindByBeginning(head, source.size);
  if (found.kind === "zip") return await kindOfZip(source);
  if (found.kind !== "gzip") return found;
  const bytes = await source.read(0, Math.min(source.size, GZIP_BEGINNING));
  const enough = { most: Infinity, enough: BEGINNING, action: "Cannot read" };
  const inner = await inflate(bytes, "gzip", enough).catch(() => undefined);
  return inner === undefined ? found : ofGzip(inner);
}

function ofGzip(inner: Uint8Array): Found {
  const { kind } = kindByBeginning(inner.subarray(0, BEGINNING), Infinity);
  if (kind === "idx") return { kind, detail: "compressed by gzip" };
  return { kind: "gzip", detail: kind === "unknown" ? undefined : `${KINDS[kind].what} in it` };
}

async function kindOfZip(source: Pick<ByteSource, "read" | "size">): Promise<Found> {
  const members = await readDirectory(source, "Cannot read").catch(() => undefined);
  if (members === undefined) return { kind: "zip" };
  for (const [kind, pattern] of MEMBERS) {
    const member = members.find(({ name }) => pattern.test(name));
    if (member !== undefined) return { kind, detail: `a zip that holds ${excerpt(member.name)}` };
  }
  const names = members.map(({ name }) => name).join(", ");
  return { kind: "zip", detail: names === "" ? "empty" : `holding ${excerpt(names)}` };
}
