/** safetensors files: those of the Python package are read, ours are the same byte for byte. */
import { assert, assertEquals, assertLess, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { tensor } from "../../mod.ts";
import { ShapeError } from "../../src/core/errors.ts";
import type { ReadArrayOptions } from "../../src/data/mod.ts";
import { openSafetensors, readSafetensors, writeSafetensors } from "../../src/models/mod.ts";
import { concatenate } from "../../src/files/source.ts";
import { fromBase64 } from "./npy/support.ts";
import { goldens } from "../golden/safetensors/goldens.ts";
import { scaled } from "../support/effort.ts";
import { fuzz } from "../support/fuzz.ts";
import { charactersRead } from "../support/work.ts";

/** Reads a float as Python's `repr` writes it. */
function numberOf(text: string): number {
  return text.endsWith("inf") ? (text.startsWith("-") ? -Infinity : Infinity) : Number(text);
}

Deno.test("openSafetensors reads what the Python package writes, of every type", async () => {
  await using file = await openSafetensors(fromBase64(goldens.file), { name: "x.safetensors" });
  assertEquals([...file.names].sort(), goldens.arrays.map(({ name }) => name).sort());
  assertEquals(file.metadata.format, "np");
  assertEquals(Object.getOwnPropertyDescriptor(file.metadata, "__proto__")?.value, "text");
  for (const { name, shape, storedAs, values } of goldens.arrays) {
    const info = await file.info(name);
    const { shape: found, dtype, data } = await file.array(name);
    assertEquals([info.shape, info.storedAs, info.dtype], [shape, storedAs, dtype], name);
    assertEquals([found, [...data]], [shape, values.map(numberOf)], name);
  }
});

Deno.test("openSafetensors: bfloat16 is exact", async () => {
  await using file = await openSafetensors(fromBase64(goldens.bfloat16));
  assertEquals(await file.info("b"), { shape: [5], dtype: "float32", storedAs: "bfloat16" });
  const { data } = await file.array("b");
  assertEquals([...data], goldens.bfloat16Values.map(numberOf));
});

Deno.test("writeSafetensors writes what the Python package writes, byte for byte", async () => {
  const expected = fromBase64(goldens.written);
  await using file = await openSafetensors(expected);
  const arrays = await Promise.all(
    file.names.toReversed().map(async (name) => [name, await file.array(name)]),
  );
  const bytes = writeSafetensors(Object.fromEntries(arrays), { metadata: { a: 'b "c"' } });
  assertEquals(bytes, expected);
});

Deno.test("writeSafetensors and readSafetensors: what is written is read", async () => {
  const arrays = fc.dictionary(
    fc.string({ unit: "grapheme", maxLength: 5 }).filter((name) => name !== "__metadata__"),
    fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 4 }).chain((values) =>
      fc.constantFrom("float32", "float64", "int32", "uint8").map((dtype) =>
        tensor(values, { dtype: dtype as "float32" })
      )
    ),
    { maxKeys: 4 },
  );
  await fc.assert(
    fc.asyncProperty(arrays, async (tensors) => {
      const read = await readSafetensors(writeSafetensors(tensors));
      assertEquals(Object.keys(read).sort(), Object.keys(tensors).sort());
      for (const [name, x] of Object.entries(tensors)) {
        const own = Object.getOwnPropertyDescriptor(read, name)!.value;
        assertEquals([own.shape, own.dtype, [...own.dataSync()]], [x.shape, x.dtype, [
          ...x.dataSync(),
        ]]);
      }
    }),
    { numRuns: scaled(100) },
  );
});

/** Makes a file of a header's text and some bytes of data. */
function fileOf(header: string | Uint8Array, data = 0, length = -1n): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, length < 0n ? BigInt(text.length) : length, true);
  return concatenate([size, text, new Uint8Array(data)]);
}

async function refuse(
  bytes: Uint8Array,
  message: string,
  kind: new (message?: string) => Error = SyntaxError,
  options: ReadArrayOptions = {},
): Promise<void> {
  const error = await assertRejects(async () => {
    await using file = await openSafetensors(bytes, { name: "x", ...options });
    for (const name of file.names) await file.array(name);
  }, kind);
  assertEquals(error.message, `Cannot read x: ${message}`);
}

const entry = (dtype: string, shape: string, offsets: string) =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;

