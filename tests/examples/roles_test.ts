// Images to train on and images to test with, of every example: each array has its own role, no test
// image is among those to train on, and an accuracy is that of the images which it is said to be of.

import { assert, assertEquals } from "@std/assert";
import h5wasm from "h5wasm";
import { Random, tensor } from "@tapegrad/tapegrad";
import { writeIdx, writeNpy, writeNpz } from "@tapegrad/tapegrad/data";
import { loadDigits } from "../../examples/digits/data.ts";
import { drawDigits } from "../../examples/digits/drawn.ts";
import type { Labelled } from "../../examples/shared/labelled.ts";
import { loadData } from "../../examples/signs/data.ts";
import { handSigns } from "../../examples/signs/hands.ts";
import { ifPossible } from "../support/permissions.ts";
import { runPermitted } from "./run_example.ts";

/** The images of a set, each as text. */
function imagesOf({ images }: Labelled): string[] {
  const size = images.data.length / images.shape[0];
  return Array.from(
    { length: images.shape[0] },
    (_, i) => String(images.data.subarray(i * size, (i + 1) * size)),
  );
}

function assertNoneShared(train: Labelled, test: Labelled): void {
  const trained = new Set(imagesOf(train));
  assertEquals(imagesOf(test).filter((image) => trained.has(image)).length, 0);
}

Deno.test("roles: drawn digits to test with come from a stream of their own", async () => {
  for (const seed of [0, 5]) {
    const { train, test } = await loadDigits(undefined, seed);
    assertNoneShared(train, test);
    assertEquals(train, drawDigits(4000, seed, 0));
    assertEquals(test, drawDigits(1000, seed, 1));
    // The same number from both streams: if it were one, all would be the same.
    assertNoneShared(drawDigits(300, seed, 0), drawDigits(300, seed, 1));
  }
});

Deno.test("roles: drawn hands to test with come from a stream of their own", async () => {
  const { train, test, classes } = await loadData(undefined, 3);
  assertNoneShared(train, test);
  const drawn = handSigns({ seed: 3, train: 0 });
  assertEquals([test.images.data, test.labels], [drawn.xTest, drawn.yTest]);
  assertEquals(classes, ["0", "1", "2", "3", "4", "5"]);
  const { xTrain, xTest, imageShape } = handSigns({ seed: 3, train: 60, test: 60 });
  const set = (data: Uint8Array): Labelled => ({
    images: { shape: [60, ...imageShape], dtype: "uint8", data },
    labels: new Int32Array(60),
  });
  assertNoneShared(set(xTrain), set(xTest));
});

/** Number of classes of what is drawn here. */
const CLASSES = 4;

/** Images of large squares of random grey, which can be told apart; and classes without a reason. */
function withoutReason(count: number, side: number, channels: number, stream: string): Labelled {
  const random = new Random(1).split(stream);
  const square = side / 4;
  const data = new Uint8Array(count * side * side * channels);
  for (let image = 0; image < count; image++) {
    const greys = Array.from({ length: 16 }, () => random.integer(256));
    for (let pixel = 0; pixel < side * side; pixel++) {
      const [row, column] = [Math.floor(pixel / side), pixel % side];
      const grey = greys[4 * Math.floor(row / square) + Math.floor(column / square)];
      const at = (image * side * side + pixel) * channels;
      data.fill(grey, at, at + channels);
    }
  }
  return {
    images: { shape: [count, side, side, channels], dtype: "uint8", data },
    labels: Int32Array.from({ length: count }, () => random.integer(CLASSES)),
  };
}

/** The arrays of two sets as tensors, by the names that NumPy files give them. */
function tensorsOf(train: Labelled, test: Labelled) {
  const x = ({ images: { data, shape } }: Labelled) => tensor(data, { shape });
  const y = ({ labels }: Labelled) => tensor(Uint8Array.from(labels), { dtype: "uint8" });
  return { x_train: x(train), y_train: y(train), x_test: x(test), y_test: y(test) };
}

