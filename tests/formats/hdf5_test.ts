/** HDF5 files: what h5py writes is read as h5py reads it; all else is an error; damaged files. */
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { type ReadArrayOptions, readHdf5 } from "../../src/data/mod.ts";
import { call, hdf5Library } from "../../src/formats/hdf5/library.ts";
import { inflate } from "../../src/files/compression_streams.ts";
import * as goldens from "../golden/hdf5/goldens.ts";
import * as numberTypes from "../golden/hdf5/number_types.ts";
import * as otherFiles from "../golden/hdf5/other_files.ts";
import { scaled } from "../support/effort.ts";
import { fuzz } from "../support/fuzz.ts";
import { ifPossible } from "../support/permissions.ts";
import { fromBase64 } from "./npy/support.ts";

async function unpack({ file }: { file: string }): Promise<Uint8Array> {
  return await inflate(fromBase64(file), "gzip", { most: 2 ** 20, action: "Cannot unpack" });
}

Deno.test("readHdf5 reads every array that h5py reads, in the oldest and the latest format", async () => {
  for (const golden of [goldens.oldest, goldens.latest, goldens.userBlock]) {
    await using file = await readHdf5(await unpack(golden), { name: golden.name });
    assertEquals([...file.names].sort(), golden.arrays.map(({ name }) => name).sort());
    for (const { name, shape, storedAs, values } of golden.arrays) {
      const info = await file.info(name);
      const { shape: found, dtype, data } = await file.array(name);
      assertEquals([found, [...data]], [shape, values], name);
      assertEquals([info.shape, info.storedAs, info.dtype], [shape, storedAs, dtype], name);
    }
    assertEquals((await file.tensor(golden.arrays[0].name)).shape, golden.arrays[0].shape);
  }
});

Deno.test("readHdf5: numbers that do not fill their bytes, and floats that are not IEEE's", async () => {
  for (const golden of [numberTypes.oldest, numberTypes.latest, numberTypes.userBlock]) {
    await using file = await readHdf5(await unpack(golden));
    for (const { name, values } of golden.arrays) {
      const { data } = await file.array(name);
      const expected = values.map((value) => value === "inf" ? Infinity : Number(value));
      assertEquals([...data], expected, name);
    }
    const storedAs = async (name: string) => (await file.info(name)).storedAs;
    assertEquals(await storedAs("i12"), "12 bits of int16");
    assertEquals(await storedAs("bfloat16"), "bfloat16");
    assertEquals(await storedAs("float8"), "float of 4 and 3 bits");
  }
});

Deno.test("readHdf5: several files may be open at once", async () => {
  await using a = await readHdf5(await unpack(goldens.small));
  await using b = await readHdf5(await unpack(goldens.smallChunked));
  assertEquals([a.names, b.names], [["w"], ["x"]]);
  assertEquals([...(await a.array("w")).data], [0.5, 1, 2, 3]);
  assertEquals([...(await b.array("x")).data], [0, 1, 2, 3, 4, 5, 6, 7]);
  assertEquals((await a.tensor("w")).toArray(), [[0.5, 1], [2, 3]]);
});

Deno.test("readHdf5: no other file is read, however a file refers to it", async () => {
  const { FS } = await hdf5Library();
  FS.writeFile("/other.h5", await unpack(goldens.small)); // has an array w
  try {
    for (const golden of [otherFiles.externalLink, otherFiles.softLink]) {
      await using file = await readHdf5(await unpack(golden));
      assertEquals(file.names, ["own"]);
      assertEquals([...(await file.array("own")).data], [0.5, -1]);
    }
    for (const golden of [otherFiles.virtual, otherFiles.externalStorage]) {
      await using file = await readHdf5(await unpack(golden), { name: "parts.h5" });
      assertEquals(file.names, ["a", "own"]);
      const { message } = await assertRejects(() => file.array("a"), SyntaxError);
      assertEquals(
        message,
        "Cannot read parts.h5: a: its elements must be in the file itself: they are in /other.h5",
      );
      assertEquals([...(await file.array("own")).data], [0.5, -1]);
    }
  } finally {
    FS.unlink("/other.h5");
  }
});

Deno.test("readHdf5: groups may be 64 deep and no deeper, which would take cubic time", async () => {
  await using file = await readHdf5(await nestedGroups(64));
  assertEquals(file.names, []);
  const { message } = await assertRejects(
    async () => await readHdf5(await nestedGroups(65), { name: "deep.h5" }),
    SyntaxError,
  );
  assertEquals(
    message,
    `Cannot read deep.h5: groups must be nested at most 64 deep: ${"g/".repeat(30)}... is deeper`,
  );
  await assertRejects(async () => await readHdf5(await nestedGroups(scaled(2000))), SyntaxError);
});

