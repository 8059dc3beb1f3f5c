/**
 * The header of an `.npy` file: a Python dict literal with the keys descr, fortran_order and shape.
 *
 * A small parser of Python literals reads the text into {@link Literal} nodes, with no evaluation
 * and a bounded depth; {@link parseHeader} then checks each value. The grammar is what NumPy writes
 * and a little more: any order of keys, either quote, any white space, trailing commas, and the `L`
 * that Python 2 put behind long integers. Escapes in strings, floats, signs in front of anything
 * but a number, comments and comprehensions are not part of it.
 *
 * @module
 */
import type { DType } from "../../core/dtype.ts";
import type { Shape } from "../../core/shape.ts";
import { noNumbers } from "../array_file.ts";
import { countElements, excerpt } from "../file_limits.ts";
import { ELEMENT_TYPES, type ElementType, KIND_NAMES, WRITTEN_DESCR } from "../element_types.ts";

/** Contents of a header. */
export interface NpyHeader {
  /** The element type as written, `<f4` say. */
  readonly descr: string;
  /** The element type that descr names. */
  readonly element: ElementType;
  /** True if the bytes of an element come least significant first. */
  readonly littleEndian: boolean;
  /** True if the first index varies fastest in the data. */
  readonly fortranOrder: boolean;
  /** Sizes of the dimensions. */
  readonly shape: number[];
  /** Number of elements of the shape. */
  readonly count: number;
}

/** A Python literal, with the text it was read from. */
type Literal =
  & { readonly text: string }
  & (
    | { readonly kind: "string"; readonly value: string }
    | { readonly kind: "bool"; readonly value: boolean }
    | { readonly kind: "number" | "none" }
    | { readonly kind: "tuple" | "list"; readonly items: readonly Literal[] }
  );

const KEYS = ["descr", "fortran_order", "shape"];
const MAX_DEPTH = 16;
/** Room that NumPy leaves for the first size to grow in place: the digits of 8 * 2^64 - 1. */
const GROWTH_DIGITS = 21;

/** Writes the header's dict as NumPy spells it, without the padding that aligns the data. */
export function formatHeader(dtype: DType, shape: Shape): string {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const growth = shape.length === 0 ? 0 : Math.max(0, GROWTH_DIGITS - String(shape[0]).length);
  return `{'descr': '${WRITTEN_DESCR[dtype]}', 'fortran_order': False, 'shape': (${sizes}), }` +
    " ".repeat(growth);
}

/** Reads a header's text; `action` begins every error message. */
export function parseHeader(text: string, action: string): NpyHeader {
  const entries = new LiteralParser(text, action).parseDict();
  const keys = entries.map(([key]) => key);
  if (keys.length !== KEYS.length || !KEYS.every((key) => keys.includes(key))) {
    throw new SyntaxError(
      `${action}: the header must have each of its keys once and no other: ` +
        `expected ${KEYS.join(", ")}, found ${excerpt(keys.join(", ")) || "none"}`,
    );
  }
  const values = new Map(entries);
  const shape = readShape(values.get("shape")!, action);
  return {
    ...readDescr(values.get("descr")!, action),
    fortranOrder: readBool(values.get("fortran_order")!, action),
    ...shape,
  };
}

function readDescr(
  literal: Literal,
  action: string,
): { descr: string; element: ElementType; littleEndian: boolean } {
  const descr = literal.kind === "string" ? literal.value : "";
  const order = descr.slice(0, 1);
  const element = ELEMENT_TYPES.get(descr.slice(1));
  if (!element || !"<>=|".includes(order) || (order === "|" && element.bytes > 1)) {
    throw noNumbers(
      new SyntaxError(
        `${action}: descr must be a supported element type: ` +
          `expected <, > or = and one of ${[...ELEMENT_TYPES.keys()].join(" ")} ` +
          `(or | and one of b1 i1 u1), found ${excerpt(literal.text)} (${describe(literal)})`,
      ),
    );
  }
  return { descr, element, littleEndian: order !== ">" };
}

/** Says in a few words why the value of descr is no supported element type. */
function describe(literal: Literal): string {
  if (literal.kind !== "string") return "not a plain element type";
  if (!/^[<>=|]/.test(literal.value)) return "without a byte order";
  if (ELEMENT_TYPES.has(literal.value.slice(1))) return "without a byte order";
  return KIND_NAMES.get(literal.value.charAt(1)) ?? "unknown";
}

function readBool(literal: Literal, action: string): boolean {
  if (literal.kind === "bool") return literal.value;
  throw new SyntaxError(
    `${action}: fortran_order must be a bool: ` +
      `expected True or False, found ${excerpt(literal.text)}`,
  );
}

