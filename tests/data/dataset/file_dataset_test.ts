// Datasets of files: the rows that parseNpy and parseIdx would find, read in parts.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Random } from "../../../src/random/random.ts";
import {
  fileDataset,
  FileError,
  formatIdx,
  formatNpy,
  type HostArray,
  parseNpy,
} from "../../../src/data/mod.ts";
import { ShapeError } from "../../../mod.ts";
import { assertExactRejection } from "../../support/exact_error.ts";
import { ifPossible } from "../../support/permissions.ts";
import { headerText, npyFile } from "../../formats/npy/support.ts";

/** A blob that notes which of its bytes are read. */
class NotingBlob extends Blob {
  readonly read: [start: number, end: number][] = [];

  override slice(start?: number, end?: number): Blob {
    this.read.push([start!, end!]);
    return super.slice(start, end);
  }
}

function blob(bytes: Uint8Array): NotingBlob {
  return new NotingBlob([Uint8Array.from(bytes)]);
}

function example(count: number, row: readonly number[], dtype: HostArray["dtype"]): HostArray {
  const size = count * row.reduce((a, b) => a * b, 1);
  const Type = {
    uint8: Uint8Array,
    int32: Int32Array,
    float32: Float32Array,
    float64: Float64Array,
  }[dtype];
  const data = Type.from(new Array(size).keys());
  return { shape: [count, ...row], dtype, data };
}

Deno.test("file dataset: any rows of any array in any order, as the whole file has them", async () => {
  const arrays = fc.record({
    count: fc.integer({ min: 1, max: 30 }),
    row: fc.array(fc.nat(3), { maxLength: 2 }),
    dtype: fc.constantFrom(
      "uint8" as const,
      "int32" as const,
      "float32" as const,
      "float64" as const,
    ),
    batch: fc.integer({ min: 1, max: 12 }),
    seed: fc.nat(100),
  });
  await fc.assert(fc.asyncProperty(arrays, async ({ count, row, dtype, batch, seed }) => {
    const array = example(count, row, dtype);
    const files = { x: blob(formatNpy(array)), y: blob(formatIdx(array)) };
    const order = new Random(seed).split("shuffle").split(1).permutation(count);
    const size = array.data.length / count;
    const expected = [...order].flatMap((i) => [...array.data.subarray(i * size, (i + 1) * size)]);
    const found: Record<"x" | "y", number[]> = { x: [], y: [] };
    const dataset = await fileDataset(files);
    for await (const { x, y } of dataset.shuffle(seed).batch(batch).batches()) {
      assertEquals([x.dtype, x.shape.slice(1)], [dtype, row]);
      found.x.push(...x.dataSync());
      found.y.push(...y.dataSync());
    }
    assertEquals(found, { x: expected, y: expected });
  }));
});

Deno.test("file dataset: neighbours are read together, and nothing but what is asked for", async () => {
  const file = blob(formatNpy(example(1000, [10], "uint8")));
  const dataset = await fileDataset({ x: file });
  const start = file.size - 10_000;
  file.read.length = 0;
  for await (const _ of dataset.batch(100).batches()) break;
  assertEquals(file.read, [[start, start + 1000]]);
  file.read.length = 0;
  for await (const _ of dataset.shuffle(0).batch(5).batches()) break;
  assertEquals(file.read.map(([from, to]) => to - from), [10, 10, 10, 10, 10]);
  assert(file.read.every(([from]) => (from - start) % 10 === 0));
});

Deno.test("file dataset: long runs are read in pieces", async () => {
  const array = example(5, [2 ** 20], "uint8");
  const file = blob(formatIdx(array));
  const { x } = await (await fileDataset({ x: file })).arrays();
  assertEquals(x.data.length, 5 * 2 ** 20);
  assert(x.data.every((value, i) => value === array.data[i]));
  assert(file.read.every(([from, to]) => to - from <= 2 ** 22));
});

Deno.test("file dataset: labels alone are read to split", async () => {
  const x = blob(formatNpy(example(20, [100], "float32")));
  const y = blob(
    formatIdx({ shape: [20], dtype: "uint8", data: new Uint8Array(20).map((_, i) => i % 2) }),
  );
  const dataset = await fileDataset({ x, y });
  x.read.length = 0;
  const { validation } = await dataset.split({ validation: 0.5, stratify: "y" });
  assertEquals([x.read, validation.size], [[], 10]);
});

