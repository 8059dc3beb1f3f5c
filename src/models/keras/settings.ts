/**
 * Settings of a Keras layer, read with their kinds: numbers, pairs, truth values, functions.
 *
 * @module
 */
import { excerpt } from "../../formats/file_limits.ts";
import type { Json } from "../../formats/strict_json.ts";
import { activationOf, type TensorFunction } from "./activations.ts";
import type { LayerConfig, Settings } from "./graph.ts";

/** Largest number of a setting: sizes beyond are refused by the layers, too. */
const MOST = 2 ** 30;

/** Reads the settings of a layer. */
export class LayerSettings {
  readonly #layer: LayerConfig;
  readonly #action: string;
  readonly #isOld: boolean;

  /** Reads settings of a layer; `isOld` is true for Keras 2 and TensorFlow.js. */
  constructor(layer: LayerConfig, action: string, isOld: boolean) {
    this.#layer = layer;
    this.#action = action;
    this.#isOld = isOld;
    if (this.raw("data_format") === "channels_first") {
      this.fail("data_format", "channels_last", "channels_first");
    }
  }

  /** Returns a setting as it is; undefined where there is none. */
  raw(name: string): Json | undefined {
    return this.#layer.config.get(name) ?? undefined;
  }

  /** Reads a whole number; `fallback` where there is none. */
  integer(name: string, fallback?: number): number {
    const value = this.raw(name) ?? fallback;
    const isFine = Number.isSafeInteger(value) && Math.abs(value as number) <= MOST;
    return isFine ? value as number : this.fail(name, "a whole number", shown(value));
  }

  /** Reads a number; `fallback` where there is none. */
  number(name: string, fallback: number): number {
    const value = this.raw(name) ?? fallback;
    return typeof value === "number" && Number.isFinite(value)
      ? value
      : this.fail(name, "a number", shown(value));
  }

  /** Reads a truth value; `fallback` where there is none. */
  flag(name: string, fallback: boolean): boolean {
    const value = this.raw(name) ?? fallback;
    return typeof value === "boolean" ? value : this.fail(name, "true or false", shown(value));
  }

  /** Reads one of some texts; `fallback` where there is none. */
  choice<Choice extends string>(
    name: string,
    choices: readonly Choice[],
    fallback: Choice,
  ): Choice {
    const value = this.raw(name) ?? fallback;
    return choices.find((choice) => choice === value) ??
      this.fail(name, choices.join(" or "), shown(value));
  }

  /** Reads a pair of whole numbers, or one for both. */
  pair(name: string, fallback?: readonly [number, number]): readonly [number, number] {
    const value = this.raw(name) ?? fallback;
    const list = Array.isArray(value) ? value as readonly Json[] : [value, value];
    const isPair = list.length === 2 && list.every((n) => Number.isSafeInteger(n));
    return isPair ? list as readonly number[] as [number, number] : this.fail(
      name,
      "two whole numbers",
      shown(value),
    );
  }

  /** Reads a whole number, which may be in a list of one. */
  single(name: string, fallback?: number): number {
    const value = this.raw(name);
    const only = Array.isArray(value) && value.length === 1 ? value[0] : value ?? fallback;
    return Number.isSafeInteger(only) ? only as number : this.fail(name, "a number", shown(value));
  }

  /** Reads two pairs of amounts: above and below, left and right; one number stands for all. */
  amounts(name: string): readonly (readonly [number, number])[] {
    const value = this.raw(name);
    const axes = Array.isArray(value) ? value as readonly Json[] : [value, value];
    return axes.map((axis) => {
      const pair = Array.isArray(axis) ? axis as readonly Json[] : [axis, axis];
      const isPair = pair.length === 2 && pair.every((n) => Number.isSafeInteger(n));
      return isPair ? pair as readonly number[] as [number, number] : this.fail(
        name,
        "amounts on each side",
        shown(value),
      );
    });
  }

  /** True for Keras 3, whose defaults are others. */
  get isNew(): boolean {
    return !this.#isOld;
  }

  /** Reads a function, `fallback` where there is no such setting; null for none. */
  activation(name = "activation", fallback = "linear"): TensorFunction | null {
    const value = this.raw(name) ?? fallback;
    const found = activationOf(value, this.#isOld);
    return found === undefined ? this.fail(name, "a function that is known", shown(value)) : found;
  }

  /** Reads an axis, -1 for the last; one that is counted from the first includes the batch. */
  axis(): number {
    const axis = this.single("axis", -1);
    return axis === -1 || axis > 0 ? axis : this.fail("axis", "the last", String(axis));
  }

  /** The layer that has these settings. */
  get layer(): LayerConfig {
    return this.#layer;
  }

  /** Returns these settings with others in place of some. */
  changed(others: Settings): LayerSettings {
    const config = new Map([...this.#layer.config, ...others]);
    return new LayerSettings({ ...this.#layer, config }, this.#action, this.#isOld);
  }

  /** Reads a layer that is a setting of this one; undefined where there is none. */
  nested(name: string): { settings: LayerSettings; layer: LayerConfig } | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const config = value instanceof Map ? value.get("config") : undefined;
    const className = value instanceof Map ? value.get("class_name") : undefined;
    if (!(config instanceof Map) || typeof className !== "string") {
      return this.fail(name, "a layer", shown(value));
    }
    const layer = { name: this.#layer.name, className, config };
    return { settings: new LayerSettings(layer, this.#action, this.#isOld), layer };
  }

  /** Throws an error about a setting. */
  fail(name: string, expected: string, found: string): never {
    throw new SyntaxError(
      `${this.#action}: ${this.#layer.className} ${excerpt(this.#layer.name)} must have settings ` +
        `that are known: expected ${name} to be ${expected}, found ${found}`,
    );
  }
}

function shown(value: unknown): string {
  if (value instanceof Map) {
    const name = value.get("class_name");
    return typeof name === "string" ? excerpt(name) : "an object";
  }
  return excerpt(JSON.stringify(value) ?? "none");
}
