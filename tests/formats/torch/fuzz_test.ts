// Damaged files of PyTorch: an error of the right kind, or numbers that may be there.

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { HostArray } from "../../../src/core/dtype.ts";
import { openTorch, saveTorch } from "../../../src/models/mod.ts";
import { PickleWriter } from "../../../src/formats/pickle/writer.ts";
import { unpickle } from "../../../src/formats/pickle/machine.ts";
import { torchWorld } from "../../../src/formats/torch/objects.ts";
import { writeZip } from "../../../src/formats/zip/writer.ts";
import { goldens } from "../../golden/torch/goldens.ts";
import { unpack } from "../../models/keras/models.ts";
import { fuzz } from "../../support/fuzz.ts";

const text = (value: string) => new TextEncoder().encode(value);
const OPTIONS = { name: "fuzz.pt", maxElements: 2 ** 16 };
const ELEMENTS = 2 ** 20;

Deno.test("openTorch: damaged files", async () => {
  const { checkpoint, list, types } = goldens;
  const samples = await Promise.all(
    [checkpoint.zip, checkpoint.legacy, list.zip, list.legacy, types.legacy].map(unpack),
  );
  const { runs, refused, read } = await fuzz({
    samples,
    async read(bytes) {
      await using file = await openTorch(bytes, OPTIONS);
      const arrays: HostArray[] = [];
      for (const name of file.names) {
        if ((await file.info(name)).dtype !== undefined) arrays.push(await file.array(name));
      }
      return arrays;
    },
    check(arrays) {
      for (const { data } of arrays) assert(data.length <= ELEMENTS);
    },
    tokens: [
      "ctorch._utils\n_rebuild_tensor_v2\n",
      "cos\nsystem\n",
      "ccollections\nOrderedDict\n",
      "ctorch._tensor\n_rebuild_from_type_v2\n",
      ")R",
      "}q\0",
      "h\0",
      "2",
      "(",
      "t",
      "u",
      "s",
      "b",
      "R",
      "Q",
      "\x81",
      "\x93",
      "\x8b\xff\xff\xff\x7f",
      "X\xff\xff\xff\xff",
      "PK\x01\x02",
      "__proto__",
    ].map((token) => Uint8Array.from(token, (letter) => letter.charCodeAt(0))),
  });
  assertEquals(refused + read, runs);
  assert(refused > runs / 4 && read > runs / 20, `${refused} refused, ${read} read`);
});

/** Opens an archive with a pickle of instructions in it. */
async function open(pickle: string | Uint8Array): Promise<unknown> {
  const bytes = typeof pickle === "string"
    ? Uint8Array.from(pickle, (letter) => letter.charCodeAt(0))
    : pickle;
  const members = [{ name: "a/data.pkl", bytes }, { name: "a/data/0", bytes: new Uint8Array(8) }];
  return await openTorch(await writeZip(members, { compress: true }), OPTIONS);
}

const refusal = async (pickle: string | Uint8Array) => {
  const error = await assertRejects(() => open(pickle), Error);
  assert(error instanceof SyntaxError || error instanceof RangeError, String(error));
  return error.message;
};

Deno.test("openTorch: lists that hold each other, or themselves, end", async () => {
  // A list that holds a list twice, which holds a list twice: 2^40 things of 40 lists.
  const twice = `]${"q\0](h\0h\0e".repeat(40)}.`;
  const deep = `${"](".repeat(10_000)}${"e".repeat(10_000)}.`;
  const itself = "]q\0h\0a.";
  for (const pickle of [twice, deep, itself]) {
    assertEquals(
      (await refusal(pickle)).replace(/(more) at .*/, "$1"),
      "Cannot read fuzz.pt: dictionaries must be nested at most 32 deep, and hold at most 1048576 " +
        "things: found more",
    );
  }
  const wide = `]${"q\0](h\0h\0e".repeat(25)}.`; // not deep, yet 2^25 things
  assert((await refusal(wide)).includes("at most 1048576 things"));
});

