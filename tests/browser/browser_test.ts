// The library in a real browser, bundled: with cross-origin isolation on several threads, without
// on one, and the same numbers to the last bit, which are those of Deno.

import { assertEquals } from "@std/assert";
import { ifPossible } from "../support/permissions.ts";
import { type Report, train } from "./training_page.ts";

const ROOT = new URL("../../", import.meta.url);

/** Where Debian, Ubuntu and macOS put the browser. */
const BROWSERS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

function findBrowser(): string | undefined {
  return BROWSERS.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

async function bundle(): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "tests/browser/training_page.ts"],
    cwd: ROOT,
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

function serve(script: string, headers: Record<string, string>): Deno.HttpServer<Deno.NetAddr> {
  const page =
    `<!doctype html><title>training</title><script type="module" src="/page.js"></script>`;
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const isScript = new URL(request.url).pathname === "/page.js";
    const type = isScript ? "text/javascript" : "text/html";
    return new Response(isScript ? script : page, {
      headers: { ...headers, "content-type": type },
    });
  });
}

async function reportOf(browser: string, script: string, headers: Record<string, string>) {
  // Reads the environment when it is loaded, which is only allowed where the test may run.
  const { chromium } = await import("playwright-core");
  const server = serve(script, headers);
  const chrome = await chromium.launch({ executablePath: browser, args: ["--no-sandbox"] });
  try {
    const page = await chrome.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(`http://127.0.0.1:${server.addr.port}/`);
    await page.waitForFunction("globalThis.report !== undefined", undefined, { timeout: 60_000 })
      .catch((error) => {
        throw new Error(`The page reported nothing: ${errors.join("; ")}`, { cause: error });
      });
    return await page.evaluate("globalThis.report") as Report;
  } finally {
    await chrome.close();
    await server.shutdown();
  }
}

const hasPermission = Deno.permissions.querySync({ name: "read" }).state === "granted";
const browser = hasPermission ? findBrowser() : undefined;

Deno.test(ifPossible({
  name: "browser: a bundled page trains, on threads where it is isolated, with Deno's numbers",
  needs: { read: true, write: true, run: true, net: true, env: true, sys: true },
  skip: hasPermission && browser === undefined ? "no Chromium on this machine" : undefined,
  fn: async () => {
    const script = await bundle();
    const isolated = await reportOf(browser!, script, ISOLATION);
    const alone = await reportOf(browser!, script, {});
    const { losses } = train(1);
    assertEquals(isolated, { isolated: true, threads: 4, losses });
    assertEquals(alone, { isolated: false, threads: 1, losses });
  },
}));
