/** Reading and writing `.npy` files: against NumPy's own files, and as properties. */
import { assert, assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { allocate, type DType, type HostArray } from "../../../src/core/dtype.ts";
import { ShapeError } from "../../../src/core/errors.ts";
import { formatNpy, parseNpy } from "../../../src/formats/npy/npy.ts";
import {
  decodeElements,
  ELEMENT_TYPES,
  encodeElements,
  float16ToFloat32Bits,
} from "../../../src/formats/element_types.ts";
import { goldens } from "../../golden/npy/goldens.ts";
import {
  concat,
  embed,
  fromBase64,
  halfByFormula,
  headerText,
  npyFile,
  samples,
} from "./support.ts";
import { scaled } from "../../support/effort.ts";

/**
 * Fails unless shape and dtype are equal, and every element the same by Object.is: NaN is NaN, -0
 * is not 0.
 */
function assertArray(
  actual: HostArray,
  shape: readonly number[],
  dtype: DType,
  values: ArrayLike<number>,
): void {
  assertEquals([...actual.shape], [...shape]);
  assertEquals(actual.dtype, dtype);
  assert(actual.data instanceof allocate(dtype, 0).constructor, "data does not fit dtype");
  assertEquals(actual.data.length, values.length);
  for (let i = 0; i < values.length; i++) {
    assert(
      Object.is(actual.data[i], values[i]),
      `element ${i} is ${actual.data[i]}, expected ${values[i]}`,
    );
  }
}

/** Reads the typed array that little endian bytes spell. */
function elementsOf(dtype: DType, bytes: Uint8Array): HostArray["data"] {
  const view = new DataView(bytes.buffer);
  const data = allocate(dtype, bytes.length / allocate(dtype, 0).BYTES_PER_ELEMENT);
  for (let i = 0; i < data.length; i++) {
    if (dtype === "uint8") data[i] = view.getUint8(i);
    else if (dtype === "int32") data[i] = view.getInt32(4 * i, true);
    else if (dtype === "float32") data[i] = view.getFloat32(4 * i, true);
    else data[i] = view.getFloat64(8 * i, true);
  }
  return data;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const noRefusals = {
  tooBig: () => {
    throw new RangeError("not expected");
  },
  notBool: () => {
    throw new RangeError("not expected");
  },
};

Deno.test("parseNpy reads every file NumPy made as NumPy reads it", () => {
  for (const { name, file, shape, dtype, elements } of goldens.read) {
    try {
      const values = elementsOf(dtype as DType, fromBase64(elements));
      assertArray(parseNpy(fromBase64(file)), shape, dtype as DType, values);
      assertArray(parseNpy(embed(fromBase64(file), 3)), shape, dtype as DType, values);
    } catch (error) {
      throw new Error(`golden "${name}"`, { cause: error });
    }
  }
});

Deno.test("formatNpy writes what numpy.save writes, byte for byte", () => {
  for (const { dtype, shape, file } of goldens.written) {
    const expected = fromBase64(file);
    const { data } = parseNpy(expected);
    data.forEach((value, i) => assertEquals(value, i + 1));
    assertEquals([...formatNpy({ shape, dtype: dtype as DType, data })], [...expected]);
  }
});

Deno.test("formatNpy aligns headers of every length as NumPy does", async () => {
  const pieces: Uint8Array[] = [];
  for (const dtype of ["float32", "float64", "int32", "uint8"] as const) {
    for (let rank = 1; rank < 200; rank++) {
      const shape = [0, ...new Array(rank - 1).fill(1), 10 ** (rank % 9)];
      const bytes = formatNpy({ shape, dtype, data: allocate(dtype, 0) });
      assertEquals(bytes.length % 64, 0);
      pieces.push(bytes);
    }
  }
  assertEquals(await sha256(Uint8Array.from(concat(...pieces))), goldens.headersSha256);
});

Deno.test("formatNpy goes over to version 2.0 exactly where NumPy does", async () => {
  const pieces: Uint8Array[] = [];
  const versions: number[] = [];
  for (let rank = 21800; rank < 21860; rank++) {
    const shape = new Array<number>(rank).fill(1);
    const bytes = formatNpy({ shape, dtype: "uint8", data: Uint8Array.of(5) });
    versions.push(bytes[6]);
    pieces.push(bytes.subarray(0, -1));
    if (rank % 59 === 29) assertArray(parseNpy(bytes), shape, "uint8", [5]);
  }
  assertEquals([...new Set(versions)], [1, 2]);
  const all = new Uint8Array(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  assertEquals(await sha256(all), goldens.longHeadersSha256);
});

Deno.test("every float16 becomes the float32 that NumPy and the formula make of it", async () => {
  const bits = Uint32Array.from({ length: 65536 }, (_, half) => float16ToFloat32Bits(half));
  const values = new Float32Array(bits.buffer);
  for (let half = 0; half < 65536; half++) {
    assert(Object.is(values[half], halfByFormula(half)), `float16 with the bits ${half}`);
  }
  const bytes = new Uint8Array(bits.length * 4);
  encodeElements(values, bytes);
  assertEquals(await sha256(bytes), goldens.float16Sha256);
});

Deno.test("parseNpy reads files of every kind, order, version and spelling", () => {
  fc.assert(
    fc.property(samples, ({ bytes, shape, dtype, values }) => {
      assertArray(parseNpy(bytes), shape, dtype, values);
    }),
    { numRuns: scaled(1500) },
  );
});

Deno.test("parseNpy gives back what formatNpy was given", () => {
  const arrays = fc.record({
    dtype: fc.constantFrom<DType>("float32", "float64", "int32", "uint8"),
    shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 5 }),
    seed: fc.integer(),
    offset: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(arrays, ({ dtype, shape, seed, offset }) => {
      const count = shape.reduce((product, size) => product * size, 1);
      // Any bits at all: subnormals, infinities, every NaN.
      const room = allocate(dtype, count + offset);
      const bits = new Uint8Array(room.buffer);
      let state = seed;
      for (let i = 0; i < bits.length; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        bits[i] = i % 4 >= 2 && (state & 0x100) !== 0 ? 0xff : state >>> 24;
      }
      const data = room.subarray(offset);
      const bytes = formatNpy({ shape, dtype, data });
      assertArray(parseNpy(bytes), shape, dtype, data);
      const written = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      assertEquals([...bytes.subarray(bytes.length - data.byteLength)], [...written]);
    }),
    { numRuns: scaled(500) },
  );
});

Deno.test("the element-wise path, for machines of the other byte order, agrees with the block copy", () => {
  const values = {
    u1: Uint8Array.of(0, 1, 255),
    i4: Int32Array.of(-(2 ** 31), -1, 0, 258, 2 ** 31 - 1),
    f4: Float32Array.of(-0, 1e-45, 1.5, NaN, -Infinity),
    f8: Float64Array.of(-0, 5e-324, 1.5, NaN, -Infinity),
  };
  for (const [code, data] of Object.entries(values)) {
    const element = ELEMENT_TYPES.get(code)!;
    const block = new Uint8Array(data.byteLength);
    encodeElements(data, block, true);
    const elementwise = new Uint8Array(data.byteLength);
    encodeElements(data, elementwise, false);
    assertEquals(elementwise, block);
    const read = decodeElements(element, true, embed(block, 1), noRefusals, false);
    assertArray(
      { shape: [data.length], dtype: element.dtype, data: read },
      [data.length],
      element.dtype,
      data,
    );
  }
});

Deno.test("parseNpy copies: changing the bytes afterwards changes nothing", () => {
  // A subclass whose slice() shares memory, as that of Node's Buffer does.
  class Sharing extends Uint8Array<ArrayBuffer> {
    override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
      return super.subarray(start, end);
    }
  }
  for (const descr of ["|u1", "<i4", "<f4", "<f8", "|b1"]) {
    const width = Number(descr[2]);
    for (const fortranOrder of ["False", "True"]) {
      const header = headerText(descr, "(1, 2)", fortranOrder);
      const file = npyFile({ header, data: new Uint8Array(2 * width) });
      const bytes = new Sharing(new ArrayBuffer(file.length));
      bytes.set(file);
      const { data } = parseNpy(bytes);
      bytes.fill(1);
      assertEquals([...data], [0, 0]);
      assertNotStrictEquals(data.buffer, bytes.buffer);
    }
  }
});

Deno.test("parseNpy reads memory shared between threads", () => {
  const file = npyFile({
    version: [3, 0],
    header: headerText("<i2", "(2,)"),
    data: Uint8Array.of(1, 0, 2, 0),
  });
  const shared = new Uint8Array(new SharedArrayBuffer(file.length));
  shared.set(file);
  assertArray(parseNpy(shared), [2], "int32", [1, 2]);
});

Deno.test("parseNpy reads the largest and smallest integers that fit in int32", () => {
  const data = new Uint8Array(16);
  const view = new DataView(data.buffer);
  view.setBigInt64(0, -(2n ** 31n), true);
  view.setBigInt64(8, 2n ** 31n - 1n, true);
  const header = headerText("<i8", "(2,)");
  assertArray(parseNpy(npyFile({ header, data })), [2], "int32", [-(2 ** 31), 2 ** 31 - 1]);
});

Deno.test("parseNpy reads what other programs write in place of NumPy's spelling", () => {
  const one = Uint8Array.of(0, 0, 128, 63);
  const spellings = [
    "{'descr':'<f4','fortran_order':False,'shape':()}",
    '{"shape": (), "descr": "<f4", "fortran_order": False}',
    "\n{ 'shape' : ( ) ,'fortran_order'\t:False\r\n, 'descr':'=f4' , } \n\n",
    "{'descr': ('<f4'), 'fortran_order': (True), 'shape': ()}",
  ];
  for (const header of spellings) {
    assertArray(parseNpy(npyFile({ header, data: one })), [], "float32", [1]);
  }
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1L, 1L)}";
  assertArray(parseNpy(npyFile({ header, data: one })), [1, 1], "float32", [1]);
  for (const descr of ["<u1", ">u1", "=u1", "|u1"]) {
    const file = npyFile({ header: headerText(descr, "(1,)"), data: Uint8Array.of(9) });
    assertArray(parseNpy(file), [1], "uint8", [9]);
  }
});

