/**
 * Text from files and other strangers, made fit for one line of a terminal, a table or an error.
 *
 * @module
 */

/**
 * Characters that move a cursor, start a command of a terminal, end a line or turn the direction of
 * what follows; and halves of pairs, which are no characters.
 */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Replaces every character that is not safe to print by what `escape` makes of it. */
export function replaceUnprintable(text: string, escape: (character: string) => string): string {
  return text.replace(UNPRINTABLE, escape);
}

/**
 * Makes text safe to print in a line: control characters, line breaks among them, marks and
 * overrides of direction and lone surrogates become visible escapes, `\x1b` or `\u202e`.
 */
export function printable(text: string): string {
  return replaceUnprintable(text, visible);
}

/** Quotes text for an error, as JSON does, safe to print. */
export function quoted(text: string): string {
  return printable(JSON.stringify(text));
}

function visible(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  if (code.length <= 2) return `\\x${code.padStart(2, "0")}`;
  return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\u{${code}}`;
}
