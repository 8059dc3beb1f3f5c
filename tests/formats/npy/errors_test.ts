/** Errors of `parseNpy` for files it refuses: every message, whole. */
import { assertEquals, assertThrows } from "@std/assert";
import { parseNpy, type ParseNpyOptions } from "../../../src/formats/npy/npy.ts";
import { concat, headerText, npyFile } from "./support.ts";

type ErrorClass = new (message?: string) => Error;

function refuse(
  bytes: Uint8Array,
  message: string,
  kind: ErrorClass = SyntaxError,
  options: ParseNpyOptions = { name: "x.npy" },
): void {
  const error = assertThrows(() => parseNpy(bytes, options), kind);
  assertEquals(error.message, message);
  assertEquals(error.constructor, kind);
}

const DICT = "Cannot read x.npy: the header must be a Python dict: at its character ";
const DESCR = "Cannot read x.npy: descr must be a supported element type: expected <, > or = " +
  "and one of b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 (or | and one of b1 i1 u1), found ";
const KEYS = "Cannot read x.npy: the header must have each of its keys once and no other: " +
  "expected descr, fortran_order, shape, found ";
const SIZE = "Cannot read x.npy: every size in shape must be a whole number: " +
  "expected 0 to 9007199254740991, found ";

Deno.test("parseNpy refuses what does not begin as an npy file", () => {
  const begin = "an npy file must begin with the magic bytes: expected 93 4e 55 4d 50 59, found ";
  refuse(new Uint8Array(), `Cannot read npy data: ${begin}an empty file`, SyntaxError, {});
  refuse(new Uint8Array(), `Cannot read x.npy: ${begin}an empty file`);
  refuse(Uint8Array.of(0x93, 0x4e), `Cannot read x.npy: ${begin}93 4e`);
  const other = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x5a);
  refuse(npyFile({ magic: other }), `Cannot read x.npy: ${begin}93 4e 55 4d 50 5a`);
  refuse(
    Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0),
    `Cannot read x.npy: ${begin}50 4b 03 04 14 00 (a zip archive, as npz files are)`,
  );
});

Deno.test("parseNpy refuses versions it does not know", () => {
  const versions: [number, number][] = [[0, 0], [1, 1], [3, 1], [4, 0], [255, 255]];
  for (const version of versions) {
    refuse(
      npyFile({ version }),
      "Cannot read x.npy: the format version must be known: " +
        `expected 1.0, 2.0 or 3.0, found ${version.join(".")}`,
    );
  }
});

Deno.test("parseNpy refuses files cut off before or inside the header", () => {
  const cut = "Cannot read x.npy: the file must hold the length of its header: expected at least ";
  const one = npyFile({});
  for (const length of [6, 7, 8, 9]) {
    refuse(one.subarray(0, length), `${cut}10 bytes, found ${length}`);
  }
  refuse(npyFile({ version: [2, 0] }).subarray(0, 11), `${cut}12 bytes, found 11`);
  refuse(
    npyFile({ header: "{}", headerLength: 118 }),
    "Cannot read x.npy: the file must hold its whole header: expected 118 bytes, found 2",
  );
  refuse(
    npyFile({ header: "{}", headerLength: 3 }),
    "Cannot read x.npy: the file must hold its whole header: expected 3 bytes, found 2",
  );
  refuse(
    npyFile({ version: [2, 0], header: "{}", headerLength: 2 ** 32 - 1 }),
    "Cannot read x.npy: the file must hold its whole header: expected 4294967295 bytes, found 2",
  );
});

Deno.test("parseNpy refuses headers too long to be sound", () => {
  const header = new Uint8Array(2 ** 18 + 1).fill(0x20);
  refuse(
    npyFile({ version: [2, 0], header }),
    "Cannot read x.npy: the header must have a reasonable length: " +
      "expected at most 262144 bytes, found 262145",
  );
});

Deno.test("parseNpy refuses headers of version 3.0 that are not UTF-8", () => {
  const header = Uint8Array.of(0x7b, 0xff, 0x7d);
  refuse(
    npyFile({ version: [3, 0], header }),
    "Cannot read x.npy: the header of version 3.0 must be text: expected UTF-8, found other bytes",
  );
  // The other versions are Latin-1, where every byte is a character.
  refuse(npyFile({ version: [2, 0], header }), `${DICT}1 expected a quoted key or }, found ÿ}`);
  const smile = new TextEncoder().encode("{'descr': [('ä😀', '<f4')]}");
  refuse(npyFile({ version: [3, 0], header: smile }), KEYS + "descr");
});

