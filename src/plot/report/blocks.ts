/**
 * Blocks of a report: sections of text, tables, numbers and pictures; as HTML.
 *
 * @module
 */
import { printable } from "../../core/printable.ts";
import { Picture } from "../picture.ts";
import { element, escapeXml } from "../svg.ts";

/** A picture with words below it. */
export interface Figure {
  /** The picture; one with the theme `auto` is light or dark as the page is. */
  readonly picture: Picture;
  /** Words below it; none by default. */
  readonly caption?: string;
}

/** Pictures next to each other where there is room, else below each other. */
export interface Pictures {
  /** The pictures, from left to right. */
  readonly pictures: readonly (Picture | Figure)[];
}

/** Blocks next to each other where there is room, else below each other: a picture and a table. */
export interface BesideBlock {
  /** The blocks, from left to right. */
  readonly beside: readonly Block[];
}

/** Rows of values. */
export interface TableBlock {
  /** Rows of cells; numbers stand to the right, and columns of texts that are numbers: `3.2 s`. */
  readonly table: readonly (readonly (string | number)[])[];
  /** Names of the columns; none by default. */
  readonly head?: readonly string[];
  /** Words on its contents; none by default. */
  readonly caption?: string;
}

/** Names and their values, one below the other: the settings of a run. */
export interface FactsBlock {
  /** Values by name. */
  readonly facts: Readonly<Record<string, string | number>>;
}

/** A few values that matter most, in large letters. */
export interface TilesBlock {
  /** Values by name. */
  readonly tiles: Readonly<Record<string, string | number>>;
}

/** Text as it is, in letters of one width: a command. */
export interface CodeBlock {
  /** The text. */
  readonly code: string;
}

/** A part of a section; plain text is a paragraph. */
export type Block =
  | string
  | Picture
  | Figure
  | Pictures
  | BesideBlock
  | TableBlock
  | FactsBlock
  | TilesBlock
  | CodeBlock;

/** A part of a report, with a place in its contents. */
export interface Section {
  /** The heading. */
  readonly title: string;
  /** Blocks below it. */
  readonly content: readonly Block[];
}

/** A section as HTML. */
export interface RenderedSection {
  /** Anchor for links to it; no two sections have the same. */
  readonly id: string;
  readonly title: string;
  readonly html: string;
}

/** Renders sections as HTML. */
export function renderSections(action: string, sections: readonly Section[]): RenderedSection[] {
  if (!Array.isArray(sections)) {
    throw new TypeError(`Cannot ${action}: sections must be a list: got ${typeof sections}`);
  }
  const taken = new Set<string>();
  return sections.map((section, i) => renderSection(action, section, i, taken));
}

function renderSection(
  action: string,
  { title, content }: Section,
  i: number,
  taken: Set<string>,
): RenderedSection {
  checkText(action, `title of sections[${i}]`, title);
  if (!Array.isArray(content)) {
    throw new TypeError(
      `Cannot ${action}: content of sections[${i}] must be a list: got ${typeof content}`,
    );
  }
  const id = newId(title, taken);
  const heading = element("h2", { id: `${id}-title` }, escapeXml(title));
  const blocks = content.map((block, j) => {
    const html = renderBlock(block);
    if (html !== undefined) return html;
    throw new TypeError(
      `Cannot ${action}: content must be text, pictures, a table, facts, tiles, code or blocks beside ` +
        `each other: ` +
        `sections[${i}].content[${j}] is ${describe(block)}`,
    );
  });
  return { id, title, html: heading + blocks.join("") };
}

/** Throws unless a value is text. */
export function checkText(action: string, name: string, value: unknown): void {
  if (typeof value === "string") return;
  throw new TypeError(`Cannot ${action}: ${name} must be text: got ${describe(value)}`);
}

function describe(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object"
    ? `an object of ${printable(String(Object.keys(value)))}`
    : typeof value;
}