/** Writes files into a folder that is there for a time. */
async function inFolder(
  files: Readonly<Record<string, Uint8Array>>,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tapegrad-roles-" });
  try {
    for (const [name, bytes] of Object.entries(files)) {
      await Deno.writeFile(`${folder}/${name}`, bytes);
    }
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes an HDF5 file of arrays of bytes. */
async function hdf5Of(
  arrays: Readonly<Record<string, { shape: readonly number[]; data: Uint8Array }>>,
): Promise<Uint8Array> {
  const { FS } = await h5wasm.ready;
  const file = new h5wasm.File("roles.h5", "w");
  for (const [name, { data, shape }] of Object.entries(arrays)) {
    file.create_dataset({ name, data, shape: [...shape], dtype: "<B" });
  }
  file.close();
  return FS.readFile("roles.h5");
}

const FILES = { read: true, write: true } as const;

Deno.test(ifPossible({
  name: "roles: each file of digits has its own",
  needs: FILES,
  async fn() {
    const [train, test] = [withoutReason(7, 12, 1, "train"), withoutReason(5, 12, 1, "test")];
    const { x_train, y_train, x_test, y_test } = tensorsOf(train, test);
    const files = {
      "mnist.npz": await writeNpz({ x_test, y_train, y_test, x_train }), // in no order
      "t10k-images-idx3-ubyte": await writeIdx(x_test),
      "t10k-labels-idx1-ubyte": await writeIdx(y_test),
      "train-images-idx3-ubyte": await writeIdx(x_train),
      "train-labels-idx1-ubyte": await writeIdx(y_train),
    };
    await inFolder(files, async (folder) => {
      for (const path of [folder, `${folder}/mnist.npz`]) {
        const loaded = await loadDigits(path, 0);
        assertEquals({ train: loaded.train, test: loaded.test }, { train, test }, path);
      }
    });
  },
}));

Deno.test(ifPossible({
  name: "roles: each file of signs has its own",
  needs: FILES,
  async fn() {
    const [train, test] = [withoutReason(7, 12, 3, "train"), withoutReason(5, 12, 3, "test")];
    const arrays = Object.entries(tensorsOf(train, test));
    const npy = Object.fromEntries(arrays.map(([name, x]) => [`${name}.npy`, writeNpy(x)]));
    const array = (data: Uint8Array, shape: readonly number[]) => ({ data, shape });
    const hdf5 = {
      "train_signs.h5": await hdf5Of({
        train_set_x: array(train.images.data as Uint8Array, train.images.shape),
        train_set_y: array(Uint8Array.from(train.labels), [7]),
        list_classes: array(Uint8Array.of(7, 5, 8, 6), [CLASSES]),
      }),
      "test_signs.h5": await hdf5Of({
        test_set_x: array(test.images.data as Uint8Array, test.images.shape),
        test_set_y: array(Uint8Array.from(test.labels), [5]),
        list_classes: array(Uint8Array.of(1, 2, 3, 4), [CLASSES]),
      }),
    };
    await inFolder({ ...npy, ...hdf5 }, async (folder) => {
      const names = { "": "0 1 2 3", "/train_signs.h5": "7 5 8 6" };
      for (const [file, classes] of Object.entries(names)) {
        const loaded = await loadData(folder + file, 0);
        assertEquals({ train: loaded.train, test: loaded.test }, { train, test }, file);
        assertEquals(loaded.classes.join(" "), classes);
      }
    });
  },
}));

/** Programs that train and test, with options that let them learn few images by heart. */
const PROGRAMS: readonly { args: string[]; side: number; channels: number; says: string }[] = [
  {
    args: ["mnist.ts", "--epochs", "40", "--batch", "8", "--lr", "0.002"],
    side: 28,
    channels: 1,
    says: "test",
  },
  {
    args: ["simple_convnet.ts", "--epochs", "60", "--batch", "8", "--lr", "0.004"],
    side: 28,
    channels: 1,
    says: "train test",
  },
  {
    args: ["signs.ts", "--epochs", "60", "--batch", "8", "--lr", "0.02"],
    side: 64,
    channels: 3,
    says: "train test",
  },
];

for (const { args: [program, ...options], side, channels, says } of PROGRAMS) {
  Deno.test(ifPossible({
    name: `roles: ${program} learns classes without a reason by heart, and can but guess others`,
    needs: { ...FILES, run: true },
    effort: "full",
    async fn() {
      const train = withoutReason(20, side, channels, "train");
      const test = withoutReason(200, side, channels, "test");
      const arrays = tensorsOf(train, test);
      const npy = Object.entries(arrays).map(([name, x]) => [`${name}.npy`, writeNpy(x)]);
      const files = { ...Object.fromEntries(npy), "all.npz": await writeNpz(arrays) };
      await inFolder(files, async (folder) => {
        const data = channels === 1 ? `${folder}/all.npz` : folder;
        const { code, stdout } = await runPermitted(["-R"], program, "--data", data, ...options);
        assertEquals(code, 0);
        const epochs = stdout.matchAll(/epoch .* accuracy ([\d.]+)/g);
        const learned = Number([...epochs].at(-1)?.[1]);
        assert(learned > 0.9, `${learned} of the images were learned by heart`);
        const shares = Array.from(
          stdout.matchAll(/(train|test) accuracy +([\d.]+)/g),
          ([, set, share]) => [set, Number(share)] as const,
        );
        assertEquals(shares.map(([set]) => set).join(" "), says);
        const { train: known = 1, test: guessed } = Object.fromEntries(shares);
        assert(known > 0.9, `train accuracy is ${known}`);
        // By chance, 200 images are this far from a quarter once in 100,000 times.
        assert(Math.abs(guessed - 1 / CLASSES) < 0.135, `test accuracy is ${guessed}`);
      });
    },
  }));
}