Deno.test("openSafetensors refuses headers that are no header", async () => {
  await refuse(
    Uint8Array.of(1, 2),
    "the file must hold the length of its header: expected 8 bytes, found 2",
  );
  const lies = "the header must lie in the file and have at most 100000000 bytes: ";
  await refuse(fileOf("{}", 0, 3n), `${lies}expected at most 2, found 3`);
  await refuse(
    fileOf("{}", 0, 2n ** 64n - 1n),
    `${lies}expected at most 2, found ${2n ** 64n - 1n}`,
  );
  await refuse(
    fileOf("{}", 100_000_001, 100_000_001n),
    `${lies}expected at most 100000000, found 100000001`,
  );
  await refuse(
    fileOf(Uint8Array.of(0x7b, 0xff, 0x7d)),
    "the header must be text: " +
      "expected UTF-8, found other bytes",
  );
  await refuse(fileOf(""), "the header must begin with {: found nothing");
  await refuse(fileOf(" {}"), "the header must begin with {: found  {}");
  const json = "the header must be JSON: at its character ";
  await refuse(fileOf("{"), `${json}1 expected a key in quotes, found the end`);
  await refuse(fileOf('{"a" 1}'), `${json}5 expected :, found 1}`);
  await refuse(fileOf('{"a":1'), `${json}6 expected , or }, found the end`);
  await refuse(fileOf('{"a":[1}'), `${json}7 expected , or ], found }`);
  await refuse(fileOf('{"a":01}'), `${json}6 expected , or }, found 1}`);
  await refuse(fileOf('{"a":x}'), `${json}5 expected a value, found x}`);
  await refuse(fileOf("{}x"), `${json}2 expected nothing after the value, found x`);
  const text = "expected a text in quotes, without control characters or unknown escapes, found ";
  await refuse(fileOf('{"a'), `${json}1 ${text}"a`);
  await refuse(fileOf('{"\\x":1}'), `${json}1 ${text}"\\x":1}`);
  await refuse(fileOf('{"a\n":1}'), `${json}1 ${text}"a\\x0a":1}`);
  await refuse(
    fileOf(`{"a":${"[".repeat(30)}`),
    `${json}21 expected at most 16 levels of brackets, found ${"[".repeat(14)}`,
  );
  const twice = entry("U8", "[0]", "[0,0]");
  await refuse(
    fileOf(`{"a":${twice},"a":${twice}}`),
    `${json}53 expected a key that has not come before, found "a":{"dtype":"U8","shape`,
  );
});

Deno.test("readSafetensors: newer types do not hide the tensors beside them", async () => {
  const text = `{"w":${entry("F32", "[1]", "[0,4]")},"half":${entry("F4", "[3]", "[4,6]")},` +
    `"scale":${entry("F8_E8M0", "[2]", "[6,8]")}}`;
  const bytes = fileOf(text, 8);
  const warned: string[] = [];
  const { warn } = console;
  console.warn = (message: string) => warned.push(message);
  try {
    assertEquals(Object.keys(await readSafetensors(bytes, { name: "x" })), ["w"]);
  } finally {
    console.warn = warn;
  }
  assertEquals(warned, [
    "2 of 3 arrays are left out: Cannot read x: half: dtype must be one that can be read: expected " +
    "F16, BF16, F32, F64, BOOL or an integer type, found F4",
  ]);
  await using file = await openSafetensors(bytes);
  assertEquals((await file.info("scale")).dtype, undefined);
});

Deno.test("openSafetensors refuses tensors that are not as the format asks", async () => {
  const keys = "a: a tensor must have these keys and no other: expected dtype, shape, " +
    "data_offsets, found ";
  await refuse(fileOf('{"a":1}'), `${keys}none`);
  await refuse(fileOf('{"a":{"dtype":"U8","shape":[]}}'), `${keys}dtype, shape`);
  await refuse(
    fileOf(`{"a":${entry("U9", "[]", "[0,1]")}}`, 1),
    "a: dtype must be known: expected one of BOOL U8 I8 F8_E5M2 F8_E4M3 I16 U16 F16 BF16 I32 U32 " +
      "F32 C64 F64 I64 U64 F4 F6_E2M3 F6_E3M2 F8_E8M0 F8_E4M3FNUZ F8_E5M2FNUZ, " +
      'found "U9"',
  );
  const whole = " must be a list of whole numbers: found ";
  await refuse(fileOf(`{"a":${entry("U8", "[-1]", "[0,1]")}}`, 1), `a: shape${whole}[-1]`);
  await refuse(fileOf(`{"a":${entry("U8", "[1.5]", "[0,1]")}}`, 1), `a: shape${whole}[1.5]`);
  await refuse(fileOf(`{"a":${entry("U8", "1", "[0,1]")}}`, 1), `a: shape${whole}1`);
  await refuse(
    fileOf(`{"a":${entry("U8", "[1]", "[0,1e300]")}}`, 1),
    `a: data_offsets${whole}[0,1e+300]`,
  );
  await refuse(
    fileOf(`{"a":${entry("U8", "[4294967296,4294967296]", "[0,0]")}}`),
    "a: shape must have a size that can be counted: expected non-zero sizes with a product of at " +
      "most 2^49, found [4294967296, 4294967296]",
  );
  const span = "a: data_offsets must span the bytes of the tensor: expected ";
  await refuse(
    fileOf(`{"a":${entry("F32", "[2]", "[0,4]")}}`, 4),
    `${span}8 for F32 [2], found [0, 4]`,
  );
  await refuse(
    fileOf(`{"a":${entry("U8", "[]", "[1,0]")}}`, 1),
    `${span}1 for U8 [], found [1, 0]`,
  );
  await refuse(fileOf(`{"a":${entry("U8", "[]", "[0]")}}`, 1), `${span}1 for U8 [], found [0]`);
  const order = "tensors must lie one after the other, without gap or overlap: " +
    "expected data_offsets from ";
  const [first, second] = [entry("U8", "[2]", "[0,2]"), entry("U8", "[2]", "[1,3]")];
  await refuse(fileOf(`{"a":${first},"b":${second}}`, 3), `b: ${order}2, found 1`);
  await refuse(fileOf(`{"a":${second}}`, 3), `a: ${order}0, found 1`);
  const fill = "the tensors must fill the file: expected 2 bytes after the header, found ";
  await refuse(fileOf(`{"a":${first}}`, 3), `${fill}3`);
  await refuse(fileOf(`{"a":${first}}`, 1), `${fill}1`);
  await refuse(
    fileOf('{"__metadata__":{"a":1}}'),
    "__metadata__ must hold texts by name: found an object",
  );
  for (const mixed of ['{"a":"text","b":1}', '{"a":1,"b":"text"}']) {
    await refuse(
      fileOf(`{"__metadata__":${mixed}}`),
      "__metadata__ must hold texts by name: found an object",
    );
  }
  await refuse(fileOf('{"__metadata__":[]}'), "__metadata__ must hold texts by name: found []");
});

