/**
 * BMP files to bytes of pixels: 1, 4, 8, 16, 24 and 32 bits, with or without runs, from below or above.
 *
 * Written here, as it is little: sizes are checked before anything is allocated, and rows that are cut
 * short are an error.
 *
 * - **Source**: "Bitmap Storage" and the structures BITMAPCOREHEADER to BITMAPV5HEADER, Windows
 *   documentation.
 *
 * @module
 */
import { checkPixels, type Pixels } from "../pixels.ts";

/** The first bytes of every BMP file. */
export const BMP_SIGNATURE: readonly number[] = [0x42, 0x4d]; // "BM"

const FILE_HEADER = 14;
const CORE_HEADER = 12;
const INFO_HEADER = 40;
/** Headers from this length on hold the masks of colours. */
const MASKS_HEADER = 52;
const BITS = [1, 4, 8, 16, 24, 32];
/** Ways to store pixels: as they are, as runs of bytes or half bytes, under masks. */
const [PLAIN, RUNS_8, RUNS_4, MASKED, MASKED_ALPHA] = [0, 1, 2, 3, 6];
/** Masks of 16 and 32 bits without masks of their own: red, green, blue, alpha. */
const MASKS: Readonly<Record<number, readonly number[]>> = {
  16: [0x7c00, 0x3e0, 0x1f, 0],
  32: [0xff0000, 0xff00, 0xff, 0],
};

interface Header {
  readonly width: number;
  readonly height: number;
  readonly isFromAbove: boolean;
  readonly bits: number;
  readonly storage: number;
  /** Colours of up to 8 bits, 3 bytes each: blue, green, red. */
  readonly palette: Uint8Array;
  /** Bytes from one colour to the next. */
  readonly paletteStep: number;
  readonly masks: readonly number[];
  /** Beginning of the pixels. */
  readonly start: number;
}

/** Decodes a BMP file to pixels: 3 channels (RGB), or 4 where there is alpha. */
export function decodeBmp(bytes: Uint8Array, maxPixels: number, action: string): Promise<Pixels> {
  // In a promise, as other decoders answer.
  return Promise.resolve().then(() => decode(bytes, maxPixels, action));
}

function decode(bytes: Uint8Array, maxPixels: number, action: string): Pixels {
  const header = readHeader(bytes, maxPixels, action);
  const { width, height, bits, storage, masks } = header;
  const channels = bits > 8 && masks[3] !== 0 ? 4 : 3;
  const data = new Uint8Array(width * height * channels);
  const rowAt = (row: number) => (header.isFromAbove ? row : height - 1 - row) * width * channels;
  if (bits <= 8) {
    const places = storage === PLAIN
      ? plainPlaces(bytes, header)
      : runPlaces(bytes, header, action);
    for (let row = 0; row < height; row++) {
      paint(places.subarray(row * width, (row + 1) * width), header, data, rowAt(row), action);
    }
  } else {for (let row = 0; row < height; row++) {
      colourRow(bytes, header, row, data, rowAt(row), channels);
    }}
  return { width, height, channels, data, orientation: 1 };
}

function readHeader(bytes: Uint8Array, maxPixels: number, action: string): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const size = bytes.length >= FILE_HEADER + CORE_HEADER ? view.getUint32(FILE_HEADER, true) : 0;
  const isCore = size === CORE_HEADER;
  if ((!isCore && size < INFO_HEADER) || FILE_HEADER + size > bytes.length) {
    throw new SyntaxError(
      `${action}: a BMP file must have a header of 12, or at least 40, bytes: found ${size} in ` +
        `${bytes.length} bytes`,
    );
  }
  const at = FILE_HEADER + 4;
  const width = isCore ? view.getUint16(at, true) : view.getInt32(at, true);
  const signedHeight = isCore ? view.getUint16(at + 2, true) : view.getInt32(at + 4, true);
  const bits = view.getUint16(isCore ? at + 6 : at + 10, true);
  const storage = isCore ? PLAIN : view.getUint32(at + 12, true);
  checkKind(bits, storage, signedHeight, action);
  if (width < 0) {
    throw new SyntaxError(`${action}: the width must be positive: found ${width}`);
  }
  const height = Math.abs(signedHeight);
  checkPixels(width, height, maxPixels, action);
  const start = view.getUint32(10, true);
  const isMasked = storage === MASKED || storage === MASKED_ALPHA;
  const maskBytes = size < MASKS_HEADER && isMasked ? (storage === MASKED ? 12 : 16) : 0;
  const colours = FILE_HEADER + size + maskBytes;
  const header = {
    width,
    height,
    isFromAbove: signedHeight < 0,
    bits,
    storage,
    palette: bytes.subarray(colours, Math.max(start, colours)),
    paletteStep: isCore ? 3 : 4,
    masks: isMasked ? readMasks(view, size, storage, action) : MASKS[bits] ?? [0, 0, 0, 0],
    start,
  };
  checkLength(bytes, header, action);
  return header;
}

function checkKind(bits: number, storage: number, height: number, action: string): void {
  const isKnown = BITS.includes(bits) && (storage === PLAIN || (storage === RUNS_8 && bits === 8) ||
    (storage === RUNS_4 && bits === 4) ||
    ((storage === MASKED || storage === MASKED_ALPHA) && (bits === 16 || bits === 32)));
  const isRunsFromAbove = height < 0 && (storage === RUNS_8 || storage === RUNS_4);
  if (isKnown && !isRunsFromAbove) return;
  throw new SyntaxError(
    `${action}: a BMP image must be of 1, 4, 8, 16, 24 or 32 bits, plain, as runs or under masks: ` +
      `found ${bits} bits, storage ${storage}`,
  );
}

