/** `.npz` files: NumPy's are read, ours are read by NumPy, arrays come one by one. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { Tensor, tensor } from "../../../mod.ts";
import { allocate, DTYPES, type HostArray } from "../../../src/core/dtype.ts";
import { sizeOf } from "../../../src/core/shape.ts";
import { openNpz, readNpz, writeFile, writeNpz } from "../../../src/data/mod.ts";
import { formatNpy, NPY_BEGINNING } from "../../../src/formats/npy/npy.ts";
import { writeZip } from "../../../src/formats/zip/writer.ts";
import { goldens } from "../../golden/npz/goldens.ts";
import { scaled } from "../../support/effort.ts";
import { ifPossible } from "../../support/permissions.ts";
import { fromBase64 } from "../npy/support.ts";

Deno.test("openNpz reads what NumPy writes: stored, deflated, zip64", async () => {
  for (const { name, file } of goldens.files) {
    await using npz = await openNpz(fromBase64(file), { name });
    assertEquals(npz.name, name);
    assertEquals(npz.names, goldens.arrays.map((array) => array.name));
    for (const { name, shape, storedAs, values } of goldens.arrays) {
      const info = await npz.info(name);
      const array = await npz.array(name);
      const x = await npz.tensor(name);
      assertEquals([info.shape, info.storedAs, info.dtype], [shape, storedAs, array.dtype]);
      assertEquals([array.shape, [...array.data]], [shape, values]);
      assertEquals([x.shape, x.dtype, [...x.dataSync()]], [shape, array.dtype, values]);
    }
  }
});

Deno.test("readNpz: every name is a key like any other", async () => {
  const arrays = await readNpz(fromBase64(goldens.files[0].file));
  assertEquals(Object.keys(arrays), goldens.arrays.map(({ name }) => name));
  assertEquals(Object.getPrototypeOf(arrays), Object.prototype);
  assertEquals(Object.getOwnPropertyDescriptor(arrays, "__proto__")?.value.toArray(), [9]);
  assertEquals((arrays as Record<string, unknown>)[0], undefined);
});

const hostArrays: fc.Arbitrary<HostArray> = fc.record({
  shape: fc.array(fc.nat(3), { maxLength: 3 }),
  dtype: fc.constantFrom(...DTYPES),
}).map(({ shape, dtype }) => {
  const data = allocate(dtype, sizeOf(shape));
  data.forEach((_, i) => data[i] = 3 * i + 1);
  return { shape, dtype, data };
});

Deno.test("writeNpz and openNpz: what is written is read, compressed or not, with 64 bits or 32", async () => {
  const named = fc.dictionary(fc.string({ unit: "grapheme", maxLength: 6 }), hostArrays, {
    maxKeys: 4,
  });
  await fc.assert(
    fc.asyncProperty(named, fc.boolean(), fc.boolean(), async (arrays, compress, wide) => {
      const contents = Object.entries(arrays)
        .map(([name, array]) => ({ name: `${name}.npy`, bytes: formatNpy(array) }));
      const bytes = await writeZip(contents, { compress, wideFrom: wide ? 0 : undefined });
      if (!wide) assertEquals(bytes, await writeNpz(arrays, { compress }));
      await using file = await openNpz(bytes);
      assertEquals(file.names, Object.keys(arrays));
      for (const name of file.names) {
        const { shape, dtype, data } = await file.array(name);
        assertEquals({ shape, dtype, data }, { ...arrays[name] });
      }
    }),
    { numRuns: scaled(60) },
  );
});

Deno.test("writeNpz takes tensors and is deterministic", async () => {
  const arrays = { x: tensor([[1, 2]]), y: tensor([3], { dtype: "int32" }) };
  const bytes = await writeNpz(arrays);
  assertEquals(bytes, await writeNpz(arrays));
  const read = await readNpz(bytes);
  assert(read.x instanceof Tensor);
  assertEquals([read.x.toArray(), read.y.dtype], [[[1, 2]], "int32"]);
  assertEquals(await readNpz(await writeNpz({})), {});
});

Deno.test("openNpz reads only what is asked for", async () => {
  const big = new Float64Array(200_000).fill(0.5);
  const bytes = await writeNpz({ first: tensor(big), second: tensor([1]), third: tensor(big) });
  let done = 0;
  const blob = new Blob([bytes]);
  const parts: number[] = [];
  const slice = blob.slice.bind(blob);
  blob.slice = (start = 0, end = 0) => {
    parts.push(end - start);
    return slice(start, end);
  };
  await using file = await openNpz(blob, { onProgress: (progress) => done = progress.done });
  assertEquals((await file.tensor("second")).toArray(), [1]);
  assert(parts.every((length) => length < 70_000), `${parts}`);
  parts.length = 0;
  assertEquals((await file.info("first")).shape, [200_000]);
  assert(parts.every((length) => length <= NPY_BEGINNING), `${parts}`);
  assertEquals((await file.array("third")).data, big);
  assert(done > 0 && done <= bytes.length);
});

Deno.test(ifPossible({
  name: "openNpz: a file is closed once, by hand or by its block",
  needs: { read: true, write: true },
  async fn() {
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeFile(path, await writeNpz({ x: tensor([1]) }));
      await using file = await openNpz(path);
      assertEquals((await file.tensor("x")).toArray(), [1]);
      await file.close();
      await file.close();
    } finally {
      await Deno.remove(path);
    }
  },
}));

Deno.test("openNpz: members that are no arrays are left out", async () => {
  const bytes = await writeZip([
    { name: "readme.txt", bytes: new TextEncoder().encode("hello") },
    {
      name: "../../x.npy",
      bytes: formatNpy({ shape: [], dtype: "uint8", data: Uint8Array.of(4) }),
    },
    { name: "folder/", bytes: new Uint8Array() },
  ], { compress: false });
  await using file = await openNpz(bytes);
  assertEquals(file.names, ["../../x"]);
  assertEquals((await file.tensor("../../x")).item(), 4);
  const error = await assertRejects(() => file.tensor("readme.txt"), RangeError);
  assertEquals(
    error.message,
    "Cannot read npz data: name must be that of an array in it, one of ../../x: got readme.txt",
  );
});

const PYTHON = `
import sys, numpy as np
with np.load(sys.argv[1]) as z:
    for name in z.files:
        a = z[name]
        print(name, a.dtype.name, list(a.shape), a.ravel().tolist())
`;

Deno.test(ifPossible({
  name: "numpy.load reads what writeNpz writes",
  needs: { read: true, write: true, run: true },
  skip: await pythonReason(),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const arrays = {
        w: tensor([[0.5, -1], [2, 3]]),
        "h\u00fctte": tensor([1.5], { dtype: "float64" }),
        scalar: tensor(7, { dtype: "uint8" }),
        none: tensor([], { dtype: "int32" }),
      };
      const contents = await Promise.all(
        Object.entries(arrays).map(([name, x]) => ({
          name: `${name}.npy`,
          bytes: formatNpy({ shape: x.shape, dtype: x.dtype, data: x.dataSync() }),
        })),
      );
      const files = [
        await writeNpz(arrays),
        await writeNpz(arrays, { compress: true }),
        await writeZip(contents, { compress: true, wideFrom: 0 }),
      ];
      for (const bytes of files) {
        const path = `${folder}/x.npz`;
        await writeFile(path, bytes);
        const { stdout, stderr } = await python(["-c", PYTHON, path]);
        assertEquals(stderr, "");
        assertEquals(stdout.trim().split("\n"), [
          "w float32 [2, 2] [0.5, -1.0, 2.0, 3.0]",
          "h\u00fctte float64 [1] [1.5]",
          "scalar uint8 [] [7]",
          "none int32 [0] []",
        ]);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));

async function python(args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  const env = { PYTHONIOENCODING: "utf-8" };
  const { stdout, stderr, code } = await new Deno.Command("python3", { args, env }).output();
  const decoder = new TextDecoder();
  return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr), code };
}

/** Says why NumPy cannot be asked, if it cannot. */
async function pythonReason(): Promise<string | undefined> {
  const { state } = await Deno.permissions.query({ name: "run", command: "python3" });
  if (state !== "granted") return undefined; // that permission is missing is said anyway
  try {
    const { code } = await python(["-c", "import numpy"]);
    return code === 0 ? undefined : "python3 has no NumPy here";
  } catch {
    return "there is no python3 here";
  }
}

