/**
 * The bytes of an image file to pixels, upright, with the channels that are wanted. It knows no
 * tensor, so that a worker loads little more than the decoders.
 *
 * @module
 */
import { BMP_SIGNATURE, decodeBmp } from "../../formats/bmp/decoder.ts";
import { decodeGif, GIF_SIGNATURE } from "../../formats/gif/decoder.ts";
import { canDecodeHere, decodeHere } from "../../formats/platform_image.ts";
import { decodeWebp, isWebp } from "../../formats/webp/decoder.ts";
import { PNG_SIGNATURE } from "../../formats/png/format.ts";
import { decodeJpeg } from "../../formats/jpeg/decoder.ts";
import { turnUpright } from "../../formats/jpeg/orientation.ts";
import type { Pixels } from "../../formats/pixels.ts";
import { decodePng } from "../../formats/png/decoder.ts";

/** Address of this module: for workers, which import it. */
export const MODULE_URL: string = import.meta.url;

/** Grey, RGB or RGBA. */
export type Channels = 1 | 3 | 4;

/** Options of decoding an image. */
export interface DecodeOptions {
  /** Number of channels; that of the file when left out. */
  readonly channels?: Channels;
  /** The most pixels an image may have; 2^26 (67 million) when left out. */
  readonly maxPixels?: number;
}

const DEFAULT_MAX_PIXELS = 2 ** 26;
const JPEG_SIGNATURE = [0xff, 0xd8, 0xff];

/** Decodes an image file; `name` is that of the file in errors. */
export async function decodeImage(
  bytes: Uint8Array,
  name: string,
  { channels, maxPixels = DEFAULT_MAX_PIXELS }: DecodeOptions,
): Promise<Pixels> {
  const action = `Cannot read ${name}`;
  if (channels !== undefined && ![1, 3, 4].includes(channels)) {
    throw new RangeError(`${action}: channels must be 1, 3 or 4: got ${String(channels)}`);
  }
  if (!(maxPixels >= 0)) {
    throw new RangeError(`${action}: maxPixels must be a number of at least 0: got ${maxPixels}`);
  }
  const decode = decoderOf(bytes);
  const upright = turnUpright(await decode(bytes, maxPixels, action));
  return channels === undefined ? upright : withChannels(upright, channels);
}

type Decoder = (bytes: Uint8Array, maxPixels: number, action: string) => Promise<Pixels>;

/** Finds the decoder by the first bytes, whatever the name of the file. */
function decoderOf(bytes: Uint8Array): Decoder {
  const begins = (signature: readonly number[]) => signature.every((byte, i) => bytes[i] === byte);
  if (begins(PNG_SIGNATURE)) return decodePng;
  if (begins(JPEG_SIGNATURE)) return decodeJpeg;
  if (begins(GIF_SIGNATURE)) return decodeGif;
  if (begins(BMP_SIGNATURE)) return decodeBmp;
  if (isWebp(bytes)) return decodeWebp;
  return decodeOther;
}

/** Decodes what the platform knows beside that: AVIF in most pages. */
async function decodeOther(bytes: Uint8Array, maxPixels: number, action: string): Promise<Pixels> {
  try {
    if (canDecodeHere()) return await decodeHere(bytes, maxPixels, action);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error; // too large
  }
  const found = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  throw new SyntaxError(
    `${action}: an image must be PNG, JPEG, GIF, BMP or WebP, by its first bytes: ` +
      `found ${found.join(" ") || "an empty file"}`,
  );
}

function withChannels(image: Pixels, channels: number): Pixels {
  const { width, height, channels: own, data } = image;
  if (own === channels) return image;
  const converted = new Uint8Array(width * height * channels);
  const isGrey = own < 3;
  for (let from = 0, to = 0; from < data.length; from += own, to += channels) {
    const red = data[from];
    const green = isGrey ? red : data[from + 1];
    const blue = isGrey ? red : data[from + 2];
    if (channels === 1) {
      converted[to] = isGrey ? red : Math.round((299 * red + 587 * green + 114 * blue) / 1000);
      continue;
    }
    converted[to] = red;
    converted[to + 1] = green;
    converted[to + 2] = blue;
    if (channels === 4) converted[to + 3] = own % 2 === 0 ? data[from + own - 1] : 255;
  }
  return { ...image, channels, data: converted };
}