function readMasks(view: DataView, size: number, storage: number, action: string): number[] {
  const at = FILE_HEADER + INFO_HEADER;
  const count = size > MASKS_HEADER || storage === MASKED_ALPHA ? 4 : 3;
  if (at + 4 * count > view.byteLength) {
    throw new SyntaxError(
      `${action}: a BMP file must hold the masks of its colours: it is cut short`,
    );
  }
  const masks = Array.from({ length: count }, (_, i) => view.getUint32(at + 4 * i, true));
  return count === 4 ? masks : [...masks, 0];
}

/** Bytes of a row: whole words of four. */
function rowBytes({ width, bits }: Header): number {
  return 4 * Math.ceil(width * bits / 32);
}

function checkLength(bytes: Uint8Array, header: Header, action: string): void {
  const isRuns = header.storage === RUNS_8 || header.storage === RUNS_4;
  const needed = isRuns ? 0 : rowBytes(header) * header.height;
  if (header.start >= FILE_HEADER && header.start + needed <= bytes.length) return;
  throw new SyntaxError(
    `${action}: the file must hold all rows: expected ${needed} bytes at ${header.start}, ` +
      `found ${Math.max(0, bytes.length - header.start)}`,
  );
}

/** Places in the palette of all pixels, row by row as they are stored. */
function plainPlaces(bytes: Uint8Array, header: Header): Uint8Array {
  const { width, height, bits, start } = header;
  const places = new Uint8Array(width * height);
  const [step, mask] = [rowBytes(header), 2 ** bits - 1];
  for (let row = 0, to = 0; row < height; row++) {
    for (let x = 0, bit = 0; x < width; x++, bit += bits) {
      const byte = bytes[start + row * step + (bit >> 3)];
      places[to++] = (byte >> (8 - bits - (bit & 7))) & mask;
    }
  }
  return places;
}

/**
 * Places of pixels that are stored as runs: a count and a value, or 0 and 0 for the end of a line, 1 for
 * that of the image, 2 for a jump, or a count of values that differ. What is jumped over is place 0.
 */
function runPlaces(
  bytes: Uint8Array,
  { width, height, bits, start }: Header,
  action: string,
): Uint8Array {
  const places = new Uint8Array(width * height);
  let [x, row, at] = [0, 0, start];
  const put = (place: number) => {
    if (x >= width || row >= height) {
      throw new SyntaxError(`${action}: runs must end in their line: one of line ${row} does not`);
    }
    places[row * width + x++] = place;
  };
  const placeIn = (byte: number, i: number) =>
    bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15;
  for (;;) {
    const [count, value] = [bytes[at], bytes[at + 1]];
    if (value === undefined) {
      throw new SyntaxError(`${action}: the image must end with its mark: the file is cut short`);
    }
    at += 2;
    if (count > 0) { for (let i = 0; i < count; i++) put(placeIn(value, i)); }
    else if (value === 0) [x, row] = [0, row + 1];
    else if (value === 1) return places;
    else if (value === 2) {
      x += bytes[at] ?? 0;
      row += bytes[at + 1] ?? 0;
      at += 2;
    } else {
      const length = bits === 8 ? value : Math.ceil(value / 2);
      for (let i = 0; i < value; i++) put(placeIn(bytes[at + (bits === 8 ? i : i >> 1)], i));
      at += length + (length & 1); // words of two
    }
  }
}

/** Writes a row of places as colours of the palette. */
function paint(
  places: Uint8Array,
  { palette, paletteStep }: Header,
  data: Uint8Array,
  at: number,
  action: string,
): void {
  const colours = Math.floor(palette.length / paletteStep);
  for (let x = 0, to = at; x < places.length; x++, to += 3) {
    const place = places[x];
    if (place >= colours) {
      throw new SyntaxError(
        `${action}: every pixel must have a colour of the palette: ` +
          `expected 0 to ${colours - 1}, found ${place}`,
      );
    }
    for (let c = 0; c < 3; c++) data[to + c] = palette[place * paletteStep + 2 - c];
  }
}

/** Writes a row of pixels that are colours themselves. */
function colourRow(
  bytes: Uint8Array,
  header: Header,
  row: number,
  data: Uint8Array,
  at: number,
  channels: number,
): void {
  const { width, bits, masks, start } = header;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start + row * rowBytes(header));
  for (let x = 0, to = at; x < width; x++, to += channels) {
    if (bits === 24) {
      for (let c = 0; c < 3; c++) data[to + c] = view.getUint8(3 * x + 2 - c);
      continue;
    }
    const pixel = bits === 16 ? view.getUint16(2 * x, true) : view.getUint32(4 * x, true);
    for (let c = 0; c < channels; c++) data[to + c] = underMask(pixel, masks[c]);
  }
}

/** The part of a pixel under a mask, brought to 8 bits. */
function underMask(pixel: number, mask: number): number {
  if (mask === 0) return 0;
  const lowest = (mask & -mask) >>> 0;
  const most = mask / lowest;
  return Math.round(((pixel & mask) >>> 0) / lowest * 255 / most);
}
