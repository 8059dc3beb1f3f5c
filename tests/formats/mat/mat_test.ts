// MATLAB files of level 5: every class of numbers, compressed or not; what else is in them.

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { HostArray } from "../../../src/core/dtype.ts";
import { openMat, readMat } from "../../../src/data/mod.ts";
import { goldens } from "../../golden/mat/goldens.ts";
import { fuzz } from "../../support/fuzz.ts";

const bytesOf = (file: string): Uint8Array => Uint8Array.fromBase64(file);
const fromPython = (text: string) => text === "nan" ? NaN : Number(text.replace("inf", "Infinity"));

for (const form of ["plain", "compressed"] as const) {
  Deno.test(`openMat: every class of numbers, ${form}`, async () => {
    await using file = await openMat(bytesOf(goldens[form]));
    assertEquals(file.names, goldens.arrays.map(({ name }) => name));
    for (const { name, shape, storedAs, values } of goldens.arrays) {
      const info = await file.info(name);
      assertEquals([info.shape, info.storedAs], [shape, storedAs], name);
      const { data, dtype } = await file.array(name);
      assertEquals(dtype, info.dtype);
      assertEquals([...data], values.map(fromPython), name);
    }
  });
}

for (const form of ["narrow", "bigEndian"] as const) {
  Deno.test(`readMat: doubles that MATLAB has stored in fewer bytes, ${form}`, async () => {
    const { bytes, shorts } = await readMat(bytesOf(goldens[form]));
    assertEquals([bytes.dtype, bytes.toArray()], ["float64", [[0, 2, 254], [1, 3, 255]]]);
    assertEquals([shorts.dtype, shorts.toArray()], ["float32", [[-3, 300, 5], [0, -32768, 6]]]);
  });
}

Deno.test("openMat: what holds no real numbers is listed, and does not hide the rest", async () => {
  await using file = await openMat(bytesOf(goldens.others), { name: "a.mat" });
  assertEquals((await file.tensor("number")).toArray(), [[1, 2]]);
  const kinds: Record<string, string> = {};
  for (const name of file.names) kinds[name] = (await file.info(name)).storedAs;
  assertEquals(kinds, {
    number: "float64",
    complex: "complex float64",
    text: "char",
    struct: "struct",
    cell: "cell",
    large: "uint32",
  });
  const refusal = async (name: string) =>
    (await assertRejects(() => file.array(name), Error)).message;
  assertEquals(
    await refusal("struct"),
    "Cannot read a.mat: struct: the array must hold real numbers: found struct",
  );
  assertEquals(
    await refusal("large"),
    "Cannot read a.mat: large: every uint32 value must fit in int32 (-2147483648 to 2147483647): " +
      "the value at [0, 0] is 2147483648",
  );
});

Deno.test("openMat: other levels, and files that are none", async () => {
  const refusal = async (bytes: Uint8Array) =>
    (await assertRejects(() => openMat(bytes, { name: "a.mat" }), SyntaxError)).message;
  assertEquals(
    await refusal(bytesOf(goldens.old)),
    "Cannot read a.mat: it must be a MATLAB file: it is a MATLAB file of level 4; in MATLAB, save " +
      "it with -v7",
  );
  assertEquals(
    await refusal(new Uint8Array(300)),
    "Cannot read a.mat: a MATLAB file of level 5 must begin with a header of 128 bytes that ends in " +
      "its byte order: expected IM or MI, found \\x00\\x00",
  );
});

Deno.test("openMat: damaged files", async () => {
  const samples = [goldens.plain, goldens.compressed, goldens.narrow, goldens.bigEndian].map(
    bytesOf,
  );
  const { runs, refused, read } = await fuzz({
    samples,
    async read(bytes) {
      await using file = await openMat(bytes, { name: "fuzz.mat", maxElements: 2 ** 16 });
      const arrays: HostArray[] = [];
      for (const name of file.names) {
        if ((await file.info(name)).dtype !== undefined) arrays.push(await file.array(name));
      }
      return arrays;
    },
    check(arrays) {
      for (const { data } of arrays) assert(data.length <= 2 ** 16);
    },
    tokens: [[14, 0, 0, 0], [15, 0, 0, 0], [6, 0, 0, 0, 8, 0, 0, 0], [1, 0, 4, 0], [120, 156]]
      .map((token) => Uint8Array.from(token)),
  });
  assertEquals(refused + read, runs);
  assert(refused > runs / 4 && read > runs / 20, `${refused} refused, ${read} read`);
});
