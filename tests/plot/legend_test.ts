// Legends: every name is there or counted, inside its width, and over no other.

import { assert, assertEquals } from "@std/assert";
import { makeLegend } from "../../src/plot/legend.ts";
import { fitText, fitWords, textWidth } from "../../src/plot/text.ts";
import { THEMES } from "../../src/plot/theme.ts";

/** Texts of a legend with where they begin, in their order. */
function textsOf(svg: string) {
  return Array.from(
    svg.matchAll(/<text x="([-\d.]+)" y="([-\d.]+)"[^>]*>(?:<title>.*?<\/title>)?([^<]*)<\/text>/g),
    ([, x, y, text]) => ({ x: Number(x), y: Number(y), text }),
  );
}

const COUNTS = [0, 1, 2, 3, 7, 20, 100];
const ROWS = [1, 2, 3, 5];
const WIDTHS = [150, 240, 333, 600];
const NAMES = [
  (i: number) => `s${i}`,
  (i: number) => "long name ".repeat(1 + i * 7 % 4) + i,
  (i: number) => i % 3 === 0 ? `${i}` : `a name of medium length ${i}`,
  (i: number) => "W".repeat(1 + i * 5 % 30),
];

/** All combinations: that the last of few names breaks the last row wants four of them. */
const CASES = COUNTS.flatMap((count) =>
  ROWS.flatMap((most) =>
    WIDTHS.flatMap((width) =>
      NAMES.map((nameOf) => ({ count, most, width, nameOf, left: width % 7 }))
    )
  )
);

Deno.test("legend: names are shown in order or counted, inside the width, over no other", () => {
  for (const { count, most, width, left, nameOf } of CASES) {
    const entries = Array.from({ length: count }, (_, i) => ({ name: nameOf(i), colour: "#123" }));
    const { height, svg } = makeLegend(entries, THEMES.light, { left, width, most });
    const texts = textsOf(svg);
    const what = JSON.stringify({ count, most, width, left, names: entries.map((e) => e.name) });
    const rest = /^and (\d+) more$/.exec(texts.at(-1)?.text ?? "")?.[1];
    const shown = rest === undefined ? texts : texts.slice(0, -1);
    assertEquals(shown.length + Number(rest ?? 0), count, what);
    assert(rest === undefined || Number(rest) > 0, what);
    shown.forEach(({ text }, i) => assertEquals(text, fitWords(entries[i].name, width - 28), what));
    const rows = [...Map.groupBy(texts, ({ y }) => y).values()];
    assert(rows.length <= most, what);
    assertEquals(height, rows.length === 0 ? 0 : 18 * rows.length + 6, what);
    for (const row of rows) {
      row.forEach(({ x, text }, i) => {
        assert(x >= left && x + textWidth(text) <= left + width, `${text} is outside: ${what}`);
        const next = row[i + 1];
        if (next !== undefined) assert(x + textWidth(text) <= next.x, `${text} is under: ${what}`);
      });
    }
    // What was left out has no room.
    if (rest !== undefined) assertEquals(rows.length, most, what);
  }
});

Deno.test("legend: a long name has all of the width, and ends with a whole word", () => {
  const name = "validation accuracy of the second half";
  for (let width = 40; width < 300; width++) {
    const text = fitWords(name, width);
    assert(textWidth(text) <= width, text);
    if (text === name) continue;
    const words = text.slice(0, -1);
    const isFirst = name.startsWith(words) && !words.includes(" ");
    assert(isFirst || name.startsWith(`${words} `), text);
    // The next word has no room.
    const next = name.slice(words.length + 1).split(" ")[0];
    if (!isFirst) assert(textWidth(`${words} ${next}…`) > width, `${text} at ${width}`);
  }
  assertEquals(fitWords("W".repeat(50), 100), fitText("W".repeat(50), 100));
});
