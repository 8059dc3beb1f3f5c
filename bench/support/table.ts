/**
 * Tables in plain text.
 *
 * @module
 */

/** A column: its head, and on which side its cells are aligned. */
export interface Column {
  readonly head: string;
  readonly align: "left" | "right";
}

/** Writes lines of aligned cells under their heads; a row of one cell is written as it is. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const whole = rows.filter((row) => row.length > 1);
  const widths = columns.map(({ head }, i) =>
    Math.max(head.length, ...whole.map((row) => (row[i] ?? "").length))
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) =>
      columns[i].align === "left" ? cell.padEnd(widths[i]) : cell.padStart(widths[i])
    ).join("  ").trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  const body = rows.map((row) => row.length > 1 ? line(row) : row[0] ?? "");
  return [line(columns.map(({ head }) => head)), rule, ...body].join("\n");
}

/** Writes a number with as many decimals as its size needs; a dash where there is none. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "-";
  const size = Math.abs(value);
  return value.toFixed(size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4);
}

/** Writes a share as a percentage. */
export function formatPercent(share: number | undefined): string {
  return share === undefined || !Number.isFinite(share) ? "-" : `${(100 * share).toFixed(0)} %`;
}

/** Writes bytes in mebibytes. */
export function formatMebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MiB`;
}
