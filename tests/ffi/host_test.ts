// The two interfaces to native libraries, on the C library: the same calls by Deno's own, and by
// koffi, which Deno can load, too.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { denoHost } from "../../src/ffi/deno_host.ts";
import { type Koffi, koffiHostOf } from "../../src/ffi/koffi_host.ts";
import type { FfiHost, Symbols, SymbolTable } from "../../src/ffi/signatures.ts";
import { C_LIBRARY, cText, platform, System } from "../../src/ffi/system.ts";
import { ifPossible } from "../support/permissions.ts";

const TABLE = {
  abs: { parameters: ["i32"], result: "i32" },
  absLater: { name: "abs", parameters: ["i32"], result: "i32", nonblocking: true },
  atof: { parameters: ["buffer"], result: "f64" },
  memset: { parameters: ["buffer", "i32", "usize"], result: "usize" },
  memsetLater: {
    name: "memset",
    parameters: ["buffer", "i32", "usize"],
    result: "usize",
    nonblocking: true,
  },
  strlen: { parameters: ["usize"], result: "usize" },
  nowhere: { parameters: [], result: "void", optional: true },
  nowhereEither: { isVariable: true, optional: true },
  environ: { isVariable: true },
} as const satisfies SymbolTable;

const HOSTS: readonly (readonly [string, () => Promise<FfiHost>])[] = [
  ["Deno", () => Promise.resolve(denoHost()!)],
  ["koffi", async () => koffiHostOf((await import("koffi")).default as unknown as Koffi)],
];

const NEEDS = { ffi: true, read: true, env: true, sys: true } as const;

// Libraries stay loaded until the program ends, which a test would be blamed for.
for (const [name, find] of HOSTS) {
  Deno.test(ifPossible({
    name: `native calls by ${name}: numbers, memory, addresses and what is missing`,
    needs: NEEDS,
    sanitizeResources: false,
    skip: platform() === "win32" ? "the names are those of POSIX" : undefined,

    async fn() {
      const host = await find();
      const library = C_LIBRARY[platform()][0];
      const c = host.load(library, TABLE) as unknown as Symbols<typeof TABLE>;
      assertEquals(c.abs(-3), 3);
      assertEquals(await c.absLater(-2147483647), 2147483647);
      assertEquals(c.atof(cText("-0.1")), -0.1);

      const shared = new Uint8Array(
        new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer,
      );
      for (const view of [new Float32Array(5), shared, new Uint8Array(16).subarray(3, 11)]) {
        const at = c.memset(view, 1, 4);
        assert(Number.isSafeInteger(at) && at > 65535, `address ${at}`);
        assertEquals(new Uint8Array(view.buffer, view.byteOffset, 5).join(), "1,1,1,1,0");
        assertEquals(await c.memsetLater(view, 0, 4), at);
      }
      const text = cText("seven ü");
      assertEquals(c.strlen(c.memset(text, 83, 1)), 8);
      assertEquals(new TextDecoder().decode(text), "Seven ü\0");

      assertEquals([c.nowhere, c.nowhereEither], [null, null]);
      assert(c.environ > 65535);
      assert(new System(host).bytesAt(c.environ, 8).some((byte) => byte !== 0), "a pointer");
      assertThrows(() => host.load(library, { nowhere: { parameters: [], result: "void" } }));
      assertThrows(() => host.load("libnowhere.so.7", {}));
      assertEquals(host.mayLoad(library), true);
    },
  }));

  Deno.test(ifPossible({
    name: `native calls by ${name}: variables and texts of the C library`,
    needs: NEEDS,
    sanitizeResources: false,

    async fn() {
      const system = new System(await find());
      const variable = `TAPEGRAD_TEST_${name}`;
      assertEquals(system.variable(variable), undefined);
      system.setVariable(variable, "größer");
      assertEquals(system.variable(variable), "größer");
      system.setVariable(variable, "");
      assertEquals(system.variable(variable), "");
      assertEquals(system.textAt(0), "");
      const bytes = Uint8Array.of(5, 0, 7, 9);
      assertEquals([...system.bytesAt(system.addressOf(bytes) + 1, 3)], [0, 7, 9]);
    },
  }));
}

Deno.test("native calls: koffi says what failed in a call on another thread", async () => {
  const refused = Object.assign(() => {}, {
    async: (...args: unknown[]) => (args.at(-1) as (error: unknown) => void)(new Error("refused")),
  });
  const host = koffiHostOf({
    load: () => ({ func: () => refused, symbol: () => 5n }),
    address: () => 7n,
  });
  const f = { parameters: ["i32"], result: "i32", nonblocking: true } as const;
  const { later } = host.load("any", { later: f }) as unknown as Symbols<{ later: typeof f }>;
  await assertRejects(() => later(1), Error, "refused");
});

function noFunction(): never {
  throw new Error("no function is asked for");
}

Deno.test("native calls: pointers of koffi 2 are objects, those of koffi 3 integers", () => {
  for (const [pointer, expected] of [[{}, 7], [5n, 5]]) {
    const host = koffiHostOf({
      load: () => ({ func: noFunction, symbol: () => pointer }),
      address: () => 7n,
    });
    assertEquals(host.load("any", { at: { isVariable: true } }), { at: expected as number });
  }
});
