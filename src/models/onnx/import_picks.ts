/**
 * Operators of ONNX that take elements out of arrays, put arrays together, or pad them.
 *
 * @module
 */
import * as ops from "../../../ops/mod.ts";
import { ShapeError } from "../../core/errors.ts";
import type { PadMode, SliceRange } from "../../core/geometry/mod.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import { concatInts, type Cut, sliceInts, takeInts } from "./host_ints.ts";
import type { NodeReader, Operator } from "./import_node.ts";
import { listOf, shapeOf } from "./import_shapes.ts";
import {
  alike,
  areHost,
  asInts,
  asNumber,
  asTensor,
  axesOf,
  axisOf,
  isHost,
  type NodeValue,
  placesOf,
} from "./values.ts";

const concat: Operator = (node) => {
  node.checkCount(1, Infinity);
  const axis = node.int("axis", undefined);
  if (axis === undefined) return node.refuse("have axis", "none");
  return (inputs) => {
    const at = axisOf(axis, shapeOf(inputs[0]).length);
    if (areHost(inputs)) return concatInts(inputs, at);
    const shapes = inputs.map(shapeOf);
    const size = shapes.reduce((sum, shape) => sum + shape[at], 0);
    node.checkSize(shapes[0].with(at, size));
    return ops.concat(alike(inputs.map(asTensor)), { axis: at });
  };
};

const gather: Operator = (node) => {
  node.checkCount(2, 2);
  const axis = node.int("axis", 0);
  return ([x, indices]) => {
    const shape = shapeOf(x);
    const at = axisOf(axis, shape.length);
    const places = placesOf(indices!, shape[at]);
    if (isHost(x) && isHost(places)) return takeInts(x, places, at);
    node.checkSize([...shape.slice(0, at), ...shapeOf(places), ...shape.slice(at + 1)]);
    return ops.take(asTensor(x), asTensor(places), { axis: at });
  };
};

/** Takes elements along an axis; where indices are fewer along another, leaves out what is beside. */
const gatherElements: Operator = (node) => {
  node.checkCount(2, 2);
  const axis = node.int("axis", 0);
  return ([x, indices]) => {
    const value = asTensor(x);
    const at = axisOf(axis, value.rank);
    const places = asTensor(placesOf(indices!, value.shape[at]));
    const isSmaller = places.rank === value.rank &&
      places.shape.some((n, i) => i !== at && n < value.shape[i]);
    const beside = isSmaller
      ? ops.slice(value, places.shape.map((n, i): SliceRange => i === at ? null : [0, n]))
      : value;
    return ops.takeAlongAxis(beside, places, { axis: at });
  };
};

/** Reads ends of ranges from an attribute, in older versions, or from an input. */
function endsOf(node: NodeReader, name: string, input: number) {
  const fixed = node.ends(name);
  return (inputs: readonly (NodeValue | undefined)[]) => fixed ?? asInts(inputs[input]);
}

const slice: Operator = (node) => {
  node.checkCount(1, 5);
  const [starts, ends] = [endsOf(node, "starts", 1), endsOf(node, "ends", 2)];
  const [axes, steps] = [listOf(node, "axes", 3), listOf(node, "steps", 4)];
  return (inputs) => {
    const [x] = inputs;
    const [from, to] = [starts(inputs), ends(inputs)];
    const along = axes(inputs) ?? from.map((_, i) => i);
    const by = steps(inputs) ?? from.map(() => 1);
    const shape = shapeOf(x);
    if ([to, along, by].some(({ length }) => length !== from.length)) {
      throw new ShapeError(
        "Cannot apply ONNX model: starts, ends, axes and steps must be as many: " +
          [from, to, along, by].map(formatShape).join(", "),
      );
    }
    const cuts = shape.map((count): Cut => ({ start: 0, count, step: 1 }));
    axesOf(along, shape.length).forEach((axis, i) => {
      cuts[axis] = cutOf(from[i], to[i], by[i], shape[axis]);
    });
    return isHost(x) ? sliceInts(x, cuts) : ops.slice(asTensor(x), cuts.map(rangeOf));
  };
};

