// The digits of the examples: drawn ones, and files in the forms of MNIST.

import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { tensor } from "@tapegrad/tapegrad";
import { writeIdx, writeNpz } from "@tapegrad/tapegrad/data";
import { loadDigits } from "../../examples/digits/data.ts";
import { drawDigits } from "../../examples/digits/drawn.ts";
import { UsageError } from "../../examples/shared/usage_error.ts";
import { ifPossible } from "../support/permissions.ts";

Deno.test("digits: the same for a seed, others for another seed or stream", () => {
  const pixels = (seed: number, stream: number) => drawDigits(20, seed, stream).images.data;
  assertEquals(pixels(1, 0), pixels(1, 0));
  assertNotEquals(pixels(1, 0), pixels(2, 0));
  assertNotEquals(pixels(1, 0), pixels(1, 1));
});

Deno.test("digits: as many of each class, none empty, ink away from the border", () => {
  const { images, labels } = drawDigits(500, 0, 0);
  for (let digit = 0; digit < 10; digit++) {
    assertEquals(labels.filter((label) => label === digit).length, 50);
  }
  let border = 0;
  for (let image = 0; image < 500; image++) {
    const pixels = images.data.subarray(image * 784, (image + 1) * 784);
    assert(pixels.some((ink) => ink > 190), `image ${image}, a ${labels[image]}, is empty`);
    if (pixels.some((ink, at) => ink > 0 && (at < 28 || at >= 756))) border++;
  }
  assert(border < 25, `${border} of 500 digits touch the upper or lower border`);
});

/** Four images and their classes; the file names say nothing about their place. */
const IMAGES = Uint8Array.from({ length: 16 }, (_, i) => i);
const x = tensor(IMAGES, { shape: [4, 2, 2], dtype: "uint8" });
const y = tensor([3, 0, 1, 2], { dtype: "uint8" });

async function inFolder(
  files: Record<string, Uint8Array>,
  test: (folder: string) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, bytes] of Object.entries(files)) {
      await Deno.writeFile(`${folder}/${name}`, bytes);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test(ifPossible({
  name: "digits: reads idx files, gzipped or not, and Keras's archive",
  needs: { read: true, write: true },
  async fn() {
    const idx = {
      "train10k-images-idx3-ubyte.gz": await writeIdx(x, { gzip: true }),
      "train10k-labels-idx1-ubyte.gz": await writeIdx(y, { gzip: true }),
      "t10k-images.idx3-ubyte": await writeIdx(x),
      "t10k-labels.idx1-ubyte": await writeIdx(y),
    };
    const archive = await writeNpz({ x_train: x, y_train: y, x_test: x, y_test: y });
    await inFolder({ ...idx, "mnist.npz": archive }, async (folder) => {
      for (const path of [folder, `${folder}/`, `${folder}/mnist.npz`]) {
        const { train, test, classes } = await loadDigits(path, 0);
        assertEquals(train.images, { shape: [4, 2, 2, 1], dtype: "uint8", data: IMAGES });
        assertEquals(test.labels, Int32Array.of(3, 0, 1, 2));
        assertEquals(classes, 4);
      }
    });
  },
}));

Deno.test(ifPossible({
  name: "digits: what is missing is said",
  needs: { read: true, write: true },
  async fn() {
    const archive = await writeNpz({ x_train: x });
    await inFolder(
      { "mnist.npz": archive, "train-images-idx3-ubyte": await writeIdx(x) },
      async (folder) => {
        await assertRejects(
          () => loadDigits(folder, 0),
          UsageError,
          `Cannot load data: ${folder} must be an .npz file, or a folder of idx files: ` +
            "there is no train-labels-idx1-ubyte and no train-labels-idx1-ubyte.gz",
        );
        await assertRejects(
          () => loadDigits(`${folder}/mnist.npz`, 0),
          UsageError,
          `Cannot load data: ${folder}/mnist.npz must hold x_train y_train x_test y_test: ` +
            "it holds x_train",
        );
      },
    );
  },
}));
