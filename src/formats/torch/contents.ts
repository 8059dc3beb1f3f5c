/**
 * The contents of a PyTorch file by names: dictionaries in dictionaries become names with dots.
 *
 * @module
 */
import { excerpt } from "../file_limits.ts";
import { Tuple } from "../pickle/machine.ts";
import { type TorchStorage, TorchTensor, type TorchType } from "./objects.ts";

/** A value beside the tensors: a number of epochs, a name, a rate. */
export type TorchValue = string | number | bigint | boolean | null;

/** Tensors and other values of a file, each under its name. */
export interface TorchContents {
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  readonly values: ReadonlyMap<string, TorchValue>;
}

/** Name of the tensor of a file that holds one tensor and nothing else. */
const ONLY = "tensor";
/** The deepest that dictionaries and lists may be nested. */
const MAX_DEPTH = 32;
/** Most things in a file; one that shares its lists could seem to hold any number. */
const MAX_THINGS = 2 ** 20;
/**
 * The bytes of all tensors together may be this many times those of their storages, and a little:
 * tensors may share one, but a small file should not become a large memory.
 */
const MOST_SHARING = 64;
const SPARE_BYTES = 2 ** 20;

/** Lists what a file holds. `action` begins every error. */
export function contentsOf(root: unknown, action: string): TorchContents {
  const collector = new Collector(action);
  collector.add(root, "", 0);
  collector.checkSharing();
  return collector;
}

class Collector implements TorchContents {
  readonly tensors = new Map<string, TorchTensor>();
  readonly values = new Map<string, TorchValue>();
  readonly #action: string;
  #things = 0;

  constructor(action: string) {
    this.#action = action;
  }

  add(thing: unknown, name: string, depth: number): void {
    if (depth > MAX_DEPTH || ++this.#things > MAX_THINGS) {
      throw new SyntaxError(
        `${this.#action}: dictionaries must be nested at most ${MAX_DEPTH} deep, and hold at most ` +
          `${MAX_THINGS} things: found more at ${excerpt(name)}`,
      );
    }
    if (thing instanceof TorchTensor) return this.#note(this.tensors, name || ONLY, thing);
    const inner = (key: unknown) => {
      if (typeof key !== "string" && typeof key !== "number") {
        throw new SyntaxError(
          `${this.#action}: keys must be texts or numbers: found another in ${
            excerpt(name) || "the outermost dictionary"
          }`,
        );
      }
      return name === "" ? String(key) : `${name}.${key}`;
    };
    const list = thing instanceof Tuple ? thing.items : Array.isArray(thing) ? thing : undefined;
    const entries = thing instanceof Map ? thing : list?.entries();
    if (entries !== undefined) {
      for (const [key, value] of entries) this.add(value, inner(key), depth + 1);
      return;
    }
    const isValue = thing === null || /^(string|number|bigint|boolean)$/.test(typeof thing);
    if (isValue) this.#note(this.values, name, thing as TorchValue);
    // Sets, bytes, element types and the like are neither numbers nor names of numbers.
  }

  #note<Value>(values: Map<string, Value>, name: string, value: Value): void {
    if (this.tensors.has(name) || this.values.has(name)) {
      throw new SyntaxError(
        `${this.#action}: names must differ: found two of ${excerpt(name) || "none"}`,
      );
    }
    values.set(name, value);
  }

  checkSharing(): void {
    const storages = new Map<string, TorchStorage>();
    let bytes = 0;
    for (const { storage, count, type } of this.tensors.values()) {
      storages.set(storage.key, storage);
      bytes += count * type.bytes;
    }
    const held = [...storages.values()].reduce((sum, s) => sum + s.whole * s.type.bytes, 0);
    const most = MOST_SHARING * held + SPARE_BYTES;
    if (bytes <= most) return;
    throw new RangeError(
      `${this.#action}: tensors must not be far larger than their storages: expected at most ` +
        `${most} bytes, found ${bytes}`,
    );
  }
}

/** Returns the elements of a view in row-major order, as bytes, of the bytes of its storage. */
export function gather(
  bytes: Uint8Array,
  { shape, strides, count }: Pick<TorchTensor, "shape" | "strides" | "count">,
  first: number,
  type: TorchType,
): Uint8Array {
  const size = type.bytes;
  if (isRowMajor(shape, strides)) return bytes.subarray(first * size, (first + count) * size);
  const gathered = new Uint8Array(count * size);
  const index = new Array<number>(shape.length).fill(0);
  let from = first;
  for (let to = 0; to < count; to++) {
    gathered.set(bytes.subarray(from * size, (from + 1) * size), to * size);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= shape[axis] * strides[axis];
      index[axis] = 0;
    }
  }
  return gathered;
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== stride) return false;
    stride *= shape[axis];
  }
  return true;
}
