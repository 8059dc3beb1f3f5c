/**
 * Kinds of values in the words of error messages.
 *
 * @module
 */

/**
 * Names the kind of a value: `null`, `string`, `an array`, `object`, `Float32Array`. Classes of the
 * platform have names, others not: in a page made small they are other ones.
 */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object") return typeof value;
  const name = Object.prototype.toString.call(value).slice("[object ".length, -1);
  return name === "Object" ? "object" : name;
}
