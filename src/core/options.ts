/**
 * Options by their names: plain JavaScript may give others, which are refused rather than ignored.
 *
 * @module
 */
import { formatValue } from "./format_value.ts";

/** Options of a function that has none, or none yet: others are refused in plain JavaScript, too. */
export type NoOptions = Readonly<Record<string, never>>;

/** Names in a string, with spaces between them. */
type NamesIn<List extends string> = List extends `${infer First} ${infer Rest}`
  ? First | NamesIn<Rest>
  : List;

/** A list that has the names of all options of a type and no others; else nothing fits. */
export type Complete<List extends string, Options> = [keyof Options] extends [NamesIn<List>]
  ? [NamesIn<List>] extends [keyof Options] ? List : never
  : never;

/**
 * Throws a `TypeError` unless `options` is an object that holds known options only. `known` lists
 * them all, with spaces between them; one too many or too few is an error of types.
 */
export function checkOptions<Options extends object, List extends string>(
  action: string,
  options: Options,
  known: List & Complete<List, Options>,
): void {
  checkNames(action, options, known);
}

/** As {@link checkOptions}, for a list that types have been compared with. */
export function checkNames(action: string, options: object, known: string): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw refusal(action, known, formatValue(options));
  }
  // Told by a method: the class is made of files that import this one.
  if ("toArray" in options) throw refusal(action, known, "a tensor");
  for (const name in options) {
    if (!` ${known} `.includes(` ${name} `)) throw refusal(action, known, name + hint(name, known));
  }
}

function refusal(action: string, known: string, got: string): TypeError {
  const rule = known === ""
    ? "there are no options"
    : `options must be in { ${known.replaceAll(" ", ", ")} }`;
  return new TypeError(`Cannot ${action}: ${rule}: got ${got}`);
}

/** Names in other libraries that nothing here is like. */
const NAMES_ELSEWHERE: Readonly<Record<string, string>> = {
  dim: "axis",
  dims: "axis",
  lr: "learningRate",
};

/** Fewest letters that a name must share with another one to be like it. */
const FEWEST_SHARED = 3;

/** Asks whether a known name was meant: of the same letters, or else like it. */
function hint(name: string, list: string): string {
  const given = plain(Object.hasOwn(NAMES_ELSEWHERE, name) ? NAMES_ELSEWHERE[name] : name);
  const names = list.split(" ");
  const meant = names.find((known) => plain(known) === given) ??
    names.find((known) => isNear(given, plain(known)));
  return meant === undefined ? "" : `; did you mean ${meant}?`;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}

/** Tells whether the ends that two names share are all of the shorter one, but for a letter. */
function isNear(a: string, b: string): boolean {
  const most = Math.min(a.length, b.length);
  let first = 0;
  while (first < most && a[first] === b[first]) first++;
  let last = 0;
  while (last < most - first && a.at(-1 - last) === b.at(-1 - last)) last++;
  return first + last >= Math.max(FEWEST_SHARED, most - 1);
}
