/**
 * Operators of ONNX that change shapes and repeat elements, and those that compute shapes. Integers
 * on the host stay there.
 *
 * @module
 */
import * as ops from "../../../ops/mod.ts";
import { allocate } from "../../core/dtype.ts";
import { ShapeError } from "../../core/errors.ts";
import { broadcastShapes } from "../../core/geometry/mod.ts";
import { formatShape, type Shape, sizeOf } from "../../core/shape.ts";
import {
  checkHostShape,
  checkRank,
  expandInts,
  type HostInts,
  hostInts,
  reshapeInts,
  tileInts,
  transposeInts,
} from "./host_ints.ts";
import { mapInts } from "./host_math.ts";
import { type IntKind, isIntKind } from "./int_kinds.ts";
import type { NodeReader, Operator } from "./import_node.ts";
import {
  areHost,
  asInts,
  asNumber,
  asTensor,
  axesOf,
  axisOf,
  homeOf,
  int64s,
  isHost,
  type NodeValue,
  place,
} from "./values.ts";

/** Reads whole numbers from an attribute, in older versions, or from an input. */
export function listOf(
  node: NodeReader,
  name: string,
  input: number,
): (inputs: readonly (NodeValue | undefined)[]) => readonly number[] | undefined {
  const fixed = node.ints(name);
  if (fixed !== undefined) return () => fixed;
  return (inputs) => inputs[input] === undefined ? undefined : asInts(inputs[input]);
}

/** Returns the shape of a value. */
export function shapeOf(x: NodeValue | undefined): Shape {
  return isHost(x) ? x.shape : asTensor(x).shape;
}

/** Gives the same elements another shape, on the host or not. */
function reshaped(x: NodeValue | undefined, shape: Shape): NodeValue {
  checkRank(shape.length);
  return isHost(x) ? reshapeInts(x, shape) : ops.reshape(asTensor(x), shape);
}

/** Reshapes; 0 keeps a size, unless `allowzero`; one -1 is the rest. */
const reshape: Operator = (node) => {
  node.checkCount(2, 2);
  const isLiteral = node.int("allowzero", 0) !== 0;
  return ([x, shape]) => reshaped(x, resolved(shapeOf(x), asInts(shape), isLiteral));
};

/** Resolves the sizes that a reshape asks for, of which one may be left to it. */
function resolved(from: Shape, wanted: readonly number[], isLiteral: boolean): Shape {
  const sizes = wanted.map((n, i) => n === 0 && !isLiteral ? from[i] : n);
  const known = sizes.filter((n) => n !== -1);
  const isShape = known.every((n) => Number.isSafeInteger(n) && n >= 0);
  const left = sizeOf(from) / sizeOf(known);
  const fits = known.length === sizes.length ||
    known.length === sizes.length - 1 && Number.isSafeInteger(left);
  if (isShape && fits) return sizes.map((n) => n === -1 ? left : n);
  throw new ShapeError(
    "Cannot apply ONNX model: the new shape must be sizes, 0 for one of x that stays, and at most " +
      `one -1 for what is left: x is ${formatShape(from)}, the shape ${formatShape(wanted)}`,
  );
}

const flatten: Operator = (node) => {
  node.checkCount(1, 1);
  const axis = node.int("axis", 1);
  return ([x]) => {
    const shape = shapeOf(x);
    const at = axis === shape.length ? axis : axisOf(axis, shape.length);
    return reshaped(x, [sizeOf(shape.slice(0, at)), sizeOf(shape.slice(at))]);
  };
};

const transpose: Operator = (node) => {
  node.checkCount(1, 1);
  const axes = node.ints("perm");
  return ([x]) => {
    if (!isHost(x)) return ops.transpose(asTensor(x), axes);
    const rank = x.shape.length;
    const order = axesOf(axes ?? x.shape.map((_, i) => rank - 1 - i), rank);
    if (order.length !== rank) {
      throw new ShapeError(
        `Cannot apply ONNX model: perm must have every axis: got ${formatShape(order)}, ` +
          `x is ${formatShape(x.shape)}`,
      );
    }
    return transposeInts(x, order);
  };
};

const unsqueeze: Operator = (node) => {
  node.checkCount(1, 2);
  const axes = listOf(node, "axes", 1);
  return (inputs) => {
    const [x] = inputs;
    const list = axes(inputs) ?? [];
    const rank = shapeOf(x).length + list.length;
    checkRank(rank);
    const added = new Set(axesOf(list, rank));
    const kept = shapeOf(x).values();
    const shape = Array.from({ length: rank }, (_, i) => added.has(i) ? 1 : kept.next().value ?? 1);
    return reshaped(x, shape);
  };
};

/** Drops dimensions of size 1: those of axes, or all. */
const squeeze: Operator = (node) => {
  node.checkCount(1, 2);
  const axes = listOf(node, "axes", 1);
  return (inputs) => {
    const [x] = inputs;
    const shape = shapeOf(x);
    const list = axes(inputs) ?? [];
    const dropped = list.length > 0
      ? axesOf(list, shape.length)
      : shape.flatMap((n, i) => n === 1 ? [i] : []);
    if (dropped.some((axis) => shape[axis] !== 1)) {
      throw new ShapeError(
        "Cannot apply ONNX model: dimensions that are dropped must have size 1: axes " +
          `${formatShape(list)} of ${formatShape(shape)}`,
      );
    }
    return reshaped(x, shape.filter((_, i) => !dropped.includes(i)));
  };
};

