// Safetensors files: bytes as the specification has them, and everything else refused.

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { tensor } from "../../mod.ts";
import { readSafetensors, writeSafetensors } from "../../src/io/safetensors.ts";
import { assertExactError, assertExactRejection } from "../core/exact_error.ts";

/** A file of a header, which may be anything, and data. */
function file(header: unknown, data: readonly number[] = [], length = NaN): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(
    0,
    BigInt(Number.isNaN(length) ? json.length : length),
    true,
  );
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const entry = (dtype: unknown, shape: unknown, offsets: unknown) => ({
  dtype,
  shape,
  data_offsets: offsets,
});

Deno.test("safetensors: the bytes of the specification; wide elements first, then by name", () => {
  const bytes = writeSafetensors({
    b: tensor(Uint8Array.of(1, 2, 3)),
    c: tensor(Float32Array.of(1)),
    a: tensor([[2]], { dtype: "int32" }),
  }, { made: "here" });
  const header = '{"__metadata__":{"made":"here"},' +
    '"a":{"dtype":"I32","shape":[1,1],"data_offsets":[0,4]},' +
    '"c":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},' +
    '"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}';
  const length = Math.ceil(header.length / 8) * 8;
  assertEquals([...bytes.subarray(0, 8)], [length, 0, 0, 0, 0, 0, 0, 0]);
  assertEquals(new TextDecoder().decode(bytes.subarray(8, 8 + length)), header.padEnd(length));
  assertEquals([...bytes.subarray(8 + length)], [2, 0, 0, 0, 0, 0, 128, 63, 1, 2, 3]);
});

Deno.test("safetensors: what is read is what was written", async () => {
  const contents = fc.dictionary(
    fc.string({ maxLength: 8 }).filter((name) => name !== "__metadata__"),
    fc.record({
      dtype: fc.constantFrom(
        "float32" as const,
        "float64" as const,
        "int32" as const,
        "uint8" as const,
      ),
      shape: fc.array(fc.nat(3), { maxLength: 3 }),
    }),
    { maxKeys: 5 },
  );
  const words = fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 });
  await fc.assert(fc.asyncProperty(contents, words, async (contents, metadata) => {
    const tensors = Object.fromEntries(
      Object.entries(contents).map(([name, { dtype, shape }]) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return [name, tensor(Array.from(new Array(size).keys()), { shape, dtype })];
      }),
    );
    const found = await readSafetensors(writeSafetensors(tensors, metadata));
    assertEquals(found.metadata, metadata);
    assertEquals(Object.keys(found.tensors).toSorted(), Object.keys(tensors).toSorted());
    for (const [name, x] of Object.entries(tensors)) {
      const y = Object.getOwnPropertyDescriptor(found.tensors, name)!.value as typeof x;
      assertEquals([y.dtype, y.shape, y.dataSync()], [x.dtype, x.shape, x.dataSync()]);
    }
  }));
});

Deno.test("safetensors: what is refused", async () => {
  const refused = (bytes: Uint8Array, rule: string) =>
    assertExactRejection(
      () => readSafetensors(bytes, { name: "x" }),
      SyntaxError,
      `Cannot read x: ${rule}`,
    );
  const four = [0, 0, 0, 0];
  await refused(
    new Uint8Array(7),
    "it must begin with the length of its header: expected 8 bytes, found 7",
  );
  await refused(
    file({}, [], 3),
    "the header must be whole and not too long: expected at most 2 bytes, found 3",
  );
  await refused(file("{]"), "the header must be JSON in UTF-8: found something else");
  await refused(file("[]"), "the header must be a JSON object: found something else");
  await refused(file({ a: 1 }), 'every entry must be an object: "a" is none');
  await refused(
    file({ a: entry("F16", [2], [0, 4]) }, four),
    'dtype must be one of F64, F32, I32, U8: "a" is "F16"',
  );
  for (
    const [shape, offsets] of [[[-1], [0, 4]], [[1], [0]], [[0.5], [0, 4]], [1, [0, 4]], [[1], [
      0,
      "4",
    ]]]
  ) {
    await refused(
      file({ a: entry("F32", shape, offsets) }, four),
      'shape and data_offsets must be lists of sizes: those of "a" are not',
    );
  }
  await refused(
    file({ a: entry("F32", [2], [0, 4]) }, four),
    'data_offsets must have room for the shape: "a" is F32 [2], from 0 to 4',
  );
  const at = (start: number) => entry("U8", [2], [start, start + 2]);
  await refused(
    file({ a: at(0), b: at(1) }, four),
    "tensors must follow each other: expected one at 2, found 1",
  );
  await refused(
    file({ a: at(0), b: at(3) }, four),
    "tensors must follow each other: expected one at 2, found 3",
  );
  await refused(file({ a: at(0) }, four), "tensors must fill the data: expected 2 bytes, found 4");
  await refused(
    file({ a: at(0), b: at(2) }, [0, 0]),
    "tensors must fill the data: expected 4 bytes, found 2",
  );
  await refused(
    file({ __metadata__: { a: 1 } }),
    "__metadata__ must be an object of strings: found something else",
  );
});

Deno.test("safetensors: damaged files are refused or read, and nothing else happens", async () => {
  const whole = writeSafetensors({ a: tensor([1, 2]), b: tensor(Uint8Array.of(7)) }, { k: "v" });
  const damage = fc.record({
    flips: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 3 }),
    length: fc.oneof(fc.constant(whole.length), fc.nat(whole.length)),
  });
  await fc.assert(
    fc.asyncProperty(damage, async ({ flips, length }) => {
      const bytes = whole.slice(0, length);
      for (const [at, value] of flips) if (at < length) bytes[at] = value;
      const found = await readSafetensors(bytes).catch((error) => error);
      if (found instanceof Error) assertEquals(found.constructor, SyntaxError, found.message);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("safetensors: a tensor cannot have the name of the metadata", () => {
  assertExactError(
    () => writeSafetensors({ ["__metadata__"]: tensor(1) }),
    RangeError,
    "Cannot write safetensors: __metadata__ must not be the name of a tensor: it is one",
  );
});
