/** idx files: what is written is read, gzipped or not; MNIST; every error; damaged files. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { tensor } from "../../mod.ts";
import { type DType, DTYPES, type HostArray } from "../../src/core/dtype.ts";
import { ShapeError } from "../../src/core/errors.ts";
import { formatIdx, parseIdx, readIdx, writeIdx } from "../../src/data/mod.ts";
import { deflate } from "../../src/files/compression_streams.ts";
import { concatenate } from "../../src/files/source.ts";
import { fuzz } from "../support/fuzz.ts";
import { ifPossible } from "../support/permissions.ts";
import { embed } from "./npy/support.ts";

Deno.test("parseIdx: every element type, by bytes written out", () => {
  const cases: [type: number, dtype: DType, bytes: number[], values: number[]][] = [
    [0x08, "uint8", [0, 255], [0, 255]],
    [0x09, "int32", [0x7f, 0x80], [127, -128]],
    [0x0b, "int32", [0x7f, 0xff, 0x80, 0], [32767, -32768]],
    [0x0c, "int32", [0, 0, 1, 2, 0xff, 0xff, 0xff, 0xfe], [258, -2]],
    [0x0d, "float32", [0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0], [1.5, -2]],
    [
      0x0e,
      "float64",
      [0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0],
      [1.5, -2],
    ],
  ];
  for (const [type, dtype, bytes, values] of cases) {
    const file = Uint8Array.of(0, 0, type, 2, 0, 0, 0, 1, 0, 0, 0, 2, ...bytes);
    const read = parseIdx(embed(file, 3));
    assertEquals([read.shape, read.dtype, [...read.data]], [[1, 2], dtype, values]);
    if (DTYPES.includes(dtype) && ![0x09, 0x0b].includes(type)) {
      assertEquals(formatIdx({ ...read }), file);
    }
  }
});

Deno.test("readIdx: what writeIdx writes, of any dtype and rank, gzipped or not", async () => {
  const shapes = [[], [0], [3], [2, 0, 2], [1, 2, 3, 1]];
  for (const shape of shapes) {
    for (const dtype of DTYPES) {
      const count = shape.reduce((a, b) => a * b, 1);
      const x = tensor(Array.from({ length: count }, (_, i) => i + 1), { dtype });
      const shaped = tensor(x.dataSync(), { shape });
      for (const gzip of [false, true]) {
        const read = await readIdx(await writeIdx(shaped, { gzip }));
        assertEquals([read.shape, read.dtype], [shape, dtype]);
        assertEquals(read.dataSync(), x.dataSync());
      }
    }
  }
});

const MNIST = new URL("../../../shared/data/mnist/", import.meta.url);

Deno.test(ifPossible({
  name: "readIdx reads the digits of MNIST",
  needs: { read: true },
  skip: await missingData(),
  async fn() {
    let done = 0;
    const images = await readIdx(new URL("t10k-images-idx3-ubyte.gz", MNIST), {
      onProgress: (progress) => done = progress.done,
    });
    const labels = await readIdx(new URL("t10k-labels-idx1-ubyte.gz", MNIST));
    assertEquals([images.shape, images.dtype, done], [[10000, 28, 28], "uint8", 1648877]);
    assertEquals([...labels.dataSync().subarray(0, 10)], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    // Known means of the test set: 33.79 of 255 and, of the labels, 4.4434.
    const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
    assertEquals((sum(images.dataSync()) / images.size).toFixed(2), "33.79");
    assertEquals(sum(labels.dataSync()), 44434);
  },
}));

async function missingData(): Promise<string | undefined> {
  const { state } = await Deno.permissions.query({ name: "read" });
  if (state !== "granted") return undefined; // the missing permission is told instead
  try {
    await Deno.stat(MNIST);
    return undefined;
  } catch {
    return "the MNIST files are not in ../shared/data/mnist";
  }
}

const START = "an idx file must begin with 00 00, an element type and a rank: " +
  "expected a type of 08 09 0b 0c 0d 0e, found ";

function refuse(
  bytes: number[] | Uint8Array,
  message: string,
  kind: new (message?: string) => Error = SyntaxError,
  options: { maxElements?: number } = {},
): void {
  const error = assertThrows(
    () => parseIdx(Uint8Array.from(bytes), { name: "x.idx", ...options }),
    kind,
  );
  assertEquals(error.message, `Cannot read x.idx: ${message}`);
}

Deno.test("parseIdx says what is wrong", async () => {
  refuse([], `${START}an empty file`);
  refuse([0, 0, 8], `${START}00 00 08`);
  refuse([0, 1, 8, 0, 1], `${START}00 01 08 00`);
  refuse([0, 0, 10, 0, 1], `${START}00 00 0a 00`);
  refuse(
    await deflate(Uint8Array.of(0, 0, 8), "gzip"),
    `${START}1f 8b 08 00 (gzip: readIdx unpacks it)`,
  );
  refuse(
    [0, 0, 8, 2, 0, 0, 0],
    "the file must hold its 2 sizes: expected at least 12 bytes, found 7",
  );
  const size = "the data must have the size that the header declares: expected ";
  refuse([0, 0, 8, 1, 0, 0, 0, 2, 7], `${size}2 bytes for uint8 [2], found 1`);
  refuse([0, 0, 8, 1, 0, 0, 0, 1, 7, 7], `${size}1 bytes for uint8 [1], found 2`);
  refuse([0, 0, 13, 0, 7], `${size}4 bytes for float32 [], found 1`);
  const huge = [255, 255, 255, 255];
  refuse(
    [0, 0, 8, 2, ...huge, ...huge],
    "the sizes must be such that can be counted: expected non-zero sizes with a product of " +
      "at most 2^49, found [4294967295, 4294967295]",
  );
  refuse(
    [0, 0, 8, 1, ...huge],
    "the array must have at most maxElements = 268435456 elements: " +
      "shape [4294967295] has 4294967295",
    RangeError,
  );
  refuse(
    [0, 0, 8, 1, 0, 0, 0, 2, 1, 2],
    "the array must have at most maxElements = 1 elements: shape [2] has 2",
    RangeError,
    { maxElements: 1 },
  );
  refuse([0, 0, 8, 0], "maxElements must be an integer of at least 0: got NaN", RangeError, {
    maxElements: NaN,
  });
  const text = "text" as unknown as Uint8Array;
  assertEquals(
    assertThrows(() => parseIdx(text), TypeError).message,
    "Cannot read idx data: bytes must be a Uint8Array: got string",
  );
});

Deno.test("formatIdx says what is wrong", () => {
  const refuse = (array: HostArray, message: string) => {
    assertEquals(assertThrows(() => formatIdx(array), ShapeError).message, message);
  };
  const data = Uint8Array.of(1);
  refuse(
    { shape: [2], dtype: "uint8", data },
    "Cannot write idx data: data must have one element for every position of shape: " +
      "shape [2] has 2, data has 1",
  );
  refuse(
    { shape: [0, 2 ** 32], dtype: "uint8", data: new Uint8Array() },
    "Cannot write idx data: shape must have at most 255 sizes, each at most 4294967295: " +
      "got [0, 4294967296]",
  );
  refuse(
    { shape: new Array(256).fill(1), dtype: "uint8", data },
    "Cannot write idx data: shape must have at most 255 sizes, each at most 4294967295: " +
      "got [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,...",
  );
});

Deno.test("readIdx unpacks no more than the header promises", async () => {
  const header = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3);
  const bomb = await deflate(concatenate([header, new Uint8Array(2 ** 26)]), "gzip");
  const error = await assertRejects(() => readIdx(bomb, { name: "x.gz" }), SyntaxError);
  assertEquals(
    error.message,
    "Cannot read x.gz: the data must have the size that is declared: expected 11 bytes, found more",
  );
  const sound = await writeIdx(tensor(Uint8Array.of(1, 2, 3)), { gzip: true });
  const cut = await assertRejects(() => readIdx(sound.subarray(0, -2)), SyntaxError);
  assertEquals(
    cut.message,
    "Cannot read idx data: the compressed data must be sound: " +
      "it is damaged, cut short or too long",
  );
});

Deno.test("parseIdx: damaged files", async () => {
  const array: HostArray = { shape: [2, 3], dtype: "int32", data: Int32Array.of(1, 2, 3, 4, 5, 6) };
  const { runs, read } = await fuzz({
    samples: [formatIdx(array), formatIdx({ shape: [5], dtype: "uint8", data: new Uint8Array(5) })],
    read: (bytes) => parseIdx(bytes, { name: "fuzz.idx" }),
    check({ shape, dtype, data }, _, bytes) {
      // The file has no checksum: the sizes must be those of the header, and fill the file.
      const width = [1, 1, 0, 2, 4, 4, 8][bytes[2] - 8];
      const view = new DataView(bytes.buffer);
      assertEquals(shape, Array.from({ length: bytes[3] }, (_, i) => view.getUint32(4 + 4 * i)));
      assertEquals(data.length, shape.reduce((a, b) => a * b, 1));
      assertEquals(bytes.length, 4 + 4 * bytes[3] + width * data.length);
      assert(DTYPES.includes(dtype));
    },
  });
  assert(read > runs / 10, `${read} read`);
});

Deno.test("readIdx: damaged gzipped files", async () => {
  const x = tensor(Uint8Array.of(1, 2, 3, 4, 5, 6), { shape: [2, 3] });
  const { runs, read } = await fuzz({
    samples: [await writeIdx(x, { gzip: true })],
    read: (bytes) => readIdx(bytes, { name: "fuzz.gz" }),
    // Only bytes of the gzip header can change without an effect on the checksum.
    check: (result) => assertEquals(result.toArray(), x.toArray()),
  });
  assert(read > runs / 200, `${read} read`);
});
