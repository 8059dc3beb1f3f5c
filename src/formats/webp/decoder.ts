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
/** Bytes of a chunk's name and size, and before the data of an extended, a lossless image, a frame. */
const [CHUNK_HEAD, EXTENDED_HEAD, LOSSLESS_HEAD, FRAME_HEAD] = [8, 10, 5, 16];

/** Tells a WebP file by its first bytes. */
export function isWebp(bytes: Uint8Array): boolean {
  return RIFF.every((byte, i) => bytes[i] === byte) &&
    WEBP.every((byte, i) => bytes[WEBP_AT + i] === byte);
}

/**
 * Decodes a WebP file to pixels: 3 channels (RGB), or 4 where there is alpha. Of an animation the first
 * frame is read, on a screen that is transparent.
 */
export async function decodeWebp(
  bytes: Uint8Array,
  maxPixels: number,
  action: string,
): Promise<Pixels> {
  const { width, height, hasAlpha, isAnimated } = readSize(bytes, action);
  checkPixels(width, height, maxPixels, action);
  if (!isAnimated) return await decodeStill(bytes, { width, height, hasAlpha }, maxPixels, action);
  const frame = firstFrame(bytes, { width, height }, action);
  const image = await decodeStill(frame.file, frame, maxPixels, action);
  return image.width === width && image.height === height
    ? image
    : onScreen(image, frame, { width, height });
}

/** Size of an image, and whether it has alpha. */
interface Size {
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
}

/** Decodes a still image, whose size was read before. */
async function decodeStill(
  bytes: Uint8Array,
  { width, height, hasAlpha }: Size,
  maxPixels: number,
  action: string,
): Promise<Pixels> {
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

/** A number of 24 bits. */
const number24 = (data: Uint8Array, at: number) =>
  data[at] | (data[at + 1] << 8) | (data[at + 2] << 16);

/** Reads the size from the first chunk: of a lossy, a lossless or an extended file. */
function readSize(bytes: Uint8Array, action: string): Size & { readonly isAnimated?: boolean } {
  const name = nameAt(bytes, CHUNK_AT);
  const data = bytes.subarray(DATA_AT, DATA_AT + 10);
  if (data.length === 10 && name === "VP8X") {
    return {
      width: 1 + number24(data, 4),
      height: 1 + number24(data, 7),
      hasAlpha: (data[0] & HAS_ALPHA) !== 0,
      isAnimated: (data[0] & IS_ANIMATED) !== 0,
    };
  }
  if (data.length >= LOSSLESS_HEAD && name === "VP8L") {
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

const nameAt = (bytes: Uint8Array, at: number) =>
  String.fromCharCode(...bytes.subarray(at, at + 4));

/** The first frame of an animation as a file of its own, and its place on the screen. */
interface Frame extends Size {
  readonly left: number;
  readonly top: number;
  readonly file: Uint8Array;
}

/** Finds the first frame of an animation, whose chunks are those of a still image. */
function firstFrame(bytes: Uint8Array, screen: Omit<Size, "hasAlpha">, action: string): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = CHUNK_AT; at + CHUNK_HEAD <= bytes.length;) {
    const start = at + CHUNK_HEAD;
    const size = view.getUint32(at + 4, true);
    if (nameAt(bytes, at) === "ANMF" && size >= FRAME_HEAD && start + size <= bytes.length) {
      const data = bytes.subarray(start, start + size);
      const [left, top] = [2 * number24(data, 0), 2 * number24(data, 3)];
      const [width, height] = [1 + number24(data, 6), 1 + number24(data, 9)];
      if (left + width > screen.width || top + height > screen.height) break;
      const file = stillFile(data.subarray(FRAME_HEAD), { width, height });
      return { width, height, hasAlpha: readSize(file, action).hasAlpha, left, top, file };
    }
    at = start + size + size % 2;
  }
  throw new SyntaxError(
    `${action}: an animation must hold a frame within its screen of ` +
      `${screen.width} x ${screen.height}: it is cut short or damaged`,
  );
}

/** Puts the chunks of a frame in a file of its own: an extended one where alpha comes first. */
function stillFile(chunks: Uint8Array, { width, height }: Omit<Size, "hasAlpha">): Uint8Array {
  const isExtended = nameAt(chunks, 0) === "ALPH";
  const head = isExtended ? DATA_AT + EXTENDED_HEAD : CHUNK_AT;
  const file = new Uint8Array(head + chunks.length);
  file.set(chunks, head);
  file.set(RIFF);
  file.set(WEBP, WEBP_AT);
  const view = new DataView(file.buffer);
  view.setUint32(WEBP_AT - 4, file.length - WEBP_AT, true);
  if (!isExtended) return file;
  file.set(new TextEncoder().encode("VP8X"), CHUNK_AT);
  view.setUint32(CHUNK_AT + 4, EXTENDED_HEAD, true);
  file[DATA_AT] = HAS_ALPHA;
  [width - 1, height - 1].forEach((size, i) => {
    for (let byte = 0; byte < 3; byte++) file[DATA_AT + 4 + 3 * i + byte] = size >> (8 * byte);
  });
  return file;
}

/** Puts an image on a larger screen that is transparent. */
function onScreen(
  image: Pixels,
  { left, top }: Frame,
  { width, height }: { readonly width: number; readonly height: number },
): Pixels {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const from = (y * image.width + x) * image.channels;
      const to = ((top + y) * width + left + x) * 4;
      for (let c = 0; c < 3; c++) data[to + c] = image.data[from + c];
      data[to + 3] = image.channels === 4 ? image.data[from + 3] : 255;
    }
  }
  return { ...image, width, height, channels: 4, data };
}

function withoutAlpha(image: Pixels): Pixels {
  const rgb = new Uint8Array(image.width * image.height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    for (let c = 0; c < 3; c++) rgb[to + c] = image.data[from + c];
  }
  return { ...image, channels: 3, data: rgb };
}
