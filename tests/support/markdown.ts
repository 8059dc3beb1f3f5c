// Parts of a page of Markdown that can be wrong without a reader noticing: code blocks, links and
// the anchors that links point to. Doc comments are pages too, behind their stars.

/** A fenced block of code. */
export interface CodeBlock {
  /** The first word behind the fence: "ts". */
  readonly language: string;
  /** True if `deno test --doc` is told to pass it over. */
  readonly ignored: boolean;
  readonly code: string;
  /** The line of the fence, from 1. */
  readonly line: number;
}

/** A link or a picture, and where it is. */
export interface Link {
  readonly target: string;
  /** Number of the line, from 1. */
  readonly line: number;
}

/**
 * Finds the code blocks of a page, in order; a fence that is not closed holds the rest of the page.
 */
export function codeBlocks(page: string): CodeBlock[] {
  const lines = page.split("\n");
  const blocks: CodeBlock[] = [];
  for (let i = 0; i < lines.length; i++) {
    const [, fence, words] = FENCE.exec(lines[i]) ?? [];
    if (fence === undefined) continue;
    const [language = "", ...attributes] = words.trim().split(/[\s,]+/);
    const end = lines.findIndex((line, j) => j > i && closes(line, fence));
    const code = lines.slice(i + 1, end < 0 ? lines.length : end).join("\n");
    blocks.push({ language, ignored: attributes.includes("ignore"), code, line: i + 1 });
    if (end < 0) break;
    i = end;
  }
  return blocks;
}

/** Blanks everything but the text of the doc comments of a TypeScript file, line for line. */
export function docComments(source: string): string {
  let inside = false;
  return source.split("\n").map((line) => {
    const text = inside || /^\s*\/\*\*/.test(line) ? line : "";
    if (text !== "") inside = !text.includes("*/");
    return text.replace(/^\s*\/?\*{1,2}\/? ?/, "").replace(/\*\/.*$/, "");
  }).join("\n");
}

/** Lists what a page links to and shows, outside of code. */
export function links(page: string): Link[] {
  return withoutCode(page).split("\n").flatMap((text, i) =>
    [...text.matchAll(LINK)].map(({ groups }) => {
      const { inline, named, attribute } = groups!;
      return { target: inline ?? named ?? attribute, line: i + 1 };
    })
  );
}

/** Lists what `#…` can point to on a page: its headings, named as GitHub names them. */
export function anchors(page: string): Set<string> {
  const found = new Set<string>();
  for (const [, heading] of withoutCode(page).matchAll(/^#{1,6} +(.*)$/gm)) {
    const name = slug(heading);
    let unique = name;
    for (let n = 1; found.has(unique); n++) unique = `${name}-${n}`;
    found.add(unique);
  }
  return found;
}

const FENCE = /^\s*(`{3,}|~{3,})([^`]*)$/;

/** `[text](target)`, `[name]: target`, `src="target"` and `href="target"`. */
const LINK =
  /\]\((?<inline>[^)\s]+)[^)]*\)|^\[[^\]]+\]:\s+(?<named>\S+)|\b(?:src|srcset|href)="(?<attribute>[^"]+)"/g;

function closes(line: string, fence: string): boolean {
  const text = line.trim();
  return text.length >= fence.length && text === fence[0].repeat(text.length);
}

/** Blanks the code of a page, so that lines keep their numbers. */
function withoutCode(page: string): string {
  const lines = page.split("\n");
  for (const { line, code } of codeBlocks(page)) {
    lines.fill("", line - 1, line + code.split("\n").length + 1);
  }
  return lines.join("\n").replace(/`([^`\n]*)`/g, (_, code) => code.replace(/[[\]()]/g, " "));
}

/**
 * Makes an anchor by GitHub's rule: letters, digits, hyphens and underscores, in lower case; spaces
 * are hyphens.
 */
function slug(heading: string): string {
  return heading.trim().toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}
