/**
 * Groups of elements along axes, seen as `[outer, count, inner]`: those along the middle belong
 * together.
 *
 * @module
 */
import type { ReduceGeometry } from "../../../core/geometry/mod.ts";
import { type Shape, sizeOf, stridesOf } from "../../../core/shape.ts";
import { DECLINED } from "../../fallback.ts";
import type { NdArray } from "../../kernels.ts";
import type { Programs } from "../programs.ts";
import { copyPart } from "./moves.ts";

/** Most elements that an invocation goes through where it can share them: loops have limits. */
const LONGEST_LOOP = 1024;
/** Invocations that keep a device busy. */
const ENOUGH_INVOCATIONS = 16384;
/** Fewest elements for an invocation, where there are plenty. */
const FEWEST = 32;

/** Sizes of groups. */
export interface GroupSizes {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

/** Groups of an array: those of itself, or of a copy in which the axes lie together. */
export interface Groups extends GroupSizes {
  /** Shows another array of the same shape in the same order; the copy must be given to `done`. */
  readonly ordered: (x: NdArray) => NdArray;
  /** Frees what `ordered` returned, if it is a copy. */
  readonly done: (ordered: NdArray) => void;
  /** Puts a result in the order of the copy back in that of the array; frees it, if so. */
  readonly restored: (y: NdArray) => NdArray;
}

/** Finds the groups of a reduction. */
export function groupsOf(g: Programs, reduction: ReduceGeometry): Groups | typeof DECLINED {
  const { xShape, axes, count } = reduction;
  const inner = sizeOf(xShape.slice((axes.at(-1) ?? -1) + 1));
  const span = axes.length === 0 ? 1 : sizeOf(xShape.slice(axes[0], axes.at(-1)! + 1));
  const same = (x: NdArray) => x;
  if (span === count) {
    const outer = sizeOf(xShape) / (count * inner);
    return { outer, count, inner, ordered: same, done: () => {}, restored: same };
  }
  const order = [...xShape.keys()].filter((d) => !axes.includes(d)).concat(axes);
  const shape = order.map((d) => xShape[d]);
  const strides = order.map((d) => stridesOf(xShape)[d]);
  const moved = (x: NdArray, to: Shape, from: readonly number[], into: readonly number[]) => {
    const y = g.memory.reserve(to, x.dtype);
    copyPart(g, shape, { word: g.memory.word(x), strides: from }, {
      word: g.memory.word(y),
      strides: into,
    });
    return y;
  };
  if (shape.length > 11) return DECLINED;
  return {
    outer: sizeOf(xShape) / count,
    count,
    inner: 1,
    ordered: (x) => moved(x, shape, strides, stridesOf(shape)),
    done: (copy) => g.memory.free(copy),
    restored(y) {
      const back = moved(y, xShape, stridesOf(shape), strides);
      g.memory.free(y);
      return back;
    },
  };
}

/** Finds into how many parts a group is cut, so that enough invocations share it. */
export function partsOf({ outer, count, inner }: GroupSizes): number {
  if (count <= LONGEST_LOOP) return 1;
  const wanted = Math.ceil(ENOUGH_INVOCATIONS / (outer * inner));
  const most = Math.ceil(count / FEWEST);
  return Math.max(Math.min(wanted, most), Math.ceil(count / LONGEST_LOOP));
}
