/** Resizing: means and lines by definition, sums that are kept, every error. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ones, tensor, zeros } from "../../../mod.ts";
import { ShapeError } from "../../../src/core/errors.ts";
import { resizeImages } from "../../../src/data/mod.ts";

Deno.test("resizeImages, area: blocks are averaged, parts of pixels in proportion", () => {
  const image = tensor([[1, 2, 3, 4], [5, 6, 7, 8]]).dataSync();
  const x = tensor(image, { shape: [2, 4, 1] });
  assertEquals([...resizeImages(x, [1, 2]).dataSync()], [3.5, 5.5]);
  const thirds = tensor([3, 6, 9, 12], { shape: [1, 4, 1], dtype: "float64" });
  // A new pixel covers 4/3 of an old one.
  assertEquals(
    [...resizeImages(thirds, [1, 3]).dataSync()].map((v) => v.toFixed(9)),
    ["3.750000000", "7.500000000", "11.250000000"],
  );
  assertEquals([...resizeImages(x, [2, 4]).dataSync()], [...image]);
  assertEquals([...resizeImages(x, [2, 8]).dataSync().subarray(0, 4)], [1, 1, 2, 2]);
});

Deno.test("resizeImages, area: the mean stays, for any size", () => {
  for (let from = 1; from <= 12; from++) {
    for (let to = 1; to <= 12; to++) {
      const values = Float64Array.from({ length: from * 2 }, (_, i) => (i * 7) % 11);
      const image = tensor(values, { shape: [from, 1, 2] });
      const small = resizeImages(image, [to, 3]).dataSync();
      const mean = (data: ArrayLike<number>) =>
        Array.from(data).reduce((a, b) => a + b) / data.length;
      assert(Math.abs(mean(small) - mean(values)) < 1e-12, `${from} to ${to}`);
    }
  }
});

Deno.test("resizeImages, bilinear: lines between centres, the border goes on", () => {
  const method = { method: "bilinear" } as const;
  const row = tensor([0, 8], { shape: [1, 2, 1] });
  assertEquals([...resizeImages(row, [1, 4], method).dataSync()], [0, 2, 6, 8]);
  assertEquals([...resizeImages(row, [1, 1], method).dataSync()], [4]);
  // PyTorch 1.13: interpolate(mode="bilinear", align_corners=False) of arange(6) as 2 x 3 to 3 x 2.
  const grid = tensor([0, 1, 2, 3, 4, 5], { shape: [2, 3, 1] });
  assertEquals(
    [...resizeImages(grid, [3, 2], method).dataSync()].map((v) => v.toFixed(4)),
    ["0.2500", "1.7500", "1.7500", "3.2500", "3.2500", "4.7500"],
  );
});

Deno.test("resizeImages: several images and channels, bytes are rounded", () => {
  const images = tensor(Uint8Array.of(0, 10, 1, 20, 0, 30, 2, 40), { shape: [2, 1, 2, 2] });
  const small = resizeImages(images, [1, 1]);
  assertEquals([small.shape, small.dtype, [...small.dataSync()]], [
    [2, 1, 1, 2],
    "uint8",
    [1, 15, 1, 35],
  ]);
  for (const method of ["area", "bilinear"] as const) {
    const white = resizeImages(tensor(new Uint8Array(75).fill(255), { shape: [5, 5, 3] }), [3, 7], {
      method,
    });
    assert(white.dataSync().every((value) => value === 255));
  }
});

Deno.test("resizeImages says what is wrong", () => {
  const refuse = (run: () => unknown, kind: new (m?: string) => Error, message: string) =>
    assertEquals(assertThrows(run, kind).message, `Cannot resize images: ${message}`);
  const shapes = "images must be [height, width, channels] or [images, height, width, channels] " +
    "with pixels: got ";
  refuse(() => resizeImages(ones([2, 2]), [1, 1]), ShapeError, `${shapes}[2, 2]`);
  refuse(() => resizeImages(zeros([2, 0, 3]), [1, 1]), ShapeError, `${shapes}[2, 0, 3]`);
  const size = "size must be a height and a width of at least 1: got ";
  refuse(() => resizeImages(ones([2, 2, 1]), [0, 1]), RangeError, `${size}[0, 1]`);
  refuse(() => resizeImages(ones([2, 2, 1]), [1.5, 1]), RangeError, `${size}[1.5, 1]`);
  refuse(
    () => resizeImages(ones([2, 2, 1]), [1, 1], { method: "cubic" as "area" }),
    RangeError,
    "method must be area or bilinear: got cubic",
  );
});
