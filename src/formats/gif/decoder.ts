/**
 * GIF files to bytes of pixels: the first image of a file.
 *
 * Written here because omggif 1.0.10 takes image data that end too early for sound, and prints a
 * line; here they are an error, and sizes are checked before anything is allocated.
 *
 * - **Source**: "Graphics Interchange Format, Version 89a", CompuServe, 1990.
 *
 * @module
 */
import { checkPixels, type Pixels } from "../pixels.ts";

/** The first bytes of every GIF file: "GIF8". */
export const GIF_SIGNATURE: readonly number[] = [0x47, 0x49, 0x46, 0x38];

const [EXTENSION, IMAGE, END] = [0x21, 0x2c, 0x3b];
const GRAPHIC_CONTROL = 0xf9;
const SCREEN = 6;
const MOST_CODES = 4096;
/** Rows of an interlaced image: where each pass begins, and its step. */
const PASSES = [[0, 8], [4, 8], [2, 4], [1, 2]] as const;

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly isInterlaced: boolean;
  /** Colours, 3 bytes each. */
  readonly palette: Uint8Array;
  /** Place of the transparent colour; -1 without one. */
  readonly transparent: number;
  /** The least code size, and the compressed data. */
  readonly codeSize: number;
  readonly codes: Uint8Array;
}

/** Decodes the first image of a GIF file: 3 channels (RGB), or 4 where a part is transparent. */
export function decodeGif(bytes: Uint8Array, maxPixels: number, action: string): Promise<Pixels> {
  // In a promise, as other decoders answer.
  return Promise.resolve().then(() => decode(bytes, maxPixels, action));
}

function decode(bytes: Uint8Array, maxPixels: number, action: string): Pixels {
  const reader = new Reader(bytes, action);
  reader.skip(SCREEN); // signature and version
  const [width, height] = [reader.word(), reader.word()];
  checkPixels(width, height, maxPixels, action);
  const flags = reader.byte();
  reader.skip(2); // background and aspect ratio
  const palette = (flags & 0x80) === 0 ? new Uint8Array(0) : reader.palette(flags);
  const frame = firstFrame(reader, palette, action);
  const { left, top, transparent } = frame;
  if (
    frame.width === 0 || frame.height === 0 || left + frame.width > width ||
    top + frame.height > height
  ) {
    throw new SyntaxError(
      `${action}: the image must lie within the screen of ${width} x ${height}: found ` +
        `${frame.width} x ${frame.height} at ${left}, ${top}`,
    );
  }
  const isWhole = frame.width === width && frame.height === height;
  const channels = transparent >= 0 || !isWhole ? 4 : 3;
  const data = new Uint8Array(width * height * channels);
  const places = expand(frame, action);
  const rows = rowOrder(frame);
  for (let y = 0; y < frame.height; y++) {
    const to = ((top + rows[y]) * width + left) * channels;
    paint(
      places.subarray(y * frame.width, (y + 1) * frame.width),
      frame,
      data,
      to,
      channels,
      action,
    );
  }
  return { width, height, channels, data, orientation: 1 };
}

/** Walks the blocks up to the first image. */
function firstFrame(reader: Reader, global: Uint8Array, action: string): Frame {
  let transparent = -1;
  for (;;) {
    const kind = reader.byte();
    if (kind === EXTENSION) {
      const label = reader.byte();
      const data = reader.blocks();
      if (label === GRAPHIC_CONTROL && data.length >= 4) transparent = data[0] & 1 ? data[3] : -1;
    } else if (kind === IMAGE) {
      const [left, top, width, height] = [
        reader.word(),
        reader.word(),
        reader.word(),
        reader.word(),
      ];
      const flags = reader.byte();
      const palette = (flags & 0x80) === 0 ? global : reader.palette(flags);
      const isInterlaced = (flags & 0x40) !== 0;
      const codeSize = reader.byte();
      if (codeSize < 1 || codeSize > 8) {
        throw new SyntaxError(`${action}: codes must begin with 1 to 8 bits: found ${codeSize}`);
      }
      const codes = reader.blocks();
      return { left, top, width, height, isInterlaced, palette, transparent, codeSize, codes };
    } else {
      const found = kind === END ? "the end mark" : `block ${kind.toString(16)}`;
      throw new SyntaxError(`${action}: a GIF file must hold an image: found ${found} before one`);
    }
  }
}