Deno.test("parseNpy refuses headers that are no dict of literals", () => {
  const cases: [header: string, message: string][] = [
    ["", "0 expected {, found the end"],
    ["  \n", "3 expected {, found the end"],
    ["('descr',)", "0 expected {, found ('descr',)"],
    ["{", "1 expected a quoted key or }, found the end"],
    ["{descr: 1}", "1 expected a quoted key or }, found descr: 1}"],
    ["{,}", "1 expected a quoted key or }, found ,}"],
    ["{'descr' '<f4'}", "9 expected :, found '<f4'}"],
    ["{'descr': }", "10 expected a string, number, True, False, None, tuple or list, found }"],
    [
      "{'shape': __import__('os')}",
      "10 expected a string, number, True, False, None, tuple or list, found __import__('",
    ],
    ["{'shape': (2 3)}", "13 expected , or ), found 3)}"],
    [
      "{'shape': (2,,)}",
      "13 expected a string, number, True, False, None, tuple or list, found ,)}",
    ],
    ["{'shape': (,)}", "11 expected a string, number, True, False, None, tuple or list, found ,)}"],
    ["{'shape': (2, 3]}", "15 expected , or ), found ]}"],
    ["{'shape': [2, 3)}", "15 expected , or ], found )}"],
    ["{'shape': (1 + 1,)}", "13 expected , or ), found + 1,)}"],
    ["{'shape': (2, 3", "15 expected , or ), found the end"],
    ["{'shape': (2) 'descr': 1}", "14 expected , or }, found 'descr': 1}"],
    [
      "{'descr': '<f4}",
      "15 expected a string without escapes or line breaks, closed by ', found the end",
    ],
    [
      "{\"descr': 1}",
      '12 expected a string without escapes or line breaks, closed by ", found the end',
    ],
    [
      "{'descr': '<f\\x34'}",
      "13 expected a string without escapes or line breaks, closed by ', found \\x34'}",
    ],
    [
      "{'descr': '<\nf4'}",
      "12 expected a string without escapes or line breaks, closed by ', found \\x0af4'}",
    ],
    [headerText("<f4", "()") + "\0", "56 expected nothing after the dict, found \\x00"],
    ["{}{}", "2 expected nothing after the dict, found {}"],
    ["# x\n{}", "0 expected {, found # x\\x0a{}"],
    [
      `{'descr': ${"[".repeat(17)}`,
      "26 expected at most 16 levels of brackets, found [",
    ],
    [
      `{'descr': ${"(".repeat(200000)}`,
      "26 expected at most 16 levels of brackets, found ((((((((((((",
    ],
    ["{'descr': {}}", "10 expected a string, number, True, False, None, tuple or list, found {}}"],
  ];
  for (const [header, message] of cases) {
    refuse(npyFile({ version: [2, 0], header }), DICT + message);
  }
});

Deno.test("parseNpy refuses missing, unknown and repeated keys", () => {
  const full = "'descr': '<f4', 'fortran_order': False, 'shape': ()";
  const cases: [header: string, found: string][] = [
    ["{}", "none"],
    ["{'descr': '<f4', 'shape': ()}", "descr, shape"],
    [`{${full}, 'extra': 1}`, "descr, fortran_order, shape, extra"],
    [`{${full}, 'shape': (1,)}`, "descr, fortran_order, shape, shape"],
    ["{'descr': '<f4', 'fortran_order': False, 'Shape': ()}", "descr, fortran_order, Shape"],
    ["{'descr,fortran_order': 1, 'shape': ()}", "descr,fortran_order, shape"],
    ["{'descr, fortran_order, shape': 1}", "descr, fortran_order, shape"],
    [`{'${"k".repeat(70)}': None}`, `${"k".repeat(60)}...`],
  ];
  for (const [header, found] of cases) refuse(npyFile({ header }), KEYS + found);
});

