// A page that a bundler has made, opened in a real browser.

import { dirname, relative } from "node:path";
import { type PageFiles, reportOf } from "../browser/chromium.ts";
import type { train } from "./training.js";

/** Report of a page of every entry. */
export interface BundleReport {
  /** Exports of each entry. */
  readonly counts: readonly number[];
  /** Errors of readers whose packages are not installed. */
  readonly errors: readonly string[];
  readonly trained: Awaited<ReturnType<typeof train>>;
}

/** Opens the page of a script, with the files that the bundler put beside it. */
export async function reportOfBundle(script: string): Promise<BundleReport> {
  const folder = dirname(script);
  const files: [string, Uint8Array<ArrayBuffer>][] = [];
  for await (const path of filesOf(folder)) {
    files.push([relative(folder, path), await Deno.readFile(path)]);
  }
  const beside: PageFiles = new Map(files);
  return await reportOf<BundleReport>(await Deno.readTextFile(script), {}, beside);
}

async function* filesOf(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* filesOf(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}