/** Turns a title into a part of an address, unlike those that are taken. */
function newId(title: string, taken: Set<string>): string {
  const words = title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ["section"];
  const base = words.join("-");
  let id = base;
  for (let i = 2; taken.has(id); i++) id = `${base}-${i}`;
  taken.add(id);
  return id;
}

/** Renders a block as HTML; undefined for a value that is no block. */
function renderBlock(block: Block): string | undefined {
  if (typeof block === "string") return element("p", {}, escapeXml(block));
  if (typeof block !== "object" || block === null) return undefined;
  if (block instanceof Picture || "picture" in block) return renderFigure(block);
  if ("pictures" in block) {
    return element("div", { class: "row" }, block.pictures.map(renderFigure).join(""));
  }
  if ("beside" in block) return renderBeside(block);
  if ("table" in block) return renderTable(block);
  if ("facts" in block) return renderPairs("facts", block.facts);
  if ("tiles" in block) return renderPairs("tiles", block.tiles);
  if ("code" in block) return element("pre", { tabindex: 0 }, escapeXml(block.code));
  return undefined;
}

/** Renders blocks beside each other; undefined where one of them is none. */
function renderBeside({ beside }: BesideBlock): string | undefined {
  const parts = beside.map(renderBlock);
  if (parts.includes(undefined)) return undefined;
  return element(
    "div",
    { class: "beside" },
    parts.map((part) => element("div", {}, part!)).join(""),
  );
}

function renderFigure(block: Picture | Figure): string {
  const { picture, caption } = block instanceof Picture
    ? { picture: block, caption: undefined }
    : block;
  const words = caption === undefined ? [] : [element("figcaption", {}, escapeXml(caption))];
  return element("figure", {}, scroller(picture.svg(), `--w:${picture.width}px`), ...words);
}

/** Makes a box that scrolls where its content is too wide for the page. */
function scroller(html: string, style?: string): string {
  return element("div", { class: "scroll", tabindex: 0, style }, html);
}

function renderTable({ table, head, caption }: TableBlock): string {
  const columns = table.reduce((most, { length }) => Math.max(most, length), 0);
  const areNumbers = Array.from(
    { length: columns },
    (_, column) => table.every((row) => row[column] === undefined || isNumeric(row[column])),
  );
  const cell = (value: string | number, column: number) => {
    const isRight = typeof value === "number" || areNumbers[column];
    const text = typeof value === "number" ? formatCell(value) : escapeXml(value);
    return element("td", { class: isRight ? "number" : undefined }, text);
  };
  const rows = table.map((row) => element("tr", {}, row.map(cell).join("")));
  const headings = head?.map((name, column) =>
    element(
      "th",
      { scope: "col", class: areNumbers[column] ? "number" : undefined },
      escapeXml(name),
    )
  );
  return scroller(element(
    "table",
    {},
    caption === undefined ? "" : element("caption", {}, escapeXml(caption)),
    headings === undefined ? "" : element("thead", {}, element("tr", {}, headings.join(""))),
    element("tbody", {}, rows.join("")),
  ));
}

/** Returns true for a number, and for a text that is one, with a unit or without. */
function isNumeric(value: string | number): boolean {
  return typeof value === "number" || /^[-−+]?\d[\d,]*(\.\d+)?( ?%| [a-zµ]{1,3})?$/i.test(value);
}

function renderPairs(kind: string, pairs: Readonly<Record<string, string | number>>): string {
  const rows = Object.entries(pairs).map(([name, value]) => {
    const shown = typeof value === "number" ? formatCell(value) : escapeXml(String(value));
    return element("div", {}, element("dt", {}, escapeXml(name)), element("dd", {}, shown));
  });
  return element("dl", { class: kind }, rows.join(""));
}

/**
 * Writes a number with thousands apart; of others than integers at most four digits after the
 * point.
 */
function formatCell(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 4 });
}