/** A file of groups in groups. */
async function nestedGroups(depth: number): Promise<Uint8Array> {
  const { FS, ...library } = await hdf5Library();
  const id = library.open("/nested.h5", library.H5F_ACC_TRUNC, false, -1, -1);
  let path = "";
  for (let i = 0; i < depth; i++) library.create_group(id, path += "/g");
  library.close_file(id);
  const bytes = FS.readFile("/nested.h5");
  FS.unlink("/nested.h5");
  return bytes;
}

Deno.test("readHdf5: no file can know by which name another is open", async () => {
  const { FS } = await hdf5Library();
  const names = () =>
    (FS as unknown as { readdir(path: string): string[] }).readdir("/")
      .filter((name) => name.endsWith(".h5"));
  const seen = new Set<string>();
  for (let i = 0; i < 3; i++) {
    await using _file = await readHdf5(await unpack(goldens.small));
    const [name] = names();
    assert(name.length >= 32 && !seen.has(name), name);
    seen.add(name);
  }
  assertEquals(names(), []);
});

const PHOTOS = new URL("../../../shared/data/signs/train_signs.h5", import.meta.url);

Deno.test(ifPossible({
  name: "readHdf5 reads a file of photos, chunked and deflated, as its .npy twin has them",
  needs: { read: true },
  skip: await missingPhotos(),
  async fn() {
    await using file = await readHdf5(PHOTOS);
    assertEquals(file.names, ["list_classes", "train_set_x", "train_set_y"]);
    const { shape, dtype, data } = await file.array("train_set_x");
    assertEquals([shape, dtype], [[1080, 64, 64, 3], "uint8"]);
    const npy = await Deno.readFile(new URL("x_train.npy", PHOTOS));
    assert(data.every((value, i) => value === npy[npy.length - data.length + i]));
  },
}));

async function missingPhotos(): Promise<string | undefined> {
  const { state } = await Deno.permissions.query({ name: "read" });
  if (state !== "granted") return undefined; // the missing permission is told instead
  try {
    await Deno.stat(PHOTOS);
    return undefined;
  } catch {
    return "the photos are not in ../shared/data/signs";
  }
}

async function refuse(
  bytes: Uint8Array,
  message: string,
  kind: new (message?: string) => Error = SyntaxError,
  options: ReadArrayOptions = {},
): Promise<Error> {
  const error = await assertRejects(async () => {
    await using file = await readHdf5(bytes, { name: "x.h5", ...options });
    for (const name of file.names) await file.array(name);
  }, kind);
  assertEquals(error.message, `Cannot read x.h5: ${message}`);
  return error;
}

Deno.test("readHdf5 refuses arrays that it cannot read, and tells their kind beforehand", async () => {
  await using file = await readHdf5(await unpack(goldens.unreadable), { name: "x.h5" });
  const numbers = "the array must hold numbers: expected integers of 8 to 64 bits, floats of 16, " +
    "32 or 64 bits or bools, found ";
  const filters = "its filters must be ones that can be undone: expected deflate, shuffle, " +
    "fletcher32, szip, nbit, scaleoffset, found lzf (number 32000)";
  const expected: Record<string, [storedAs: string, message: string]> = {
    "complex": ["compound of 128 bits", `${numbers}compound of 128 bits`],
    "compound": ["compound of 64 bits", `${numbers}compound of 64 bits`],
    "enum": ["enum of 8 bits", `${numbers}enum of 8 bits`],
    "fixed string": ["string of 24 bits", `${numbers}string of 24 bits`],
    "large": [
      "int64",
      "every int64 value must fit in int32 (-2147483648 to 2147483647): " +
      "the value at [1, 1] is 1099511627776",
    ],
    "lzf": ["float32", filters],
    "null": ["float32", "the array must have a shape: found an empty data space"],
    "string": ["string of 32 bits", `${numbers}string of 32 bits`],
  };
  assertEquals([...file.names].sort(), Object.keys(expected).sort());
  for (const [name, [storedAs, message]] of Object.entries(expected)) {
    assertEquals((await file.info(name)).storedAs, storedAs);
    const error = await assertRejects(() => file.array(name), Error);
    assertInstanceOf(error, name === "large" ? RangeError : SyntaxError);
    assertEquals(error.message, `Cannot read x.h5: ${name}: ${message}`);
  }
  const error = await assertRejects(() => file.array("none"), RangeError);
  assertEquals(
    error.message,
    "Cannot read x.h5: name must be that of an array in it, one of " +
      "complex, compound, enum, fixed string, large, lzf, null, str...: got none",
  );
});

