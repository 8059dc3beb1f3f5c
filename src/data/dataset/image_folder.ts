/**
 * Datasets of folders of image files: classes by folders, or by a table of labels.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { printable } from "../../core/printable.ts";
import { FileError } from "../../core/errors.ts";
import { formatValue } from "../../core/format_value.ts";
import type { Tensor } from "../../core/tensor.ts";
import { fileError, nodeFs, pathOf } from "../../files/node_fs.ts";
import type { FileInput } from "../../files/source.ts";
import { readLabels } from "../images/labels_csv.ts";
import type { Dataset } from "./dataset.ts";
import {
  checkImageOptions,
  IMAGE_OPTIONS,
  imageDataset,
  ImageDecoder,
  type ImageOptions,
  type LabelledImage,
} from "./image_dataset.ts";

/** Options of {@link imageFolder}. */
export interface ImageFolderOptions extends ImageOptions {
  /**
   * Names of the classes, in their order: those of another folder, say. Then a class may have no
   * image here. By default all that there are, each of which must have one.
   */
  readonly classes?: readonly string[];
  /**
   * `"throw"`, the default: a file that cannot be read is an error of the batch that it is in.
   * `"skip"`: all files are decoded once, when the folder is opened, and those that cannot be are left
   * out, and listed.
   */
  readonly onError?: "throw" | "skip";
  /**
   * A CSV file (in any of its forms) with a line of names, then a line a file: its path in the folder
   * (with or without its ending) and its class. Then folders are no classes.
   */
  readonly labels?: FileInput;
  /** Names of the columns of `labels`; the first two by default. */
  readonly labelColumns?: readonly [path: string, label: string];
}

const KNOWN = `${IMAGE_OPTIONS} classes onError labels labelColumns` as const;

/** An image file that was left out. */
export interface SkippedImage {
  /** Its path. */
  readonly file: string;
  /** The error of reading it, which names it, too. */
  readonly error: Error;
}

/** Images of a folder, and their classes. */
export interface ImageFolder {
  /** The images with the indices of their classes. */
  readonly dataset: Dataset<{ readonly x: Tensor; readonly y: Tensor }>;
  /** Names of the classes, by their index. */
  readonly classes: readonly string[];
  /** Number of images of each class. */
  readonly counts: readonly number[];
  /** Files that were left out, with `onError: "skip"`. */
  readonly skipped: readonly SkippedImage[];
}

const ACTION = "make dataset";

/** An image file, and the name of its class. */
interface Found {
  readonly file: string;
  readonly name: string;
}

/**
 * Makes a dataset of a folder of images: each folder in it is a class, and holds PNG, JPEG,
 * GIF, BMP and WebP files, in folders of its own too. Files with other endings, and names that begin with a dot, are
 * passed over. Or a table says the class of each file (`labels`), wherever it is in the folder.
 *
 * Classes are numbered by their names in the order of code units (numbers by their value), and files
 * come in the order of their paths, or of the table. Needs a file system (in Deno, `--allow-read`).
 *
 * @example
 * ```ts
 * import { FileError, imageFolder } from "@tapegrad/tapegrad/data";
 * import { assertRejects } from "@std/assert";
 *
 * // photos/cat/1.jpg, photos/cat/2.jpg, photos/dog/1.png: two classes, ["cat", "dog"]
 * async function open(folder: string) {
 *   const options = { size: [64, 64], onError: "skip" } as const;
 *   const { dataset, classes, counts, skipped } = await imageFolder(folder, options);
 *   for (const { error } of skipped) console.warn(error.message);
 *   const { train, validation } = await dataset.split({ validation: 0.2, stratify: "y" });
 *   const batches = train.shuffle(0).augment({ flip: "horizontal" }).normalize().batch(32);
 *   return { batches: batches.prefetch(), validation: validation.normalize().batch(128), classes, counts };
 * }
 * await assertRejects(() => open("no-such-photos"), FileError, "Cannot");
 * ```
 *
 * @param path of the folder; or a `file:` URL.
 * @param options `classes`, `onError`, `labels`, `labelColumns`; `size`, `method`, `channels`,
 * `maxPixels`, `workers`.
 * @returns the dataset, the names of the classes, the number of images of each, what was skipped.
 * @throws {FileError} if a folder or the table cannot be read.
 * @throws {RangeError} if there are no images in it, a class has none (all are named), the table
 * names a file that is not there, or an option is none of those.
 * @throws {SyntaxError} if the table is no CSV file.
 */
export async function imageFolder(
  path: string | URL,
  options: ImageFolderOptions = {},
): Promise<ImageFolder> {
  options = checkOptions(ACTION, options, KNOWN);
  const { classes: given, onError = "throw", labels, labelColumns, ...ofImages } = options;
  checkImageOptions(ofImages);
  if (onError !== "throw" && onError !== "skip") {
    throw new RangeError(
      `Cannot ${ACTION}: onError must be "throw" or "skip": got ${formatValue(onError)}`,
    );
  }
  const root = pathOf(path);
  const found = labels === undefined
    ? await inFolders(root)
    : await inTable(root, labels, labelColumns, onError);
  const classes = given ?? found.classes;
  checkKnown(found.classes, classes);
  const unread = onError === "skip" ? await errorsOf(found.images, ofImages) : [];
  const skipped = [...found.skipped, ...unread];
  const out = new Set(unread.map(({ file }) => file));
  const images = found.images.filter(({ file }) => !out.has(file));
  checkImages(root, found.classes, images, skipped);
  const counts = classes.map(() => 0);
  const labelled = images.map(({ file, name }): LabelledImage => {
    const label = classes.indexOf(name);
    counts[label]++;
    return { file, label };
  });
  if (given === undefined) checkNoneEmpty(classes, counts, found.images, skipped);
  return { dataset: imageDataset(labelled, ofImages), classes, counts, skipped };
}

