// Names that nobody gives, but a file may have: commands for terminals, markup, code, formulas.

import { Random } from "@tapegrad/tapegrad";

/** Pieces of names, each of which does something somewhere. */
export const HOSTILE_PIECES: readonly string[] = [
  "\x1b[31m",
  "\x1b[2J\x1b[H",
  "\x1b]0;title\x07",
  "\x1b]8;;http://example.org\x1b\\link",
  "\x1bPq\x1b\\",
  "\x9b31m",
  "\x9d0;title\x9c",
  "\r",
  "\n",
  "\r\n",
  "\t",
  "\b\b\b",
  "\x00",
  "\x7f",
  "\x85",
  "\u2028",
  "\u2029",
  "\u202e",
  "\u202a",
  "\u2066",
  "\u2069",
  "\u200f",
  "\u061c",
  "\ud83d",
  "\udc00",
  "\ufffe",
  "\u{e0041}",
  "\n```\n",
  "`${parent.hit()}`",
  "\n~~~\n",
  '"]\n  click n0 call hit()\n',
  '"]:::op\n',
  "%%{init: {'securityLevel': 'loose'}}%%",
  "%% ",
  "#quot;",
  "&lt;img src=x onerror=hit()&gt;",
  "<script>hit()</script>",
  "<img src=x onerror=hit()>",
  "<svg onload=hit()>",
  '"><img src=x onerror=hit()>',
  "'><img src=x onerror=hit()>",
  '" onmouseover="hit()',
  "' autofocus onfocus='hit()",
  "</title><script>hit()</script>",
  "</style><script>hit()</script>",
  "]]><script>hit()</script>",
  "--><script>hit()</script>",
  "<!--",
  "<![CDATA[",
  "<foreignObject><iframe srcdoc='<script>parent.hit()</script>'></iframe>",
  "<a href='javascript:hit()'>",
  "javascript:hit()",
  "[a](javascript:hit())",
  "$$\\href{javascript:hit()}{x}$$",
  "=cmd|' /C calc'!A0",
  "+1+1",
  "-2+3",
  "@SUM(A1)",
  "\\",
  "\\n",
  "${hit()}",
  "{{hit()}}",
  "__proto__",
  "é漢字🐱",
  "w",
];

/** Makes names of two to four pieces; the first ones are single pieces, each once. */
export function malformedNames(count: number, seed: number): string[] {
  const random = new Random(seed);
  const pick = () => HOSTILE_PIECES[random.integer(HOSTILE_PIECES.length)];
  return Array.from({ length: count }, (_, i) => {
    if (i < HOSTILE_PIECES.length) return HOSTILE_PIECES[i];
    return Array.from({ length: 2 + random.integer(3) }, pick).join("");
  });
}
