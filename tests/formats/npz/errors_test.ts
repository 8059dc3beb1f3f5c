/** Errors of `openNpz` for archives it refuses: every message, whole. */
import { assertEquals, assertRejects } from "@std/assert";
import { openNpz, type ReadArrayOptions } from "../../../src/data/mod.ts";
import { formatNpy } from "../../../src/formats/npy/npy.ts";
import { writeZip } from "../../../src/formats/zip/writer.ts";
import { concatenate } from "../../../src/files/source.ts";

const X = formatNpy({ shape: [2], dtype: "float32", data: Float32Array.of(1, 2) }); // 136 bytes
const ENTRY = 46; // bytes of an entry of the directory, without name and extra field
const LOCAL = 30;

/** Reads the place of an archive's directory from the end record. */
function directoryOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer).getUint32(bytes.length - 6, true);
}

async function archive(compress = false, names = ["x.npy"], wideFrom: number = 2 ** 32) {
  const bytes = await writeZip(names.map((name) => ({ name, bytes: X })), { compress, wideFrom });
  return { bytes, view: new DataView(bytes.buffer), directory: directoryOf(bytes) };
}

async function refuse(
  bytes: Uint8Array,
  message: string,
  kind: new (message?: string) => Error = SyntaxError,
  options: ReadArrayOptions = {},
): Promise<void> {
  const error = await assertRejects(async () => {
    await using file = await openNpz(bytes, { name: "x.npz", ...options });
    for (const name of file.names) await file.array(name);
  }, kind);
  assertEquals(error.message, `Cannot read x.npz: ${message}`);
  assertEquals(error.constructor, kind);
}

Deno.test("openNpz refuses what has no directory", async () => {
  const none = "a zip archive must end with its directory: " +
    "expected the bytes 50 4b 05 06 in the last ";
  await refuse(new Uint8Array(), `${none}0, found none that fit`);
  await refuse(
    X,
    "it must be an npz file of NumPy: it is an npy file of NumPy; read it with readNpy",
  );
  const { bytes } = await archive();
  await refuse(bytes.subarray(0, -1), `${none}${bytes.length - 1}, found none that fit`);
  await refuse(
    concatenate([bytes, Uint8Array.of(0)]),
    `${none}${bytes.length + 1}, found none that fit`,
  );
});

Deno.test("openNpz refuses a directory in the wrong place or of the wrong size", async () => {
  const { bytes, view, directory } = await archive();
  const end = bytes.length - 22;
  const size = end - directory;
  const moved = concatenate([Uint8Array.of(0), bytes]);
  await refuse(
    moved,
    `the directory must end where its end record begins: expected ${end + 1}, ` +
      `found ${directory} + ${size}`,
  );
  view.setUint16(end + 10, 2, true);
  await refuse(
    bytes,
    `the directory must have room for its entries: expected at least 92 bytes for 2, found ${size}`,
  );
  view.setUint16(end + 10, 0, true);
  await refuse(
    bytes,
    "the directory must have the length of its 0 entries: " +
      `expected 0 bytes, found ${size}`,
  );
  view.setUint16(end + 10, 1, true);
  view.setUint16(end + 4, 1, true);
  await refuse(bytes, "the archive must be one file: expected disk 0, found 1");
});

Deno.test("openNpz refuses a directory that is too long to be sound", async () => {
  const bytes = new Uint8Array(2 ** 26 + 1 + 22);
  const view = new DataView(bytes.buffer);
  view.setUint32(2 ** 26 + 1, 0x06054b50, true);
  view.setUint32(2 ** 26 + 1 + 12, 2 ** 26 + 1, true);
  await refuse(
    bytes,
    "the directory must have a reasonable length: expected at most 67108864 bytes, found 67108865",
  );
});

Deno.test("openNpz refuses malformed entries", async () => {
  const { bytes, view, directory } = await archive();
  const damaged = async (offset: number, value: number, message: string) => {
    const before = view.getUint16(directory + offset, true);
    view.setUint16(directory + offset, value, true);
    await refuse(bytes, message);
    view.setUint16(directory + offset, before, true);
  };
  await damaged(
    0,
    0,
    "entry 0 of the directory must begin with the bytes 50 4b 01 02: found others",
  );
  await damaged(
    28,
    0xffff,
    `entry 0 of the directory must lie inside it: expected at most 51 bytes, found ${
      ENTRY + 0xffff
    }`,
  );
  await damaged(
    46,
    0xffff,
    "the name of entry 0 must be text: expected UTF-8, found other bytes",
  );
  const method = "member x.npy must be stored or deflated: expected method 0 or 8, found ";
  await damaged(10, 14, `${method}14`);
  await damaged(8, 1, `${method}encryption`);
  await damaged(8, 32, `${method}a patch`);
  const size = "member x.npy must have a size that its 136 bytes in the file can make: ";
  await damaged(24, 137, `${size}expected 136, found 137`);
  await damaged(
    20,
    137,
    "member x.npy must have a size that its 137 bytes in the file can make: expected 137, found 136",
  );
  await damaged(
    42,
    6,
    "members must lie one after the other, before the directory: " +
      `member x.npy ends at 172, what follows it begins at ${directory}`,
  );
});