Deno.test("openSafetensors refuses to read what it cannot hold", async () => {
  const eighth = fileOf(`{"a":${entry("F8_E4M3", "[1]", "[0,1]")}}`, 1);
  await using file = await openSafetensors(eighth);
  assertEquals(await file.info("a"), { shape: [1], dtype: undefined, storedAs: "F8_E4M3" });
  await refuse(
    eighth,
    "a: dtype must be one that can be read: expected F16, BF16, F32, F64, BOOL or an integer type, " +
      "found F8_E4M3",
  );
  const wide = fileOf(`{"a":${entry("U32", "[1,1]", "[0,4]")}}`, 4).fill(0xff, -4);
  await refuse(
    wide,
    "a: every uint32 value must fit in int32 (-2147483648 to 2147483647): " +
      "the value at [0, 0] is 4294967295",
    RangeError,
  );
  const bool = fileOf(`{"a":${entry("BOOL", "[1]", "[0,1]")}}`, 1).fill(2, -1);
  await refuse(bool, "a: every byte of a bool array must be 0 or 1: the byte at [0] is 2");
  const small = writeSafetensors({ a: tensor([1, 2]) });
  await refuse(
    small,
    "a: the array must have at most maxElements = 1 elements: shape [2] has 2",
    RangeError,
    { maxElements: 1 },
  );
});

Deno.test("writeSafetensors says what is wrong", () => {
  const shape = assertThrows(
    () => writeSafetensors({ a: { shape: [2], dtype: "uint8", data: Uint8Array.of(1) } }),
    ShapeError,
  );
  assertEquals(
    shape.message,
    "Cannot write a as safetensors: data must have one element for every position of shape: " +
      "shape [2] has 2, data has 1",
  );
  const name = assertThrows(() => writeSafetensors({ __metadata__: tensor(1) }), RangeError);
  assertEquals(
    name.message,
    "Cannot write safetensors data: no tensor may be called __metadata__: got one",
  );
});

Deno.test("openSafetensors: damaged files", async () => {
  const arrays = { a: tensor([1, 2]), b: tensor(Uint8Array.of(3, 4, 5)) };
  const samples = [
    writeSafetensors(arrays, { metadata: { format: "pt" } }),
    fileOf(
      `{"h":${entry("BF16", "[2]", "[0,4]")},"__proto__":${entry("I64", "[1]", "[4,12]")}}`,
      12,
    ),
  ];
  const { runs, refused, read } = await fuzz({
    samples,
    async read(bytes) {
      await using file = await openSafetensors(bytes, { name: "fuzz" });
      return await Promise.all(file.names.map((name) => file.array(name)));
    },
    check(arrays, _, bytes) {
      const total = arrays.reduce((sum, { data }) => sum + data.length, 0);
      for (const { shape, data } of arrays) {
        assertEquals(data.length, shape.reduce((a, b) => a * b, 1));
      }
      assert(total <= bytes.length);
    },
    tokens: ["[", "{", '"', ",", "0", "99999999999999999999", '"__proto__"', "-1", "1e9", "\\u0000"]
      .map((text) => new TextEncoder().encode(text)),
  });
  assert(refused > runs / 4 && read > runs / 60, `${refused} refused, ${read} read`);
});

Deno.test("openSafetensors reads hostile headers a few times at most", async () => {
  for (const piece of ["[", "{", '"', '{"a":', "\\", "1", "1,", " ", '"a":1,']) {
    const text = "{" + piece.repeat(200_000 / piece.length);
    const open = () => assertRejects(() => openSafetensors(fileOf(text)), SyntaxError);
    assertLess(await charactersRead(open), 10 * text.length, piece);
  }
});
