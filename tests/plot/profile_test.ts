// The profile of a tape as bars.

import type { ProfileRow } from "@tapegrad/tapegrad";
import { type Picture, profile } from "@tapegrad/tapegrad/plot";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { assertExactError } from "../support/exact_error.ts";
import { assertLegible } from "../support/legible.ts";

function row(op: string, milliseconds: number, more: Partial<ProfileRow> = {}): ProfileRow {
  const backwardMilliseconds = 0;
  const none = { flops: 0, bytes: 0, fallbacks: 0 };
  return { op, calls: 1, milliseconds, backwardMilliseconds, ...none, ...more };
}

const ROWS = [
  row("relu", 2, { bytes: 8e6 }),
  row("conv2d", 5, { calls: 1200, flops: 1e10, bytes: 1e6, backwardMilliseconds: 3 }),
  row("a<b", 0),
  row("mul", 1, { bytes: 4e6, backwardMilliseconds: 1 }),
];

function textsOf(picture: Picture): string[] {
  const drawn = picture.svg().replaceAll(/<title>[^]*?<\/title>/g, "");
  return [...drawn.matchAll(/<text [^>]*>(.*?)<\/text>/g)].map(([, text]) => text);
}

/** Finds the bars of ops in a colour: where each begins, and how long it is. */
function barsOf(picture: Picture, colour: string): [x: number, width: number][] {
  const bars = picture.svg().matchAll(
    /<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="13" fill="(#\w+)"/g,
  );
  return [...bars].filter(([, , , fill]) => fill === colour)
    .map(([, x, width]) => [Number(x), Number(width)]);
}

Deno.test("profile picture: bars with times, shares and rates, the slowest first", () => {
  const picture = profile(ROWS, { title: "One step" });
  assertEquals(textsOf(picture), [
    "One step",
    ...["forward", "backward", "time", "share", "rate"],
    ...["conv2d × 1,200", "5 ms", "63 %", "2000.0 GFLOP/s"],
    ...["relu", "2 ms", "25 %", "4.0 GB/s"],
    ...["mul", "1 ms", "13 %", "4.0 GB/s"],
    ...["a&lt;b", "0 ms", "0 %"],
    "Total 8 ms in 1,203 calls",
    "forward 4 ms, backward 4 ms",
  ]);
  assertStringIncludes(
    picture.svg(),
    "<title>conv2d × 1,200: 5 ms (63 %), 2000.0 GFLOP/s, of it 3 ms in backward passes</title>",
  );
  assertEquals(picture.toString(), "Picture 640 x 220 (One step: profile of 4 operations)");
});

Deno.test("profile picture: bars are as long as times, backward behind forward", () => {
  const picture = profile(ROWS);
  const [[left, whole]] = barsOf(picture, "#f3f5f8");
  const forward = barsOf(picture, "#0072b2");
  const backward = barsOf(picture, "#d55e00");
  const near = (a: number, b: number) => assert(Math.abs(a - b) < 0.02, `${a} is not ${b}`);
  assertEquals([forward.length, backward.length], [2, 2]);
  near(forward[0][1], whole * 2 / 5);
  near(forward[1][1], whole * 2 / 5);
  near(backward[0][0], left + whole * 2 / 5);
  near(backward[0][1], whole * 3 / 5);
  assertEquals(backward[1][0], left);
  near(backward[1][1], whole / 5);
});

Deno.test("profile picture: many ops share the last bar, narrow ones have no rates", () => {
  const many = Array.from({ length: 60 }, (_, i) => row(`operation number ${i}`, 60 - i));
  const texts = textsOf(profile(many, { maxOps: 5, width: 320 }));
  assertEquals(texts.filter((text) => text.startsWith("56 others")).length, 1);
  assertEquals(texts.includes("rate"), false);
  assertEquals(texts.includes("Total 1.83 s in 60 calls"), true);
  for (const width of [120, 200, 320, 640, 1200]) {
    for (const theme of ["light", "dark"] as const) {
      if (width > 250) assertLegible(profile([...ROWS, ...many], { width, theme, title: "Ops" }));
      else assert(profile(many, { width }).width === width);
    }
  }
});

Deno.test("profile picture: nothing at all, options out of range", () => {
  assertEquals(textsOf(profile([])).includes("no data"), true);
  assertExactError(
    () => profile([], { maxOps: 0 }),
    RangeError,
    "Cannot draw profile: maxOps must be an integer of at least 1: got 0",
  );
  assertExactError(
    () => profile([], { width: 5 }),
    RangeError,
    "Cannot draw profile: width must be a number from 120 to 8192: got 5",
  );
});
