/**
 * PNG files to bytes of pixels: every colour type, every depth, interlaced or not.
 *
 * Written here because of what `fast-png` 8.0.0 does, which `tests/formats/png/fast_png_test.ts` shows: it
 * unpacks image data without a limit (a file of 1.2 MB takes 1.8 GB and 8 s, whatever the size in its
 * header, so that no check beforehand helps), returns wrong pixels for interlaced images of less than
 * 8 bits, and takes damaged data for sound (1,514 of 5,000 files; here 1, whose checksum is right by
 * chance). Here sizes are checked before anything is allocated, chunks against their CRC, and the
 * unpacked data must have exactly the length that the header asks for.
 *
 * - **Source**: "Portable Network Graphics (PNG) Specification (Third Edition)", W3C.
 *
 * @module
 */
import { crc32 } from "../../files/crc32.ts";
import { inflate, inflateWithTail } from "../../files/compression_streams.ts";
import { paeth, PNG_SIGNATURE } from "./format.ts";
import { concatenate } from "../../files/source.ts";
import { excerpt } from "../file_limits.ts";
import { checkPixels, type Pixels } from "../pixels.ts";
import { exifOrientation } from "../jpeg/orientation.ts";

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: ColourType;
  readonly isInterlaced: boolean;
}

interface ColourType {
  readonly name: string;
  readonly samples: number;
  readonly depths: readonly number[];
}

const PALETTE = 3;
const COLOURS: ReadonlyMap<number, ColourType> = new Map([
  [0, { name: "grey", samples: 1, depths: [1, 2, 4, 8, 16] }],
  [2, { name: "RGB", samples: 3, depths: [8, 16] }],
  [PALETTE, { name: "palette", samples: 1, depths: [1, 2, 4, 8] }],
  [4, { name: "grey with alpha", samples: 2, depths: [8, 16] }],
  [6, { name: "RGBA", samples: 4, depths: [8, 16] }],
]);

/** Contents of a file's chunks. */
interface Chunks {
  readonly header: Header;
  readonly palette: Uint8Array | undefined;
  readonly transparency: Uint8Array | undefined;
  readonly orientation: number;
  readonly data: Uint8Array;
}

/** A part of an interlaced image: every `stepX`-th pixel of every `stepY`-th row. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
}

const WHOLE: readonly Pass[] = [{ x: 0, y: 0, stepX: 1, stepY: 1 }];
const ADAM7: readonly Pass[] = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
];

/**
 * Decodes a PNG file to pixels: 1 channel (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) of 8 bits.
 * `action` begins every error.
 */
export async function decodePng(
  bytes: Uint8Array,
  maxPixels: number,
  action: string,
): Promise<Pixels> {
  const chunks = readChunks(bytes, maxPixels, action);
  const { header } = chunks;
  const passes = header.isInterlaced ? ADAM7 : WHOLE;
  const size = passes.reduce((sum, pass) => {
    const { width, height } = passSize(header, pass);
    return sum + (width === 0 ? 0 : height * (1 + lineBytes(header, width)));
  }, 0);
  const lines = await unpack(chunks.data, size, action);
  if (lines.length !== size) {
    throw new SyntaxError(
      `${action}: the image data must have the size that the header declares: ` +
        `expected ${size} bytes, found ${lines.length}`,
    );
  }
  return assemble(chunks, passes, lines, action);
}

/**
 * Unpacks the image data. Some programs write bytes after them, which do no harm: they are passed
 * over, with a warning.
 */
async function unpack(data: Uint8Array, size: number, action: string): Promise<Uint8Array> {
  try {
    return await inflate(data, "deflate", { most: size, action });
  } catch (error) {
    const lines = await inflateWithTail(data, size, action);
    if (lines === undefined) throw error;
    console.warn(
      `${action.replace("Cannot read ", "")}: bytes after the image data are passed over`,
    );
    return lines;
  }
}

