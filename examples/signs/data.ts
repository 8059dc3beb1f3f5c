/**
 * The images of the sign classifier: drawn ones, or real ones from NumPy or HDF5 files.
 *
 * @module
 */
import { type HostArray, parseNpy, readHdf5 } from "@tapegrad/tapegrad/data";
import { fileExists, readBytes } from "./files.ts";
import { handSigns } from "./hands.ts";
import { UsageError } from "./usage_error.ts";

/** Images with a class each. */
export interface Labelled {
  /** `[N, H, W, C]`: bytes, or floats from 0 to 1. */
  readonly images: HostArray;
  /** Class indices. */
  readonly labels: Int32Array;
}

/** A data set of images. */
export interface SignsData {
  readonly train: Labelled;
  readonly test: Labelled;
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** Where it comes from, for people. */
  readonly source: string;
}

/** The arrays of a data set as files hold them. */
interface Arrays {
  readonly xTrain: HostArray;
  readonly yTrain: HostArray;
  readonly xTest: HostArray;
  readonly yTest: HostArray;
  readonly classes?: readonly string[];
}

/** Data from a folder or file; drawn from the seed where there is none. */
export async function loadData(path: string | undefined, seed: number): Promise<SignsData> {
  if (path === undefined) return drawnHands(seed);
  const arrays = await readArrays(path);
  const train = labelled("train", arrays.xTrain, arrays.yTrain);
  const test = labelled("test", arrays.xTest, arrays.yTest);
  checkSameImages(train.images, test.images);
  const count = 1 + [...train.labels, ...test.labels].reduce((a, b) => Math.max(a, b), 0);
  const classes = Array.from({ length: count }, (_, i) => arrays.classes?.[i] ?? String(i));
  return { train, test, classes, source: path };
}

function drawnHands(seed: number): SignsData {
  const { xTrain, yTrain, xTest, yTest, imageShape, classes } = handSigns({ seed });
  const set = (data: Uint8Array, labels: Int32Array): Labelled => ({
    images: { shape: [labels.length, ...imageShape], dtype: "uint8", data },
    labels,
  });
  return {
    train: set(xTrain, yTrain),
    test: set(xTest, yTest),
    classes,
    source: `drawn hands, seed ${seed} (--data DIR trains on your own images)`,
  };
}

const NPY = ["x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"] as const;
const HDF5 = ["train_signs.h5", "test_signs.h5"] as const;

/** Finds out which of the two forms a folder (or the folder of a file) has. */
async function readArrays(path: string): Promise<Arrays> {
  const name = path.split(/[\\/]/).pop() ?? path;
  const known = [...NPY, ...HDF5].some((file) => file === name);
  const folder = known ? path.slice(0, -name.length) : `${path.replace(/[\\/]+$/, "")}/`;
  const isHdf5 = known ? name.endsWith(".h5") : !await fileExists(folder + NPY[0]);
  if (isHdf5 && !known && !await fileExists(folder + HDF5[0])) {
    throw new UsageError(
      `Cannot load data: ${path} must be a folder with ${NPY.join(" ")} or with ` +
        `${HDF5.join(" ")}: neither ${NPY[0]} nor ${HDF5[0]} is there`,
    );
  }
  return isHdf5 ? await readHdf5Folder(folder) : await readNpyFolder(folder);
}

async function readNpyFolder(folder: string): Promise<Arrays> {
  // One after the other, so that of several faults the first file's is told.
  const arrays: HostArray[] = [];
  for (const file of NPY) arrays.push(await readNpyFile(folder + file));
  const [xTrain, yTrain, xTest, yTest] = arrays;
  return { xTrain, yTrain, xTest, yTest };
}

async function readNpyFile(path: string): Promise<HostArray> {
  return await parsed(path, (bytes) => parseNpy(bytes, { name: path }));
}

async function readHdf5Folder(folder: string): Promise<Arrays> {
  const [train, test] = [folder + HDF5[0], folder + HDF5[1]];
  const fromTrain = await readHdf5Arrays(train, ["train_set_x", "train_set_y", "list_classes"]);
  const fromTest = await readHdf5Arrays(test, ["test_set_x", "test_set_y"]);
  return {
    xTrain: fromTrain.train_set_x,
    yTrain: fromTrain.train_set_y,
    xTest: fromTest.test_set_x,
    yTest: fromTest.test_set_y,
    classes: Array.from(fromTrain.list_classes.data, String),
  };
}

async function readHdf5Arrays<Name extends string>(
  path: string,
  names: readonly Name[],
): Promise<Record<Name, HostArray>> {
  return await parsed(path, async (bytes) => {
    await using file = await readHdf5(bytes, { name: path });
    const arrays = await Promise.all(names.map(async (name) => [name, await file.array(name)]));
    return Object.fromEntries(arrays) as Record<Name, HostArray>;
  });
}

/** What a file holds; what is wrong with it is the user's to mend. */
async function parsed<Result>(
  path: string,
  parse: (bytes: Uint8Array) => Result | Promise<Result>,
): Promise<Result> {
  const bytes = await readBytes(path);
  try {
    return await parse(bytes);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** Checks that images and labels are what they are taken for. */
function labelled(name: string, x: HostArray, y: HostArray): Labelled {
  const images = x.shape.length === 3 ? { ...x, shape: [...x.shape, 1] } : x;
  const show = (a: HostArray) => `${a.dtype} [${a.shape.join(", ")}]`;
  if (images.shape.length !== 4 || images.shape.includes(0)) {
    throw new UsageError(
      `Cannot use x_${name}: it must be images [N, H, W, C] or [N, H, W]: it is ${show(x)}`,
    );
  }
  if (y.data.length !== images.shape[0] || y.shape.filter((n) => n !== 1).length > 1) {
    throw new UsageError(
      `Cannot use y_${name}: it must hold one class for each of the ${images.shape[0]} images: ` +
        `it is ${show(y)}`,
    );
  }
  checkPixels(name, images);
  const wrong = y.data.findIndex((label) => !Number.isInteger(label) || label < 0);
  if (wrong >= 0) {
    throw new UsageError(
      `Cannot use y_${name}: classes must be integers of at least 0: ` +
        `that of image ${wrong} is ${y.data[wrong]}`,
    );
  }
  return { images, labels: Int32Array.from(y.data) };
}

/** Bytes are divided by 255 later; floats must be in [0, 1] already. */
function checkPixels(name: string, { dtype, data }: HostArray): void {
  const high = dtype === "uint8" || dtype === "int32" ? 255 : 1;
  const wrong = data.findIndex((value) => !(value >= 0 && value <= high));
  if (wrong >= 0) {
    throw new UsageError(
      `Cannot use x_${name}: pixels of ${dtype} must be from 0 to ${high}: ` +
        `the one at offset ${wrong} is ${data[wrong]}`,
    );
  }
}

function checkSameImages(train: HostArray, test: HostArray): void {
  if (train.shape.slice(1).join() !== test.shape.slice(1).join()) {
    throw new UsageError(
      `Cannot use x_test: its images must have the size of x_train's: ` +
        `x_train is [${train.shape.join(", ")}], x_test is [${test.shape.join(", ")}]`,
    );
  }
}
