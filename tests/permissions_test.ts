// A test that cannot run here is skipped and says why.

import { assertEquals, assertStrictEquals } from "@std/assert";
import { EFFORT } from "./support/effort.ts";
import { ifPossible, missing } from "./support/permissions.ts";

const name = "a test";
const fn = () => {};

Deno.test("ifPossible: a test that needs nothing is left as it is", () => {
  assertEquals(ifPossible({ name, needs: {}, fn, only: false }), { name, fn, only: false });
});

Deno.test("ifPossible: another reason goes before the permissions", () => {
  const { ignore, ...definition } = ifPossible({ name, needs: {}, skip: "no photos", fn });
  assertStrictEquals(ignore, true);
  assertEquals(definition, { name: "a test (skipped: no photos)", fn });
});

Deno.test("ifPossible: what takes long is left out at quick effort alone", () => {
  const isQuick = EFFORT === "quick";
  const { ignore, ...definition } = ifPossible({ name, needs: {}, effort: "full", fn });
  assertEquals(ignore, isQuick ? true : undefined);
  assertEquals(definition, { name: isQuick ? "a test (skipped: quick effort)" : name, fn });
});

Deno.test({
  name: "ifPossible: a permission that is not granted skips the test",
  permissions: { read: false, run: false },
  fn() {
    const { name: shown, ignore } = ifPossible({ name, needs: { read: true, run: true }, fn });
    assertEquals(shown, "a test (skipped: needs --allow-read --allow-run)");
    assertStrictEquals(ignore, true);
  },
});

Deno.test("missing: names what was asked for and not granted", () => {
  const asked: Deno.PermissionDescriptor[] = [];
  const onlyData = (permission: Deno.PermissionDescriptor) => {
    asked.push(permission);
    return permission.name === "read" && permission.path === "data";
  };
  assertEquals(missing({ read: ["data"] }, onlyData), undefined);
  assertEquals(
    missing({ read: ["data", "more"], run: ["deno"], env: true }, onlyData),
    "needs --allow-read=data,more --allow-run=deno --allow-env",
  );
  assertEquals(asked, [
    { name: "read", path: "data" },
    { name: "read", path: "data" },
    { name: "read", path: "more" },
    { name: "run", command: "deno" },
    { name: "env" },
  ]);
});