Deno.test("openNpz refuses sizes that deflate cannot make, before it unpacks anything", async () => {
  const { view, bytes, directory } = await archive(true);
  const stored = view.getUint32(directory + 20, true);
  view.setUint32(directory + 24, 0xfffffffe, true);
  await refuse(
    bytes,
    `member x.npy must have a size that its ${stored} bytes in the file can make: ` +
      `expected at most ${1032 * stored}, found 4294967294`,
  );
});

Deno.test("openNpz refuses members of one name, and members that overlap", async () => {
  await refuse(
    (await archive(false, ["x.npy", "x.npy"])).bytes,
    "members must have different names: found two of x.npy",
  );
  const { bytes, view, directory } = await archive(false, ["x.npy", "y.npy"]);
  view.setUint32(directory + ENTRY + 5 + 42, 0, true);
  await refuse(
    bytes,
    "members must lie one after the other, before the directory: " +
      "member x.npy ends at 166, what follows it begins at 0",
  );
});

Deno.test("openNpz refuses local headers that disagree with the directory", async () => {
  const agree = "x: the header before the data must agree with the directory: ";
  const other = `${agree}expected one with method 0 at 0, found another or none`;
  const { bytes, view, directory } = await archive();
  const damaged = async (offset: number, value: number, message: string) => {
    const before = view.getUint16(offset, true);
    view.setUint16(offset, value, true);
    await refuse(bytes, message);
    view.setUint16(offset, before, true);
  };
  await damaged(0, 0, other);
  await damaged(8, 8, other);
  await damaged(LOCAL, 0x7979, `${agree}expected the name x.npy, found another`);
  await damaged(
    28,
    100,
    "x: members must lie one after the other, before the directory: " +
      `member x.npy ends at 271, what follows it begins at ${directory}`,
  );
});

Deno.test("openNpz refuses data that is not what was declared", async () => {
  const { bytes } = await archive();
  bytes[LOCAL + 5 + 130] ^= 1;
  await refuse(
    bytes,
    "x: the data must have the CRC-32 that is declared: expected e7abca9a, found 2cf7193f",
  );
  const unchecked = await archive();
  for (const at of [14, unchecked.directory + 16]) unchecked.view.setUint32(at, 0, true);
  await refuse(
    unchecked.bytes,
    "x: the data must have the CRC-32 that is declared: expected 00000000, found e7abca9a",
  );
  const packed = await archive(true);
  const sizeAt = packed.directory + 24;
  packed.view.setUint32(sizeAt, 135, true);
  await refuse(
    packed.bytes,
    "x: the data must have the size that is declared: expected 135 bytes, found more",
  );
  packed.view.setUint32(sizeAt, 137, true);
  await refuse(
    packed.bytes,
    "x: the data must have the size that is declared: expected 137 bytes, found 136",
  );
  packed.view.setUint32(sizeAt, 136, true);
  packed.bytes.fill(0xff, LOCAL + 5, LOCAL + 20);
  await refuse(
    packed.bytes,
    "x: the compressed data must be sound: it is damaged, cut short or too long",
  );
});

Deno.test("openNpz: a bomb is refused by the size of its array, not by running out of memory", async () => {
  const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117) + "\n";
  const head = concatenate([
    X.subarray(0, 8),
    Uint8Array.of(118, 0),
    new TextEncoder().encode(header),
  ]);
  const bomb = concatenate([head, new Uint8Array(2 ** 26)]);
  const bytes = await writeZip([{ name: "x.npy", bytes: bomb }], { compress: true });
  await refuse(
    bytes,
    "x: the data must have the size that shape and descr declare: " +
      "expected 6 bytes for [2, 3] of '|u1', found 67108864",
  );
  await refuse(
    (await archive(true)).bytes,
    "x: the array must have at most maxElements = 1 elements: shape [2] has 2",
    RangeError,
    { maxElements: 1 },
  );
  const { bytes: sound } = await archive();
  await refuse(
    sound,
    `it must have at most maxBytes = 100 bytes: it has ${sound.length}`,
    RangeError,
    { maxBytes: 100 },
  );
});

Deno.test("openNpz refuses malformed zip64 fields", async () => {
  const { bytes, view } = await archive(false, ["x.npy"], 0);
  const end = bytes.length - 22;
  const [locator, record] = [end - 20, end - 76];
  const directory = Number(view.getBigUint64(record + 48, true));
  const damaged = async (at: number, value: bigint, message: string) => {
    const before = view.getBigUint64(at, true);
    view.setBigUint64(at, value, true);
    await refuse(bytes, message);
    view.setBigUint64(at, before, true);
  };
  const before = "the zip64 end record must stand before its locator: " +
    `expected it at ${record} with 56 bytes, found the locator point to `;
  await damaged(locator + 8, 7n, `${before}7`);
  await damaged(record + 4, 45n, `${before}${record}`);
  await damaged(
    record + 48,
    2n ** 60n,
    "sizes and offsets must be whole numbers: " +
      "expected at most 9007199254740991, found 1152921504606846976",
  );
  const field = directory + ENTRY + 5;
  await damaged(
    field + 4,
    2n ** 63n,
    "member x.npy: sizes and offsets must be whole numbers: " +
      "expected at most 9007199254740991, found 9223372036854775808",
  );
  view.setUint16(field + 2, 16, true);
  await refuse(
    bytes,
    "member x.npy must have all its sizes: " +
      "expected a zip64 field of at least 24 bytes, found 16",
  );
});
