/**
 * Images as tensors of bytes: files read, PNG files written.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import type { Backend } from "../../backends/kernels.ts";
import { tensor } from "../../core/create.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { encodePng } from "../../formats/png/encoder.ts";
import { type FileInput, type FileOptions, readWhole } from "../../files/source.ts";
import { type Channels, decodeImage } from "./decode.ts";

/** Settings of {@link readImage}. */
export interface ReadImageOptions extends FileOptions {
  /** Channels of the tensor: 1 (grey), 3 (RGB) or 4 (RGBA); as in the file when left out. */
  readonly channels?: Channels;
  /** The most pixels an image may have; 2^26 (67 million) when left out. */
  readonly maxPixels?: number;
  /** Backend of the tensor; the one in use by default. */
  readonly backend?: Backend;
}

const READ_OPTIONS = "name maxBytes# onProgress channels# maxPixels# backend";

/**
 * Reads the image in a PNG, JPEG, GIF, BMP or WebP file as a tensor; in a page also what else the browser
 * knows, AVIF for example.
 *
 * - **Shapes**: `[height, width, channels]`, uint8. Without `channels`: 1 for grey, 2 for grey with
 *   alpha, 3 for RGB and palettes, 4 with alpha. With it, grey is repeated, colours become grey as
 *   `0.299 R + 0.587 G + 0.114 B`, alpha is dropped (not blended) or added as 255.
 *
 * PNG: all colour types, 1 to 16 bits (scaled to 8, rounded), interlaced or not, transparency;
 * colour profiles and gamma are not applied: numbers are those of the file, mostly sRGB. JPEG: baseline
 * and progressive with Huffman codes, of 8 bits; grey, YCbCr, RGB, CMYK; chrominance of half the size is
 * made smooth, as Pillow and browsers do; frames of Motion JPEG without tables. Either is turned upright
 * as its EXIF orientation says. Of an animated PNG, GIF or WebP the first image is read. Bytes after the end marker are not looked at.
 *
 * The size in the header is checked before memory is asked for. JPEG needs the package `jpeg-js`, WebP
 * in Node `@cwasm/webp`; each is loaded with the first such file.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { readImage, writePng } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const red = tensor(Uint8Array.of(255, 0, 0), { shape: [1, 1, 3] });
 * const bytes = await writePng(red); // await writeFile("red.png", bytes)
 * assertEquals((await readImage(bytes)).toArray(), [[[255, 0, 0]]]);
 * assertEquals((await readImage(bytes, { channels: 1 })).toArray(), [[[76]]]);
 * ```
 *
 * @param input the file.
 * @param options `channels`, `maxPixels`, `name` in errors, `maxBytes`, `onProgress`, `backend`.
 * @returns a tensor that no tape knows.
 * @throws {SyntaxError} if the file is of another format, damaged or of a kind that is not read.
 * @throws {RangeError} if the image or the file is too large, or `channels` is none of those.
 * @throws {FileError} if the file cannot be opened.
 */
export async function readImage(
  input: FileInput,
  options: ReadImageOptions = {},
): Promise<Tensor> {
  options = checkOptions("read image", options, READ_OPTIONS);
  const { channels, maxPixels, backend } = options;
  const { bytes, name } = await readWhole(input, "image", options);
  const image = await decodeImage(bytes, name, { channels, maxPixels });
  return tensor(image.data, { shape: [image.height, image.width, image.channels], backend });
}

/**
 * Writes a PNG file of an image.
 *
 * @example
 * ```ts
 * import { zeros } from "@tapegrad/tapegrad";
 * import { readImage, writePng } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = await writePng(zeros([4, 6, 1], { dtype: "uint8" }));
 * assertEquals((await readImage(bytes)).shape, [4, 6, 1]);
 * ```
 *
 * @param image `[height, width, channels]` or, grey, `[height, width]`, uint8; 1 to 4 channels:
 * grey, grey with alpha, RGB, RGBA.
 * @returns the whole file.
 * @throws {ShapeError} if the shape or the dtype is another.
 */
export async function writePng(image: Tensor): Promise<Uint8Array<ArrayBuffer>> {
  const { shape, dtype } = image;
  const [height, width, channels] = shape.length === 2 ? [...shape, 1] : shape;
  const isImage = (shape.length === 2 || shape.length === 3) && channels >= 1 && channels <= 4 &&
    height >= 1 && width >= 1 && dtype === "uint8";
  if (!isImage) {
    throw new ShapeError(
      `Cannot write a PNG file: image must be uint8 [height, width, channels] with pixels and ` +
        `1 to 4 channels: got ${dtype} ${formatShape(shape)}`,
    );
  }
  return await encodePng({ width, height, channels, data: image.dataSync() as Uint8Array });
}
