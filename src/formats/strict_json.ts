/**
 * JSON for headers of files: as `JSON.parse` reads it, but a key that comes twice is an error, depth is
 * limited, and objects are maps, so that no key means anything to the language.
 *
 * - **Source**: RFC 8259.
 *
 * @module
 */
import { excerpt } from "./file_limits.ts";

/** A value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | ReadonlyMap<string, Json>;

const DEFAULT_MAX_DEPTH = 16;
const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null/y;

/** Reads a text that is one JSON value; `what` begins every error. */
export function parseStrictJson(
  text: string,
  what: string,
  maxDepth: number = DEFAULT_MAX_DEPTH,
): Json {
  return new Parser(text, what, maxDepth).parse();
}

class Parser {
  readonly #text: string;
  readonly #what: string;
  readonly #maxDepth: number;
  #at = 0;

  constructor(text: string, what: string, maxDepth: number) {
    this.#text = text;
    this.#what = what;
    this.#maxDepth = maxDepth;
  }

  parse(): Json {
    const value = this.#value(0);
    this.#match(SPACE);
    if (this.#at < this.#text.length) this.#fail("nothing after the value");
    return value;
  }

  #value(depth: number): Json {
    if (depth > this.#maxDepth) this.#fail(`at most ${this.#maxDepth} levels of brackets`);
    if (this.#accept("{")) return this.#object(depth);
    if (this.#accept("[")) return this.#array(depth);
    if (this.#text.charAt(this.#at) === '"') return this.#string();
    const scalar = this.#match(NUMBER) ?? this.#match(WORD);
    return scalar === undefined ? this.#fail("a value") : JSON.parse(scalar);
  }

  #object(depth: number): Json {
    const entries = new Map<string, Json>();
    if (this.#accept("}")) return entries;
    do {
      this.#match(SPACE);
      const start = this.#at;
      if (this.#text.charAt(start) !== '"') this.#fail("a key in quotes");
      const key = this.#string();
      if (entries.has(key)) {
        this.#at = start;
        this.#fail("a key that has not come before");
      }
      if (!this.#accept(":")) this.#fail(":");
      entries.set(key, this.#value(depth + 1));
    } while (this.#accept(","));
    return this.#accept("}") ? entries : this.#fail(", or }");
  }

  #array(depth: number): Json {
    const items: Json[] = [];
    if (this.#accept("]")) return items;
    do items.push(this.#value(depth + 1)); while (this.#accept(","));
    return this.#accept("]") ? items : this.#fail(", or ]");
  }

  /** Reads a text in quotes, by the language's own rules for its contents. */
  #string(): string {
    const start = this.#at;
    let end = start + 1;
    for (; end < this.#text.length && this.#text.charAt(end) !== '"'; end++) {
      if (this.#text.charAt(end) === "\\") end++;
    }
    try {
      const text: string = JSON.parse(this.#text.slice(start, end + 1));
      this.#at = end + 1;
      return text;
    } catch {
      return this.#fail("a text in quotes, without control characters or unknown escapes");
    }
  }

  #accept(token: string): boolean {
    this.#match(SPACE);
    if (this.#text.charAt(this.#at) !== token) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #fail(wanted: string): never {
    const rest = this.#text.slice(this.#at, this.#at + 24);
    throw new SyntaxError(
      `${this.#what} must be JSON: at its character ${this.#at} expected ${wanted}, ` +
        `found ${excerpt(rest) || "the end"}`,
    );
  }
}
