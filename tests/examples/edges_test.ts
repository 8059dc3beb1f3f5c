// The edges example: its filters find what they should, and learning finds the filter.

import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { tensor } from "../../mod.ts";
import { sideBySide } from "../../src/plot/mod.ts";
import { edges, horizontal, learn, vertical } from "../../examples/edges.ts";
import { beside, draw, house, show, tiles } from "../../examples/edges/pictures.ts";
import { ifPossible } from "../support/permissions.ts";
import { runExample, runPermitted } from "./run_example.ts";

const step = (row: number, column: number) =>
  tensor(
    Float32Array.from({ length: 16 }, (_, i) =>
      row * Math.floor(i / 4) + column * (i % 4) > 3 ? 0 : 1),
    { shape: [1, 4, 4, 1] },
  );

Deno.test("edges example: each filter finds edges of its direction and no others", () => {
  const [leftToRight, topToBottom] = [step(0, 2), step(2, 0)];
  assertEquals([...edges(leftToRight, vertical).dataSync()], [3, 3, 3, 3]);
  assertEquals([...edges(leftToRight, horizontal).dataSync()], [0, 0, 0, 0]);
  assertEquals([...edges(topToBottom, horizontal).dataSync()], [3, 3, 3, 3]);
  assertEquals([...edges(topToBottom, vertical).dataSync()], [0, 0, 0, 0]);
});

Deno.test("edges example: the learned filter is the one that made the edges", () => {
  for (const scene of [house, tiles]) {
    const image = draw(scene, 34);
    const { w, losses } = learn(image, edges(image, vertical), { seed: 3, steps: 400 });
    w.dataSync().forEach((value, i) => assertAlmostEquals(value, vertical.dataSync()[i], 0.1));
    assert(losses.at(-1)! < 1e-3 * losses[0]);
  }
});

Deno.test("edges example: pictures are as wide as their image, two rows a line", () => {
  const image = tensor([0, -1, 0.5, 0, 0, -1, 0.5, 0], { shape: [1, 2, 4, 1] });
  assertEquals(show("a", image), ["a   ", " @+ "]);
  assertEquals(beside(["ab", "cd"], ["e ", "f"]), "ab    e\ncd    f");
});

Deno.test(ifPossible({
  name: "edges example: runs without permission, explains itself, refuses other arguments",
  needs: { run: true, read: true },
  async fn() {
    const plain = await runExample("edges.ts", "--steps", "300", "--seed", "1");
    assertEquals([plain.code, plain.stderr], [0, ""]);
    assertStringIncludes(
      plain.stdout,
      "learned from the image and its vertical edges, in 300 steps",
    );
    assertStringIncludes((await runExample("edges.ts", "--help")).stdout, "Usage: deno run");
    const wrong = await runExample("edges.ts", "--steps", "0");
    assertEquals([wrong.code, wrong.stdout, wrong.stderr], [
      1,
      "",
      "Cannot use --steps: it must be an integer of at least 1: got 0\n",
    ]);
    const forbidden = await runExample("edges.ts", "--out", "somewhere");
    assertEquals([forbidden.code, forbidden.stdout], [1, ""]);
    assertStringIncludes(
      forbidden.stderr,
      "permission is missing: run  deno run -W examples/edges.ts --out somewhere",
    );
  },
}));

Deno.test(ifPossible({
  name: "edges example: --out writes what the filters make of both pictures",
  needs: { run: true, read: true, write: true },
  async fn() {
    const folder = await Deno.makeTempDir();
    const { code, stdout } = await runPermitted(["-W"], "edges.ts", "--out", `${folder}/new`);
    assertEquals(code, 0);
    assertStringIncludes(stdout, `wrote house.svg, tiles.svg to ${folder}/new`);
    for (const [name, scene] of [["house", house], ["tiles", tiles]] as const) {
      const svg = await Deno.readTextFile(`${folder}/new/${name}.svg`);
      const image = draw(scene, 34);
      const before = sideBySide({ image, "vertical edges": edges(image, vertical) }).svg();
      for (const file of before.match(/data:image\/png;base64,[^"]+/g)!) {
        assert(svg.includes(file), `${name} lacks a panel`);
      }
      assertEquals(svg.match(/<image /g)?.length, 4);
    }
    await Deno.remove(folder, { recursive: true });
  },
}));