const shape: Operator = (node) => {
  node.checkCount(1, 1);
  const [start, end] = [node.int("start", 0), node.int("end", undefined)];
  return ([x]) => int64s(shapeOf(x).slice(start, end), homeOf(x));
};

const size: Operator = (node) => {
  node.checkCount(1, 1);
  return ([x]) => int64s([sizeOf(shapeOf(x))], homeOf(x), []);
};

const tile: Operator = (node) => {
  node.checkCount(2, 2);
  return ([x, repeats]) => {
    const copies = asInts(repeats);
    const sizes = shapeOf(x);
    if (copies.length !== sizes.length) {
      throw new ShapeError(
        "Cannot apply ONNX model: repeats must have a number for each dimension: " +
          `${formatShape(copies)} for ${formatShape(sizes)}`,
      );
    }
    node.checkSize(sizes.map((n, i) => n * copies[i]));
    return isHost(x) ? tileInts(x, copies) : ops.tile(asTensor(x), copies);
  };
};

/** Fills a shape with one number; integers stay on the host. */
const constantOfShape: Operator = (node) => {
  node.checkCount(1, 1);
  const value = node.tensor("value");
  if (value !== undefined && value.data.length !== 1) {
    node.refuse("have one number as value", `${value.data.length}`);
  }
  const { elements, data: [fill] } = value ?? { elements: "float32" as const, data: [0] };
  return ([shape]) => {
    const sizes = asInts(shape);
    node.checkSize(sizes);
    if (isIntKind(elements)) {
      return expandInts(hostInts(elements, [fill], [], homeOf(shape)), sizes);
    }
    const dtype = elements === "float64" ? elements : "float32";
    return place(homeOf(shape), allocate(dtype, sizeOf(sizes)).fill(fill), sizes);
  };
};

const expand: Operator = (node) => {
  node.checkCount(2, 2);
  return ([x, shape]) => {
    const sizes = asInts(shape);
    const wanted = broadcastShapes(shapeOf(x), sizes) ?? sizes;
    node.checkSize(wanted);
    return isHost(x) ? expandInts(x, wanted) : ops.broadcastTo(asTensor(x), wanted);
  };
};

/** Counts from a number on, by steps, as far as the limit, which is left out. */
const range: Operator = (node) => {
  node.checkCount(3, 3);
  const kind = node.kind(0);
  return (inputs) => {
    const [start, limit, delta] = ["start", "limit", "delta"].map((name, i) =>
      asNumber(name, inputs[i])
    );
    const count = Math.max(Math.ceil((limit - start) / delta), 0);
    if (delta === 0 || Number.isNaN(count)) {
      throw new RangeError(
        `Cannot apply ONNX model: a range must go in steps other than 0: ${start} to ${limit} by ` +
          `${delta}`,
      );
    }
    node.checkSize([count]);
    const data = new Float64Array(count);
    for (let i = 0; i < count; i++) data[i] = start + i * delta;
    const home = homeOf(inputs[0]);
    if (isIntKind(kind)) return hostInts(kind, data, [count], home);
    return place(home, kind === "float64" ? data : Float32Array.from(data), [count]);
  };
};

const same: Operator = (node) => {
  node.checkCount(1, 1);
  return ([x]) => x!;
};

/** Returns the input as it is, as after training; refuses a file that drops for ever. */
const dropout: Operator = (node) => {
  node.checkCount(1, 3);
  if (node.number(2)) node.refuse("not be in training mode", "training_mode true");
  return ([x]) => x!;
};

/** Keeps the elements up to diagonal k, or from it on, and sets all others to 0. */
const trilu: Operator = (node) => {
  node.checkCount(1, 2);
  const isUpper = node.int("upper", 1) !== 0;
  const kind = node.kind(0);
  return (inputs) => {
    const [x, k] = inputs;
    const sizes = shapeOf(x).slice(-2);
    if (sizes.length < 2) {
      throw new ShapeError(
        `Cannot apply ONNX model: x must be matrices: x is ${formatShape(shapeOf(x))}`,
      );
    }
    const diagonal = k === undefined ? 0 : asNumber("k", k);
    checkHostShape(sizes);
    const kept = new Uint8Array(sizeOf(sizes));
    const [rows, columns] = sizes;
    for (let row = 0; row < rows; row++) {
      const split = Math.min(Math.max(row + diagonal + (isUpper ? 0 : 1), 0), columns);
      const [from, to] = isUpper ? [split, columns] : [0, split];
      kept.fill(1, row * columns + from, row * columns + to);
    }
    const mask = hostInts("bool", kept, sizes, homeOf(x));
    const parts = [mask, x];
    if (isIntKind(kind) && areHost(parts)) return masked(parts, kind);
    return ops.where(asTensor(mask), asTensor(x), 0);
  };
};

const masked = (parts: readonly HostInts[], kind: IntKind) =>
  mapInts(parts, kind, (isKept, v) => isKept === 0 ? 0 : v);

/** Operators that change shapes, repeat elements or compute shapes. */
export const shapeOperators: Readonly<Record<string, Operator>> = {
  ConstantOfShape: constantOfShape,
  Dropout: dropout,
  Expand: expand,
  Flatten: flatten,
  Identity: same,
  Range: range,
  Reshape: reshape,
  Shape: shape,
  Size: size,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Trilu: trilu,
  Unsqueeze: unsqueeze,
};
