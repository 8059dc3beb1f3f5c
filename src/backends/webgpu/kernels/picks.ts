/**
 * Elements that indices point to: read, or added to in the order of the indices.
 *
 * @module
 */
import type { GatherGeometry } from "../../../core/geometry/mod.ts";
import { sizeOf } from "../../../core/shape.ts";
import { DECLINED, type FastKernels } from "../../fallback.ts";
import { access, type Programs } from "../programs.ts";

/** Most indices that an invocation looks at in one run: loops have limits. */
const MOST_INDICES = 32768;

function sizesOf({ size, inner, count, skip }: GatherGeometry) {
  return { size, inner, count, skip: skip >>> 0 };
}

/** The kernels. */
export function pickKernels(g: Programs): Pick<FastKernels, "gather" | "scatterAdd"> {
  const { memory } = g;
  return {
    gather(x, indices, geometry) {
      const y = memory.reserve(geometry.shape, x.dtype);
      g.each({
        key: `gather ${geometry.alongAxis}`,
        count: sizeOf(geometry.shape),
        numbers: {
          wordX: memory.word(x),
          wordAt: memory.word(indices),
          wordY: memory.word(y),
          ...sizesOf(geometry),
        },
        body: () =>
          `let j = i / inner % count;
let index = heap[wordAt + ${geometry.alongAxis ? "i" : "j"}];
let at = (i / (inner * count) * size + index) * inner + i % inner;
heap[wordY + i] = select(heap[wordX + select(at, 0u, index == skip)], 0u, index == skip);`,
      });
      return y;
    },

    scatterAdd(base, updates, indices, geometry) {
      const { outer, size, inner, count, alongAxis, xShape } = geometry;
      if (updates.dtype !== "float32" && updates.dtype !== "int32") return DECLINED;
      const { get, put } = access(updates.dtype);
      const y = memory.reserve(xShape, updates.dtype);
      for (let first = 0; first < count; first += MOST_INDICES) {
        const isContinued = first > 0 || base !== null;
        g.each({
          key: `scatterAdd ${updates.dtype} ${alongAxis} ${isContinued}`,
          count: outer * size * inner,
          numbers: {
            wordX: memory.word(updates),
            wordAt: memory.word(indices),
            wordY: memory.word(y),
            wordBase: first > 0 || base === null ? memory.word(y) : memory.word(base),
            ...sizesOf(geometry),
            first,
            last: Math.min(first + MOST_INDICES, count),
          },
          body: () =>
            `let place = i / inner % size;
let lines = i / (inner * size) * count;
let within = i % inner;
var sum = ${isContinued ? `${get}(wordBase + i)` : updates.dtype === "float32" ? "0.0" : "0"};
for (var j = first; j < last; j++) {
  let source = (lines + j) * inner + within;
  let index = heap[wordAt + ${alongAxis ? "source" : "j"}];
  if (index == place && index != skip) { sum += ${get}(wordX + source); }
}
${put}(wordY + i, sum);`,
        });
      }
      return y;
    },
  };
}
