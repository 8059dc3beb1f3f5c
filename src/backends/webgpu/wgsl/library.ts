/**
 * Functions in WGSL that programs are made of. Their accuracy is their own: WGSL leaves that of its
 * functions, of NaN and of infinities to the device.
 *
 * @module
 */
import { ANGLES } from "./angles.ts";
import { EXPONENTIALS } from "./exponentials.ts";
import { NUMBERS } from "./numbers.ts";

/** Declarations by name, as files of the library list them; what they call is found in them. */
export type WgslFunctions = Readonly<Record<string, string>>;

const ALL: WgslFunctions = { ...NUMBERS, ...EXPONENTIALS, ...ANGLES };

/** Collects the functions that a text calls, and those that these call, before their callers. */
export function withLibrary(text: string, own: WgslFunctions = {}): string {
  const functions = { ...ALL, ...own };
  const found: string[] = [];
  const seen = new Set<string>();
  const visit = (code: string) => {
    for (const [, name] of code.matchAll(/\b([a-z]\w*)\(/g)) {
      const declared = functions[name];
      if (declared === undefined || seen.has(name)) continue;
      seen.add(name);
      visit(declared);
      found.push(declared);
    }
  };
  visit(text);
  return [...found, text].join("\n");
}
