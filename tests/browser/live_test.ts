// The live report of a real training in a real browser: it grows, pauses, goes on and stops; on a
// phone and in the dark, too.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { contrast, type Rgb } from "../../src/plot/theme.ts";
import { ifPossible } from "../support/permissions.ts";
import { BROWSER_NEEDS, NO_BROWSER, withChromium } from "./chromium.ts";

const ROOT = new URL("../../", import.meta.url);

/** Starts the sign classifier, serving its report; collects what it prints, as it comes. */
async function startSigns() {
  const args = ["run", "-N", "examples/signs.ts", "--serve", "0", "--epochs", "500"];
  const process = new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  /** Reads on until a pattern is there. */
  const until = async (pattern: RegExp) => {
    for (;;) {
      const found = text.match(pattern);
      if (found !== null) return found[0];
      const { value, done } = await reader.read();
      if (done) throw new Error(`The program ended without ${pattern}: ${text}`);
      text += value;
    }
  };
  const end = async () => {
    await reader.cancel();
    try {
      process.kill("SIGKILL");
    } catch {
      // it has ended
    }
    await process.status;
  };
  return { process, until, end, address: await until(/http:\/\/127\.0\.0\.1:\d+\//) };
}

Deno.test(ifPossible({
  name: "browser: a live report grows, pauses, goes on, stops; the program ends clean",
  effort: "full",
  needs: BROWSER_NEEDS,
  skip: NO_BROWSER,
  async fn() {
    const signs = await startSigns();
    try {
      await withChromium(async (chrome) => {
        const page = await chrome.newPage();
        const errors: string[] = [];
        page.on("pageerror", (error) => errors.push(String(error)));
        page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
        page.on("dialog", (dialog) => dialog.accept());
        await page.goto(signs.address);
        // The page forbids what waitForFunction does.
        const holds = async (condition: string) => {
          const deadline = performance.now() + 60_000;
          while (!await page.evaluate(condition)) {
            assert(performance.now() < deadline, condition);
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
        };
        const state = (label: string) =>
          holds(`document.getElementById("_state").textContent.startsWith("${label}")`);
        const textOf = (selector: string) => page.textContent(selector);
        const curve =
          `document.querySelector("#training path[fill=none]")?.getAttribute("d") ?? ""`;
        const longer = (length: number) => holds(`(${curve}).split("L").length > ${length}`);

        await state("Training");
        await longer(3);
        const points = await page.evaluate(`(${curve}).split("L").length`) as number;
        await longer(points);

        // With the keyboard, as all buttons can be used.
        await page.focus("#_pause");
        await page.keyboard.press("Enter");
        await state("Paused");
        assertEquals(await textOf("#_pause"), "Resume");
        const wait = () => new Promise((resolve) => setTimeout(resolve, 600));
        await wait(); // for the step that runs
        const held = await textOf("#_progress");
        await wait();
        assertEquals(await textOf("#_progress"), held);
        assertEquals(await page.evaluate("document.activeElement.id"), "_pause");
        await checkPhone(chrome, signs.address, held!);

        await page.keyboard.press("Enter");
        await state("Training");
        const now = `document.getElementById("_progress").textContent`;
        await holds(`${now} !== ${JSON.stringify(held)}`);
        await page.click("#_stop");
        await state("Stopped");
        await page.waitForSelector("#how-to-reproduce");
        assertEquals(await page.isVisible("#_stop"), false);
        await page.setViewportSize({ width: 360, height: 740 });
        assertEquals(await page.evaluate("document.documentElement.scrollWidth"), 360);
        assertEquals(errors, []);
        await signs.until(/Still serving/);
        signs.process.kill("SIGINT");
        assertEquals((await signs.process.status).code, 0);
        await holds(`document.getElementById("_notice").textContent !== ""`);
      });
    } finally {
      await signs.end();
    }
  },
}));

type Chromium = Parameters<Parameters<typeof withChromium>[0]>[0];

/**
 * Checks the page for one who comes late, on a phone in the dark: everything is there, readable,
 * within the screen.
 */
async function checkPhone(chrome: Chromium, address: string, progress: string): Promise<void> {
  const page = await chrome.newPage({
    viewport: { width: 360, height: 740 },
    colorScheme: "dark",
  });
  await page.goto(address);
  assertStringIncludes((await page.textContent("#_progress"))!, progress);
  assertEquals(await page.textContent("#_pause"), "Resume");
  assertEquals(await page.evaluate("document.documentElement.scrollWidth"), 360);
  const colours = await page.evaluate(`(() => {
    const of = (selector, property) =>
      getComputedStyle(document.querySelector(selector))[property].match(/[\\d.]+/g).map(Number);
    return {
      back: of("body", "backgroundColor"),
      texts: ["body", ".about", "#_state", "#_pause", "h2", "#training svg text"].map((selector) =>
        of(selector, selector.endsWith("text") ? "fill" : "color")),
    };
  })()`) as { back: Rgb; texts: Rgb[] };
  assert(Math.max(...colours.back) < 60, `the background is ${colours.back}`);
  for (const text of colours.texts) assert(contrast(text, colours.back) >= 4.5, String(text));
  await page.close();
}
