/**
 * Bytes of a file from memory, a blob, a stream, a URL or a path, behind one interface that reads a
 * range. Blobs and files are read in pieces; the rest is fetched whole, up to a limit.
 *
 * @module
 */
import { printable } from "../core/printable.ts";
import { kindOf } from "../core/kind_of.ts";
import { FileError } from "../core/errors.ts";
import { fileError, type NodeFile, type NodeFs, nodeFs, pathOf } from "./node_fs.ts";

/**
 * A file as readers accept it: the bytes themselves, a `Blob` or `File`, a stream such as
 * `response.body`, a URL, or a path. Paths and `file:` URLs need a file system (in Deno,
 * `--allow-read`); in a browser a path is a URL relative to the page. A URL is fetched (in Deno,
 * `--allow-net`).
 */
export type FileInput =
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | URL
  | string;

/** Progress of reading a file. */
export interface FileProgress {
  /** The file, as errors name it. */
  readonly name: string;
  /** Bytes read so far, at most {@link total}. Of an archive not all need to be read. */
  readonly done: number;
  /** Bytes of the whole file; undefined where a server does not tell. */
  readonly total: number | undefined;
}

/** Settings of every reader of files. */
export interface FileOptions {
  /** Name of the file in errors; its path, URL or name when left out. */
  readonly name?: string;
  /** The most bytes that are read from the file; 2^32 (4 GiB) when left out. */
  readonly maxBytes?: number;
  /** Called while the file is read: after every few megabytes, and at its end. */
  readonly onProgress?: (progress: FileProgress) => void;
}

/** The bytes of a file, of which parts can be read. */
export interface ByteSource {
  /** Name of the file in errors. */
  readonly name: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Reads the bytes from `start` to `end`, all of them; both lie in the file. */
  read(start: number, end: number): Promise<Uint8Array>;
  /** Lets go of the file. */
  close(): Promise<void>;
}

const DEFAULT_MAX_BYTES = 2 ** 32;
const PIECE = 2 ** 22;
const STEP = 2 ** 20;
const LONG_NAME = 200;

/**
 * Opens a file; it must be closed.
 *
 * @param input what to read.
 * @param format what it should be: "npz". Names the file in errors where it has no name.
 * @param options name, limit and progress.
 * @throws {FileError} if it cannot be opened.
 * @throws {RangeError} if it is longer than `maxBytes`.
 */
export async function openSource(
  input: FileInput,
  format: string,
  options: FileOptions = {},
): Promise<ByteSource> {
  const name = printable(options.name ?? nameOf(input, format));
  const limit = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const action = `Cannot read ${name}`;
  if (!(limit >= 0)) {
    throw new RangeError(`${action}: maxBytes must be a number of at least 0: got ${limit}`);
  }
  const located = typeof input === "string" ? locate(input) : input;
  const source = await open(located, name, limit, options.onProgress);
  if (source.size <= limit) return source;
  await source.close();
  throw tooLong(action, limit, `it has ${source.size}`);
}

/** Reads a whole file, with the name that errors should give it. */
export async function readWhole(
  input: FileInput,
  format: string,
  options: FileOptions = {},
): Promise<{ bytes: Uint8Array; name: string }> {
  const source = await openSource(input, format, options);
  try {
    return { bytes: await source.read(0, source.size), name: source.name };
  } finally {
    await source.close();
  }
}

/** Names an input in errors, if the caller does not say. */
function nameOf(input: FileInput, format: string): string {
  const own = typeof input === "string"
    ? input
    : input instanceof URL
    ? (input.protocol === "file:" ? pathOf(input) : input.href)
    : input instanceof File
    ? input.name
    : "";
  if (own === "") return `${format} data`;
  return own.length > LONG_NAME ? `${own.slice(0, LONG_NAME)}...` : own;
}

/** Reads a text as a URL if it begins as one; another is a path, or in a browser a relative URL. */
function locate(text: string): string | URL {
  if (/^(https?|file|data|blob):/i.test(text)) return new URL(text);
  if (nodeFs() !== undefined) return text;
  return new URL(text, (globalThis as { location?: { href: string } }).location?.href);
}

async function open(
  input: FileInput,
  name: string,
  limit: number,
  onProgress: FileOptions["onProgress"],
): Promise<ByteSource> {
  const fs = nodeFs();
  if (input instanceof Uint8Array) return bytesSource(input, name);
  if (input instanceof ArrayBuffer) return bytesSource(new Uint8Array(input), name);
  if (input instanceof Blob) return blobSource(input, name, onProgress);
  if (input instanceof ReadableStream) {
    return bytesSource(await collect(input, { name, limit, onProgress }), name);
  }
  if (fs !== undefined && (typeof input === "string" || isFileUrl(input))) {
    return await fileSource(fs, pathOf(input), name, onProgress);
  }
  if (input instanceof URL) {
    return bytesSource(await download(input, name, limit, onProgress), name);
  }
  throw new TypeError(
    `Cannot read ${name}: input must be a Uint8Array, an ArrayBuffer, a Blob, a ReadableStream, ` +
      `a URL or a path: got ${kindOf(input)}`,
  );
}

function isFileUrl(input: unknown): input is URL {
  return input instanceof URL && input.protocol === "file:";
}

