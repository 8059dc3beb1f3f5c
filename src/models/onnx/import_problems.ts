/**
 * A list of all that an ONNX file has and the library has not, for one error.
 *
 * @module
 */
import { printable } from "../../core/printable.ts";
import type { Refuse } from "./message_reader.ts";
import type { Problem } from "./model.ts";

/** The most problems that an error lists. */
const MOST_SHOWN = 20;

/** Thrown to leave what cannot be read, and caught where it is taken note of. */
class Refused extends Error implements Problem {
  readonly rule: string;
  readonly found: string;

  constructor(rule: string, found: string) {
    super();
    this.rule = rule;
    this.found = found;
  }
}

/** Collects problems while the rest of a file is read. */
export class Problems {
  readonly #list = new Set<string>();

  /** Refuses the file that is being read. */
  readonly refuse: Refuse = (rule, found) => {
    throw new Refused(rule, found);
  };

  /** Returns true if there is none so far. */
  get isEmpty(): boolean {
    return this.#list.size === 0;
  }

  /** Takes note of a problem. */
  add({ rule, found }: Problem): void {
    this.#list.add(printable(`${rule}: ${found}`));
  }

  /** Returns what a function makes; takes note where it refuses, and returns undefined. */
  attempt<Result>(read: () => Result): Result | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.add(error);
      return undefined;
    }
  }

  /** Throws a SyntaxError where there are any. */
  report(file: string): void {
    const list = [...this.#list];
    if (list.length === 0) return;
    if (list.length === 1) throw new SyntaxError(`Cannot read ${file}: ${list[0]}`);
    const more = list.length > MOST_SHOWN ? [`and ${list.length - MOST_SHOWN} more`] : [];
    const lines = [...list.slice(0, MOST_SHOWN), ...more].map((line) => `\n- ${line}`);
    throw new SyntaxError(
      `Cannot read ${file}: a file must have only what the library has: ${list.length} problems` +
        lines.join(""),
    );
  }
}
