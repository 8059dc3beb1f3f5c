/**
 * The page around the sections of a report: one HTML file that asks nothing of the network.
 *
 * @module
 */
import { element, escapeXml } from "../svg.ts";
import type { RenderedSection } from "./blocks.ts";
import { STYLE } from "./style.ts";

/** Parts of a page; those that are HTML are marked as such. */
export interface PageParts {
  readonly title: string;
  /** Title in the browser's tab; `title` by default. */
  readonly tabTitle?: string;
  readonly about: string;
  readonly sections: readonly RenderedSection[];
  readonly language: string;
  /** HTML above all else; nothing by default. */
  readonly bar?: string;
  /** Style after that of every page; nothing by default. */
  readonly style?: string;
  /** URL of a script; none by default. */
  readonly script?: string;
  /** Policy on what the browser may load; nothing but what is in the file by default. */
  readonly policy?: string;
}

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** Renders a whole page. */
export function renderPage(parts: PageParts): string {
  const { title, about, sections, language, bar = "", style = "", script, policy = POLICY } = parts;
  const head = [
    `<meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${escapeXml(policy)}">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<meta name="color-scheme" content="light dark">`,
    element("title", {}, escapeXml(parts.tabTitle ?? title)),
    `<style>${STYLE}${style}</style>`,
    script === undefined ? "" : `<script src="${escapeXml(script)}" defer></script>`,
  ].join("\n");
  const body = [
    bar,
    element("div", { id: "_report" }, renderBody(title, about, sections)),
    element("footer", {}, "Made with Tapegrad."),
  ].join("\n");
  const start = `<!DOCTYPE html>\n<html lang="${escapeXml(language)}">\n`;
  return `${start}<head>\n${head}\n</head>\n<body>\n${body}\n</body>\n</html>\n`;
}

/** Renders heading, contents and sections. */
export function renderBody(
  title: string,
  about: string,
  sections: readonly RenderedSection[],
): string {
  const words = about === "" ? "" : element("p", { class: "about" }, escapeXml(about));
  const top = element("header", { class: "page" }, element("h1", {}, escapeXml(title)), words);
  const links = sections.map(({ id, title }) =>
    element("li", {}, element("a", { href: `#${id}` }, escapeXml(title)))
  );
  const contents = links.length < 2
    ? ""
    : element("nav", { "aria-label": "Contents" }, element("ul", {}, links.join("")));
  const shown = sections.map(({ id, html }) =>
    element("section", { id, "aria-labelledby": `${id}-title` }, html)
  );
  return top + contents + element("main", {}, shown.join("\n"));
}
