// Output of a program as a picture: for examples whose result is text.

import { Picture, type PictureOptions } from "@tapegrad/tapegrad/plot";

const FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace";
const [SIZE, LINE, ADVANCE, MARGIN] = [13, 19, 7.9, 14];
const COLOURS = {
  light: { ground: "#f6f8fa", text: "#1f2937" },
  dark: { ground: "#161b22", text: "#e5e7eb" },
};

/** Draws lines of text, each as it is printed. */
export function terminal(
  lines: readonly string[],
  { title = "", theme = "light" }: PictureOptions,
): Picture {
  const columns = Math.max(...lines.map((line) => [...line].length));
  const [width, height] = [
    Math.ceil(columns * ADVANCE) + 2 * MARGIN,
    lines.length * LINE + 2 * MARGIN,
  ];
  const { ground, text } = COLOURS[theme === "dark" ? "dark" : "light"];
  const rows = lines.map((line, i) => {
    const place = `x="${MARGIN}" y="${MARGIN + LINE * i + SIZE}" xml:space="preserve"`;
    return `<text ${place} font-family="${FONT}" fill="${text}">${escaped(line)}</text>`;
  });
  const box = `<rect width="${width}" height="${height}" rx="6" fill="${ground}"/>`;
  const body = `<g font-size="${SIZE}">${box}${rows.join("")}</g>`;
  return new Picture({ width, height, theme, label: title, body });
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