Deno.test("readHdf5 refuses what is no HDF5 file, or not a whole one", async () => {
  const signature = "an HDF5 file must begin with its signature: " +
    "expected 89 48 44 46 0d 0a 1a 0a, found ";
  await refuse(new Uint8Array(), `${signature}an empty file`);
  await refuse(Uint8Array.of(0x89, 0x48, 1), `${signature}89 48 01`);
  const bytes = await unpack(goldens.small);
  const damaged = "it must be a sound HDF5 file: it is damaged";
  const error = await refuse(bytes.subarray(0, -20), damaged);
  assert((error.cause as Error).message.includes("truncated file"), String(error.cause));
  const flipped = bytes.slice();
  flipped[bytes.length - 1] ^= 1; // the last number: there is no checksum for it
  await using file = await readHdf5(flipped);
  assertEquals((await file.array("w")).shape, [2, 2]);
});

/** A file as h5py leaves it that has not closed it: libver="latest", one data set, flushed. */
const LEFT_OPEN =
  "H4sIAAAAAAACA+v0cHHj5ZLiYubgYGSAgv9QIMAB4RtAxQ/mrF3o7+ESxMRQwSSErBAGuJgYgIaw8TAAKcaKzTDz" +
  "PBioBjJ/ytSAnQC0gFGEgYGJkZGRCSoHo5lFGBgFFewZIK53YDDhZjD5z8zAwAp0HTMXB9DlzIxQSQYBmMEbGIYc" +
  "yHZyO84wCkbBKBgFo2AUkA8+2EMZDgA2tJGhEAgAAA==";

Deno.test("readHdf5: a file that is open for writing is said to be, not to be damaged", async () => {
  const bytes = await unpack({ file: LEFT_OPEN });
  const error = await assertRejects(() => readHdf5(bytes, { name: "a.h5" }), SyntaxError);
  assertEquals(
    error.message,
    "Cannot read a.h5: the program that writes it must have closed it: it is marked as open for " +
      "writing; close it there, or run h5clear -s if that program is no more",
  );
});

Deno.test("readHdf5: data that cannot be unpacked is an error, not what was in memory", async () => {
  const bytes = await unpack(goldens.smallChunked);
  {
    await using file = await readHdf5(bytes);
    await file.array("x"); // leaves the right numbers in memory
  }
  const chunk = bytes.findIndex((byte, i) => byte === 0x78 && bytes[i + 1] === 0x5e);
  assert(chunk > 0);
  const damaged = bytes.slice();
  damaged.fill(0xff, chunk, chunk + 8);
  const error = await refuse(damaged, "x: the array must be sound: it is damaged");
  assert((error.cause as Error).message.includes("Filter operation failed"), String(error.cause));
});

Deno.test("readHdf5: arrays and chunks larger than is sensible", async () => {
  const small = await unpack(goldens.small);
  await refuse(
    small,
    "w: the array must have at most maxElements = 3 elements: shape [2, 2] has 4",
    RangeError,
    { maxElements: 3 },
  );
  await refuse(
    small,
    `it must have at most maxBytes = 10 bytes: it has ${small.length}`,
    RangeError,
    { maxBytes: 10 },
  );
  await refuse(small, "maxElements must be an integer of at least 0: got -1", RangeError, {
    maxElements: -1,
  });
});

Deno.test("the HDF5 library is quiet, and its report is kept", async () => {
  const library = await hdf5Library();
  const error = assertThrows(
    () =>
      call(
        library,
        () => library.open("/none.h5", library.H5F_ACC_RDONLY, false, -1, -1),
        (id) => id >= 0n,
        (report) => {
          throw new SyntaxError("refused", { cause: report });
        },
        { opens: "/none.h5" },
      ),
    SyntaxError,
  );
  assert((error.cause as Error).message.includes("unable to open file"), String(error.cause));
});

Deno.test("readHdf5: damaged files", async () => {
  const samples = await Promise.all(
    [goldens.small, goldens.smallChunked, goldens.smallOld, numberTypes.latest].map(unpack),
  );
  const { runs, refused, read } = await fuzz({
    samples,
    async read(bytes) {
      await using file = await readHdf5(bytes, { name: "fuzz.h5", maxElements: 2 ** 20 });
      return await Promise.all(file.names.map((name) => file.array(name)));
    },
    check(arrays) {
      for (const { shape, data } of arrays) {
        assertEquals(data.length, shape.reduce((a, b) => a * b, 1));
      }
    },
  });
  assert(refused > runs / 8 && read > runs / 8, `${refused} refused, ${read} read`);
});