/** Images, all classes there are, and lines of a table that name no image. */
interface Listing {
  readonly images: readonly Found[];
  readonly classes: readonly string[];
  readonly skipped: readonly SkippedImage[];
}

async function inFolders(root: string): Promise<Listing> {
  const { folders: classes } = await list(root);
  const images: Found[] = [];
  for (const name of classes) {
    for await (const file of imagesIn(`${root}/${name}`)) images.push({ file, name });
  }
  return { images, classes, skipped: [] };
}

async function inTable(
  root: string,
  labels: FileInput,
  columns: readonly [string, string] | undefined,
  onError: "throw" | "skip",
): Promise<Listing> {
  const { action, rows } = await readLabels(labels, columns);
  const files = new Map<string, string>();
  for await (const file of imagesIn(root)) {
    const own = file.slice(root.length + 1);
    files.set(own, file);
    const stem = own.replace(ENDINGS, "");
    if (!files.has(stem)) files.set(stem, file);
  }
  const images: Found[] = [];
  const skipped: SkippedImage[] = [];
  for (const { path, label, line } of rows) {
    const own = path.replaceAll("\\", "/").replace(/^(\.\/)+/, "");
    const file = files.get(own);
    if (file !== undefined) {
      images.push({ file, name: label });
      continue;
    }
    const error = new RangeError(
      `${action}: line ${line}: there must be such an image in ${printable(root)}: ` +
        `got ${printable(path)}`,
    );
    if (onError === "throw") throw error;
    skipped.push({ file: `${root}/${own}`, error });
  }
  return { images, classes: [...new Set(rows.map(({ label }) => label))].sort(inOrder), skipped };
}

/** Compares names, numbers by their value. */
function inOrder(a: string, b: string): number {
  const isNumeric = /^\d+$/.test(a) && /^\d+$/.test(b);
  if (isNumeric && Number(a) !== Number(b)) return Number(a) - Number(b);
  return a < b ? -1 : Number(a > b);
}

async function errorsOf(images: readonly Found[], options: ImageOptions): Promise<SkippedImage[]> {
  const files = images.map(({ file }) => file);
  const errors = await new ImageDecoder(options).errorsOf(files);
  return files.flatMap((file, i) => {
    const error = errors[i];
    return error === undefined ? [] : [{ file, error }];
  });
}

function checkKnown(found: readonly string[], classes: readonly string[]): void {
  const others = found.filter((name) => !classes.includes(name));
  if (others.length === 0) return;
  throw new RangeError(
    `Cannot ${ACTION}: classes must have all that there are: got ${namesOf(classes)}, there are ` +
      `also ${namesOf(others)}`,
  );
}

function checkImages(
  root: string,
  classes: readonly string[],
  images: readonly Found[],
  skipped: readonly SkippedImage[],
): void {
  if (images.length > 0) return;
  throw new RangeError(
    skipped.length > 0
      ? `Cannot ${ACTION}: there must be an image that can be read in ${
        printable(root)
      }: there is ` +
        `none of ${skipped.length}: ${skipped[0].error.message}`
      : `Cannot ${ACTION}: the folder must hold folders with .png, .jpg, .gif, .bmp or .webp files: ` +
        `there are none in the ${classes.length} folders of ${printable(root)}`,
  );
}

function checkNoneEmpty(
  classes: readonly string[],
  counts: readonly number[],
  found: readonly Found[],
  skipped: readonly SkippedImage[],
): void {
  const empty = classes.filter((_, label) => counts[label] === 0);
  if (empty.length === 0) return;
  const reasons = new Map(skipped.map(({ file, error }) => [file, error]));
  const reason = found.flatMap(({ file, name }) =>
    empty.includes(name) ? [reasons.get(file)?.message ?? ""] : []
  ).at(0);
  throw new RangeError(
    `Cannot ${ACTION}: each class must have an image that can be read, or classes must be given: ` +
      `there is none in ${namesOf(empty)}${reason === undefined ? "" : `: ${reason}`}`,
  );
}

/** Most names that an error has. */
const MOST_NAMES = 10;

function namesOf(names: readonly string[]): string {
  const some = names.slice(0, MOST_NAMES).map(printable).join(", ");
  return names.length > MOST_NAMES ? `${some} and ${names.length - MOST_NAMES} more` : some;
}

/** Endings of the files that are taken for images. */
const ENDINGS = /\.(png|jpe?g|gif|bmp|webp)$/i;

async function* imagesIn(folder: string): AsyncGenerator<string> {
  const { files, folders } = await list(folder);
  for (const file of files) if (ENDINGS.test(file)) yield `${folder}/${file}`;
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
