// A real browser for tests: pages of ours are bundled, served on this machine and opened.

import { assertEquals } from "@std/assert";
import { firstInstalled } from "../support/installed.ts";
import type { Needs } from "../support/permissions.ts";

const ROOT = new URL("../../", import.meta.url);

/** Paths of the browser on Debian, Ubuntu and macOS. */
const BROWSERS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Permissions of a test with a browser. */
export const BROWSER_NEEDS: Needs = {
  read: true,
  write: true,
  run: true,
  net: true,
  env: true,
  sys: true,
};

const browser = firstInstalled(BROWSERS, "no Chromium on this machine");

/** Reason that there is no browser, where permissions are not the reason. */
export const NO_BROWSER: string | undefined = browser.skip;

/** Bundles a file of `tests/browser/` and all it imports, as one script. */
export async function bundle(file: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", `tests/browser/${file}`],
    cwd: ROOT,
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Files that a page finds beside it, by their names. */
export type PageFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

function serve(
  script: string,
  headers: Record<string, string>,
  files: PageFiles,
): Deno.HttpServer<Deno.NetAddr> {
  const page = `<!doctype html><title>test</title><script type="module" src="/page.js"></script>`;
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const path = new URL(request.url).pathname;
    const file = files.get(path.slice(1));
    if (file !== undefined) {
      const type = path.endsWith(".js") ? "text/javascript" : "application/octet-stream";
      return new Response(file, { headers: { ...headers, "content-type": type } });
    }
    const isScript = path === "/page.js";
    const type = isScript ? "text/javascript" : "text/html";
    return new Response(isScript ? script : page, {
      headers: { ...headers, "content-type": type },
    });
  });
}

/** A browser, as the package that drives it has it. */
type Chromium = Awaited<ReturnType<typeof import("playwright-core").chromium.launch>>;

/** Opens a browser while something uses it. */
export async function withChromium<Result>(
  use: (chrome: Chromium) => Promise<Result>,
  flags: readonly string[] = [],
): Promise<Result> {
  // Reads the environment when it is loaded, which is only allowed where the test may run.
  const { chromium } = await import("playwright-core");
  const chrome = await chromium.launch({
    executablePath: browser.path,
    args: ["--no-sandbox", ...flags],
  });
  try {
    return await use(chrome);
  } finally {
    await chrome.close();
  }
}

/** Options of opening a page. */
export interface PageOptions {
  /** Flags of the browser. */
  readonly flags?: readonly string[];
  /** Milliseconds after which nothing is expected any more. */
  readonly timeout?: number;
}

/** Runs the script in a page, and returns what it puts in `globalThis.report`. */
export async function reportOf<Report>(
  script: string,
  headers: Record<string, string> = {},
  files: PageFiles = new Map(),
  { flags, timeout = 60_000 }: PageOptions = {},
): Promise<Report> {
  const server = serve(script, headers, files);
  try {
    return await withChromium(async (chrome) => {
      const page = await chrome.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      await page.goto(`http://127.0.0.1:${server.addr.port}/`);
      await page.waitForFunction("globalThis.report !== undefined", undefined, { timeout })
        .catch((error) => {
          throw new Error(`The page reported nothing: ${errors.join("; ")}`, { cause: error });
        });
      return await page.evaluate("globalThis.report") as Report;
    }, flags);
  } finally {
    await server.shutdown();
  }
}
