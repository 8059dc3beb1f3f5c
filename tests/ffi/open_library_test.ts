// Opening libraries: where they are looked for, and what errors say.

import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { FileError } from "../../src/core/errors.ts";
import { readableVariable } from "../../src/ffi/environment.ts";
import { type LibrarySearch, openLibrary, reasonAgainst } from "../../src/ffi/open_library.ts";
import { C_LIBRARY, platform } from "../../src/ffi/system.ts";
import { ifPossible } from "../support/permissions.ts";

const NAMES = ["libnowhere.so.3", "libnowhere.so.2"];
const SEARCH: LibrarySearch = {
  action: "make example",
  title: "Example",
  option: "libraries.example",
  variable: "TAPEGRAD_TEST_LIBRARY",
  names: { linux: NAMES, darwin: NAMES, win32: NAMES },
  install: ["apt install libexample2 (Debian, Ubuntu)", "brew install example (macOS)"],
};
const ABS = { abs: { parameters: ["i32"], result: "i32" } } as const;
const NEEDS = { ffi: true, env: true } as const;
const LIBC = C_LIBRARY[platform()][0];

Deno.test(ifPossible({
  name: "native libraries: one that is nowhere is an error that says what to do",
  needs: NEEDS,
  sanitizeResources: false, // libraries stay loaded until the program ends
  fn() {
    const error = assertThrows(() => openLibrary(SEARCH, ABS), FileError);
    assertMatch(
      error.message,
      /^Cannot make example: Example must be installed: tried libnowhere.so.3, libnowhere.so.2: .+\. Install it: apt install libexample2 \(Debian, Ubuntu\); brew install example \(macOS\)\. Or give its path, as libraries\.example or in the variable TAPEGRAD_TEST_LIBRARY\.$/,
    );
    assertEquals((error.cause as Error[]).length, 2);
    const given = assertThrows(() => openLibrary(SEARCH, ABS, "/no/such.so"), FileError);
    assertStringIncludes(given.message, "tried /no/such.so: ");
  },
}));

Deno.test(ifPossible({
  name: "native libraries: the path that is given comes before the variable, and that before names",
  needs: NEEDS,
  sanitizeResources: false, // libraries stay loaded until the program ends

  fn() {
    const { path, symbols } = openLibrary(SEARCH, ABS, LIBC);
    assertEquals([path, symbols.abs(-4)], [LIBC, 4]);
    assertEquals(reasonAgainst(SEARCH, LIBC), undefined);
    const usual = { ...SEARCH, names: C_LIBRARY };
    assertEquals(openLibrary(usual, ABS).path, LIBC);
    Deno.env.set(SEARCH.variable, "/no/such.so");
    try {
      assertThrows(() => openLibrary(usual, ABS), FileError, "tried /no/such.so: ");
      assertEquals(openLibrary(SEARCH, ABS, LIBC).path, LIBC);
      Deno.env.set(SEARCH.variable, LIBC);
      assertEquals(openLibrary(SEARCH, ABS).path, LIBC);
      Deno.env.set(SEARCH.variable, ""); // as good as none
      assertEquals(openLibrary(usual, ABS).path, LIBC);
    } finally {
      Deno.env.delete(SEARCH.variable);
    }
  },
}));

Deno.test(ifPossible({
  name: "native libraries: one that lacks a symbol is passed over",
  needs: NEEDS,
  sanitizeResources: false, // libraries stay loaded until the program ends

  fn() {
    const table = { nowhereInC: { parameters: [], result: "void" } } as const;
    const error = assertThrows(() => openLibrary(SEARCH, table, LIBC), FileError);
    assertStringIncludes(error.message, "nowhereInC");
  },
}));

Deno.test(ifPossible({
  name: "native libraries: symbols for libraries that this one loads are opened up",
  needs: NEEDS,
  sanitizeResources: false, // libraries stay loaded until the program ends
  skip: platform() === "win32" ? "modules find each other by their names there" : undefined,

  fn() {
    const search = { ...SEARCH, isForAll: true };
    assertEquals(openLibrary(search, ABS, LIBC).symbols.abs(-5), 5);
    const error = assertThrows(() => openLibrary(search, ABS, "libnowhere.so.9"), FileError);
    assertStringIncludes(error.message, "libnowhere.so.9");
  },
}));

Deno.test({
  name: "native libraries: without permission nothing is loaded and nobody is asked",
  permissions: { ffi: false, env: false },
  fn() {
    assertEquals(reasonAgainst(SEARCH, LIBC), "needs --allow-ffi");
    const error = assertThrows(() => openLibrary(SEARCH, ABS, LIBC), FileError);
    assertStringIncludes(
      error.message,
      "Cannot make example: the program must be allowed to load native libraries: " +
        "run it with --allow-ffi: ",
    );
    assertEquals(readableVariable("TAPEGRAD_TEST_LIBRARY"), undefined);
  },
});
