// Files of arrays, of any format: what was read is freed where the rest cannot be, the file closed.

import { assertEquals, assertRejects } from "@std/assert";
import { allTensors, arrayFile } from "../../src/formats/array_file.ts";
import type { HostArray } from "../../src/data/mod.ts";
import { countingBackend } from "../support/counting_backend.ts";

/** A file of three arrays, of which the last may be damaged. */
function fileOf(isDamaged: boolean) {
  let closes = 0;
  const arrays: Record<string, HostArray> = {
    a: { shape: [2], dtype: "float32", data: Float32Array.of(1, 2) },
    ["__proto__"]: { shape: [3], dtype: "uint8", data: Uint8Array.of(3, 4, 5) },
    c: { shape: [], dtype: "float64", data: Float64Array.of(6) },
  };
  const file = arrayFile({
    name: "x.npz",
    names: ["a", "__proto__", "c"],
    info: (name) => Promise.resolve({ ...arrays[name], storedAs: arrays[name].dtype }),
    array(name) {
      if (isDamaged && name === "c") return Promise.reject(new SyntaxError("c is damaged"));
      return Promise.resolve(arrays[name]);
    },
    close: () => {
      closes++;
      return Promise.resolve();
    },
  });
  return { file, closes: () => closes };
}

Deno.test("allTensors: every array by its name, whatever it is, and the file is closed once", async () => {
  const backend = countingBackend();
  const { file, closes } = fileOf(false);
  const tensors = await allTensors(file, backend);
  assertEquals(Object.keys(tensors), ["a", "__proto__", "c"]);
  assertEquals(Object.values(tensors).map((x) => x.toArray()), [[1, 2], [3, 4, 5], 6]);
  assertEquals(closes(), 1);
  await file.close();
  assertEquals(closes(), 1);
  for (const x of Object.values(tensors)) x.dispose();
  assertEquals(backend.liveBytes, 0);
});

Deno.test("allTensors: where one array cannot be read, the others are freed, the file closed", async () => {
  const backend = countingBackend();
  const { file, closes } = fileOf(true);
  await assertRejects(() => allTensors(file, backend), SyntaxError, "c is damaged");
  assertEquals([backend.liveBytes, closes()], [0, 1]);
});