/** An array of two texts, as NumPy writes them. */
function texts(): Uint8Array {
  const header = "{'descr': '<U3', 'fortran_order': False, 'shape': (2,), }".padEnd(117) + "\n";
  const bytes = new Uint8Array(10 + header.length + 2 * 12);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, header.length, 0]);
  bytes.set(new TextEncoder().encode(header), 10);
  return bytes;
}

Deno.test("readNpz: texts do not hide the numbers beside them", async () => {
  const x = formatNpy({ shape: [2], dtype: "float32", data: Float32Array.of(1, 2) });
  const both = [{ name: "names.npy", bytes: texts() }, { name: "x.npy", bytes: x }];
  const { warn } = console;
  const warned: string[] = [];
  console.warn = (message: string) => warned.push(message);
  try {
    const read = await readNpz(await writeZip(both, { compress: true }), { name: "a.npz" });
    assertEquals(Object.entries(read).map(([name, x]) => [name, x.toArray()]), [["x", [1, 2]]]);
  } finally {
    console.warn = warn;
  }
  assertEquals(warned.map((text) => text.replace(/expected .*, found/, "…")), [
    "1 of 2 arrays are left out: Cannot read a.npz: names: descr must be a supported element type: " +
    "… '<U3' (strings)",
  ]);
  const alone = await writeZip(both.slice(0, 1), { compress: false });
  await assertRejects(() => readNpz(alone), SyntaxError, "names: descr must be a supported");
});
