/**
 * Nested objects and arrays of tensors: how parameters and gradients are handed around.
 *
 * @module
 */
import { printable } from "./printable.ts";
import { Tensor } from "./tensor.ts";

/** A tensor in a structure, with the path that leads to it: `conv1.w`, `layers[2].bias`. */
export interface Leaf {
  readonly path: string;
  readonly tensor: Tensor;
}

/**
 * Lists the tensors of a structure in the order of its keys. `undefined` and `null` stand for
 * absent tensors; anything else that is no tensor, array or plain object is refused.
 */
export function leavesOf(action: string, structure: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  mapStructure(action, structure, (tensor, path) => {
    leaves.push({ path, tensor });
    return tensor;
  });
  return leaves;
}

/** Makes the same structure with `f` applied to every tensor. */
export function mapStructure<S>(
  action: string,
  structure: S,
  f: (tensor: Tensor, path: string) => Tensor,
): S {
  return mapNode(action, structure, "", f) as S;
}

/**
 * Applies `f` to every tensor in any value: looks into arrays and plain objects and leaves all else
 * as it is.
 */
export function replaceTensors<V>(value: V, f: (tensor: Tensor, path: string) => Tensor): V {
  const visit = (node: unknown, path: string): unknown => {
    if (node instanceof Tensor) return f(node, path);
    if (tensorsIn(node).length === 0) return node;
    if (Array.isArray(node)) return node.map((child, i) => visit(child, `${path}[${i}]`));
    const dot = path === "" ? "" : ".";
    return Object.fromEntries(
      Object.entries(node as object).map(([key, child]) => [
        key,
        visit(child, `${path}${dot}${key}`),
      ]),
    );
  };
  return visit(value, "") as V;
}

/** Lists the tensors in any value: looks into arrays and plain objects, passes over all else. */
export function tensorsIn(value: unknown): Tensor[] {
  const found: Tensor[] = [];
  const seen = new Set<unknown>();
  const visit = (node: unknown) => {
    if (node instanceof Tensor) found.push(node);
    else if ((Array.isArray(node) || isPlainObject(node)) && !seen.has(node)) {
      seen.add(node);
      Object.values(node).forEach(visit);
    }
  };
  visit(value);
  return found;
}

function mapNode(
  action: string,
  node: unknown,
  path: string,
  f: (tensor: Tensor, path: string) => Tensor,
): unknown {
  if (node instanceof Tensor) return f(node, path);
  if (node === undefined || node === null) return node;
  if (Array.isArray(node)) {
    return node.map((child, i) => mapNode(action, child, `${path}[${i}]`, f));
  }
  if (isPlainObject(node)) {
    const dot = path === "" ? "" : ".";
    return Object.fromEntries(
      Object.entries(node).map(([key, child]) => [
        key,
        mapNode(action, child, `${path}${dot}${key}`, f),
      ]),
    );
  }
  throw new TypeError(
    `Cannot ${action}: it takes tensors in nested objects and arrays: ` +
      `${path === "" ? "it" : printable(path)} is ${describe(node)}`,
  );
}

/** Returns true if a value is an object literal, and no instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Describes a value, for errors: `a Map`, `the number 3`. */
export function describe(value: unknown): string {
  if (typeof value === "object") return `a ${value?.constructor?.name ?? "null"}`;
  return typeof value === "function" ? "a function" : `the ${typeof value} ${String(value)}`;
}
