/**
 * HTML as text: escaping, and tables for notebooks.
 *
 * @module
 */

import { replaceUnprintable } from "../core/printable.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Characters that stay although they are not printable in a line: breaks, which markup reads as
 * spaces, and marks that give a neutral character the direction of its language.
 */
const KEPT = /[\t\n\r\u061c\u200e\u200f]/;
/** Characters besides that XML 1.0 has no way to write. */
const UNWRITABLE = /[\ufffe\uffff]/g;

/**
 * Escapes text as XML and HTML take it. What they cannot hold, or must not obey (overrides of
 * direction), becomes a replacement character: one for one, so that its width is known.
 */
export function escapeXml(text: string): string {
  return replaceUnprintable(text, (char) => KEPT.test(char) ? char : "\ufffd")
    .replace(UNWRITABLE, "\ufffd").replace(/[&<>"']/g, (char) => ENTITIES[char]);
}

/** A table for a notebook, whose texts are not escaped yet. */
export interface HtmlTable {
  /** A line above the table; none where it is empty. */
  readonly caption?: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** An `l` or `r` per column. */
  readonly align: string;
  /** True if the first column names the rows. */
  readonly hasRowNames?: boolean;
  /** A line below, on the parts that are not shown. */
  readonly note?: string;
}

const TABLE_STYLE = 'style="text-align:right;border-spacing:12px 2px"';

/**
 * Writes a table as HTML. It has no colours of its own: notebooks, light or dark, give it theirs.
 */
export function htmlTable(table: HtmlTable): string {
  const { caption = "", headings, rows, align, hasRowNames = false, note = "" } = table;
  // Notebooks align cells to the right, other pages headings in the middle.
  const cell = (tag: "td" | "th", text: string, column: number) => {
    const isRight = align[column] === "r";
    const style = isRight && tag === "td"
      ? ""
      : ` style="text-align:${isRight ? "right" : "left"}"`;
    return `<${tag}${style}>${escapeXml(text)}</${tag}>`;
  };
  const row = (cells: readonly string[], isHead: boolean) =>
    `<tr>${
      cells.map((text, i) => cell(isHead || (hasRowNames && i === 0) ? "th" : "td", text, i)).join(
        "",
      )
    }</tr>`;
  const head = headings.length === 0 ? "" : `<thead>${row(headings, true)}</thead>`;
  const body = rows.map((cells) => row(cells, false)).join("");
  return line(caption) +
    (rows.length === 0 ? "" : `<table ${TABLE_STYLE}>${head}<tbody>${body}</tbody></table>`) +
    line(note);
}

/** Writes a line of text; nothing for none. */
function line(text: string): string {
  return text === "" ? "" : `<div>${escapeXml(text)}</div>`;
}
