/**
 * Options by their names and kinds: plain JavaScript may give others, which are refused rather than
 * ignored or taken for what they are not.
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

/** The name of an option with the mark of its kind: `?` for booleans, `#` for numbers. */
type Marked<Name extends string, Value> = [Value] extends [boolean] ? `${Name}?`
  : [Value] extends [number] ? `${Name}#`
  : Name;

/** The names of all options of a type, with marks. */
type NamesOf<Options> = {
  [Name in keyof Options & string]-?: Marked<Name, Exclude<Options[Name], undefined>>;
}[keyof Options & string];

/** A name without its mark. */
type Unmarked<Name extends string> = Name extends `${infer Bare}?` | `${infer Bare}#` ? Bare : Name;

/** A list that has the names of all options of a type and no others; else what it must have. */
export type Complete<List extends string, Options> = [keyof Options] extends
  [Unmarked<NamesIn<List>>]
  ? [NamesIn<List>] extends [NamesOf<Options>] ? List : MustHave<NamesOf<Options>>
  : MustHave<NamesOf<Options>>;

interface MustHave<Names> {
  readonly names: Names;
}

/** The kind of value that an option takes, or nothing where its function looks at that. */
type Kind = "boolean" | "number" | undefined;

/** Kinds by names, of each list that was asked for. */
const lists = new Map<string, ReadonlyMap<string, Kind>>();

/**
 * Throws a `TypeError` unless `options` is an object that holds known options only, of the right
 * kind. `known` lists them all, with spaces between them and a mark at the end of booleans, `?`, and
 * of numbers, `#`: `"axis# keepDims? mode"`. One too many or too few, or another mark, is an error of
 * types.
 *
 * @returns a copy, with each option read once: what was checked is what is used, even if a getter
 * gives another value the next time. Lists are copied, too.
 */
export function checkOptions<Options extends object, List extends string>(
  action: string,
  options: Options,
  known: List & Complete<List, Options>,
): Options {
  return checkNames(action, options, known);
}

/** As {@link checkOptions}, for a list that types have been compared with. */
export function checkNames<Options extends object>(
  action: string,
  options: Options,
  known: string,
): Options {
  const kinds = kindsIn(known);
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw refusal(action, kinds, formatValue(options));
  }
  // Told by a method: the class is made of files that import this one.
  if ("toArray" in options) throw refusal(action, kinds, "a tensor");
  for (const name in options) {
    if (!kinds.has(name)) throw refusal(action, kinds, name + hint(name, kinds));
  }
  const read: Record<string, unknown> = {};
  for (const [name, kind] of kinds) {
    const value = options[name as keyof Options];
    if (value === undefined) continue;
    checkKind(action, name, value, kind);
    read[name] = copied(value);
  }
  return read as Partial<Options> as Options;
}

/** Finds the kinds of a list. */
function kindsIn(list: string): ReadonlyMap<string, Kind> {
  let kinds = lists.get(list);
  if (kinds === undefined) {
    const names = list === "" ? [] : list.split(" ");
    kinds = new Map(
      names.map((name): [string, Kind] => {
        if (name.endsWith("?")) return [name.slice(0, -1), "boolean"];
        return name.endsWith("#") ? [name.slice(0, -1), "number"] : [name, undefined];
      }),
    );
    lists.set(list, kinds);
  }
  return kinds;
}

/** Throws a `TypeError` unless an option is of its kind: `"false"` is true, and `"3"` adds to "33". */
function checkKind(action: string, name: string, value: unknown, kind: Kind): void {
  if (kind === undefined || typeof value === kind) return;
  const wanted = kind === "boolean" ? "true or false" : "a number";
  throw new TypeError(`Cannot ${action}: ${name} must be ${wanted}: got ${formatValue(value)}`);
}

/** Deepest that lists of options are nested: the pads before and after each axis. */
const DEEPEST = 2;

/**
 * Copies an argument that is a list, and lists in it, so that what is checked is what is used. A
 * hole becomes undefined; what is no list stays itself.
 */
export function copied<Value>(value: Value, depth = 0): Value {
  if (!Array.isArray(value) || depth >= DEEPEST) return value;
  const parts = new Array<unknown>(value.length); // a loop: shapes of every small op come by
  for (let i = 0; i < parts.length; i++) parts[i] = copied(value[i], depth + 1);
  return parts as Value;
}

function refusal(action: string, kinds: ReadonlyMap<string, Kind>, got: string): TypeError {
  const rule = kinds.size === 0
    ? "there are no options"
    : `options must be in { ${[...kinds.keys()].join(", ")} }`;
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
function hint(name: string, kinds: ReadonlyMap<string, Kind>): string {
  const given = plain(Object.hasOwn(NAMES_ELSEWHERE, name) ? NAMES_ELSEWHERE[name] : name);
  const names = [...kinds.keys()];
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