function readShape(literal: Literal, action: string): { shape: number[]; count: number } {
  if (literal.kind !== "tuple") {
    throw new SyntaxError(
      `${action}: shape must be a tuple: ` +
        `expected one such as (2, 3), (2,) or (), found ${excerpt(literal.text)}`,
    );
  }
  const shape = literal.items.map((item) => {
    const digits = item.kind === "number" ? /^(0|[1-9][0-9]*)L?$/.exec(item.text)?.[1] : undefined;
    const size = digits === undefined || digits.length > 16 ? NaN : Number(digits);
    if (!Number.isSafeInteger(size)) {
      throw new SyntaxError(
        `${action}: every size in shape must be a whole number: ` +
          `expected 0 to ${Number.MAX_SAFE_INTEGER}, found ${excerpt(item.text)}`,
      );
    }
    return size;
  });
  const count = countElements(shape);
  if (count === undefined) {
    throw new SyntaxError(
      `${action}: shape must have a size that can be counted: ` +
        `expected non-zero sizes with a product of at most 2^49, found ${excerpt(literal.text)}`,
    );
  }
  return { shape, count };
}

/** Reads Python literals from a text, one token of lookahead, left to right. */
class LiteralParser {
  readonly #text: string;
  readonly #action: string;
  #position = 0;

  constructor(text: string, action: string) {
    this.#text = text;
    this.#action = action;
  }

  /** Reads the whole text as one dict whose keys are strings, as pairs in the order written. */
  parseDict(): [string, Literal][] {
    const entries: [string, Literal][] = [];
    this.#expect("{");
    while (!this.#accept("}")) {
      if (!/^['"]$/.test(this.#peek())) this.#fail("a quoted key or }");
      const key = this.#string();
      this.#expect(":");
      entries.push([key, this.#value(0)]);
      if (this.#accept("}")) break;
      this.#expect(",", ", or }");
    }
    if (this.#peek() !== "") this.#fail("nothing after the dict");
    return entries;
  }

  #value(depth: number): Literal {
    const next = this.#peek();
    const start = this.#position;
    const text = () => this.#text.slice(start, this.#position);
    if (next === "(" || next === "[") return this.#sequence(depth + 1);
    if (next === "'" || next === '"') {
      const value = this.#string();
      return { kind: "string", value, text: text() };
    }
    // A word: everything up to a delimiter. What is wrong inside a number is told by its reader.
    while (/^[0-9A-Za-z_.+-]$/.test(this.#text.charAt(this.#position))) this.#position++;
    const word = text();
    if (word === "True" || word === "False") {
      return { kind: "bool", value: word === "True", text: word };
    }
    if (word === "None") return { kind: "none", text: word };
    if (/^[-+]?[0-9.]/.test(word)) return { kind: "number", text: word };
    this.#position = start;
    return this.#fail("a string, number, True, False, None, tuple or list");
  }

  #sequence(depth: number): Literal {
    const start = this.#position;
    if (depth > MAX_DEPTH) this.#fail(`at most ${MAX_DEPTH} levels of brackets`);
    const isTuple = this.#accept("(");
    if (!isTuple) this.#expect("[");
    const close = isTuple ? ")" : "]";
    const items: Literal[] = [];
    let commas = 0;
    while (!this.#accept(close)) {
      items.push(this.#value(depth));
      if (this.#accept(close)) break;
      this.#expect(",", `, or ${close}`);
      commas++;
    }
    const text = this.#text.slice(start, this.#position);
    // Python: brackets around one value and no comma are only brackets.
    if (isTuple && items.length === 1 && commas === 0) return { ...items[0], text };
    return { kind: isTuple ? "tuple" : "list", items, text };
  }

  #string(): string {
    const quote = this.#peek();
    const start = ++this.#position;
    for (;; this.#position++) {
      const character = this.#text.charAt(this.#position);
      if (character === quote) return this.#text.slice(start, this.#position++);
      if (character === "" || character === "\\" || character === "\n" || character === "\r") {
        this.#fail(`a string without escapes or line breaks, closed by ${quote}`);
      }
    }
  }

  /**
   * Returns the next character that is no white space, or "" at the end; the position moves to it.
   */
  #peek(): string {
    while (/^[ \t\n\r\f]$/.test(this.#text.charAt(this.#position))) this.#position++;
    return this.#text.charAt(this.#position);
  }

  #accept(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#position++;
    return true;
  }

  #expect(token: string, wanted = token): void {
    if (!this.#accept(token)) this.#fail(wanted);
  }

  #fail(wanted: string): never {
    const rest = this.#text.slice(this.#position, this.#position + 12);
    throw new SyntaxError(
      `${this.#action}: the header must be a Python dict: at its character ${this.#position} ` +
        `expected ${wanted}, found ${excerpt(rest) || "the end"}`,
    );
  }
}
