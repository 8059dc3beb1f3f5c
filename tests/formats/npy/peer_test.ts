/** The packaged reader npyjs as an oracle, both ways. It checks nothing; that is shown here too. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { dump, load } from "npyjs";
import { allocate, type DType } from "../../../src/core/dtype.ts";
import { formatNpy, parseNpy } from "../../../src/formats/npy/npy.ts";
import { halfByFormula, headerText, npyFile } from "./support.ts";
import { scaled } from "../../support/effort.ts";

const arrays = fc.record({
  dtype: fc.constantFrom<DType>("float32", "float64", "int32", "uint8"),
  shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
}).chain(({ dtype, shape }) => {
  const length = shape.reduce((product, size) => product * size, 1);
  const value = dtype === "int32"
    ? fc.integer()
    : dtype === "uint8"
    ? fc.nat(255)
    : fc.oneof(fc.constantFrom(-0, NaN, Infinity, 1e-45, 5e-324), fc.double());
  return fc.array(value, { minLength: length, maxLength: length }).map((values) => {
    const data = allocate(dtype, length);
    data.set(values);
    return { dtype, shape, data };
  });
});

function assertSame(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assertEquals(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    assert(Object.is(actual[i], expected[i]), `element ${i}`);
  }
}

Deno.test("npyjs reads what formatNpy writes", async () => {
  const codes = { float32: "f4", float64: "f8", int32: "i4", uint8: "u1" };
  await fc.assert(
    fc.asyncProperty(arrays, async ({ dtype, shape, data }) => {
      const read = await load(formatNpy({ shape, dtype, data }));
      assertEquals(read.shape, shape);
      assertEquals(read.dtype, codes[dtype]);
      assertEquals(read.fortranOrder, false);
      assertEquals(read.data.constructor, data.constructor);
      assertSame(read.data as typeof data, data);
    }),
    { numRuns: scaled(300) },
  );
});

Deno.test("parseNpy reads what npyjs writes", () => {
  fc.assert(
    fc.property(arrays, ({ dtype, shape, data }) => {
      const read = parseNpy(new Uint8Array(dump(data, shape)));
      assertEquals(read.shape, shape);
      assertEquals(read.dtype, dtype);
      assertSame(read.data, data);
    }),
    { numRuns: scaled(300) },
  );
});

Deno.test("parseNpy converts what npyjs writes of the other element types", () => {
  const fitting = [
    Int8Array.of(-128, 0, 127),
    Int16Array.of(-32768, 0, 32767),
    Uint16Array.of(0, 65535),
    Uint32Array.of(0, 2 ** 31 - 1),
    BigInt64Array.of(-(2n ** 31n), 2n ** 31n - 1n),
    BigUint64Array.of(0n, 2n ** 31n - 1n),
  ];
  for (const data of fitting) {
    const read = parseNpy(new Uint8Array(dump(data, [data.length, 1])));
    assertEquals(read.shape, [data.length, 1]);
    assertEquals(read.dtype, "int32");
    assertSame(read.data, Array.from<number | bigint, number>(data, Number));
  }
});

Deno.test("parseNpy and npyjs agree on every float16", async () => {
  const data = new Uint8Array(2 * 65536);
  const view = new DataView(data.buffer);
  for (let half = 0; half < 65536; half++) view.setUint16(2 * half, half, true);
  // npyjs wants the data aligned: pad the header as NumPy does.
  const header = headerText("<f2", "(65536,)").trimEnd().padEnd(117) + "\n";
  const bytes = npyFile({ header, data });
  const ours = parseNpy(bytes).data;
  const theirs = (await load(bytes)).data as Float32Array;
  assertSame(ours, theirs);
  assertSame(ours, Array.from(ours, (_, half) => halfByFormula(half)));
});

Deno.test("a truncated file: npyjs returns short data in silence, parseNpy throws", async () => {
  const whole = formatNpy({
    shape: [2, 3],
    dtype: "float32",
    data: Float32Array.of(1, 2, 3, 4, 5, 6),
  });
  const cut = whole.subarray(0, whole.length - 8);
  const theirs = await load(cut);
  assertEquals(theirs.shape, [2, 3]);
  assertEquals([...theirs.data as Float32Array], [1, 2, 3, 4]);
  assertEquals(
    assertThrows(() => parseNpy(cut, { name: "cut.npy" }), SyntaxError).message,
    "Cannot read cut.npy: the data must have the size that shape and descr declare: " +
      "expected 24 bytes for [2, 3] of '<f4', found 16",
  );
});
