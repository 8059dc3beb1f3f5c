/**
 * Bytes of pixels to PNG files: 8 bits a channel, not interlaced, every line with the filter that
 * makes its bytes smallest. Compressed by the web platform, or at once for images inside an SVG.
 *
 * - **Source**: "Portable Network Graphics (PNG) Specification (Third Edition)", W3C; the choice of
 *   the filter is the one of its section 12.7.
 *
 * @module
 */
import { crc32 } from "../../files/crc32.ts";
import { deflateSync } from "../../compression/deflate_sync.ts";
import { deflate } from "../../files/compression_streams.ts";
import { paeth, PNG_SIGNATURE } from "./format.ts";
import { concatenate } from "../../files/source.ts";

/** The number of the colour type, by channels. */
const COLOUR_TYPES = [NaN, 0, 4, 2, 6];
const PALETTE_TYPE = 3;
const FILTERS = 5;

/** Size, channels and pixels of a file to write. */
export interface PngPixels {
  readonly width: number;
  readonly height: number;
  /** 1 (grey, or places in the palette), 2 (grey, alpha), 3 (RGB) or 4 (RGBA). */
  readonly channels: number;
  /** Row by row, a pixel's channels together. */
  readonly data: Uint8Array;
  /** Red, green, blue of up to 256 colours, for pixels of 1 channel that are places in it. */
  readonly palette?: Uint8Array;
  /** The place in the palette that is transparent: the background shows. */
  readonly transparent?: number;
}

/** Encodes a whole PNG file. */
export async function encodePng(pixels: PngPixels): Promise<Uint8Array<ArrayBuffer>> {
  return fileOf(pixels, await deflate(filterLines(pixels), "deflate"));
}

/** Encodes a whole PNG file, at once: for images that are small. */
export function encodePngSync(pixels: PngPixels): Uint8Array<ArrayBuffer> {
  return fileOf(pixels, deflateSync(filterLines(pixels)));
}

function fileOf(
  { width, height, channels, palette, transparent }: PngPixels,
  compressed: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, palette === undefined ? COLOUR_TYPES[channels] : PALETTE_TYPE], 8);
  return concatenate([
    Uint8Array.from(PNG_SIGNATURE),
    chunk("IHDR", header),
    ...(palette === undefined ? [] : [chunk("PLTE", palette)]),
    ...(transparent === undefined ? [] : [chunk("tRNS", opaqueBut(transparent))]),
    chunk("IDAT", compressed),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** Makes the opacities of the colours of a palette, up to the one that has none. */
function opaqueBut(transparent: number): Uint8Array {
  const opacities = new Uint8Array(transparent + 1).fill(255);
  opacities[transparent] = 0;
  return opacities;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function filterLines({ width, height, channels: unit, data }: PngPixels): Uint8Array<ArrayBuffer> {
  const length = width * unit;
  const lines = new Uint8Array(height * (1 + length));
  const tried = new Uint8Array(length);
  for (let row = 0; row < height; row++) {
    const line = data.subarray(row * length, (row + 1) * length);
    const above = row === 0
      ? new Uint8Array(length)
      : data.subarray((row - 1) * length, row * length);
    const to = row * (1 + length);
    let least = Infinity;
    for (let filter = 0; filter < FILTERS; filter++) {
      const cost = filterLine(filter, line, above, unit, tried);
      if (cost >= least) continue;
      least = cost;
      lines[to] = filter;
      lines.set(tried, to + 1);
    }
  }
  return lines;
}

/** Filters a line; returns the sum of its bytes, taken as signed, without their signs. */
function filterLine(
  filter: number,
  line: Uint8Array,
  above: Uint8Array,
  unit: number,
  filtered: Uint8Array,
): number {
  let cost = 0;
  for (let i = 0; i < line.length; i++) {
    const left = i < unit ? 0 : line[i - unit];
    const value = line[i] - predict(filter, left, above[i], i < unit ? 0 : above[i - unit]);
    filtered[i] = value;
    cost += Math.abs((value << 24) >> 24);
  }
  return cost;
}

function predict(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4:
      return paeth(left, above, corner);
    default:
      return 0;
  }
}
