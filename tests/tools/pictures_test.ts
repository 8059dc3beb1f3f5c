// The pictures of README.md and docs/ are what `deno task pictures` draws, and each is shown.

import { assertEquals } from "@std/assert";
import { filesOf, FOLDER } from "../../tools/pictures.ts";
import { ifPossible } from "../support/permissions.ts";

Deno.test(ifPossible({
  name: "pictures: none is stale, missing or left over (deno task pictures)",
  needs: { read: true },
  async fn() {
    const { DRAWINGS } = await import("../../tools/pictures/drawings.ts");
    const drawn = filesOf(DRAWINGS);
    const files = await Array.fromAsync(Deno.readDir(FOLDER), ({ name }) => name);
    assertEquals(files.sort(), [...drawn.keys()].sort());
    const stale: string[] = [];
    for (const [name, svg] of drawn) {
      if (await Deno.readTextFile(new URL(name, FOLDER)) !== svg) stale.push(name);
    }
    assertEquals(stale, []);
  },
}));

Deno.test(ifPossible({
  name: "pictures: every one is on a page",
  needs: { read: true },
  async fn() {
    const docs = await Array.fromAsync(Deno.readDir(new URL("../", FOLDER)), ({ name }) => name);
    const pages = ["../README.md", ...docs.filter((name) => name.endsWith(".md"))];
    const texts = await Promise.all(
      pages.map((page) => Deno.readTextFile(new URL(`../${page}`, FOLDER))),
    );
    const files = await Array.fromAsync(Deno.readDir(FOLDER), ({ name }) => name);
    const unseen = files.filter((name) => !texts.some((text) => text.includes(`pictures/${name}`)));
    assertEquals(unseen, []);
  },
}));
