/**
 * Elements moved and repeated, of any dtype that is on the device.
 *
 * @module
 */
import type { DType } from "../../../core/dtype.ts";
import { type Shape, sizeOf, stridesOf } from "../../../core/shape.ts";
import { DECLINED, type FastKernels } from "../../fallback.ts";
import type { NdArray } from "../../kernels.ts";
import { bits, type Programs } from "../programs.ts";
import { walkOver } from "./strides.ts";

type Names =
  | "fill"
  | "copy"
  | "assignInPlace"
  | "transpose"
  | "broadcastTo"
  | "pad"
  | "concat"
  | "slice"
  | "sliceGrad"
  | "oneHot";

/** Some elements of an array, in the order of a shape. */
export interface Part {
  /** Word of the first. */
  readonly word: number;
  /** Steps along the dimensions. */
  readonly strides: readonly number[];
}

/** Copies words of a shape from some places to others; false where there are too many dimensions. */
export function copyPart(g: Programs, shape: Shape, from: Part, to: Part): boolean {
  const walk = walkOver(shape, [from.strides, to.strides]);
  if (walk === undefined) return false;
  g.each({
    key: `copy ${walk.key}`,
    count: walk.count,
    numbers: { wordA: from.word >>> 0, wordB: to.word >>> 0, ...walk.numbers },
    dims: walk.dims,
    body: () => `${walk.code}\nheap[atB] = heap[atA];`,
  });
  return true;
}

/** Makes an array of equal words. */
export function filled(g: Programs, shape: Shape, dtype: DType, value: number): NdArray {
  const y = g.memory.reserve(shape, dtype);
  g.each({
    key: "fill",
    count: sizeOf(shape),
    numbers: {
      wordY: g.memory.word(y),
      value: dtype === "float32" ? bits(value) : dtype === "uint8" ? value & 255 : value >>> 0,
    },
    body: () => "heap[wordY + i] = value;",
  });
  return y;
}

/** The kernels. */
export function moveKernels(g: Programs): Pick<FastKernels, Names> {
  const { memory } = g;

  /** Makes an array of the elements at some places of x. */
  function taken(x: NdArray, shape: Shape, part: Omit<Part, "word">, offset: number, as = shape) {
    const walked = { word: memory.word(x) + offset, strides: part.strides };
    const y = memory.reserve(as, x.dtype);
    const to = { word: memory.word(y), strides: stridesOf(shape) };
    if (copyPart(g, shape, walked, to)) return y;
    memory.free(y);
    return DECLINED;
  }

  const flat = (x: NdArray): Part => ({ word: memory.word(x), strides: [1] });

  return {
    fill: (shape, dtype, value) => filled(g, shape, dtype, value),
    copy(x) {
      const y = memory.reserve(x.shape, x.dtype);
      copyPart(g, [sizeOf(x.shape)], flat(x), flat(y));
      return y;
    },
    assignInPlace(target, x) {
      const from = flat(x);
      copyPart(g, [sizeOf(x.shape)], from, { word: memory.changedWord(target), strides: [1] });
    },
    transpose: (x, { shape, strides }) => taken(x, shape, { strides }, 0),
    broadcastTo: (x, { shape, aStrides }) => taken(x, shape, { strides: aStrides }, 0),
    slice: (x, { counts, strides, offset, shape }) => taken(x, counts, { strides }, offset, shape),

    sliceGrad(dy, { xShape, counts, strides, offset }) {
      const from = { word: memory.word(dy), strides: stridesOf(counts) };
      const dx = filled(g, xShape, dy.dtype, 0);
      const to = { word: memory.word(dx) + offset, strides };
      if (copyPart(g, counts, from, to)) return dx;
      memory.free(dx);
      return DECLINED;
    },

    pad(x, { amounts, value, xShape, shape }) {
      const [xStrides, yStrides] = [stridesOf(xShape), stridesOf(shape)];
      const kept = xShape.map((n, d) =>
        Math.max(n + Math.min(amounts[d][0], 0) + Math.min(amounts[d][1], 0), 0)
      );
      const start = (strides: readonly number[], sign: 1 | -1) =>
        amounts.reduce((at, [before], d) => at + Math.max(sign * before, 0) * strides[d], 0);
      const from = { word: memory.word(x) + start(xStrides, -1), strides: xStrides };
      const y = filled(g, shape, x.dtype, value);
      const to = { word: memory.word(y) + start(yStrides, 1), strides: yStrides };
      if (copyPart(g, kept, from, to)) return y;
      memory.free(y);
      return DECLINED;
    },

    concat(parts, { sizes, outer, inner, shape }) {
      const y = memory.reserve(shape, parts[0].dtype);
      const row = inner * sizes.reduce((sum, n) => sum + n, 0);
      let at = 0;
      parts.forEach((part, i) => {
        const length = sizes[i] * inner;
        const to = { word: memory.word(y) + at, strides: [row, 1] };
        if (length > 0) {
          copyPart(g, [outer, length], { word: memory.word(part), strides: [length, 1] }, to);
        }
        at += length;
      });
      return y;
    },

    oneHot(labels, classes, dtype) {
      const y = memory.reserve([...labels.shape, classes], dtype);
      g.each({
        key: `oneHot ${dtype === "float32"}`,
        count: sizeOf(labels.shape) * classes,
        numbers: { wordX: memory.word(labels), wordY: memory.word(y), classes },
        body: () =>
          `let hit = heap[wordX + i / classes] == i % classes;
heap[wordY + i] = select(0u, ${dtype === "float32" ? "0x3f800000u" : "1u"}, hit);`,
      });
      return y;
    },
  };
}
