// Datasets of image files: the pixels are those of readImage, whoever decodes; classes are folders.

import { assert, assertEquals } from "@std/assert";
import { tensor } from "../../../mod.ts";
import {
  FileError,
  imageDataset,
  imageFolder,
  readImage,
  resizeImages,
  writePng,
} from "../../../src/data/mod.ts";
import { DecodePool } from "../../../src/data/images/decode_pool.ts";
import { assertExactError, assertExactRejection } from "../../support/exact_error.ts";
import { ifPossible } from "../../support/permissions.ts";

/** Makes a PNG file whose pixels are all different, and different from those of other seeds. */
async function png(seed: number, height = 3, width = 4, channels = 3): Promise<Uint8Array> {
  const data = Uint8Array.from(
    { length: height * width * channels },
    (_, i) => (seed * 50 + i * 7) % 256,
  );
  return await writePng(tensor(data, { shape: [height, width, channels] }));
}

async function labelled(count: number) {
  return await Promise.all(Array.from({ length: count }, async (_, i) => ({
    file: await png(i),
    label: i % 3,
  })));
}

Deno.test("image dataset: pixels are those of readImage, labels int32", async () => {
  const images = await labelled(5);
  const { x, y } = await imageDataset(images, { workers: 0 }).arrays();
  assertEquals([x.dtype, x.shape, y.dtype], ["uint8", [5, 3, 4, 3], "int32"]);
  assertEquals([...y.data], [0, 1, 2, 0, 1]);
  for (const [i, { file }] of images.entries()) {
    assertEquals(x.data.subarray(36 * i, 36 * i + 36), (await readImage(file)).dataSync());
  }
});

Deno.test("image dataset: sizes and channels that are asked for", async () => {
  const images = [{ file: await png(1, 8, 6), label: 0 }, {
    file: await png(2, 2, 3, 1),
    label: 1,
  }];
  for (const method of ["area", "bilinear"] as const) {
    const options = { size: [4, 5], channels: 1, method, workers: 0 } as const;
    const { x } = await imageDataset(images, options).arrays();
    assertEquals(x.shape, [2, 4, 5, 1]);
    for (const [i, { file }] of images.entries()) {
      const expected = resizeImages(await readImage(file, { channels: 1 }), [4, 5], { method });
      assertEquals(x.data.subarray(20 * i, 20 * i + 20), expected.dataSync());
    }
  }
});

Deno.test("image dataset: an empty one has the shape of no images", async () => {
  const { x, y } = await imageDataset([], { size: [4, 5] }).arrays();
  assertEquals([x.shape, y.shape], [[0, 4, 5, 3], [0]]);
});

Deno.test("image dataset: labels are read without decoding", async () => {
  const images = Array.from({ length: 6 }, (_, i) => ({ file: Uint8Array.of(1), label: i % 2 }));
  const { train } = await imageDataset(images).split({ validation: 0.5, stratify: "y" });
  assertEquals(train.size, 3);
});

Deno.test("image dataset: a file that cannot be decoded is named, and others are not hurt", async () => {
  const images = await labelled(3);
  const broken = [...images, { file: new File(["no image"], "broken.png"), label: 0 }];
  for (const workers of [0, 1]) {
    const dataset = imageDataset(broken, { workers });
    await assertExactRejection(
      () => dataset.arrays(),
      SyntaxError,
      "Cannot read broken.png: an image must be PNG or JPEG: expected 89 50 4e 47 0d 0a 1a 0a " +
        "or ff d8 ff, found 6e 6f 20 69 6d 61 67 65",
    );
    assertEquals((await dataset.take(3).arrays()).x.shape, [3, 3, 4, 3]);
    const small = imageDataset(images, { workers, maxPixels: 11 });
    await assertExactRejection(
      () => small.arrays(),
      RangeError,
      "Cannot read image data: the image must have at most maxPixels = 11 pixels: the header " +
        "declares 4 x 3",
    );
  }
});

Deno.test("image dataset: what is refused", () => {
  assertExactError(
    () => imageDataset([], { size: [0, 3] }),
    RangeError,
    "Cannot make dataset: size must be an integer of at least 1: got 0",
  );
  assertExactError(
    () => imageDataset([], { workers: -1 }),
    RangeError,
    "Cannot make dataset: workers must be an integer of at least 0: got -1",
  );
});

Deno.test("image dataset: without workers that can load the decoders the main thread decodes", async () => {
  const pool = new DecodePool(2, "data:text/javascript,throw new TypeError()");
  assertEquals(pool.workers, 2);
  const file = await png(3);
  const images = await Promise.all([1, 2, 3].map(() => pool.decode(file, "x", {})));
  const expected = (await readImage(file)).dataSync();
  for (const { data } of images) assertEquals(data, expected as Uint8Array);
  assertEquals(pool.workers, 0);
  await pool.close();
});

Deno.test(ifPossible({
  name: "image dataset: workers decode, and any number of them gives the same",
  needs: { read: true },
  async fn() {
    const dataset = await labelled(40);
    const expected = await imageDataset(dataset, { workers: 0 }).arrays();
    for (const workers of [1, 3]) {
      const found = [];
      const batches = imageDataset(dataset, { workers }).batch(7).prefetch(2);
      for await (const { x } of batches.batches()) found.push(...x.dataSync());
      assertEquals(found, [...expected.x.data]);
    }
    const pool = new DecodePool(1);
    await pool.decode(await png(1), "x", {});
    assertEquals(pool.workers, 1); // it could load the decoders
    await pool.close();
  },
}));

Deno.test(ifPossible({
  name: "image folder: classes are folders in the order of their names, hidden and other files not",
  needs: { read: true, write: true },
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const put = async (path: string, seed: number) => {
        const full = `${folder}/${path}`;
        await Deno.mkdir(full.slice(0, full.lastIndexOf("/")), { recursive: true });
        await Deno.writeFile(full, await png(seed));
      };
      await put("dog/b.PNG", 1);
      await put("dog/a.png", 2);
      await put("dog/inner/c.png", 3);
      await put("Cat/x.png", 4);
      await put(".hidden/x.png", 5);
      await put("dog/.x.png", 6);
      await put("top.png", 7);
      await Deno.mkdir(`${folder}/empty`);
      await Deno.writeTextFile(`${folder}/dog/notes.txt`, "no image");
      const { dataset, classes } = await imageFolder(folder, { workers: 1 });
      assertEquals(classes, ["Cat", "dog", "empty"]);
      const { x, y } = await dataset.arrays();
      assertEquals([...y.data], [0, 1, 1, 1]);
      for (const [i, seed] of [4, 2, 1, 3].entries()) {
        const expected = (await readImage(await png(seed))).dataSync();
        assertEquals(x.data.subarray(36 * i, 36 * i + 36), expected);
      }

      await assertExactRejection(
        () => imageFolder(`${folder}/empty`),
        RangeError,
        "Cannot make dataset: the folder must hold folders with .png, .jpg or .jpeg files: there " +
          `are none in the 0 folders of ${folder}/empty`,
      );
      const missing = await imageFolder(`${folder}/none`).catch((error) => error);
      assert(missing instanceof FileError);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));
