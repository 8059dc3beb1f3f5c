/**
 * Tables of text with aligned columns.
 *
 * @module
 */

/** Writes rows under headings, columns aligned: `align` has an `l` or `r` per column. */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  align: string,
): string {
  const widths = headings.map((heading, i) =>
    rows.reduce((width, row) => Math.max(width, row[i].length), heading.length)
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => align[i] === "r" ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))
      .join("  ").trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("──");
  return [line(headings), rule, ...rows.map(line)].join("\n");
}