Deno.test("parseNpy refuses element types it has no place for", () => {
  const cases: [descr: string, found: string][] = [
    ["'<c8'", "'<c8' (complex numbers)"],
    ["'>c16'", "'>c16' (complex numbers)"],
    ["'|S5'", "'|S5' (byte strings)"],
    ["'|a5'", "'|a5' (byte strings)"],
    ["'<U3'", "'<U3' (strings)"],
    ["'|O'", "'|O' (Python objects)"],
    ["'<M8[ns]'", "'<M8[ns]' (dates)"],
    ["'<m8[s]'", "'<m8[s]' (time spans)"],
    ["'|V8'", "'|V8' (raw or structured data)"],
    ["'<f16'", "'<f16' (an unsupported float)"],
    ["'<i16'", "'<i16' (an unsupported integer)"],
    ["'<u3'", "'<u3' (an unsupported integer)"],
    ["'<x4'", "'<x4' (unknown)"],
    ["'<constructor'", "'<constructor' (complex numbers)"],
    ["'<f4 '", "'<f4 ' (an unsupported float)"],
    ["'<f4,'", "'<f4,' (an unsupported float)"],
    ["''", "'' (without a byte order)"],
    ["'f4'", "'f4' (without a byte order)"],
    ["'float32'", "'float32' (without a byte order)"],
    ["'|f4'", "'|f4' (without a byte order)"],
    ["'|i2'", "'|i2' (without a byte order)"],
    [
      "[('a', '<f4'), ('b', '<i4', (2,))]",
      "[('a', '<f4'), ('b', '<i4', (2,))] (not a plain element type)",
    ],
    ["('<f4', (2,))", "('<f4', (2,)) (not a plain element type)"],
    ["None", "None (not a plain element type)"],
    ["4", "4 (not a plain element type)"],
    [`'<U${"9".repeat(99)}'`, `'<U${"9".repeat(57)}... (strings)`],
  ];
  for (const [descr, found] of cases) {
    const header = `{'descr': ${descr}, 'fortran_order': False, 'shape': ()}`;
    refuse(npyFile({ header }), DESCR + found);
  }
});

Deno.test("parseNpy refuses a fortran_order that is no bool", () => {
  for (const value of ["0", "1", "'False'", "None", "()"]) {
    refuse(
      npyFile({ header: headerText("<f4", "()", value) }),
      `Cannot read x.npy: fortran_order must be a bool: expected True or False, found ${value}`,
    );
  }
});

Deno.test("parseNpy refuses a shape that is no tuple", () => {
  for (const value of ["3", "(3)", "[3]", "None", "'(3,)'", "True"]) {
    refuse(
      npyFile({ header: headerText("<f4", value) }),
      "Cannot read x.npy: shape must be a tuple: " +
        `expected one such as (2, 3), (2,) or (), found ${value}`,
    );
  }
});

Deno.test("parseNpy refuses sizes that are no whole numbers", () => {
  const sizes = ["-1", "+1", "1.0", "1e3", ".5", "0x10", "1_000", "01", "1l", "1LL", "True", "'1'"];
  const more = ["None", "(1,)", "[]", "9007199254740992", "12345678901234567", "-0"];
  for (const size of [...sizes, ...more]) {
    refuse(npyFile({ header: headerText("<f4", `(2, ${size})`) }), SIZE + size);
  }
  refuse(
    npyFile({ header: headerText("<f4", `(${"9".repeat(999)},)`) }),
    `${SIZE}${"9".repeat(60)}...`,
  );
});

Deno.test("parseNpy refuses shapes beyond counting, with a 0 among the sizes too", () => {
  const shapes = ["(9007199254740991,)", "(4294967296, 4294967296)", "(0, 4294967296, 4294967296)"];
  for (const shape of shapes) {
    refuse(
      npyFile({ header: headerText("<f4", shape) }),
      "Cannot read x.npy: shape must have a size that can be counted: " +
        `expected non-zero sizes with a product of at most 2^49, found ${shape}`,
    );
  }
});

Deno.test("parseNpy refuses data of the wrong size, short or long, before it allocates any", () => {
  const wrong = "Cannot read x.npy: the data must have the size that shape and descr declare: ";
  const header = headerText("<f4", "(2, 3)");
  for (const found of [0, 1, 23, 25, 28, 100]) {
    refuse(
      npyFile({ header, data: new Uint8Array(found) }),
      `${wrong}expected 24 bytes for [2, 3] of '<f4', found ${found}`,
    );
  }
  refuse(npyFile({}), `${wrong}expected 4 bytes for [] of '<f4', found 0`);
  refuse(
    npyFile({ header: headerText(">f8", "(3, 0)"), data: new Uint8Array(8) }),
    `${wrong}expected 0 bytes for [3, 0] of '>f8', found 8`,
  );
  refuse(
    npyFile({ header: headerText("|u1", "(562949953421312,)"), data: new Uint8Array(8) }),
    `${wrong}expected 562949953421312 bytes for [562949953421312] of '|u1', found 8`,
  );
  refuse(
    npyFile({ version: [2, 0], header: headerText("<f8", `(${"1, ".repeat(9999)})`) }),
    `${wrong}expected 8 bytes for [${"1, ".repeat(19)}1,... of '<f8', found 0`,
  );
});

