/**
 * WebP files to bytes of pixels. Browsers and Deno have a decoder; for Node the package `@cwasm/webp`
 * (libwebp, compiled: 95 KB with one small dependency, a tenth of others) is loaded with the first
 * file. The size is read here first.
 *
 * - **Source**: RFC 9649 for the container; RFC 6386, section 9.1, for the size of a lossy image.
 *
 * @module
 */
import { withoutPackage } from "../../files/optional_package.ts";
import { canDecodeHere, decodeHere } from "../platform_image.ts";
import { checkPixels, type Pixels } from "../pixels.ts";

/** Places of "RIFF" and "WEBP" in the first bytes of a file. */
const RIFF = [0x52, 0x49, 0x46, 0x46];
const WEBP = [0x57, 0x45, 0x42, 0x50];
const WEBP_AT = 8;
/** Places of the first chunk's name and of its data. */
const [CHUNK_AT, DATA_AT] = [12, 20];
const [HAS_ALPHA, IS_ANIMATED] = [0x10, 0x02];

/** Tells a WebP file by its first bytes. */
export function isWebp(bytes: Uint8Array): boolean {
  return RIFF.every((byte, i) => bytes[i] === byte) &&
    WEBP.every((byte, i) => bytes[WEBP_AT + i] === byte);
}

/** Decodes a WebP file to pixels: 3 channels (RGB), or 4 where there is alpha. */
export async function decodeWebp(
  bytes: Uint8Array,
  maxPixels: number,
  action: string,
): Promise<Pixels> {
  const { width, height, hasAlpha } = readSize(bytes, action);
  checkPixels(width, height, maxPixels, action);
  const decoded = canDecodeHere()
    ? await decodeHere(bytes, maxPixels, action)
    : await decodeByPackage(bytes, action);
  if (decoded.width !== width || decoded.height !== height) {
    throw new SyntaxError(
      `${action}: the image must have the size that the header declares: ` +
        `expected ${width} x ${height}, found ${decoded.width} x ${decoded.height}`,
    );
  }
  return hasAlpha || decoded.channels !== 4 ? decoded : withoutAlpha(decoded);
}

/** The part of the library that is used here. */
interface Library {
  decode(bytes: Uint8Array): { width: number; height: number; data: Uint8ClampedArray };
}

/**
 * Loads the library; `action` begins the error where it is not installed. Its name is put together, so
 * that bundlers of pages, which do not need it, do not look for it.
 */
async function loadLibrary(action: string): Promise<Library> {
  const name = "webp";
  try {
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ `@cwasm/${name}`)).default;
  } catch (cause) {
    return withoutPackage(action, "@cwasm/webp")(cause);
  }
}

async function decodeByPackage(bytes: Uint8Array, action: string): Promise<Pixels> {
  const webp = await loadLibrary(action);
  try {
    const { width, height, data } = webp.decode(bytes);
    const rgba = new Uint8Array(data.buffer, data.byteOffset, data.length);
    return { width, height, channels: 4, data: rgba, orientation: 1 };
  } catch (cause) {
    throw new SyntaxError(`${action}: the WebP data must be sound: it is damaged`, { cause });
  }
}

/** Reads the size from the first chunk: of a lossy, a lossless or an extended file. */
function readSize(bytes: Uint8Array, action: string) {
  const name = String.fromCharCode(...bytes.subarray(CHUNK_AT, CHUNK_AT + 4));
  const data = bytes.subarray(DATA_AT, DATA_AT + 10);
  if (data.length === 10 && name === "VP8X") {
    if ((data[0] & IS_ANIMATED) !== 0) {
      throw new SyntaxError(`${action}: a WebP file must be a still image: found an animation`);
    }
    const size = (at: number) => 1 + (data[at] | (data[at + 1] << 8) | (data[at + 2] << 16));
    return { width: size(4), height: size(7), hasAlpha: (data[0] & HAS_ALPHA) !== 0 };
  }
  if (data.length === 10 && name === "VP8L") {
    const word = data[1] | (data[2] << 8) | (data[3] << 16) | (data[4] << 24);
    const size = (from: number) => 1 + ((word >>> from) & 0x3fff);
    return { width: size(0), height: size(14), hasAlpha: ((word >>> 28) & 1) !== 0 };
  }
  if (data.length === 10 && name === "VP8 ") {
    const size = (at: number) => (data[at] | (data[at + 1] << 8)) & 0x3fff;
    return { width: size(6), height: size(8), hasAlpha: false };
  }
  throw new SyntaxError(
    `${action}: a WebP file must begin with a chunk VP8, VP8L or VP8X: it is cut short or damaged`,
  );
}

function withoutAlpha(image: Pixels): Pixels {
  const rgb = new Uint8Array(image.width * image.height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    for (let c = 0; c < 3; c++) rgb[to + c] = image.data[from + c];
  }
  return { ...image, channels: 3, data: rgb };
}
