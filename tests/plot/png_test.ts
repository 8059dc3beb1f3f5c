// Pictures as PNG files outside of a page: by resvg with fonts of the system, or by another.

import { curves } from "@tapegrad/tapegrad/plot";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { FileError } from "../../src/core/errors.ts";
import { SYSTEM_FONTS } from "../../src/plot/resvg.ts";
import config from "../../deno.json" with { type: "json" };
import { firstInstalled } from "../support/installed.ts";
import { ifPossible } from "../support/permissions.ts";
import { assertShowsPicture } from "../support/png_checks.ts";
import { samplePictures } from "../support/sample_pictures.ts";

const font = firstInstalled(
  SYSTEM_FONTS.map(([plain]) => plain),
  "none of the fonts that are looked for is on this machine",
);

for (const [name, picture] of Object.entries(samplePictures())) {
  Deno.test(ifPossible({
    name: `png: resvg draws ${name}: size, background, images pixel by pixel, texts`,
    needs: { read: true },
    skip: font.skip,
    fn: async () => assertShowsPicture(await picture.png(), picture, 2),
  }));
}

Deno.test(ifPossible({
  name: "png: with fonts that are given, at any scale",
  needs: { read: true },
  skip: font.skip,
  fn: async () => {
    const picture = samplePictures().imageGrid;
    const bytes = await Deno.readFile(font.path!);
    for (const fonts of [[font.path!], [bytes]]) {
      assertShowsPicture(await picture.png({ scale: 1, fonts }), picture, 1);
    }
    const error = await assertRejects(() => picture.png({ fonts: ["no such font"] }), FileError);
    assertMatch((error as Error).message, /^Cannot read no such font: it must exist: /);
  },
}));

Deno.test(ifPossible({
  name: "png: without permission or package it says what is needed",
  needs: { read: true, write: true, run: true },
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const script = `${folder}/draw.ts`;
    await Deno.writeTextFile(
      script,
      `import { curves } from "${new URL("../../src/plot/mod.ts", import.meta.url)}";
      try { await curves({ a: [1] }).png(); } catch (error) { console.log(String(error)); }`,
    );
    const draw = async (...flags: string[]) => {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-prompt", "--no-check", "--config", "deno.json", ...flags, script],
        cwd: new URL("../../", import.meta.url),
      }).output();
      return new TextDecoder().decode(stdout);
    };
    const forbidden = await draw();
    assertMatch(forbidden, /^FileError: Cannot read .*resvg.*wasm: permission must be granted: /);
    assertMatch(forbidden, /--allow-read/);
    assertMatch(
      await draw("--allow-read", "--no-npm"),
      /^TypeError: Cannot make png: outside of a page the package @resvg\/resvg-wasm must be installed, or options.rasterize draw the SVG: /,
    );
    await Deno.remove(folder, { recursive: true });
  },
}));

Deno.test("png: a rasterizer is asked for the size", async () => {
  const picture = curves({ a: [1] }, { width: 200, height: 200 });
  const asked: unknown[] = [];
  await picture.png({ scale: 3, rasterize: (_, size) => (asked.push(size), new Uint8Array()) });
  assertEquals(asked, [{ width: 600, height: 600 }]);
  const error = await assertRejects(() => picture.png({ scale: 0 }), RangeError);
  const message = "Cannot make png: scale must be a number above 0: got 0";
  assertEquals((error as Error).message, message);
});

Deno.test(ifPossible({
  name: "png: the version of resvg is the one that is tested",
  needs: { read: true },
  fn: async () => {
    const source = await Deno.readTextFile(new URL("../../src/plot/resvg.ts", import.meta.url));
    const tested = config.imports["@resvg/resvg-wasm"];
    assert(source.includes(`const VERSION = "${tested.split("@").at(-1)}";`), tested);
  },
}));
