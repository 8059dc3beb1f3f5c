// Datasets of image files: the pixels are those of readImage, whoever decodes.

import { assert, assertEquals } from "@std/assert";
import { imageDataset, readImage, resizeImages } from "../../../src/data/mod.ts";
import { DecodePool } from "../../../src/data/images/decode_pool.ts";
import { assertExactError, assertExactRejection } from "../../support/exact_error.ts";
import { png } from "../../support/image_files.ts";
import { ifPossible } from "../../support/permissions.ts";

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
      "Cannot read broken.png: an image must be PNG, JPEG, GIF, BMP or WebP, by its first bytes: " +
        "found 6e 6f 20 69 6d 61 67 65",
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

Deno.test("image dataset: a failure is thrown once nothing is read, and ends the pass", async () => {
  const opened = new Set<string>();
  let [atATime, open] = [0, 0];
  const watched = (name: string, bytes: Uint8Array) => {
    const stream = new ReadableStream({
      async pull(controller) {
        opened.add(name);
        atATime = Math.max(atATime, ++open);
        for (let turn = 0; turn < 5; turn++) await Promise.resolve();
        open--;
        controller.enqueue(bytes);
        controller.close();
      },
    }, { highWaterMark: 0 });
    return { file: stream, label: 0 };
  };
  const file = await png(1);
  const images = Array.from(
    { length: 300 },
    (_, i) => watched(String(i), i === 70 || i === 71 ? Uint8Array.of(i) : file),
  );
  const taken: number[] = [];
  const run = async () => {
    const batches = imageDataset(images).batch(60).prefetch(4).batches();
    for await (const { y } of batches) taken.push(y.size);
  };
  await assertExactRejection(
    run,
    SyntaxError,
    "Cannot read image data: an image must be PNG, JPEG, GIF, BMP or WebP, by its first bytes: " +
      "found 46", // 70, the first
  );
  assertEquals(taken, [60]);
  assertEquals(open, 0);
  assert(atATime > 1 && atATime <= 16, `${atATime} at a time`);
  assert(opened.size < 120, `${opened.size} files are opened of which 71 must be`);
});

/** Goes through images at a limit on open files, which other programs share. */
const AT_LIMIT = `
const { imageFolder } = await import(Deno.args[0]);
const { dataset } = await imageFolder(Deno.args[1], { size: [2, 2] });
let count = 0;
for await (const { x } of dataset.batch(256).prefetch(4).batches()) count += x.shape[0];
console.log(count);
`;

Deno.test(ifPossible({
  name: "image dataset: large batches that are read ahead open few files at a time",
  needs: { read: true, write: true, run: true },
  skip: Deno.build.os === "windows" ? "no ulimit" : undefined,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${folder}/images/a`, { recursive: true });
      const file = await png(1);
      for (let i = 0; i < 1500; i++) await Deno.writeFile(`${folder}/images/a/${i}.png`, file);
      await Deno.writeTextFile(`${folder}/run.ts`, AT_LIMIT);
      const module = new URL("../../../src/data/mod.ts", import.meta.url).href;
      const config = new URL("../../../deno.json", import.meta.url).pathname;
      const { stdout, stderr } = await new Deno.Command("bash", {
        args: [
          "-c",
          'ulimit -n 200; exec "$@"',
          "bash",
          ...[Deno.execPath(), "run", "-A", "--no-check", "-c", config],
          ...[`${folder}/run.ts`, module, `${folder}/images`],
        ],
        stdin: "null",
      }).output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
      assertEquals(text(stdout), "1500", text(stderr));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));

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
