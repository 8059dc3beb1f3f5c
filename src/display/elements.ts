/**
 * The elements of a tensor in nested brackets, as NumPy prints them: aligned, and of large tensors
 * the first and last along each axis.
 *
 * @module
 */
import type { DType, TypedArray } from "../core/dtype.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import { formatNumbers } from "./numbers.ts";

/** Reads a block of elements: `counts` along each axis from `starts` on. */
export type ReadBlock = (starts: readonly number[], counts: readonly number[]) => TypedArray;

/** Most elements of a tensor that is shown whole, and most that are shown of any. */
const MOST_WHOLE = 1000;

/** Elements at either end of a long axis, unless that would be too many. */
const EDGE = 3;

/** Characters of a line. */
export const LINE_WIDTH = 80;

/** Stands for the elements between the ends of an axis. */
const GAP = "…";

/** Writes the elements in brackets, one for each axis, or the one of a scalar. */
export function nestedText(shape: Shape, dtype: DType, read: ReadBlock): string {
  if (sizeOf(shape) === 0) return "[]";
  const edge = edgeOf(shape);
  const isCut = shape.map((size) => size > 2 * edge);
  const shown = shape.map((size, axis) => isCut[axis] ? 2 * edge : size);
  const texts = formatNumbers(pick(shape, shown, read), dtype);
  let next = 0;
  const write = (axis: number): string => {
    if (axis === shape.length) return texts[next++];
    const parts = Array.from({ length: shown[axis] }, () => write(axis + 1));
    if (isCut[axis]) parts.splice(edge, 0, GAP);
    return `[${join(parts, axis, shape.length)}]`;
  };
  return write(0);
}

/** Decides how many elements are shown at either end of a long axis; all of a small tensor. */
function edgeOf(shape: Shape): number {
  if (sizeOf(shape) <= MOST_WHOLE) return Infinity;
  let edge = EDGE;
  while (edge > 1 && sizeOf(shape.map((size) => Math.min(size, 2 * edge))) > MOST_WHOLE) edge--;
  return edge;
}

/** Reads the elements that are shown, in their order: block by block of those at both ends. */
function pick(shape: Shape, shown: Shape, read: ReadBlock): number[] {
  const picked = new Array<number>(sizeOf(shown));
  const visit = (
    axis: number,
    starts: readonly number[],
    counts: readonly number[],
    at: number,
  ) => {
    if (axis < shape.length) {
      const [whole, size] = [shape[axis], shown[axis]];
      const ends = size === whole ? [{ start: 0, count: size, place: 0 }] : [0, 1].map((end) => ({
        start: end * (whole - size / 2),
        count: size / 2,
        place: end * size / 2,
      }));
      for (const { start, count, place } of ends) {
        visit(axis + 1, [...starts, start], [...counts, count], at * size + place);
      }
      return;
    }
    put(read(starts, counts), counts, at);
  };
  /** Puts a block where its first element is shown. */
  const put = (block: TypedArray, counts: readonly number[], first: number) => {
    for (let i = 0; i < block.length; i++) {
      let [rest, stride, place] = [i, 1, first];
      for (let axis = counts.length - 1; axis >= 0; axis--) {
        place += rest % counts[axis] * stride;
        rest = Math.floor(rest / counts[axis]);
        stride *= shown[axis];
      }
      picked[place] = block[i];
    }
  };
  visit(0, [], [], 0);
  return picked;
}

/** Joins the parts along an axis: numbers in lines that are not too long, else a part a line. */
function join(parts: readonly string[], axis: number, rank: number): string {
  const indent = " ".repeat(axis + 1);
  if (axis < rank - 1) return parts.join(`,${"\n".repeat(rank - 1 - axis)}${indent}`);
  const lines: string[] = [];
  let line = "";
  for (const part of parts) {
    const longer = line === "" ? part : `${line}, ${part}`;
    // Its end needs room for a comma or for brackets.
    if (line !== "" && indent.length + longer.length + rank > LINE_WIDTH) {
      lines.push(`${line},`);
      line = part;
    } else line = longer;
  }
  return [...lines, line].join(`\n${indent}`);
}