Deno.test("formatNpy takes the clamped bytes of an image", () => {
  const data = Uint8ClampedArray.of(1, 2) as unknown as Uint8Array;
  assertArray(parseNpy(formatNpy({ shape: [2], dtype: "uint8", data })), [2], "uint8", [1, 2]);
});

Deno.test("formatNpy refuses arrays that contradict themselves", () => {
  const refuse = (array: unknown, message: string) =>
    assertEquals(assertThrows(() => formatNpy(array as HostArray), ShapeError).message, message);
  refuse(
    { shape: [2, 3], dtype: "float32", data: new Float32Array(5) },
    "Cannot write npy data: data must have one element for every position of shape: " +
      "shape [2, 3] has 6, data has 5",
  );
  refuse(
    { shape: [2 ** 30, 2 ** 30, 0], dtype: "float32", data: new Float32Array(0) },
    "Cannot write npy data: data must have one element for every position of shape: " +
      "shape [1073741824, 1073741824, 0] has more than 2^49, data has 0",
  );
  refuse(
    { shape: [2], dtype: "float64", data: new Float32Array(2) },
    "Cannot write npy data: data must be a typed array of dtype float64: got Float32Array",
  );
  refuse(
    { shape: [1], dtype: "uint8", data: undefined },
    "Cannot write npy data: data must be a typed array of dtype uint8: got undefined",
  );
  refuse(
    { shape: [1], dtype: "uint8", data: "a" },
    "Cannot write npy data: data must be a typed array of dtype uint8: got string",
  );
  refuse(
    { shape: [1.5], dtype: "uint8", data: new Uint8Array(1) },
    "Cannot write npy data: shape must be a list of integers of at least 0: got [1.5]",
  );
  refuse(
    { shape: [1], dtype: "int64", data: new Uint8Array(1) },
    "Cannot write npy data: dtype must be one of float32, float64, int32, uint8: got int64",
  );
});
