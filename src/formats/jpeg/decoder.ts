/**
 * JPEG files to bytes of pixels. The package `jpeg-js` decodes, and is loaded when it is needed;
 * what is around it, here: the structure of the file is checked first, so that a file that is cut
 * short, too large or made to take forever is refused before any of it is decoded; and colours, which
 * the package leaves in blocks, are made smooth.
 *
 * - **Source**: ITU-T Recommendation T.81, annex B, for the markers.
 *
 * @module
 */
import { withoutPackage } from "../../files/optional_package.ts";
import { checkPixels, type Pixels } from "../pixels.ts";
import { type Sampling, toRgb } from "./chroma.ts";
import { exifOrientation } from "./orientation.ts";
import { withStandardTables } from "./standard_tables.ts";

const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;
const HUFFMAN = 0xc4;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;
const BASELINE = [0xc0, 0xc1, 0xc2]; // and extended, and progressive; with Huffman codes
const NO_FRAMES = [0xc4, 0xc8, 0xcc]; // tables, among the numbers of frames
const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0]; // "Exif"
const JFIF = [0x4a, 0x46, 0x49, 0x46, 0]; // "JFIF"
const ADOBE = [0x41, 0x64, 0x6f, 0x62, 0x65]; // "Adobe"
/** Place of the byte in Adobe's segment that says how colours are stored, and of "as they are". */
const ADOBE_TRANSFORM = 11;
const AS_THEY_ARE = 0;
/** Component ids of colours that are stored as they are. */
const RGB_IDS = [0x52, 0x47, 0x42]; // "RGB"
/** Every scan of a progressive file visits every block: many scans are many images to decode. */
const MAX_SCANS = 100;
/**
 * Limit for the package, beyond any image that `maxPixels` lets pass, so that errors name
 * `maxPixels`.
 */
const NO_LIMIT = 2 ** 40;

/** The image that a file declares. */
interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly ids: readonly number[];
  readonly sampling: readonly Sampling[];
}

/** Segments beside the image that say how to read it. */
interface Notes {
  orientation: number;
  isJfif: boolean;
  hasTables: boolean;
  /** Place in the file, and value, of Adobe's word on colours. */
  adobe?: { readonly at: number; readonly transform: number };
}

interface Structure extends Frame, Notes {}

/** Loads the library; `action` begins the error where it is not installed. */
async function loadLibrary(action: string) {
  // In a try block, so that bundlers warn of a package that is not installed, and go on.
  try {
    return (await import("jpeg-js")).default;
  } catch (cause) {
    return withoutPackage(action, "jpeg-js")(cause);
  }
}

/** Decodes a JPEG file to pixels: 1 channel (grey) or 3 (RGB). `action` begins every error. */
export async function decodeJpeg(
  bytes: Uint8Array,
  maxPixels: number,
  action: string,
): Promise<Pixels> {
  const structure = readStructure(bytes, maxPixels, action);
  const { width, height, components, orientation, sampling } = structure;
  const jpeg = await loadLibrary(action);
  let decoded: { width: number; height: number; data: Uint8Array };
  try {
    decoded = jpeg.decode(prepared(bytes, structure), {
      useTArray: true,
      colorTransform: components === 3 ? false : undefined, // done here, smoothly
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: NO_LIMIT,
      maxMemoryUsageInMB: NO_LIMIT,
    });
  } catch (cause) {
    throw new SyntaxError(`${action}: the JPEG data must be sound: it is damaged`, { cause });
  }
  if (decoded.width !== width || decoded.height !== height) {
    throw new SyntaxError(
      `${action}: the image must have the size that the header declares: ` +
        `expected ${width} x ${height}, found ${decoded.width} x ${decoded.height}`,
    );
  }
  if (components === 3 && !isRgb(structure)) toRgb(decoded.data, width, height, sampling);
  const channels = components === 1 ? 1 : 3;
  const data = channels === 3 ? decoded.data : everyThird(decoded.data);
  return { width, height, channels, data, orientation };
}

/** Tells whether three components are red, green and blue as they are; the rules are libjpeg's. */
function isRgb({ isJfif, adobe, ids }: Structure): boolean {
  if (isJfif) return false;
  if (adobe !== undefined) return adobe.transform === AS_THEY_ARE;
  return RGB_IDS.every((id, i) => ids[i] === id);
}

/** A file that the package decodes without changing colours, with tables if it has none. */
function prepared(bytes: Uint8Array, { components, adobe, hasTables }: Structure): Uint8Array {
  let file = bytes;
  if (components === 3 && adobe !== undefined && adobe.transform !== AS_THEY_ARE) {
    file = bytes.slice();
    file[adobe.at] = AS_THEY_ARE;
  }
  return hasTables ? file : withStandardTables(file);
}

