/**
 * Values of options in the words of error messages.
 *
 * @module
 */
import { kindOf } from "./kind_of.ts";

/** Most elements of a list that are written, and most lists within lists. */
const MOST_WRITTEN = 16;
const DEEPEST = 3;

/**
 * Writes what a user gave: `"same"`, `[[1, 2], [3, 4]]`, `3n`, `NaN`, `object`. It never throws.
 */
export function formatValue(value: unknown, depth = 0): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "function";
  if (typeof value !== "object" || value === null) return String(value);
  if (!Array.isArray(value) || depth >= DEEPEST) return kindOf(value);
  const written = value.slice(0, MOST_WRITTEN).map((part) => formatValue(part, depth + 1));
  return `[${[...written, ...value.length > MOST_WRITTEN ? ["…"] : []].join(", ")}]`;
}
