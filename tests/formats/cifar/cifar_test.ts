// Files of CIFAR-10 and CIFAR-100: labels, and pixels with channels last.

import { assertEquals, assertRejects } from "@std/assert";
import { readCifar } from "../../../src/data/mod.ts";
import { fuzz } from "../../support/fuzz.ts";

/** Makes images whose pixels tell their place: image, channel, row and column. */
function fileOf(labels: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from(labels.flatMap((own, image) => [
    ...own,
    ...Array.from({ length: 3072 }, (_, i) => (7 * image + 31 * Math.floor(i / 1024) + i) % 251),
  ]));
}

Deno.test("readCifar: ten classes", async () => {
  const { x, y, coarse } = await readCifar(fileOf([[9], [0], [4]]));
  assertEquals([x.shape, x.dtype, y.toArray(), coarse], [[3, 32, 32, 3], "uint8", [9, 0, 4], null]);
  const data = x.dataSync();
  for (const [image, channel, row, column] of [[0, 0, 0, 0], [1, 2, 3, 5], [2, 1, 31, 31]]) {
    const i = 1024 * channel + 32 * row + column;
    const at = ((32 * image + row) * 32 + column) * 3 + channel;
    assertEquals(data[at], (7 * image + 31 * channel + i) % 251);
  }
});

Deno.test("readCifar: a hundred classes, in groups", async () => {
  const { x, y, coarse } = await readCifar(fileOf([[19, 99], [3, 14]]));
  assertEquals(x.shape, [2, 32, 32, 3]);
  assertEquals([y.toArray(), coarse?.toArray()], [[99, 14], [19, 3]]);
  assertEquals(x.dataSync()[0], 0);
});

Deno.test("readCifar: labels that are none, and images that are not whole", async () => {
  const refusal = async (bytes: Uint8Array, classes?: 10 | 100) =>
    (await assertRejects(() => readCifar(bytes, { name: "a.bin", classes }), SyntaxError)).message;
  const start =
    "Cannot read a.bin: it must be whole images of CIFAR after their labels: expected " +
    "records of ";
  assertEquals(
    await refusal(fileOf([[3], [10]])),
    `${start}3073 or 3074 bytes, found the label 10 of image 1`,
  );
  assertEquals(await refusal(fileOf([[3]]), 100), `${start}3074 bytes, found 3073 bytes`);
  assertEquals(await refusal(new Uint8Array()), `${start}3073 or 3074 bytes, found 0 bytes`);
});

Deno.test("readCifar: damaged files", async () => {
  const samples = [fileOf([[1]]), fileOf([[1, 2]])];
  const { runs, refused, read } = await fuzz({
    samples,
    read: (bytes) => readCifar(bytes, { name: "fuzz.bin" }),
    check({ x, y }) {
      assertEquals([x.shape[0], y.size], [1, 1]);
      x.dispose();
      y.dispose();
    },
  });
  assertEquals(refused + read, runs);
});