function readChunks(bytes: Uint8Array, maxPixels: number, action: string): Chunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: Uint8Array[] = [];
  let header: Header | undefined;
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  let orientation = 1;
  let before = "";
  for (let at = PNG_SIGNATURE.length; before !== "IEND";) {
    const { type, data, end } = readChunk(bytes, view, at, action);
    const isLate = parts.length > 0;
    const inOrder = type === "IHDR"
      ? before === ""
      : before !== "" && (type === "IDAT"
        ? !isLate || before === "IDAT"
        : !((type === "PLTE" || type === "tRNS") && isLate));
    if (!inOrder || (type === "PLTE" && palette !== undefined)) {
      throw new SyntaxError(
        `${action}: chunks must come in their order: IHDR first, PLTE and tRNS before IDAT, all ` +
          `IDAT together: found ${excerpt(type)} after ${before || "the signature"}`,
      );
    }
    if (type === "IHDR") header = parseHeader(data, maxPixels, action);
    else if (type === "PLTE") palette = data;
    else if (type === "tRNS") transparency = data;
    else if (type === "eXIf") orientation = exifOrientation(data);
    else if (type === "IDAT") parts.push(data);
    else if (type !== "IEND" && (type.charCodeAt(0) & 0x20) === 0) {
      throw new SyntaxError(
        `${action}: critical chunks must be known: ` +
          `expected IHDR, PLTE, IDAT or IEND, found ${excerpt(type)}`,
      );
    }
    before = type;
    at = end;
  }
  checkPalette(header!, palette, transparency, action);
  return { header: header!, palette, transparency, orientation, data: concatenate(parts) };
}

function readChunk(bytes: Uint8Array, view: DataView, at: number, action: string) {
  const left = bytes.length - at;
  const length = left < 12 ? 0 : view.getUint32(at);
  if (left < 12 + length) {
    throw new SyntaxError(
      `${action}: the file must hold whole chunks, the last of them IEND: ` +
        `expected ${12 + length} bytes at ${at}, found ${left}`,
    );
  }
  const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
  const end = at + 12 + length;
  const [expected, found] = [view.getUint32(end - 4), crc32(bytes.subarray(at + 4, end - 4))];
  if (expected !== found) {
    const show = (value: number) => value.toString(16).padStart(8, "0");
    throw new SyntaxError(
      `${action}: chunk ${excerpt(type)} at ${at} must have the CRC-32 that is declared: ` +
        `expected ${show(expected)}, found ${show(found)}`,
    );
  }
  return { type, data: bytes.subarray(at + 8, end - 4), end };
}

function parseHeader(data: Uint8Array, maxPixels: number, action: string): Header {
  if (data.length !== 13) {
    throw new SyntaxError(
      `${action}: the header must have its length: expected 13 bytes, found ${data.length}`,
    );
  }
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, type, compression, filter, interlace] = data.subarray(8);
  const colour = COLOURS.get(type);
  if (!colour?.depths.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) {
    throw new SyntaxError(
      `${action}: the header must name a kind of image that exists: found colour type ${type} of ` +
        `${depth} bits, compression ${compression}, filter ${filter}, interlace ${interlace}`,
    );
  }
  checkPixels(width, height, maxPixels, action);
  return { width, height, depth, colour, isInterlaced: interlace === 1 };
}

function checkPalette(
  { colour, depth }: Header,
  palette: Uint8Array | undefined,
  transparency: Uint8Array | undefined,
  action: string,
): void {
  const isPalette = colour === COLOURS.get(PALETTE);
  const count = (palette?.length ?? 0) / 3;
  if (isPalette && !(Number.isInteger(count) && count >= 1 && count <= 2 ** depth)) {
    throw new SyntaxError(
      `${action}: the palette must have 1 to ${2 ** depth} colours of 3 bytes: ` +
        `found ${palette?.length ?? 0} bytes`,
    );
  }
  if (transparency === undefined) return;
  const sound = isPalette
    ? transparency.length <= count
    : transparency.length === 2 * colour.samples;
  if (!sound || colour.samples % 2 === 0) {
    throw new SyntaxError(
      `${action}: the transparency must fit the colours: found ${transparency.length} bytes ` +
        `for an image of ${colour.name}`,
    );
  }
}

function passSize(header: Header, pass: Pass): { width: number; height: number } {
  return {
    width: Math.ceil((header.width - pass.x) / pass.stepX),
    height: Math.ceil((header.height - pass.y) / pass.stepY),
  };
}

/** Counts the bytes of a line of `width` pixels. */
function lineBytes({ depth, colour }: Header, width: number): number {
  return Math.ceil(width * colour.samples * depth / 8);
}

