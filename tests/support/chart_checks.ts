// Checks of charts: values where the axes say, cells and bars of the right size. Like those of
// `picture_checks.ts`, the checks take the functions that draw.

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Picture } from "../../src/plot/mod.ts";
import { elementsOf, overlap } from "./embedded_images.ts";
import type { Drawing } from "./picture_checks.ts";

type Check = (plot: Drawing) => void;

/** Reads the points of a path of M, L, H and V with absolute numbers. */
function pointsOf(path: string): [x: number, y: number][] {
  let [x, y] = [0, 0];
  return [...path.matchAll(/([MLHV])([-\d.]+)(?: ([-\d.]+))?/g)].map(([, kind, first, second]) => {
    if (kind === "H") x = Number(first);
    else if (kind === "V") y = Number(first);
    else [x, y] = [Number(first), Number(second)];
    return [x, y];
  });
}

/** Finds the heights of the grid lines by what is written at them. */
function ticksOf(picture: Picture): Map<number, number> {
  const lines = elementsOf(picture, "line").map(({ attributes }) => attributes)
    .filter(({ y1, y2 }) => y1 === y2);
  const texts = elementsOf(picture, "text")
    .filter(({ attributes }) => attributes["text-anchor"] === "end");
  return new Map(texts.map(({ attributes, content }) => {
    const middle = Number(attributes.y) - 12 * 0.36;
    const line = lines.find(({ y1 }) => Math.abs(Number(y1) - middle) < 0.1)!;
    return [Number(content.replace("−", "-")), Number(line.y1)];
  }));
}

function assertEven(places: readonly number[]): void {
  const steps = places.slice(1).map((place, i) => place - places[i]);
  for (const step of steps) assertAlmostEquals(step, steps[0], 0.1);
}

/** The checks by what they say. */
export const chartChecks = {
  "curves are where the axes say": ({ curves }) => {
    const y = [0, 2, -1, 3, 1];
    const picture = curves({ loss: y });
    const points = pointsOf(elementsOf(picture, "path")[0].attributes.d);
    const ticks = ticksOf(picture);
    assertEquals(points.length, y.length);
    for (const [i, value] of y.entries()) assertAlmostEquals(points[i][1], ticks.get(value)!, 0.1);
    assertEven(points.map(([x]) => x));
    assertEven([-1, 0, 1, 2, 3].map((value) => ticks.get(value)!));
  },

  "bars of a histogram are as high as their counts, and next to one another": ({ histogram }) => {
    const values = [0, 0.5, 1.5, 1.5, 1.5, 2.5, 3.5, 4]; // two, three, one, two in four bins
    const picture = histogram({ w: values }, { bins: 4 });
    const points = pointsOf(elementsOf(picture, "path")[0].attributes.d);
    const ticks = ticksOf(picture);
    const tops = points.slice(1, -1).filter((_, i) => i % 2 === 0).map(([, y]) => y);
    const heights = [2, 3, 1, 2].map((count) => ticks.get(count)!);
    assertEquals(tops.length, 4);
    for (const [i, height] of heights.entries()) assertAlmostEquals(tops[i], height, 0.1);
    const edges = [...new Set(points.map(([x]) => x))];
    assertEquals(edges.length, 5);
    assertEven(edges);
  },

  "cells of a confusion matrix are in the row of the true class, none over another": (plot) => {
    const counts = [[5, 1, 2], [3, 6, 4], [7, 8, 9]];
    const cells = elementsOf(plot.confusion(counts, ["a", "b", "c"]), "rect")
      .filter(({ content }) => content.includes("<title>"));
    assertEquals(cells.length, 9);
    const [first] = cells;
    for (const [i, { box, content }] of cells.entries()) {
      const [row, column] = [Math.floor(i / 3), i % 3];
      const says = `<title>true ${"abc"[row]}, predicted ${"abc"[column]}: ${
        counts[row][column]
      } of`;
      assert(content.startsWith(says), content);
      assertEquals([box.width, box.height], [first.box.width, first.box.height]);
      assertAlmostEquals(box.x, first.box.x + column * box.width, 0.1);
      assertAlmostEquals(box.y, first.box.y + row * box.height, 0.1);
      for (const other of cells.slice(i + 1)) {
        const smaller = { ...box, width: box.width - 0.1, height: box.height - 0.1 };
        assert(!overlap(smaller, other.box), `${content} overlaps ${other.content}`);
      }
    }
  },
} satisfies Record<string, Check>;
