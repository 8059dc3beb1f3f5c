/**
 * Tables of text with aligned columns.
 *
 * @module
 */
import { printable } from "../core/printable.ts";

/**
 * Writes rows under headings, columns aligned: `align` has an `l` or `r` per column. Cells are made
 * safe to print.
 */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  align: string,
): string {
  const [head, ...body] = [headings, ...rows].map((cells) => cells.map(printable));
  const widths = head.map((heading, i) =>
    body.reduce((width, row) => Math.max(width, row[i].length), heading.length)
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => align[i] === "r" ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))
      .join("  ").trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("──");
  return [line(head), rule, ...body.map(line)].join("\n");
}
