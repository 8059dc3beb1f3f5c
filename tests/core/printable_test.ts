// Text made safe to print: every character that a terminal obeys is shown instead.

import { assert, assertEquals } from "@std/assert";
import { printable, quoted } from "../../src/core/printable.ts";

Deno.test("printable: what a terminal obeys becomes visible", () => {
  assertEquals(printable("a\x1b[31mb\r\n\t\x7f\x9b"), "a\\x1b[31mb\\x0d\\x0a\\x09\\x7f\\x9b");
  assertEquals(printable("\u202eab\u2028\u061c"), "\\u202eab\\u2028\\u061c");
  assertEquals(printable("\ud83d \udc00"), "\\ud83d \\udc00");
  assertEquals(printable("\u{e0041}"), "\\u{e0041}");
});

Deno.test("printable: all other text stays as it is, of every script", () => {
  const texts = ["conv1.w [3, 3] %&<>\"'`\\", "é漢字 кошка חתול قط", "👩‍👩‍👧 🏳️‍🌈", "", "\u00a0"];
  for (const text of texts) assertEquals(printable(text), text);
});

Deno.test("printable: of all code points none is left that moves a cursor or turns text", () => {
  const unsafe = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u;
  for (let code = 0; code < 0x30000; code++) {
    const text = printable(String.fromCodePoint(code));
    assert(!unsafe.test(text), code.toString(16));
    assertEquals(printable(text), text);
  }
});

Deno.test("quoted: as JSON does, and what JSON leaves", () => {
  assertEquals(quoted('a"\n\x1b'), '"a\\"\\n\\u001b"');
  assertEquals(quoted("\x7f\x9b\u202e"), '"\\x7f\\x9b\\u202e"');
});