/** Brings the ends of a range into an axis; the start of one that goes back, to its last place. */
function cutOf(start: number, end: number, step: number, size: number): Cut {
  if (step === 0) throw new RangeError("Cannot apply ONNX model: steps must not be 0: got 0");
  const isBack = step < 0;
  const bring = (n: number, low: number, high: number) =>
    Math.min(Math.max(n < 0 ? n + size : n, low), high);
  const first = bring(start, 0, isBack ? size - 1 : size);
  const last = bring(end, isBack ? -1 : 0, size);
  const count = size === 0 ? 0 : Math.max(Math.ceil((last - first) / step), 0);
  return { start: count === 0 ? 0 : first, count, step: count > 1 ? step : 1 };
}

function rangeOf({ start, count, step }: Cut): SliceRange {
  const end = start + count * step;
  return [start, end < 0 ? null : end, step];
}

/**
 * Splits into parts of given sizes, or as many equal ones as there are results, the last one
 * smaller.
 */
const split: Operator = (node) => {
  node.checkCount(1, 2);
  const axis = node.int("axis", 0);
  const parts = node.resultCount;
  const stated = node.int("num_outputs", undefined);
  if (stated !== undefined && stated !== parts) {
    return node.refuse(`have num_outputs ${parts}, as many as results`, `${stated}`);
  }
  const sizesOf = listOf(node, "split", 1);
  return (inputs) => {
    const [x] = inputs;
    const shape = shapeOf(x);
    const at = axisOf(axis, shape.length);
    const sizes = sizesOf(inputs) ?? equalParts(shape[at], parts, stated !== undefined);
    checkParts(sizes, parts, shape[at]);
    if (!isHost(x)) return ops.split(asTensor(x), sizes, { axis: at });
    let start = 0;
    return sizes.map((count) => {
      const cuts = shape.map((n, i): Cut => {
        return i === at ? { start, count, step: 1 } : { start: 0, count: n, step: 1 };
      });
      start += count;
      return sliceInts(x, cuts);
    });
  };
};

/** Makes sizes as equal as the number of parts lets them be, where the last may be smaller. */
function equalParts(size: number, parts: number, isLastSmaller: boolean): readonly number[] {
  const share = isLastSmaller ? Math.ceil(size / parts) : size / parts;
  return Array.from({ length: parts }, (_, i) => i < parts - 1 ? share : size - share * i);
}

function checkParts(sizes: readonly number[], parts: number, size: number): void {
  const isWhole = sizes.every((n) => Number.isSafeInteger(n) && n >= 0);
  const sum = sizes.reduce((total, n) => total + n, 0);
  if (isWhole && sizes.length === parts && sum === size) return;
  throw new RangeError(
    `Cannot apply ONNX model: the ${parts} parts must add up to the ${size} elements along the ` +
      `axis: ${sizes.length} sizes, ${formatShape(sizes.slice(0, 8))}`,
  );
}

const MODES: readonly [PadMode, ...PadMode[]] = ["constant", "reflect", "edge", "wrap"];

const pad: Operator = (node) => {
  node.checkCount(1, 4);
  const mode = node.choice("mode", MODES);
  const amounts = listOf(node, "pads", 1);
  const axes = listOf(node, "axes", 3);
  const fixed = node.float("value", 0);
  return (inputs) => {
    const x = asTensor(inputs[0]);
    const value = inputs[2] === undefined ? fixed : asNumber("constant_value", inputs[2]);
    const pads = amounts(inputs) ?? [];
    const along = axesOf(axes(inputs) ?? x.shape.map((_, i) => i), x.rank);
    if (pads.length !== 2 * along.length) {
      throw new ShapeError(
        `Cannot apply ONNX model: pads must have two numbers for each axis: ${pads.length} for ` +
          `${along.length}`,
      );
    }
    const pairs = x.shape.map((): readonly [number, number] => [0, 0]);
    along.forEach((axis, i) => pairs[axis] = [pads[i], pads[i + along.length]]);
    node.checkSize(padded(x.shape, pairs));
    return ops.pad(x, pairs, { mode, value });
  };
};

/** Adds amounts to sizes; leaves less than nothing to `pad` to refuse. */
function padded(shape: Shape, pairs: readonly (readonly [number, number])[]): Shape {
  return shape.map((n, i) => Math.max(n + pairs[i][0] + pairs[i][1], 0));
}

/** Operators that take elements out of arrays, put arrays together, or pad them. */
export const pickOperators: Readonly<Record<string, Operator>> = {
  Concat: concat,
  Gather: gather,
  GatherElements: gatherElements,
  Pad: pad,
  Slice: slice,
  Split: split,
};
