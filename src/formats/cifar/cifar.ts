/**
 * The binary files of CIFAR-10 and CIFAR-100: images with their labels.
 *
 * - **Source**: Alex Krizhevsky, "The CIFAR-10 dataset", "binary version":
 *   https://www.cs.toronto.edu/~kriz/cifar.html.
 *
 * @module
 */
import type { Backend } from "../../backends/kernels.ts";
import { tensor } from "../../core/create.ts";
import { checkOptions } from "../../core/options.ts";
import type { Tensor } from "../../core/tensor.ts";
import { type FileInput, type FileOptions, readWhole } from "../../files/source.ts";
import { checkKind, inMemory } from "../identify/identify.ts";

/** Settings of {@link readCifar}. */
export interface ReadCifarOptions extends FileOptions {
  /** Number of classes, 10 or 100; by default what the size of the file says. */
  readonly classes?: 10 | 100;
  /** Backend of the tensors; the one in use by default. */
  readonly backend?: Backend;
}

/** Images with their labels. */
export interface CifarImages {
  /** Images, uint8 `[N, 32, 32, 3]`. */
  readonly x: Tensor;
  /** Classes, uint8 `[N]`: 0 to 9, or 0 to 99. */
  readonly y: Tensor;
  /** Groups of classes of CIFAR-100, uint8 `[N]`: 0 to 19; null for CIFAR-10. */
  readonly coarse: Tensor | null;
}

const KNOWN = "name maxBytes# onProgress classes# backend";
const SIZE = 32;
const PLANE = SIZE * SIZE;
const CHANNELS = 3;
const IMAGE = CHANNELS * PLANE;
/** Largest labels before an image: of CIFAR-10, of CIFAR-100. */
const LABELS: Readonly<Record<10 | 100, readonly number[]>> = { 10: [9], 100: [19, 99] };

/**
 * Reads a file of CIFAR-10 (`data_batch_1.bin`, `test_batch.bin`) or CIFAR-100 (`train.bin`,
 * `test.bin`), of the version for C programs: images with channels last, and their labels.
 *
 * - **Shapes**: x `[N, 32, 32, 3]`, y `[N]`, coarse `[N]`.
 * - **Edge cases**: a file that fits both, by its size and labels, is one of 10 classes unless
 *   `classes` says otherwise.
 *
 * @example
 * ```ts
 * import { arrayDataset, readCifar } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const file = new Uint8Array(2 * 3073); // "data_batch_1.bin"
 * file.set([6, 255], 0); // a label, then the red of the first pixel
 * const { x, y } = await readCifar(file);
 * assertEquals([x.shape, y.toArray()], [[2, 32, 32, 3], [6, 0]]);
 * const dataset = arrayDataset({ x, y }).map(({ x, y }) => ({ x, y })); // to scale, shuffle, batch
 * assertEquals(dataset.size, 2);
 * ```
 *
 * @param input the file.
 * @param options `classes`, `name` in errors, `maxBytes`, `onProgress`, `backend`.
 * @returns images and labels, tensors that no tape knows.
 * @throws {SyntaxError} if the file has no whole images, or labels that are none.
 * @throws {RangeError} if the file is too large.
 * @throws {FileError} if the file cannot be opened.
 */
export async function readCifar(
  input: FileInput,
  options: ReadCifarOptions = {},
): Promise<CifarImages> {
  options = checkOptions("read CIFAR images", options, KNOWN);
  const { classes, backend } = options;
  const { bytes, name } = await readWhole(input, "CIFAR", options);
  const action = `Cannot read ${name}`;
  await checkKind(inMemory(bytes), ["cifar10", "cifar100"], action);
  const kinds = classes === undefined ? [10, 100] as const : [classes];
  const faults = kinds.map((kind) => faultOf(bytes, LABELS[kind]));
  const found = faults.indexOf(undefined);
  if (found < 0) {
    throw new SyntaxError(
      `${action}: it must be whole images of CIFAR after their labels: expected records of ` +
        `${kinds.map((kind) => IMAGE + LABELS[kind].length).join(" or ")} bytes, found ${
          faults[0]
        }`,
    );
  }
  const labels = LABELS[kinds[found]].length;
  const count = bytes.length / (IMAGE + labels);
  const x = new Uint8Array(count * IMAGE);
  const own = Array.from({ length: labels }, () => new Uint8Array(count));
  for (let i = 0, at = 0; i < count; i++) {
    for (const label of own) label[i] = bytes[at++];
    for (let channel = 0; channel < CHANNELS; channel++) {
      for (let pixel = 0; pixel < PLANE; pixel++) {
        x[i * IMAGE + pixel * CHANNELS + channel] = bytes[at++];
      }
    }
  }
  return {
    x: tensor(x, { shape: [count, SIZE, SIZE, CHANNELS], backend }),
    y: tensor(own[labels - 1], { backend }),
    coarse: labels === 1 ? null : tensor(own[0], { backend }),
  };
}

/** Finds why bytes are no images after labels up to these; undefined where they are. */
function faultOf(bytes: Uint8Array, labels: readonly number[]): string | undefined {
  const stride = IMAGE + labels.length;
  if (bytes.length === 0 || bytes.length % stride !== 0) return `${bytes.length} bytes`;
  for (let at = 0; at < bytes.length; at += stride) {
    const wrong = labels.findIndex((most, i) => bytes[at + i] > most);
    if (wrong >= 0) return `the label ${bytes[at + wrong]} of image ${at / stride}`;
  }
  return undefined;
}
