/**
 * A nested value with tensors in it as two flat things that a file can hold: tensors by name, and
 * a text that says where they belong.
 *
 * @module
 */
import { printable, quoted } from "../core/printable.ts";
import { describe, isPlainObject } from "../core/structure.ts";
import { Tensor } from "../core/tensor.ts";

/** Contents of a checkpoint: tensors, numbers and words in nested objects and arrays. */
export type SavedState =
  | Tensor
  | number
  | string
  | boolean
  | null
  | undefined
  | readonly SavedState[]
  | { readonly [name: string]: SavedState };

/**
 * A state that can be saved, as its own type: interfaces, too, which have no index signature. Where
 * something cannot be saved (a function, a `Date`, a `bigint`) it is `never`.
 */
export type Saveable<S> = S extends SavedState ? S
  : S extends (...args: never[]) => unknown ? never
  : S extends object ? { readonly [K in keyof S]: Saveable<S[K]> }
  : never;

/** A state taken apart. */
export interface FlatState {
  /** The tensors, by their path: `params.conv1.w`. */
  readonly tensors: Record<string, Tensor>;
  /** All else, and which tensor goes where, as JSON. */
  readonly structure: string;
}

/**
 * JSON of a state. Numbers that JSON has not, objects and tensors are objects of one key that says
 * which they are; so nothing that a user names can be taken for something else.
 */
type Node =
  | number
  | string
  | boolean
  | null
  | Node[]
  | { readonly tensor: string }
  | { readonly number: string }
  | { readonly object: { readonly [name: string]: Node } };

/** Deeper states are more likely a mistake, or made to break a reader. */
const MAX_DEPTH = 64;

/** Takes a state apart. `action` begins errors: "save a checkpoint". */
export function flattenState(action: string, state: SavedState): FlatState {
  const tensors = new Map<string, Tensor>();
  const visit = (value: SavedState, path: string, depth: number): Node => {
    if (depth > MAX_DEPTH) {
      throw new RangeError(
        `Cannot ${action}: state must not be nested deeper than ${MAX_DEPTH}: ${
          printable(path)
        } is`,
      );
    }
    if (value instanceof Tensor) return { tensor: nameTensor(tensors, value, path) };
    if (typeof value === "number") return numberNode(value);
    if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
    if (Array.isArray(value)) {
      return value.map((child, i) => visit(child ?? null, `${path}[${i}]`, depth + 1));
    }
    if (isPlainObject(value)) {
      const entries = Object.entries(value).filter(([, child]) => child !== undefined)
        .map(([key, child]) => {
          const inside = path === "" ? key : `${path}.${key}`;
          return [key, visit(child as SavedState, inside, depth + 1)] as const;
        });
      return { object: Object.fromEntries(entries) };
    }
    throw new TypeError(
      `Cannot ${action}: state must be tensors, numbers, strings and booleans in nested objects ` +
        `and arrays: ${printable(path) || "it"} is ${describe(value)}`,
    );
  };
  const structure = JSON.stringify(visit(state, "", 0));
  return { tensors: Object.fromEntries(tensors), structure };
}

/**
 * Puts a state together again.
 *
 * @param action begins errors: "Cannot read run.safetensors".
 * @throws {SyntaxError} if the structure is no such JSON, or names a tensor that is not there.
 */
export function unflattenState(
  action: string,
  structure: string,
  tensors: Readonly<Record<string, Tensor>>,
): SavedState {
  const malformed = (found: string) =>
    new SyntaxError(`${action}: the structure must be one of a checkpoint: found ${found}`);
  const visit = (node: unknown, depth: number): SavedState => {
    if (depth > MAX_DEPTH) throw malformed(`nesting deeper than ${MAX_DEPTH}`);
    if (node === null || ["number", "string", "boolean"].includes(typeof node)) {
      return node as SavedState;
    }
    if (Array.isArray(node)) return node.map((child) => visit(child, depth + 1));
    const entries = Object.entries(node as object);
    if (entries.length !== 1) throw malformed(`an object of ${entries.length} kinds`);
    const [[kind, value]] = entries;
    if (kind === "tensor" && typeof value === "string") {
      if (Object.hasOwn(tensors, value)) return tensors[value];
      throw malformed(`no tensor ${quoted(value.slice(0, 60))}`);
    }
    if (kind === "number" && typeof value === "string" && SPECIAL.has(value)) {
      return SPECIAL.get(value);
    }
    if (kind === "object" && typeof value === "object" && value !== null && !Array.isArray(value)) {
      // Own properties whatever the names: `__proto__` is one like any other.
      return Object.fromEntries(
        Object.entries(value).map(([key, child]) => [key, visit(child, depth + 1)]),
      );
    }
    throw malformed(`an object of kind ${quoted(kind.slice(0, 60))}`);
  };
  return visit(parse(structure, malformed), 0);
}

function parse(structure: string, malformed: (found: string) => SyntaxError): unknown {
  try {
    return JSON.parse(structure);
  } catch {
    throw malformed("no JSON");
  }
}

/** Numbers that JSON would change. */
const SPECIAL: ReadonlyMap<string, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", -0],
]);

function numberNode(value: number): Node {
  if (Object.is(value, -0)) return { number: "-0" };
  return Number.isFinite(value) ? value : { number: String(value) };
}

/**
 * Chooses a name that no other tensor has: the path, unless a key with a dot in it leads to the
 * same.
 */
function nameTensor(tensors: Map<string, Tensor>, tensor: Tensor, path: string): string {
  let name = path || "tensor";
  for (let n = 2; tensors.has(name); n++) name = `${path || "tensor"}#${n}`;
  tensors.set(name, tensor);
  return name;
}
