/** Damaged `.npy` files: an error of the right kind, or an array of exactly the declared size. */
import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import { bytesPerElement } from "../../../src/core/dtype.ts";
import { sizeOf } from "../../../src/core/shape.ts";
import { parseNpy } from "../../../src/formats/npy/npy.ts";
import { charactersRead } from "../../support/work.ts";
import { concat, type Sample, samples } from "./support.ts";
import { scaled } from "../../support/effort.ts";

/** One act of damage; `at` and `value` mean what the act makes of them. */
interface Damage {
  act: "set" | "flip" | "digit" | "token" | "swap" | "data" | "cut" | "grow" | "drop" | "repeat";
  at: number;
  value: number;
}

const RUNS = scaled(20_000);

const TOKENS = ["{", "}", "(", ")", "[", ",", ":", "'", '"', "L", "-", "0", "99999999999", "True"];

// Acts that keep the length come more often: the others are nearly always found out at once.
const damages: fc.Arbitrary<Damage[]> = fc.array(
  fc.record({
    act: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom("set", "flip", "digit", "token", "swap", "data") },
      { weight: 1, arbitrary: fc.constantFrom("cut", "grow", "drop", "repeat") },
    ),
    at: fc.nat(10_000),
    value: fc.nat(255),
  }),
  { minLength: 1, maxLength: 2 },
);

/**
 * Damages a sample. Most acts aim at the header: damage to the numbers themselves can seldom be
 * seen.
 */
function damaged(sample: Sample, list: Damage[]): Uint8Array {
  let bytes = Uint8Array.from(sample.bytes);
  for (const { act, at, value } of list) {
    const end = at % 5 === 0 ? bytes.length : Math.min(sample.headerEnd, bytes.length);
    const place = end === 0 ? 0 : at % end;
    const before = bytes.subarray(0, place);
    const after = bytes.subarray(place);
    if (act === "set") bytes[place] = value;
    else if (act === "flip") bytes[place] ^= 1 << (value % 8);
    else if (act === "data") bytes[bytes.length - 1 - (at % 64)] = value;
    else if (act === "swap") {
      const digits = [...bytes.keys()].filter((i) => bytes[i] >= 0x30 && bytes[i] <= 0x39);
      const [i, j] = [digits[at % digits.length], digits[value % digits.length]];
      if (digits.length > 0) [bytes[i], bytes[j]] = [bytes[j], bytes[i]];
    } else if (act === "cut") bytes = Uint8Array.from(before);
    else if (act === "grow") {
      bytes = Uint8Array.from(concat(bytes, new Uint8Array(1 + (value % 9))));
    } else if (act === "drop") {
      bytes = Uint8Array.from(concat(before, after.subarray(1 + (value % 4))));
    } else if (act === "repeat") {
      bytes = Uint8Array.from(concat(before, after.subarray(0, 8), after));
    } else if (act === "digit") {
      const digit = bytes.findIndex((byte, i) => i >= place && byte >= 0x30 && byte <= 0x39);
      if (digit >= 0) bytes[digit] = 0x30 + (value % 10);
    } else {
      const token = new TextEncoder().encode(TOKENS[value % TOKENS.length]);
      bytes = Uint8Array.from(concat(before, token, after.subarray(token.length)));
    }
  }
  return bytes;
}

/** Reads the shape as a careless reader finds it, without a parser. */
function declaredShape(bytes: Uint8Array): number[] {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const sizes = /shape['"]\s*:\s*\(([^)]*)\)/.exec(text)?.[1] ?? "not found";
  return sizes.split(",").filter((size) => size.trim() !== "").map((size) => parseInt(size));
}

Deno.test("parseNpy never gives wrong sizes for damaged files, and fails only in its own words", () => {
  let refused = 0;
  let read = 0;
  fc.assert(
    fc.property(samples, damages, (sample, list) => {
      const bytes = damaged(sample, list);
      let array;
      try {
        array = parseNpy(bytes, { name: "fuzz.npy" });
      } catch (error) {
        assert(error instanceof SyntaxError || error instanceof RangeError, String(error));
        assert(/^Cannot read fuzz\.npy: .+: .+$/.test(error.message), error.message);
        // Text from the file in a message is cut short.
        assert(error.message.length < 320, error.message);
        refused++;
        return;
      }
      assertEquals([...array.shape], declaredShape(bytes));
      assertEquals(array.data.length, sizeOf(array.shape));
      assertEquals(array.data.BYTES_PER_ELEMENT, bytesPerElement(array.dtype));
      // int8 grows the most, to four times its bytes.
      assert(array.data.byteLength <= 4 * bytes.length);
      read++;
    }),
    { numRuns: RUNS },
  );
  // The damage must be neither always fatal nor mostly harmless, or this test would show little.
  assert(refused > 0.4 * RUNS && read > 0.06 * RUNS, `${refused} refused, ${read} read`);
});

Deno.test("parseNpy refuses every proper beginning of a file, and every continuation", () => {
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 9 }), (sample, more) => {
      for (let length = 0; length < sample.bytes.length; length++) {
        assertThrows(() => parseNpy(sample.bytes.subarray(0, length)), SyntaxError);
      }
      assertThrows(() => parseNpy(concat(sample.bytes, new Uint8Array(more))), SyntaxError);
    }),
    { numRuns: scaled(30) },
  );
});

Deno.test("parseNpy reads hostile headers a few times at most", async () => {
  const length = 200_000;
  const hostile = ["(", "[", "'", "{", "1", "1,", "(1,),", " ", "\\", "'a':1,", "L", "-", "\u00e9"];
  for (const piece of hostile) {
    for (const prefix of ["", "{'shape': ", "{'shape': (", "{'descr': '"]) {
      const text = new TextEncoder().encode(prefix + piece.repeat(length / piece.length));
      const frame = new Uint8Array(12 + text.length);
      frame.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 3, 0]);
      new DataView(frame.buffer).setUint32(8, text.length, true);
      frame.set(text, 12);
      const read = await charactersRead(() => assertThrows(() => parseNpy(frame), SyntaxError));
      assertLess(read, 10 * text.length, prefix + piece);
    }
  }
});
