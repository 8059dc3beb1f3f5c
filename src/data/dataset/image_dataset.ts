/**
 * Datasets of image files: decoded as they are needed, in workers where there are any.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { printable } from "../../core/printable.ts";
import { checkInteger } from "../../core/check_integer.ts";
import { FileError } from "../../core/errors.ts";
import type { Tensor } from "../../core/tensor.ts";
import { fileError, nodeFs, pathOf } from "../../files/node_fs.ts";
import { type FileInput, readWhole } from "../../files/source.ts";
import type { Channels } from "../images/decode.ts";
import { DecodePool } from "../images/decode_pool.ts";
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
  /** Workers that decode; 2 by default, 0 for none. */
  readonly workers?: number;
}

const KNOWN = "size method channels# maxPixels# workers#";

/** An image file and the index of its class. */
export interface LabelledImage {
  /** Bytes, a `Blob` or `File`, a path, a URL. */
  readonly file: FileInput;
  /** The index of its class. */
  readonly label: number;
}

/** Images of a folder, and their classes. */
export interface ImageFolder {
  /** The images with the indices of their classes. */
  readonly dataset: Dataset<{ readonly x: Tensor; readonly y: Tensor }>;
  /** Names of the classes, by their index. */
  readonly classes: readonly string[];
}

const ACTION = "make dataset";

/**
 * Makes a dataset of PNG and JPEG files with their classes: `x` uint8 `[N, H, W, C]`, `y` int32
 * `[N]`.
 *
 * Files are read and decoded when a batch needs them; with `prefetch`, while the model works. The
 * results do not depend on the number of workers.
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
 * @returns a dataset; a file that cannot be read is an error of the batch that it is in.
 * @throws {RangeError} if a size or the number of workers is no such integer.
 */
export function imageDataset(
  images: readonly LabelledImage[],
  options: ImageOptions = {},
): Dataset<{ readonly x: Tensor; readonly y: Tensor }> {
  options = checkOptions(ACTION, options, KNOWN);
  const { size, workers = 2 } = options;
  for (const side of size ?? []) checkInteger(ACTION, "size", side, 1);
  checkInteger(ACTION, "workers", workers, 0);
  const source: ExampleSource = {
    size: images.length,
    anyOrder: true,
    fixedOrder: true,
    open: () => new ImageReader(images, options),
  };
  return new Dataset(source);
}

/**
 * Makes a dataset of a folder of images: each folder in it is a class, and holds PNG and JPEG
 * files, in folders of its own too. Files with other endings, and names that begin with a dot, are
 * passed over.
 *
 * Classes are numbered by their names in the order of code units, and files come in the order of
 * their paths, whatever the file system says. Needs a file system (in Deno, `--allow-read`).
 *
 * @example
 * ```ts
 * import { FileError, imageFolder } from "@tapegrad/tapegrad/data";
 * import { assertRejects } from "@std/assert";
 *
 * // photos/cat/1.jpg, photos/cat/2.jpg, photos/dog/1.png: two classes, ["cat", "dog"]
 * async function open(folder: string) {
 *   const { dataset, classes } = await imageFolder(folder, { size: [64, 64] });
 *   const { train, validation } = await dataset.split({ validation: 0.2, stratify: "y" });
 *   const batches = train.shuffle(0).augment({ flip: "horizontal" }).normalize().batch(32);
 *   return { batches: batches.prefetch(), validation: validation.normalize().batch(128), classes };
 * }
 * await assertRejects(() => open("no-such-photos"), FileError, "Cannot");
 * ```
 *
 * @param path of the folder; or a `file:` URL.
 * @param options `size`, `method`, `channels`, `maxPixels`, `workers`.
 * @returns the dataset, and the names of the classes.
 * @throws {FileError} if a folder cannot be read.
 * @throws {RangeError} if there are no images in it.
 */
export async function imageFolder(
  path: string | URL,
  options: ImageOptions = {},
): Promise<ImageFolder> {
  options = checkOptions(ACTION, options, KNOWN);
  const root = pathOf(path);
  const { folders: classes } = await list(root);
  const images: LabelledImage[] = [];
  for (const [label, name] of classes.entries()) {
    for await (const file of imagesIn(`${root}/${name}`)) images.push({ file, label });
  }
  if (images.length === 0) {
    throw new RangeError(
      `Cannot ${ACTION}: the folder must hold folders with .png, .jpg or .jpeg files: ` +
        `there are none in the ${classes.length} folders of ${printable(root)}`,
    );
  }
  return { dataset: imageDataset(images, options), classes };
}

async function* imagesIn(folder: string): AsyncGenerator<string> {
  const { files, folders } = await list(folder);
  for (const file of files) if (/\.(png|jpe?g)$/i.test(file)) yield `${folder}/${file}`;
  for (const inner of folders) yield* imagesIn(`${folder}/${inner}`);
}

/** Lists the contents of a folder, sorted, without hidden names. */
async function list(folder: string): Promise<{ files: string[]; folders: string[] }> {
  const action = `Cannot read ${printable(folder)}`;
  const fs = nodeFs();
  if (fs === undefined) {
    throw new FileError(`${action}: there must be a file system: a browser has none`);
  }
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch((error) => {
    throw fileError(action, error);
  });
  const shown = entries.filter(({ name }) => !name.startsWith("."));
  const names = (some: typeof shown) => some.map(({ name }) => name).sort();
  return {
    files: names(shown.filter((entry) => entry.isFile())),
    folders: names(shown.filter((entry) => entry.isDirectory())),
  };
}

/** Reads and decodes images; its workers start with the first one. */
class ImageReader implements Reader {
  readonly #images: readonly LabelledImage[];
  readonly #options: ImageOptions;
  #pool: DecodePool | undefined;

  constructor(images: readonly LabelledImage[], options: ImageOptions) {
    this.#images = images;
    this.#options = options;
  }

  async read(positions: Int32Array, names?: readonly string[]): ReturnType<Reader["read"]> {
    const data = positions.map((position) => this.#images[position].label);
    const y = { shape: [positions.length], dtype: "int32", data } as const;
    if (names !== undefined && !names.includes("x")) return { indices: positions, fields: { y } };
    const examples = await Promise.all(Array.from(positions, (i) => this.#image(i)));
    const { x = this.#noImages() } = stack("read dataset", examples, positions);
    return { indices: positions, fields: { x, y } };
  }

  async close(): Promise<void> {
    await this.#pool?.close();
    this.#pool = undefined;
  }

  async #image(position: number): Promise<Fields> {
    const { channels = 3, maxPixels, size, method = "area", workers = 2 } = this.#options;
    const { bytes, name } = await readWhole(this.#images[position].file, "image");
    this.#pool ??= new DecodePool(workers);
    const image = await this.#pool.decode(bytes, name, { channels, maxPixels });
    const { data } = image;
    const x = { shape: [image.height, image.width, channels], dtype: "uint8", data } as const;
    if (size === undefined) return { x };
    return { x: { ...x, shape: [...size, channels], data: resizeArray(x, size, method) } };
  }

  #noImages() {
    const { size = [0, 0], channels = 3 } = this.#options;
    return { shape: [0, ...size, channels], dtype: "uint8", data: new Uint8Array() } as const;
  }
}
