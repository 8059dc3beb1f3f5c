/**
 * Datasets of image files: decoded as they are needed, in workers where these are wanted.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { checkInteger } from "../../core/check_integer.ts";
import type { Tensor } from "../../core/tensor.ts";
import { type FileInput, readWhole } from "../../files/source.ts";
import type { Channels } from "../images/decode.ts";
import { DecodePool } from "../images/decode_pool.ts";
import { type Fate, runAll, Slots } from "../images/slots.ts";
import { resizeArray, type ResizeMethod } from "../images/resize.ts";
import { Dataset } from "./dataset.ts";
import { stack } from "./host_arrays.ts";
import type { ExampleSource, Fields, Reader } from "./source.ts";

/** Options of reading images. */
export interface ImageOptions {
  /** Height and width that all are resized to; as they are, all alike, when left out. */
  readonly size?: readonly [height: number, width: number];
  /** Method of resizing; `"area"` by default. */
  readonly method?: ResizeMethod;
  /** 1 (grey), 3 (RGB, the default) or 4 (RGBA). */
  readonly channels?: Channels;
  /** The most pixels an image may have; 2^26 (67 million) by default. */
  readonly maxPixels?: number;
  /**
   * Workers that decode beside the main thread's work; 0, the default, for none: they help where
   * there are cores that training leaves idle, and large files.
   */
  readonly workers?: number;
}

/** Names of {@link ImageOptions}. */
export const IMAGE_OPTIONS = "size method channels# maxPixels# workers#";

/** An image file and the index of its class. */
export interface LabelledImage {
  /** Bytes, a `Blob` or `File`, a path, a URL. */
  readonly file: FileInput;
  /** The index of its class. */
  readonly label: number;
}

const ACTION = "make dataset";

/**
 * Makes a dataset of image files with their classes: `x` uint8 `[N, H, W, C]`, `y` int32
 * `[N]`.
 *
 * Files are read and decoded when a batch needs them, 16 at a time; with `prefetch`, while the model
 * works. The results do not depend on the number of workers.
 *
 * @example
 * ```ts
 * import { zeros } from "@tapegrad/tapegrad";
 * import { imageDataset, writePng } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const file = await writePng(zeros([4, 6, 3], { dtype: "uint8" })); // or a path, a Blob, a URL
 * const dataset = imageDataset([{ file, label: 1 }], { size: [2, 2], workers: 0 });
 * for await (const { x, y } of dataset.batch(1).batches()) {
 *   assertEquals([x.shape, y.toArray()], [[1, 2, 2, 3], [1]]);
 * }
 * ```
 *
 * @param images files and labels.
 * @param options `size`, `method`, `channels`, `maxPixels`, `workers`.
 * @returns a dataset; a file that cannot be read is an error of the batch that it is in, and nothing
 * is read any more once it is thrown.
 * @throws {RangeError} if a size or the number of workers is no such integer.
 */
export function imageDataset(
  images: readonly LabelledImage[],
  options: ImageOptions = {},
): Dataset<{ readonly x: Tensor; readonly y: Tensor }> {
  options = checkOptions(ACTION, options, IMAGE_OPTIONS);
  checkImageOptions(options);
  const decoder = new ImageDecoder(options);
  const source: ExampleSource = {
    size: images.length,
    anyOrder: true,
    fixedOrder: true,
    open: () => new ImageReader(images, decoder),
  };
  return new Dataset(source);
}

/** Throws unless the values of options can be used. */
export function checkImageOptions({ size, workers = 0 }: ImageOptions): void {
  for (const side of size ?? []) checkInteger(ACTION, "size", side, 1);
  checkInteger(ACTION, "workers", workers, 0);
}

/**
 * Most images that are read or decoded at a time, of all datasets: a batch of many, and batches that
 * are read ahead, would open more files than systems allow.
 */
const MOST_AT_A_TIME = 16;
const slots = new Slots(MOST_AT_A_TIME);

/** Ends the workers of datasets that nobody uses any more. */
const abandoned = new FinalizationRegistry<DecodePool>((pool) => void pool.close());

/** Reads and decodes images, with workers that start with the first one and go on over passes. */
export class ImageDecoder {
  readonly #options: ImageOptions;
  #pool: DecodePool | undefined;

  /** Keeps the options, which must have been checked. */
  constructor(options: ImageOptions) {
    this.#options = options;
  }

  /** Reads all images of a list; none is open once it is there, or has failed. */
  readAll(files: readonly FileInput[], fate: Fate): Promise<Fields[]> {
    return runAll(slots, files, (file) => this.#decode(file), fate);
  }

  /** Finds out which files cannot be read; their errors are those of reading. */
  async errorsOf(files: readonly FileInput[]): Promise<(Error | undefined)[]> {
    return await runAll(slots, files, async (file) => {
      try {
        await this.#decode(file);
        return undefined;
      } catch (error) {
        return error as Error;
      }
    });
  }

  async #decode(file: FileInput): Promise<Fields> {
    const { channels = 3, maxPixels, size, method = "area" } = this.#options;
    const { bytes, name } = await readWhole(file, "image");
    const image = await this.#workers().decode(bytes, name, { channels, maxPixels });
    const { data } = image;
    const x = { shape: [image.height, image.width, channels], dtype: "uint8", data } as const;
    if (size === undefined) return { x };
    return { x: { ...x, shape: [...size, channels], data: resizeArray(x, size, method) } };
  }

  #workers(): DecodePool {
    if (this.#pool === undefined) {
      this.#pool = new DecodePool(this.#options.workers ?? 0);
      abandoned.register(this, this.#pool);
    }
    return this.#pool;
  }

  /** Returns a batch without images. */
  noImages(): Fields[string] {
    const { size = [0, 0], channels = 3 } = this.#options;
    return { shape: [0, ...size, channels], dtype: "uint8", data: new Uint8Array() };
  }
}

class ImageReader implements Reader {
  readonly #images: readonly LabelledImage[];
  readonly #decoder: ImageDecoder;
  readonly #fate: Fate = { hasFailed: false };

  constructor(images: readonly LabelledImage[], decoder: ImageDecoder) {
    this.#images = images;
    this.#decoder = decoder;
  }

  async read(positions: Int32Array, names?: readonly string[]): ReturnType<Reader["read"]> {
    const data = positions.map((position) => this.#images[position].label);
    const y = { shape: [positions.length], dtype: "int32", data } as const;
    if (names !== undefined && !names.includes("x")) return { indices: positions, fields: { y } };
    const files = Array.from(positions, (position) => this.#images[position].file);
    const examples = await this.#decoder.readAll(files, this.#fate);
    const { x = this.#decoder.noImages() } = stack("read dataset", examples, positions);
    return { indices: positions, fields: { x, y } };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