/** Walks the segments of a file from its first byte to its end marker. */
function readStructure(bytes: Uint8Array, maxPixels: number, action: string): Structure {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const notes: Notes = { orientation: 1, isJfif: false, hasTables: false };
  let frame: Frame | undefined;
  let scans = 0;
  let at = 2;
  for (;;) {
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === undefined) throw cutShort(bytes, at, action);
    if (marker === 0xff) {
      at++; // fill bytes
      continue;
    }
    if (marker === END) break;
    const length = at + 4 <= bytes.length ? view.getUint16(at + 2) : 0;
    if (length < 2 || at + 2 + length > bytes.length || marker === START) {
      throw cutShort(bytes, at, action);
    }
    const data = bytes.subarray(at + 4, at + 2 + length);
    const start = at + 4;
    at += 2 + length;
    if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.includes(marker)) {
      frame = readFrame(marker, data, frame !== undefined, maxPixels, action);
    } else if (marker === SCAN) {
      if (++scans > MAX_SCANS) {
        throw new SyntaxError(
          `${action}: the file must have a reasonable number of scans: ` +
            `expected at most ${MAX_SCANS}, found more`,
        );
      }
      at = afterScan(bytes, at);
    } else takeNote(notes, marker, data, start);
  }
  if (frame !== undefined && scans > 0) return { ...frame, ...notes };
  throw new SyntaxError(
    `${action}: a JPEG file must have a frame and a scan: ` +
      `found ${frame === undefined ? "no frame" : "no scan"}`,
  );
}

/** Takes from a segment what it says of the image. */
function takeNote(notes: Notes, marker: number, data: Uint8Array, start: number): void {
  const begins = (name: readonly number[]) => name.every((byte, i) => data[i] === byte);
  if (marker === HUFFMAN) notes.hasTables = true;
  else if (marker === APP0 && begins(JFIF)) notes.isJfif = true;
  else if (marker === APP1 && begins(EXIF)) {
    notes.orientation = exifOrientation(data.subarray(EXIF.length));
  } else if (marker === APP14 && begins(ADOBE) && data.length > ADOBE_TRANSFORM) {
    notes.adobe = { at: start + ADOBE_TRANSFORM, transform: data[ADOBE_TRANSFORM] };
  }
}

function readFrame(
  marker: number,
  data: Uint8Array,
  isSecond: boolean,
  maxPixels: number,
  action: string,
): Frame {
  const [precision] = data;
  const height = (data[1] << 8) | data[2];
  const width = (data[3] << 8) | data[4];
  const components = data[5];
  const count = components || 0;
  const ids = Array.from({ length: count }, (_, i) => data[6 + 3 * i]);
  const sampling = Array.from({ length: count }, (_, i): Sampling => {
    const factors = data[7 + 3 * i];
    return [factors >> 4, factors & 15];
  });
  const isSampled = sampling.flat().every((factor) => factor >= 1 && factor <= 4);
  const isKnown = BASELINE.includes(marker) && precision === 8 && [1, 3, 4].includes(components) &&
    data.length === 6 + 3 * components && isSampled;
  if (!isKnown || isSecond) {
    const kind = isSecond ? "a second frame" : `frame c${(marker & 15).toString(16)} of ` +
      `${precision ?? "no"} bits and ${components ?? "no"} components`;
    throw new SyntaxError(
      `${action}: the file must hold one image, baseline or progressive, of 8 bits and 1, 3 or 4 ` +
        `components: found ${kind}`,
    );
  }
  checkPixels(width, height, maxPixels, action);
  return { width, height, components, ids, sampling };
}

/** Finds the next marker that ends the entropy-coded data. */
function afterScan(bytes: Uint8Array, at: number): number {
  for (; at < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue;
    const next = bytes[at + 1];
    const isRestart = next >= 0xd0 && next <= 0xd7;
    if (next !== 0 && next !== 0xff && !isRestart) return at;
  }
  return at;
}

function cutShort(bytes: Uint8Array, at: number, action: string): SyntaxError {
  const found = Array.from(bytes.subarray(at, at + 4), (b) => b.toString(16).padStart(2, "0"));
  return new SyntaxError(
    `${action}: the file must be whole segments up to its end marker ff d9: ` +
      `found ${found.join(" ") || "the end of the file"} at ${at}`,
  );
}

/** Returns one of three equal channels. */
function everyThird(rgb: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: rgb.length / 3 }, (_, i) => rgb[3 * i]);
}