Deno.test("file dataset: other element types and byte orders", async () => {
  const big = npyFile({
    header: headerText(">i2", "(3, 2)"),
    data: Uint8Array.of(0, 1, 0, 2, 0, 3, 255, 252, 0, 5, 0, 6),
  });
  assertEquals([...parseNpy(big).data], [1, 2, 3, -4, 5, 6]);
  const { x } = await (await fileDataset({ x: blob(big) })).skip(1).arrays();
  assertEquals([x.dtype, [...x.data]], ["int32", [3, -4, 5, 6]]);
});

Deno.test("file dataset: a value that cannot be held is named by its place in the file", async () => {
  const data = new Uint8Array(BigInt64Array.of(1n, 2n, 3n, 2n ** 40n).buffer);
  const dataset = await fileDataset({
    x: blob(npyFile({ header: headerText("<i8", "(2, 2)"), data })),
  });
  assertEquals([...(await dataset.take(1).arrays()).x.data], [1, 2]);
  await assertExactRejection(
    () => dataset.skip(1).arrays(),
    RangeError,
    "Cannot read npy or idx data: every int64 value must fit in int32 (-2147483648 to " +
      "2147483647): the value at [1, 1] is 1099511627776",
  );
});

Deno.test("file dataset: what is refused", async () => {
  const array = example(2, [2], "uint8");
  const npy = formatNpy(array);
  const name = "npy or idx data";
  const refused = (file: unknown, type: new (...args: never[]) => Error, message: string) =>
    assertExactRejection(
      () => fileDataset({ x: file as Blob }),
      type as typeof RangeError,
      message,
    );
  await refused(
    blob(npy.subarray(0, npy.length - 1)),
    SyntaxError,
    `Cannot read ${name}: the data must have the size that shape and descr declare: ` +
      "expected 4 bytes for [2, 2] of '|u1', found 3",
  );
  await refused(
    blob(formatIdx(array).subarray(0, 14)),
    SyntaxError,
    `Cannot read ${name}: the data must have the size that the header declares: ` +
      "expected 4 bytes for uint8 [2, 2], found 2",
  );
  await refused(
    blob(Uint8Array.of(0x1f, 0x8b, 8, 0)),
    SyntaxError,
    `Cannot read ${name}: an idx file must begin with 00 00, an element type and a rank: ` +
      "expected a type of 08 09 0b 0c 0d 0e, found 1f 8b 08 00 (gzip: readIdx unpacks it)",
  );
  const fortran = npyFile({
    header: headerText("|u1", "(2, 2)", "True"),
    data: Uint8Array.of(1, 2, 3, 4),
  });
  await refused(
    blob(fortran),
    ShapeError,
    `Cannot read ${name} in parts: the array must be in row-major order: it is in Fortran ` +
      "order; readNpy reads it whole",
  );
  for (const url of [new URL("https://example.org/x.npy"), "https://example.org/x.npy"]) {
    await refused(
      url,
      TypeError,
      "Cannot make dataset: a file must be a path, a file: URL or a Blob, which can be read in " +
        "parts: got https://example.org/x.npy",
    );
  }
  await refused(
    npy,
    TypeError,
    "Cannot make dataset: a file must be a path, a file: URL or a Blob, which can be read in " +
      "parts: got object",
  );
  await assertExactRejection(
    () => fileDataset({}),
    TypeError,
    "Cannot make dataset: it must have fields: got none",
  );
  await assertExactRejection(
    () => fileDataset({ x: blob(npy), y: blob(formatNpy(example(3, [], "uint8"))) }),
    ShapeError,
    "Cannot make dataset: all fields must hold equally many examples: x is [2, 2], y is [3]",
  );
});

Deno.test(ifPossible({
  name: "file dataset: files are closed after a pass, also one that is left; many passes at once",
  needs: { read: true, write: true },
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const path = `${folder}/x.npy`;
      await Deno.writeFile(path, formatNpy(example(50, [3], "float32")));
      const dataset = await fileDataset({ x: path });
      const passes = Array.from({ length: 4 }, () => dataset.shuffle(1).arrays());
      const [first, ...others] = await Promise.all(passes);
      for (const other of others) assertEquals(other, first);
      for await (const _ of dataset.batch(4).prefetch(3).batches()) break;
      await Deno.remove(path);
      await assertExactRejection(
        () => dataset.arrays(),
        FileError as unknown as typeof RangeError,
        `Cannot read ${path}: it must exist: there is no such file or folder`,
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));
