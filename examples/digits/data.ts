/**
 * Images of ten classes in the form of MNIST: from idx files, from `mnist.npz`, or drawn.
 *
 * @module
 */
import { type HostArray, readIdx, readNpz } from "@tapegrad/tapegrad/data";
import { namesIn, parsed } from "../shared/files.ts";
import { type Arrays, type Labelled, labelledSets } from "../shared/labelled.ts";
import { UsageError } from "../shared/usage_error.ts";
import { drawDigits } from "./drawn.ts";

/** Images to train on and images to test with. */
export interface DigitsData {
  readonly train: Labelled;
  readonly test: Labelled;
  /** Number of classes. */
  readonly classes: number;
  /** Origin of the digits, for people. */
  readonly source: string;
}

/** Numbers of digits that are drawn to train on and to test with, where there are no real ones. */
const DRAWN = { train: 4000, test: 1000 };

/**
 * Loads data from a folder of idx files or an `.npz` file; draws them from the seed where there is
 * none.
 */
export async function loadDigits(path: string | undefined, seed: number): Promise<DigitsData> {
  if (path === undefined) return drawn(seed);
  const arrays = path.endsWith(".npz") ? await readArchive(path) : await readFolder(path);
  return { ...labelledSets(arrays), source: path };
}

function drawn(seed: number): DigitsData {
  return {
    train: drawDigits(DRAWN.train, seed, 0),
    test: drawDigits(DRAWN.test, seed, 1),
    classes: 10,
    source: `drawn digits, seed ${seed} (--data DIR trains on real ones; --help says how)`,
  };
}

const KEYS = ["x_train", "y_train", "x_test", "y_test"] as const;

/** Reads the file that Keras loads: four arrays in one archive. */
async function readArchive(path: string): Promise<Arrays> {
  const arrays = await parsed(path, (bytes) => readNpz(bytes, { name: path }));
  const missing = KEYS.find((key) => !Object.hasOwn(arrays, key));
  if (missing !== undefined) {
    throw new UsageError(
      `Cannot load data: ${path} must hold ${KEYS.join(" ")}: it holds ` +
        (Object.keys(arrays).join(" ") || "nothing"),
    );
  }
  const [xTrain, yTrain, xTest, yTest] = KEYS.map((key): HostArray => {
    using array = arrays[key];
    return { shape: array.shape, dtype: array.dtype, data: array.dataSync() } as HostArray;
  });
  return { xTrain, yTrain, xTest, yTest };
}

/** Names of the idx files; of MNIST's own, of parts of it, and of sets made in its image. */
const FILES = {
  xTrain: /^train.*images.*\.?idx3/,
  yTrain: /^train.*labels.*\.?idx1/,
  xTest: /^(t10k|test).*images.*\.?idx3/,
  yTest: /^(t10k|test).*labels.*\.?idx1/,
};

async function readFolder(path: string): Promise<Arrays> {
  const folder = path.replace(/[\\/]+$/, "");
  const names = (await namesIn(folder)).sort();
  const paths = Object.entries(FILES).map(([what, pattern]) => {
    const name = names.find((name) => pattern.test(name));
    if (name !== undefined) return `${folder}/${name}`;
    const set = what.endsWith("Train") ? "train" : "t10k";
    const form = what.startsWith("x") ? "images-idx3-ubyte" : "labels-idx1-ubyte";
    throw new UsageError(
      `Cannot load data: ${path} must be an .npz file, or a folder of idx files: ` +
        `there is no ${set}-${form} and no ${set}-${form}.gz`,
    );
  });
  const arrays: HostArray[] = [];
  for (const file of paths) arrays.push(await readIdxFile(file));
  const [xTrain, yTrain, xTest, yTest] = arrays;
  return { xTrain, yTrain, xTest, yTest };
}

async function readIdxFile(path: string): Promise<HostArray> {
  return await parsed(path, async (bytes) => {
    using array = await readIdx(bytes, { name: path });
    return { shape: array.shape, dtype: array.dtype, data: array.dataSync() } as HostArray;
  });
}