function assemble(
  chunks: Chunks,
  passes: readonly Pass[],
  lines: Uint8Array,
  action: string,
): Pixels {
  const { header, orientation } = chunks;
  const { channels, write } = pixelWriter(chunks, action);
  const data = new Uint8Array(header.width * header.height * channels);
  const samples = new Uint16Array(header.width * header.colour.samples);
  const unit = Math.max(1, header.colour.samples * header.depth / 8);
  let at = 0;
  for (const pass of passes) {
    const { width, height } = passSize(header, pass);
    const length = lineBytes(header, width);
    if (width === 0) continue;
    let above = new Uint8Array(length);
    for (let row = 0; row < height; row++) {
      const line = lines.subarray(at + 1, at + 1 + length) as Uint8Array<ArrayBuffer>;
      unfilter(lines[at], line, above, unit, action);
      unpackSamples(line, samples, width * header.colour.samples, header.depth);
      const first = (pass.y + row * pass.stepY) * header.width + pass.x;
      write(samples, width, data, first * channels, pass.stepX * channels);
      above = line;
      at += 1 + length;
    }
  }
  return { width: header.width, height: header.height, channels, data, orientation };
}

/** Undoes the filter of a line in place; `unit` bytes make a pixel. */
function unfilter(
  filter: number,
  line: Uint8Array,
  above: Uint8Array,
  unit: number,
  action: string,
): void {
  const length = line.length;
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = unit; i < length; i++) line[i] += line[i - unit];
      return;
    case 2:
      for (let i = 0; i < length; i++) line[i] += above[i];
      return;
    case 3:
      for (let i = 0; i < length; i++) {
        line[i] += ((i < unit ? 0 : line[i - unit]) + above[i]) >> 1;
      }
      return;
    case 4:
      for (let i = 0; i < length; i++) {
        line[i] += i < unit ? above[i] : paeth(line[i - unit], above[i], above[i - unit]);
      }
      return;
    default:
      throw new SyntaxError(
        `${action}: every line must have a filter that exists: expected 0 to 4, found ${filter}`,
      );
  }
}

function unpackSamples(line: Uint8Array, samples: Uint16Array, count: number, depth: number): void {
  if (depth === 8) {
    for (let i = 0; i < count; i++) samples[i] = line[i];
  } else if (depth === 16) {
    for (let i = 0; i < count; i++) samples[i] = (line[2 * i] << 8) | line[2 * i + 1];
  } else {
    const mask = (1 << depth) - 1;
    for (let i = 0; i < count; i++) {
      const bit = i * depth;
      samples[i] = (line[bit >> 3] >> (8 - depth - (bit & 7))) & mask;
    }
  }
}

/** Writes the pixels of a line, of which samples are given, into the image. */
type WritePixels = (
  samples: Uint16Array,
  width: number,
  data: Uint8Array,
  at: number,
  step: number,
) => void;

/**
 * Makes the function that writes samples as pixels: scaled to 8 bits, looked up in the palette,
 * given an alpha.
 */
function pixelWriter(
  { header, palette, transparency }: Chunks,
  action: string,
): { channels: number; write: WritePixels } {
  const { depth, colour } = header;
  if (palette !== undefined && colour === COLOURS.get(PALETTE)) {
    return paletteWriter(palette, transparency, action);
  }
  const count = colour.samples;
  const scale = 255 / (2 ** depth - 1);
  const isOpaque = transparency === undefined;
  const channels = isOpaque ? count : count + 1;
  const key = Array.from({ length: isOpaque ? 0 : count }, (_, i) => {
    return (transparency![2 * i] << 8) | transparency![2 * i + 1];
  });
  const write: WritePixels = (samples, width, data, at, step) => {
    for (let x = 0, from = 0; x < width; x++, from += count, at += step) {
      let isKey = !isOpaque;
      for (let i = 0; i < count; i++) {
        data[at + i] = Math.round(samples[from + i] * scale);
        if (isKey && samples[from + i] !== key[i]) isKey = false;
      }
      if (!isOpaque) data[at + count] = isKey ? 0 : 255;
    }
  };
  return { channels, write };
}

function paletteWriter(
  palette: Uint8Array,
  transparency: Uint8Array | undefined,
  action: string,
): { channels: number; write: WritePixels } {
  const colours = palette.length / 3;
  const channels = transparency === undefined ? 3 : 4;
  const write: WritePixels = (samples, width, data, at, step) => {
    for (let x = 0; x < width; x++, at += step) {
      const index = samples[x];
      if (index >= colours) {
        throw new SyntaxError(
          `${action}: every pixel must have a colour of the palette: ` +
            `expected 0 to ${colours - 1}, found ${index}`,
        );
      }
      for (let c = 0; c < 3; c++) data[at + c] = palette[3 * index + c];
      if (transparency !== undefined) data[at + 3] = transparency[index] ?? 255;
    }
  };
  return { channels, write };
}
