// Size of a page: that of a bundle of the core with its kernels, and what the core leaves out of
// it.

import { assert, assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { ifPossible } from "../support/permissions.ts";

const ROOT = new URL("../../", import.meta.url);

/** The most that a page with the core and the kernels may be: bytes after gzip. */
const MOST = 80_000;

/** The same of a page with the backend for graphics devices, too. */
const MOST_WEBGPU = 130_000;

const PAGE = "tests/package/minimal_page.ts";

async function output(...args: string[]): Promise<Uint8Array> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return stdout;
}

Deno.test(ifPossible({
  name: `size: a page that trains, with both builds of the kernels, stays below ${MOST / 1000} KB`,
  needs: { read: true, run: true },
  async fn() {
    const bundle = await output("bundle", "--quiet", "--minify", "--platform", "browser", PAGE);
    const size = gzipSync(bundle, { level: 9 }).length;
    assert(size <= MOST, `the bundle has ${size} bytes after gzip`);
    // Ops that the page does not use are left out: by their names in the calls that define them.
    const text = new TextDecoder().decode(bundle);
    const found = ["conv2dGradW", "normalizeGrad", "cumsum", "resample"].map((name) =>
      text.includes(`name:"${name}"`)
    );
    assertEquals(found, [true, false, false, false]);
  },
}));

Deno.test(ifPossible({
  name: `size: a page that trains on webgpu stays below ${MOST_WEBGPU / 1000} KB`,
  needs: { read: true, run: true },
  async fn() {
    const page = "tests/package/webgpu_page.ts";
    const bundle = await output("bundle", "--quiet", "--minify", "--platform", "browser", page);
    const size = gzipSync(bundle, { level: 9 }).length;
    assert(size <= MOST_WEBGPU, `the bundle has ${size} bytes after gzip`);
  },
}));

Deno.test(ifPossible({
  name: "size: the core loads no layers, no training, no formats, no pictures",
  needs: { read: true, run: true },
  async fn() {
    const info = JSON.parse(new TextDecoder().decode(await output("info", "--json", "mod.ts")));
    const loaded: string[] = info.modules
      .map(({ specifier }: { specifier: string }) => specifier.slice(ROOT.href.length));
    assert(loaded.includes("src/core/tape.ts"));
    const heavy =
      /^src\/(data|files|formats|models|nn|plot|train|testing\/(arbitraries|fast_check))\b/;
    assertEquals(loaded.filter((file) => heavy.test(file)), []);
  },
}));
