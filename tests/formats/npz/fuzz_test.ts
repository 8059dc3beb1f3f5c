/** Damaged `.npz` files: an error of the right kind, or the numbers that were there. */
import { assert, assertEquals } from "@std/assert";
import type { HostArray } from "../../../src/core/dtype.ts";
import { openNpz } from "../../../src/data/mod.ts";
import { formatNpy } from "../../../src/formats/npy/npy.ts";
import { writeZip } from "../../../src/formats/zip/writer.ts";
import { fuzz } from "../../support/fuzz.ts";

const ARRAYS: HostArray[] = [
  { shape: [2], dtype: "float32", data: Float32Array.of(1, 2) },
  { shape: [3], dtype: "uint8", data: Uint8Array.of(3, 4, 5) },
];

async function sample(compress: boolean, wideFrom?: number): Promise<Uint8Array> {
  const contents = ARRAYS.map((array, i) => ({ name: `${i}.npy`, bytes: formatNpy(array) }));
  return await writeZip(contents, { compress, wideFrom });
}

Deno.test("openNpz: damaged files", async () => {
  const samples = [await sample(false), await sample(true), await sample(true, 0)];
  const expected = ARRAYS.map(({ data }) => String(data));
  const { runs, refused, read } = await fuzz({
    samples,
    async read(bytes) {
      await using file = await openNpz(bytes, { name: "fuzz.npz" });
      const arrays: HostArray[] = [];
      for (const name of file.names) arrays.push(await file.array(name));
      return arrays;
    },
    check(arrays) {
      // The checksums leave no room for other numbers; names are not covered by them.
      for (const { data } of arrays) assert(expected.includes(String(data)), String(data));
      assert(arrays.length <= 2);
    },
    tokens: ["PK\x01\x02", "PK\x03\x04", "PK\x05\x06", "PK\x06\x07", "PK\x06\x06", "__proto__.npy"]
      .map((text) => new TextEncoder().encode(text)),
  });
  assertEquals(refused + read, runs);
  assert(refused > runs / 4 && read > runs / 40, `${refused} refused, ${read} read`);
});