/** Expands the codes of an image to places in its palette: variable-length LZW. */
function expand({ width, height, codeSize, codes }: Frame, action: string): Uint8Array {
  const places = new Uint8Array(width * height);
  const [clear, end] = [1 << codeSize, (1 << codeSize) + 1];
  const prefix = new Uint16Array(MOST_CODES);
  const suffix = new Uint8Array(MOST_CODES);
  const lengths = new Uint16Array(MOST_CODES);
  for (let code = 0; code < clear; code++) [suffix[code], lengths[code]] = [code, 1];
  let [known, bits, before] = [end + 1, codeSize + 1, -1];
  let [at, held, bitsHeld] = [0, 0, 0];
  const damaged = (reason: string) =>
    new SyntaxError(`${action}: the image data must be sound: ${reason}`);
  for (let done = 0; done < places.length;) {
    for (; bitsHeld < bits; bitsHeld += 8) {
      if (at === codes.length) throw damaged(`they end after ${done} of ${places.length} pixels`);
      held |= codes[at++] << bitsHeld;
    }
    const code = held & ((1 << bits) - 1);
    held >>>= bits;
    bitsHeld -= bits;
    if (code === clear) {
      [known, bits, before] = [end + 1, codeSize + 1, -1];
      continue;
    }
    const isNew = code === known && before >= 0;
    if (code === end || (code >= known && !isNew)) {
      throw damaged(
        code === end ? `they end after ${done} pixels` : `code ${code} is not known yet`,
      );
    }
    // A code that is not known yet is the last one, with its own first value after it.
    const from = isNew ? before : code;
    const length = lengths[from] + (isNew ? 1 : 0);
    let last = from;
    for (let i = lengths[from] - 1; i >= 0; i--, last = prefix[last]) {
      if (done + i < places.length) places[done + i] = suffix[last];
      if (i === 0) break;
    }
    const first = suffix[last];
    if (isNew && done + length - 1 < places.length) places[done + length - 1] = first;
    done += length;
    if (before >= 0 && known < MOST_CODES) {
      [prefix[known], suffix[known], lengths[known]] = [before, first, lengths[before] + 1];
      known++;
      if (known === 1 << bits && bits < 12) bits++;
    }
    before = code;
  }
  return places;
}

/** The row of the image that each row of the data is. */
function rowOrder({ height, isInterlaced }: Frame): number[] {
  const passes = isInterlaced ? PASSES : [[0, 1]] as const;
  const rows: number[] = [];
  for (const [start, step] of passes) for (let y = start; y < height; y += step) rows.push(y);
  return rows;
}

/** Writes a row of places as colours; what is transparent stays black. */
function paint(
  places: Uint8Array,
  { palette, transparent }: Frame,
  data: Uint8Array,
  at: number,
  channels: number,
  action: string,
): void {
  for (let x = 0, to = at; x < places.length; x++, to += channels) {
    const place = places[x];
    if (3 * place >= palette.length) {
      throw new SyntaxError(
        `${action}: every pixel must have a colour of the palette: ` +
          `expected 0 to ${palette.length / 3 - 1}, found ${place}`,
      );
    }
    for (let c = 0; c < 3; c++) data[to + c] = palette[3 * place + c];
    if (channels === 4) data[to + 3] = place === transparent ? 0 : 255;
  }
}

/** Reads a file from its beginning; what is not there is an error. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #action: string;
  #at = 0;

  constructor(bytes: Uint8Array, action: string) {
    this.#bytes = bytes;
    this.#action = action;
  }

  byte(): number {
    return this.take(1)[0];
  }

  word(): number {
    const [low, high] = this.take(2);
    return low | (high << 8);
  }

  skip(count: number): void {
    this.take(count);
  }

  take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#at, this.#at + count);
    if (taken.length < count) {
      throw new SyntaxError(
        `${this.#action}: the file must be whole: expected ${count} bytes at ${this.#at}, ` +
          `found ${taken.length}`,
      );
    }
    this.#at += count;
    return taken;
  }

  palette(flags: number): Uint8Array {
    return this.take(3 << ((flags & 7) + 1));
  }

  /** Joins blocks up to the empty one. */
  blocks(): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let length = this.byte(); length > 0; length = this.byte()) parts.push(this.take(length));
    const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let to = 0;
    for (const part of parts) {
      joined.set(part, to);
      to += part.length;
    }
    return joined;
  }
}