Deno.test("openTorch: a small storage does not become a large memory", async () => {
  const tensor = (sizes: number[], strides: number[]) => (writer: PickleWriter) => {
    writer.global("torch._utils", "_rebuild_tensor_v2").code("((").text("storage")
      .global("torch", "FloatStorage").text("0").text("cpu").number(2).code("tQ").number(0)
      .integers(sizes).integers(strides).code("\x89)tR");
  };
  const file = (...tensors: ((writer: PickleWriter) => void)[]) => {
    const writer = new PickleWriter().code("](");
    for (const add of tensors) add(writer);
    return writer.code("e").finish();
  };
  assertEquals(
    await refusal(file(tensor([2 ** 20, 2 ** 20], [0, 0]))),
    "Cannot read fuzz.pt: tensors must not be far larger than their storages: expected at most " +
      "1049088 bytes, found 4398046511104",
  );
  assertEquals(
    await refusal(file(...Array.from({ length: 300 }, () => tensor([1000], [0])))),
    "Cannot read fuzz.pt: tensors must not be far larger than their storages: expected at most " +
      "1049088 bytes, found 1200000",
  );
  assertEquals(
    await refusal(file(tensor([3], [1]))),
    "Cannot read fuzz.pt: a tensor must lie in its storage, of 2 elements: found shape [3], " +
      "strides [1], offset 0",
  );
  assertEquals(
    await refusal(file(tensor([1, 2], [5]))),
    "Cannot read fuzz.pt: a tensor must lie in its storage, of 2 elements: found shape [1, 2], " +
      "strides [5], offset 0",
  );
  await open(file(tensor([2, 1], [1, 9]), tensor([0, 7], [1, 1])));
});

Deno.test("openTorch: two names that are one, keys that are no names, long integers", async () => {
  const empty = "}(X\x01\0\0\0aNX\x03\0\0\0b.cNX\x01\0\0\0b}X\x01\0\0\0cNsu.";
  assertEquals(await refusal(empty), "Cannot read fuzz.pt: names must differ: found two of b.c");
  assertEquals(
    await refusal("}N\x88s."),
    "Cannot read fuzz.pt: keys must be texts or numbers: found another in the outermost dictionary",
  );
  assertEquals(
    await refusal("\x8b\x01\x04\0\0" + "\x01".repeat(1025) + "."),
    "Cannot read fuzz.pt: its pickle must be sound: at byte 5 expected at most 1024 bytes, found " +
      "1025",
  );
});

Deno.test("openTorch: names that mean something in JavaScript are only names", async () => {
  const array = { shape: [1], dtype: "float32", data: Float32Array.of(5) } as const;
  const contents = JSON.parse('{"__proto__": 1, "constructor": 2}');
  await using file = await openTorch(await saveTorch({ ...contents, toString: array }));
  assertEquals(file.names, ["toString"]);
  assert(Object.hasOwn(file.values, "constructor"));
});

Deno.test("unpickle: every instruction of protocols 0 to 5 that has data", () => {
  const read = (pickle: string) => {
    const bytes = Uint8Array.from(pickle, (letter) => letter.charCodeAt(0));
    return unpickle(bytes, 0, torchWorld("Cannot read x"), "Cannot read x").value;
  };
  const cases: [string, unknown][] = [
    ["I12\n.", 12],
    ["I01\n.", true],
    ["L-34L\n.", -34],
    ["F1.5e3\n.", 1500],
    ["Finf\n.", Infinity],
    ["S'ab'\n.", "ab"],
    ["Vab\n.", "ab"],
    ["U\x02ab.", "ab"],
    ["T\x02\0\0\0ab.", "ab"],
    ["\x8c\x02ab.", "ab"],
    ["\x8d\x02\0\0\0\0\0\0\0ab.", "ab"],
    ["C\x02ab.", text("ab")],
    ["B\x02\0\0\0ab.", text("ab")],
    ["\x8e\x02\0\0\0\0\0\0\0ab.", text("ab")],
    ["\x96\x02\0\0\0\0\0\0\0ab.", text("ab")],
    ["M\x01\x02.", 513],
    ["J\xff\xff\xff\xff.", -1],
    ["\x8a\x00.", 0],
    ["\x8a\x02\xff\x7f.", 32767],
    ["\x8b\x02\0\0\0\xff\xff.", -1],
    ["G\x3f\xf8\0\0\0\0\0\0.", 1.5],
    ["(K\x01K\x02l.", [1, 2]],
    ["(K\x01K\x02d.", new Map([[1, 2]])],
    ["\x8f(K\x01\x90.", new Set([1])],
    ["(K\x01\x91.", new Set([1])],
    ["K\x01p0\n0g0\n.", 1],
    ["K\x01\x94\x30h\0.", 1],
    ["K\x01r\0\0\0\0\x30j\0\0\0\0.", 1],
    ["\x95\x02\0\0\0\0\0\0\0K\x01.", 1],
    ["(K\x01K\x021K\x03.", 3],
  ];
  for (const [pickle, expected] of cases) assertEquals(read(pickle), expected, pickle);
});