Deno.test("parseNpy refuses more elements than it may have", () => {
  const bytes = npyFile({ header: headerText("|u1", "(2, 3)"), data: new Uint8Array(6) });
  assertEquals(parseNpy(bytes, { maxElements: 6 }).shape, [2, 3]);
  refuse(
    bytes,
    "Cannot read x.npy: the array must have at most maxElements = 5 elements: shape [2, 3] has 6",
    RangeError,
    { name: "x.npy", maxElements: 5 },
  );
  for (const maxElements of [-1, 1.5, NaN, Infinity]) {
    refuse(
      bytes,
      `Cannot read x.npy: maxElements must be an integer of at least 0: got ${maxElements}`,
      RangeError,
      { name: "x.npy", maxElements },
    );
  }
});

Deno.test("parseNpy refuses integers that do not fit, and names the first with its index", () => {
  const cases: [code: string, name: string, value: bigint][] = [
    ["u4", "uint32", 2n ** 31n],
    ["u4", "uint32", 2n ** 32n - 1n],
    ["i8", "int64", 2n ** 31n],
    ["i8", "int64", -(2n ** 31n) - 1n],
    ["i8", "int64", 2n ** 32n],
    ["i8", "int64", 2n ** 32n + 7n],
    ["i8", "int64", 2n ** 63n - 1n],
    ["i8", "int64", -(2n ** 63n)],
    ["u8", "uint64", 2n ** 31n],
    ["u8", "uint64", 2n ** 32n],
    ["u8", "uint64", 2n ** 64n - 1n],
  ];
  for (const [code, name, value] of cases) {
    const width = Number(code[1]);
    for (const order of ["<", ">"]) {
      for (const [fortranOrder, index] of [["False", "[1, 1]"], ["True", "[0, 2]"]]) {
        const data = new Uint8Array(6 * width);
        const place = data.subarray(4 * width, 5 * width);
        for (let i = 0, rest = BigInt.asUintN(64, value); i < width; i++, rest >>= 8n) {
          place[order === "<" ? i : width - 1 - i] = Number(rest & 255n);
        }
        refuse(
          npyFile({ header: headerText(order + code, "(2, 3)", fortranOrder), data }),
          `Cannot read x.npy: every ${name} value must fit in int32 (-2147483648 to 2147483647): ` +
            `the value at ${index} is ${value}`,
          RangeError,
        );
      }
    }
  }
  const scalar = npyFile({ header: headerText(">u4", "()"), data: Uint8Array.of(255, 0, 0, 0) });
  refuse(
    scalar,
    "Cannot read x.npy: every uint32 value must fit in int32 (-2147483648 to 2147483647): " +
      "the value at [] is 4278190080",
    RangeError,
  );
});

Deno.test("parseNpy refuses bools other than 0 and 1", () => {
  refuse(
    npyFile({ header: headerText("|b1", "(3,)"), data: Uint8Array.of(1, 0, 2) }),
    "Cannot read x.npy: every byte of a bool array must be 0 or 1: the byte at [2] is 2",
  );
});

Deno.test("parseNpy refuses anything but a Uint8Array", () => {
  const text = "Cannot read x.npy: bytes must be a Uint8Array: got ";
  const cases: [unknown, string][] = [
    [new ArrayBuffer(9), "ArrayBuffer"],
    [new Float32Array(9), "Float32Array"],
    ["x.npy", "string"],
    [undefined, "undefined"],
    [null, "null"],
    [Object.create(null), "object"],
  ];
  for (const [bytes, kind] of cases) refuse(bytes as Uint8Array, text + kind, TypeError);
});

Deno.test("parseNpy refuses two arrays in one file", () => {
  const one = npyFile({ data: new Uint8Array(4) });
  refuse(
    concat(one, one),
    "Cannot read x.npy: the data must have the size that shape and descr declare: " +
      `expected 4 bytes for [] of '<f4', found ${4 + one.length}`,
  );
});
