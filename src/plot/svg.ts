/**
 * SVG as text: elements, attributes, escaping.
 *
 * @module
 */

import { escapeXml } from "../display/markup.ts";

export { escapeXml };

/** Attributes of an element; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Writes a number as SVG attributes have it: at most two decimals. */
export function formatNumber(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}

/** Writes an element; children are SVG already. */
export function element(
  name: string,
  attributes: Attributes,
  ...children: readonly string[]
): string {
  const written = Object.entries(attributes).map(([key, value]) =>
    value === undefined
      ? ""
      : ` ${key}="${typeof value === "number" ? formatNumber(value) : escapeXml(value)}"`
  ).join("");
  if (children.length === 0) return `<${name}${written}/>`;
  return `<${name}${written}>${children.join("")}</${name}>`;
}

/** Writes a path through points, broken where `null` stands between them. */
export function pathThrough(points: readonly (readonly [number, number] | null)[]): string {
  let isOpen = false;
  let path = "";
  for (const point of points) {
    if (point !== null) {
      path += `${isOpen ? "L" : "M"}${formatNumber(point[0])} ${formatNumber(point[1])}`;
    }
    isOpen = point !== null;
  }
  return path;
}
