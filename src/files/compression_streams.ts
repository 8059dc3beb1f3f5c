/**
 * Compressed bytes to plain ones and back, through the streams of the web platform.
 *
 * @module
 */
import { concatenate } from "./source.ts";

/** Compressed data as zip has it (raw), as PNG has it (zlib), as `.gz` files have it. */
export type Compression = "deflate-raw" | "deflate" | "gzip";

const PIECE = 2 ** 14;

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
  const reader = streamOf(bytes).pipeThrough(new DecompressionStream(compression)).getReader();
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

/** Streams bytes in small pieces, so that each expands to a bounded number of bytes. */
function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      // Copies, because streams refuse memory that threads share.
      if (at < bytes.length) {
        controller.enqueue(bytes.slice(at, at += PIECE) as Uint8Array<ArrayBuffer>);
      } else controller.close();
    },
  });
}
