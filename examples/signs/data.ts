/**
 * The images of the sign classifier: drawn ones, or real ones from NumPy or HDF5 files.
 *
 * @module
 */
import { type HostArray, parseNpy, readHdf5 } from "@tapegrad/tapegrad/data";
import { fileExists, parsed } from "../shared/files.ts";
import { type Arrays, type Labelled, labelledSets } from "../shared/labelled.ts";
import { UsageError } from "../shared/usage_error.ts";
import { handSigns } from "./hands.ts";

/** A data set of images. */
export interface SignsData {
  readonly train: Labelled;
  readonly test: Labelled;
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** Origin of the pictures, for people. */
  readonly source: string;
}

/** The arrays of a data set, with names of the classes where the files have some. */
interface SignsArrays extends Arrays {
  readonly classes?: readonly string[];
}

/** Loads data from a folder or file; draws them from the seed where there is none. */
export async function loadData(path: string | undefined, seed: number): Promise<SignsData> {
  if (path === undefined) return drawnHands(seed);
  const arrays = await readArrays(path);
  const { train, test, classes: count } = labelledSets(arrays);
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
async function readArrays(path: string): Promise<SignsArrays> {
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

async function readNpyFolder(folder: string): Promise<SignsArrays> {
  // One after the other, so that of several faults the first file's is told.
  const arrays: HostArray[] = [];
  for (const file of NPY) arrays.push(await readNpyFile(folder + file));
  const [xTrain, yTrain, xTest, yTest] = arrays;
  return { xTrain, yTrain, xTest, yTest };
}

async function readNpyFile(path: string): Promise<HostArray> {
  return await parsed(path, (bytes) => parseNpy(bytes, { name: path }));
}

async function readHdf5Folder(folder: string): Promise<SignsArrays> {
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
