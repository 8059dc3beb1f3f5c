/**
 * Compressed bytes to plain ones and back, through the streams of the web platform.
 *
 * @module
 */
import { concatenate } from "./source.ts";

/** Compressed data as zip has it (raw), as PNG has it (zlib), as `.gz` files have it. */
export type Compression = "deflate-raw" | "deflate" | "gzip";

const PIECE = 2 ** 14;
/** The most bytes after compressed data that {@link inflateWithTail} finds the end before. */
const LONGEST_TAIL = 2 ** 14;

/** Limits on the bytes taken from compressed data. */
export interface InflateLimits {
  /** Most bytes to accept; more are an error. */
  readonly most: number;
  /** Stop once there are this many; what follows is not looked at. */
  readonly enough?: number;
  /** Begins every error message. */
  readonly action: string;
}

/**
 * Decompresses bytes. No more than `most` bytes (and a few pieces) are ever held, whatever the data
 * expands to.
 *
 * @throws {SyntaxError} if the data is damaged, ends too early, or is longer than `most`.
 */
export async function inflate(
  bytes: Uint8Array,
  compression: Compression,
  { most, enough = Infinity, action }: InflateLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  return await read(streamOf(bytes), compression, { most, enough, action });
}

/**
 * Decompresses data that other bytes follow, which platforms refuse: exactly `size` bytes of a zlib
 * stream, whose checksum comes after them. Undefined where that is not so.
 *
 * Bytes come one by one near the end, so that all that is sound is there before the refusal.
 */
export async function inflateWithTail(
  bytes: Uint8Array,
  size: number,
  action: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const near = Math.max(0, bytes.length - LONGEST_TAIL);
  const limits = { most: size, enough: size, action };
  const data = await read(streamOf(bytes, near), "deflate", limits).catch(() => undefined);
  return data?.length === size && holdsChecksum(bytes.subarray(near), adler32(data))
    ? data
    : undefined;
}

async function read(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  compression: Compression,
  { most, enough = Infinity, action }: InflateLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.pipeThrough(new DecompressionStream(compression)).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  while (length < enough) {
    let value: Uint8Array | undefined;
    try {
      ({ value } = await reader.read());
    } catch (error) {
      throw new SyntaxError(
        `${action}: the compressed data must be sound: it is damaged, cut short or too long`,
        { cause: error },
      );
    }
    if (value === undefined) return concatenate(pieces);
    pieces.push(value);
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new SyntaxError(
        `${action}: the data must have the size that is declared: ` +
          `expected ${most} bytes, found more`,
      );
    }
  }
  await reader.cancel();
  return concatenate(pieces);
}

/** Compresses bytes. */
export async function deflate(
  bytes: Uint8Array,
  compression: Compression,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = streamOf(bytes).pipeThrough(new CompressionStream(compression));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Computes the checksum of zlib streams (RFC 1950). */
function adler32(data: Uint8Array): number {
  const modulus = 65521;
  let [a, b] = [1, 0];
  for (const byte of data) {
    a = (a + byte) % modulus;
    b = (b + a) % modulus;
  }
  return b * 65536 + a;
}

function holdsChecksum(bytes: Uint8Array, checksum: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = bytes.length - 4; at >= 0; at--) if (view.getUint32(at) === checksum) return true;
  return false;
}

/**
 * Streams bytes in small pieces, so that each expands to a bounded number of bytes; from `near` on one
 * by one.
 */
function streamOf(bytes: Uint8Array, near = Infinity): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      // Copies, because streams refuse memory that threads share.
      if (at < bytes.length) {
        const end = at >= near ? at + 1 : Math.min(at + PIECE, near);
        controller.enqueue(bytes.slice(at, end) as Uint8Array<ArrayBuffer>);
        at = end;
      } else controller.close();
    },
  });
}
