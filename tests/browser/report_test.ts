// A report in a real browser, on a phone and on a desk: nothing is too small or too wide, and there
// is something beside a confusion matrix.

import { assert, assertEquals } from "@std/assert";
import { Random, randomNormal } from "@tapegrad/tapegrad";
import { confusion, curves, featureMaps, filters, report } from "@tapegrad/tapegrad/plot";
import { ifPossible } from "../support/permissions.ts";
import { BROWSER_NEEDS, NO_BROWSER, withChromium } from "./chromium.ts";

/** The smallest letters that people read on a phone, in pixels. */
const LEAST_TEXT = 9;

const theme = "auto";

function samplePage(): string {
  const random = new Random(5);
  const classes = ["cat", "dog", "horse", "lion", "mouse", "newt", "owl", "pig", "rat", "seal"];
  const matrix = classes.map((_, i) => classes.map((_, j) => i === j ? 90 : (3 * i + j) % 5));
  const maps = {
    conv: randomNormal(random, [1, 24, 24, 9]),
    pool: randomNormal(random, [1, 9, 9, 7]),
    logits: randomNormal(random, [1, 10]),
  };
  return report({
    title: "A report",
    sections: [
      {
        title: "Result",
        content: [
          { tiles: { accuracy: "98.6 %", loss: 0.05 } },
          {
            beside: [
              confusion(matrix, classes, { title: "Test images", theme, width: 440 }),
              { table: classes.map((name, i) => [name, i / 7]), head: ["class", "F1"] },
            ],
          },
          curves({ loss: [3, 2, 1] }, { theme, width: 440, yScale: "log" }),
        ],
      },
      {
        title: "Inside",
        content: [
          filters(randomNormal(random, [3, 5, 4, 6]), { title: "Filters", theme }),
          featureMaps(maps, { title: "Maps", theme, classes }),
        ],
      },
    ],
  });
}

interface Measured {
  readonly scrollWidth: number;
  readonly smallest: number;
  readonly texts: number;
  /** Left, top, right and bottom of both blocks beside each other. */
  readonly beside: readonly (readonly [number, number, number, number])[];
}

/** Runs in the page. */
const MEASURE = `(() => {
  const sizes = [...document.querySelectorAll("svg text")].map((text) => {
    const svg = text.ownerSVGElement;
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return parseFloat(getComputedStyle(text).fontSize) * scale;
  });
  const beside = [...document.querySelectorAll(".beside > div")].map((box) => {
    const { left, top, right, bottom } = box.getBoundingClientRect();
    return [left, top, right, bottom];
  });
  const { scrollWidth } = document.documentElement;
  return { scrollWidth, smallest: Math.min(...sizes), texts: sizes.length, beside };
})()`;

Deno.test(ifPossible({
  name: "browser: a report has no text below 9 px, is no wider than the screen, and fills it",
  needs: BROWSER_NEEDS,
  skip: NO_BROWSER,
  effort: "full",
  async fn() {
    const html = samplePage();
    await withChromium(async (chrome) => {
      for (const width of [390, 1280]) {
        const page = await chrome.newPage({ viewport: { width, height: 800 } });
        await page.setContent(html);
        const found = await page.evaluate(MEASURE) as Measured;
        assertEquals(found.scrollWidth, width);
        assert(found.texts > 100, String(found.texts));
        assert(found.smallest >= LEAST_TEXT, `${found.smallest} px at ${width}`);
        const [[left, top, right, bottom], second] = found.beside;
        if (width === 390) {
          assert(second[0] === left && second[1] >= bottom, "the table is below the matrix");
        } else {
          assert(second[0] >= right && second[1] === top, "the table is beside the matrix");
          assert(second[2] - left > 900, "both fill the page");
        }
      }
    });
  },
}));
