/**
 * Reports: text, tables and pictures as one page.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { checkText, renderSections, type Section } from "./blocks.ts";
import { renderPage } from "./page.ts";

/** Options of {@link report}. */
export interface ReportOptions {
  /** The heading of the page. */
  readonly title: string;
  /** A line below the heading; none by default. */
  readonly about?: string;
  /** The parts of the page, in their order; two or more get a table of contents. */
  readonly sections: readonly Section[];
  /** The language of the text, as BCP 47 names it; `en` by default. */
  readonly language?: string;
}

const ACTION = "make report";

/**
 * Makes a page of text, tables and pictures: one file of HTML that needs nothing else.
 *
 * The page is light or dark as its reader likes it, is read on phones as on large screens, and can
 * be printed. Draw its pictures with the theme `auto`. What is too wide is moved in a box of its
 * own, never the page. All text is escaped, and a Content-Security-Policy forbids scripts and the
 * network.
 *
 * @example
 * ```ts
 * import { curves, report } from "@tapegrad/tapegrad/plot";
 * import { assert, assertStringIncludes } from "@std/assert";
 *
 * const loss = curves({ loss: [1.2, 0.6, 0.4] }, { theme: "auto", width: 440 });
 * const page = report({
 *   title: "Cats <or> dogs",
 *   sections: [
 *     { title: "Result", content: [{ tiles: { "test accuracy": 0.95, images: 1200 } }, loss] },
 *     { title: "Settings", content: ["Trained on one core.", { facts: { epochs: 3, seed: 7 } }] },
 *     { title: "Reproduce", content: [{ code: "deno run train.ts --seed 7" }] },
 *   ],
 * });
 * assertStringIncludes(page, "<h1>Cats &lt;or&gt; dogs</h1>");
 * assert(!page.includes("<script"));
 * ```
 *
 * @param options `title`, `sections`; `about`, `language`.
 * @returns the source of the page.
 * @throws {TypeError} if a title is no text, or something in a section is no block.
 */
export function report(options: ReportOptions): string {
  options = checkOptions(ACTION, options, "title about sections language");
  const { title, about = "", sections, language = "en" } = options;
  checkText(ACTION, "title", title);
  checkText(ACTION, "about", about);
  checkText(ACTION, "language", language);
  return renderPage({ title, about, sections: renderSections(ACTION, sections), language });
}