function bytesSource(bytes: Uint8Array, name: string): ByteSource {
  return {
    name,
    size: bytes.length,
    read: (start, end) => Promise.resolve(bytes.subarray(start, end)),
    close: () => Promise.resolve(),
  };
}

function blobSource(blob: Blob, name: string, onProgress: FileOptions["onProgress"]): ByteSource {
  const report = reporter(name, blob.size, onProgress);
  return {
    name,
    size: blob.size,
    async read(start, end) {
      const bytes = new Uint8Array(end - start);
      for (let at = start; at < end; at += PIECE) {
        const piece = blob.slice(at, Math.min(end, at + PIECE));
        const found = new Uint8Array(
          await piece.arrayBuffer().catch((error) => {
            throw fileError(`Cannot read ${name}`, error);
          }),
        );
        if (found.length !== piece.size) throw shrunk(name, end, at + found.length);
        bytes.set(found, at - start);
        report(found.length);
      }
      return bytes;
    },
    close: () => Promise.resolve(),
  };
}

async function fileSource(
  fs: NodeFs,
  path: string,
  name: string,
  onProgress: FileOptions["onProgress"],
): Promise<ByteSource> {
  const action = `Cannot read ${name}`;
  const refuse = (error: unknown) => {
    throw fileError(action, error);
  };
  const file = await fs.open(path, "r").catch(refuse);
  const stats = await file.stat().catch(async (error) => {
    await file.close();
    return refuse(error);
  });
  if (!stats.isFile()) {
    await file.close();
    const found = stats.isDirectory() ? "a folder" : "no file; its stream can be read";
    throw new FileError(`${action}: it must be a file: it is ${found}`);
  }
  const report = reporter(name, stats.size, onProgress);
  return {
    name,
    size: stats.size,
    async read(start, end) {
      const bytes = new Uint8Array(end - start);
      for (let at = start; at < end;) {
        const count = await readPiece(file, bytes, at - start, at).catch(refuse);
        if (count === 0) throw shrunk(name, end, at);
        at += count;
        report(count);
      }
      return bytes;
    },
    close: () => file.close(),
  };
}

async function readPiece(
  file: NodeFile,
  bytes: Uint8Array,
  offset: number,
  position: number,
): Promise<number> {
  const length = Math.min(PIECE, bytes.length - offset);
  return (await file.read(bytes, offset, length, position)).bytesRead;
}

async function download(
  url: URL,
  name: string,
  limit: number,
  onProgress: FileOptions["onProgress"],
): Promise<Uint8Array> {
  const action = `Cannot read ${name}`;
  const response = await fetch(url).catch((error) => {
    throw fileError(action, error);
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new FileError(
      `${action}: the server must answer with the file: ` +
        `it answered ${response.status} ${printable(response.statusText)}`.trimEnd(),
    );
  }
  // A compressed answer is longer than its header says.
  const encoded = response.headers.get("content-encoding") !== null;
  const length = Number(response.headers.get("content-length") ?? NaN);
  const total = encoded || !Number.isSafeInteger(length) ? undefined : length;
  const bytes = await collect(response.body, { name, limit, total, onProgress });
  if (total !== undefined && bytes.length !== total) throw shrunk(name, total, bytes.length);
  return bytes;
}

/** Collects all bytes of a stream, of which there may be as many as `limit`. */
async function collect(
  stream: ReadableStream<Uint8Array>,
  { name, limit, total, onProgress }: {
    name: string;
    limit: number;
    total?: number;
    onProgress: FileOptions["onProgress"];
  },
): Promise<Uint8Array> {
  const action = `Cannot read ${name}`;
  const pieces: Uint8Array[] = [];
  const report = reporter(name, total, onProgress);
  let done = 0;
  const reader = stream.getReader();
  for (;;) {
    const { value } = await reader.read().catch((error) => {
      throw fileError(action, error);
    });
    if (value === undefined) break;
    if (!(value instanceof Uint8Array)) {
      await reader.cancel();
      throw new TypeError(`${action}: the stream must be one of bytes: got ${typeof value}`);
    }
    pieces.push(value);
    done += value.length;
    if (done > limit) {
      await reader.cancel();
      throw tooLong(action, limit, `${done} have come, and more may follow`);
    }
    report(value.length);
  }
  if (total === undefined) onProgress?.({ name, done, total: done });
  return concatenate(pieces);
}

/** Counts the bytes that are read and reports them, not more often than every megabyte. */
function reporter(
  name: string,
  total: number | undefined,
  onProgress: FileOptions["onProgress"],
): (count: number) => void {
  let [done, told] = [0, 0];
  return (count) => {
    done = Math.min(done + count, total ?? Infinity);
    if (done - told < STEP && (done !== total || told === total)) return;
    told = done;
    onProgress?.({ name, done, total });
  };
}

/** Joins pieces one after the other. */
export function concatenate(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function tooLong(action: string, limit: number, found: string): RangeError {
  return new RangeError(`${action}: it must have at most maxBytes = ${limit} bytes: ${found}`);
}

function shrunk(name: string, expected: number, found: number): FileError {
  return new FileError(
    `Cannot read ${name}: it must not end while it is read: ` +
      `expected ${expected} bytes, found ${found}`,
  );
}
