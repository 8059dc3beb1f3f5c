/**
 * Operators of ONNX that change the size of images, or move channels into them.
 *
 * ONNX has many rules for where a pixel of the result lies in the image. Those that the library has
 * too are read; any other is an error, because its result would be another one.
 *
 * @module
 */
import * as ops from "../../../ops/mod.ts";
import { ShapeError } from "../../core/errors.ts";
import type { SliceRange } from "../../core/geometry/mod.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { NodeReader, Operator } from "./import_node.ts";
import { asInts, asTensor, type NodeValue } from "./values.ts";

/** The rule by which pixels of the result are made. */
interface Rule {
  readonly mode: "nearest" | "bilinear";
  readonly alignCorners?: boolean;
  /** True if the rule needs factors that are whole numbers. */
  readonly whole?: boolean;
  /** True if a single row or column is the first one of the image. */
  readonly first?: boolean;
}

/** The most rows and columns: their weights are lists, which are longer than the image is. */
const MAX_SIDE = 2 ** 20;

const HALF_PIXEL = ["half_pixel", "pytorch_half_pixel"];

function ruleOf(node: NodeReader): Rule {
  const mode = node.text("mode", "nearest");
  const isOld = node.opset < 11;
  const place = node.text("coordinate_transformation_mode", isOld ? "asymmetric" : "half_pixel");
  const nearest = node.text("nearest_mode", isOld ? "floor" : "round_prefer_floor");
  if (mode === "nearest" && place === "asymmetric" && nearest === "floor") {
    return { mode };
  }
  if (mode === "nearest" && HALF_PIXEL.includes(place) && nearest.startsWith("round_prefer")) {
    return { mode, whole: true };
  }
  if (mode === "linear" && [...HALF_PIXEL, "align_corners"].includes(place)) {
    const first = place === "pytorch_half_pixel";
    return { mode: "bilinear", alignCorners: place === "align_corners", first };
  }
  return node.refuse(
    "be nearest (asymmetric with floor, or half_pixel), or linear (half_pixel or align_corners)",
    `${mode}, ${place}, ${nearest}`,
  );
}

/** Rounds a size that is whole but for the rounding of its factors, which are float32. */
function nearWhole(n: number): number {
  const whole = Math.round(n);
  return Math.abs(n - whole) <= 1e-6 * n ? whole : n;
}

/** Finds the height and width to come, from sizes or from factors of all dimensions. */
function sizeOf(
  x: Tensor,
  scales: readonly number[],
  sizes: readonly number[],
  rule: Rule,
): readonly [number, number] {
  const list = sizes.length > 0 ? sizes : scales;
  const wanted = list.map((n, axis) => sizes.length > 0 ? n : nearWhole(n * x.shape[axis]));
  const isSize = wanted.length === 4 && wanted[0] === x.shape[0] && wanted[1] === x.shape[1] &&
    wanted.every((n) => Number.isInteger(n) && n > 0);
  const isWhole = wanted.every((n, axis) => n % x.shape[axis] === 0);
  if (isSize && (isWhole || !rule.whole)) return [wanted[2], wanted[3]];
  throw new ShapeError(
    `Cannot apply ONNX model: images must be made of a whole size${
      rule.whole ? ", so many times larger" : ""
    }: x is ${formatShape(x.shape)}, it asks for [${wanted.join(", ")}]`,
  );
}

/** Refuses images that would be too large before their weights are there. */
function checkSides(node: NodeReader, shape: Shape): void {
  node.checkSize(shape);
  if (shape[2] <= MAX_SIDE && shape[3] <= MAX_SIDE) return;
  throw new RangeError(
    `Cannot apply ONNX model: images must be made at most ${MAX_SIDE} pixels high and wide: ` +
      `it would be ${formatShape(shape)}`,
  );
}

/**
 * Resizes images. Inputs are the image, (from version 11) a region that is not read, factors, and
 * sizes.
 */
const resize: Operator = (node) => {
  node.checkCount(1, 4);
  node.expect("antialias", 0);
  const policy = node.text("keep_aspect_ratio_policy", "stretch");
  if (policy !== "stretch") node.refuse("have keep_aspect_ratio_policy stretch", policy);
  const axes = node.ints("axes");
  if (axes !== undefined && `${axes}` !== "0,1,2,3" && `${axes}` !== "2,3") {
    node.refuse("change height and width", `axes [${axes}]`);
  }
  const rule = ruleOf(node);
  const first = node.opset < 11 ? 1 : 2;
  const fixed = node.opset < 9 ? node.floats("scales") : undefined;
  /**
   * Reads the numbers of all dimensions; `before` are those of images and channels, where only two
   * are given.
   */
  const numbers = (value: NodeValue | undefined, before: readonly number[]) => {
    const list = asInts(value);
    return axes?.length === 2 && list.length === 2 ? [...before, ...list] : list;
  };
  return (inputs) => {
    const x = asTensor(inputs[0]);
    const scales = fixed ?? numbers(inputs[first], [1, 1]);
    const size = sizeOf(x, scales, numbers(inputs[first + 1], x.shape.slice(0, 2)), rule);
    checkSides(node, [x.shape[0], x.shape[1], ...size]);
    const { mode, alignCorners } = rule;
    const [rows, columns] = size.map((n): SliceRange => rule.first && n === 1 ? [0, 1] : null);
    const image = rows || columns ? ops.slice(x, [null, null, rows, columns]) : x;
    return ops.upsample(image, { size, mode, alignCorners, layout: "NCHW" });
  };
};

/** Reads how many rows and columns a block has. */
function blockOf(node: NodeReader): number {
  const block = node.int("blocksize", 0);
  return block >= 1 ? block : node.refuse("have a blocksize of at least 1", `${block}`);
}

/** Turns channels into blocks of pixels. */
const depthToSpace: Operator = (node) => {
  node.checkCount(1, 1);
  const block = blockOf(node);
  const isColumnsFirst = node.choice("mode", ["DCR", "CRD"]) === "DCR";
  return ([x]) => {
    const value = asTensor(x);
    const [n, c, h, w] = value.shape;
    const channels = c / (block * block);
    const split = isColumnsFirst
      ? [n, block, block, channels, h, w]
      : [n, channels, block, block, h, w];
    const axes = isColumnsFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
    const blocks = ops.transpose(ops.reshape(value, split), axes);
    return ops.reshape(blocks, [n, channels, h * block, w * block]);
  };
};

/** Turns blocks of pixels into channels. */
const spaceToDepth: Operator = (node) => {
  node.checkCount(1, 1);
  const block = blockOf(node);
  return ([x]) => {
    const value = asTensor(x);
    const [n, c, h, w] = value.shape;
    const blocks = ops.reshape(value, [n, c, h / block, block, w / block, block]);
    const channels = ops.transpose(blocks, [0, 3, 5, 1, 2, 4]);
    return ops.reshape(channels, [n, c * block * block, h / block, w / block]);
  };
};

/** Operators that change the size of images. */
export const resizeOperators: Readonly<Record<string, Operator>> = {
  DepthToSpace: depthToSpace,
  Resize: resize,
  SpaceToDepth: spaceToDepth,
  Upsample: resize,
};
