/**
 * Normalisation and its gradients: sums in parts, then one program over all elements.
 *
 * @module
 */
import type { NormGeometry } from "../../../core/geometry/mod.ts";
import { sizeOf } from "../../../core/shape.ts";
import { DECLINED, type FastKernels } from "../../fallback.ts";
import type { NdArray } from "../../kernels.ts";
import { bits, type Programs } from "../programs.ts";
import { type GroupSizes, partsOf } from "./groups.ts";
import { reduceGroups } from "./reduce.ts";

type Names = "moments" | "normalize" | "normalizeGrad" | "normalizeSums";

const FLOATS = ["float32", "float32"] as const;

/** Groups that lie evenly: whole examples, or single channels; undefined for groups of channels. */
function evenGroups({ batch, positions, groups, size }: NormGeometry): GroupSizes | undefined {
  if (groups === 1) return { outer: batch, count: positions * size, inner: 1 };
  return size === 1 ? { outer: batch, count: positions, inner: groups } : undefined;
}

/** WGSL: the group and the channel of element `e`, and what is normalised there. */
const PLACE = `let channel = e % channels;
let group = e / (positions * channels) * groups + channel / size;
let inverse = 1.0 / rootOf(f(wordMoments + moments + group) + bitcast<f32>(epsilon));
let normal = (f(wordX + e) - f(wordMoments + group)) * inverse;`;

function placeNumbers({ batch, positions, groups, size, epsilon }: NormGeometry) {
  return {
    positions,
    groups,
    size,
    channels: groups * size,
    moments: batch * groups,
    epsilon: bits(epsilon),
  };
}

/** Sums that are made together: WGSL that adds to `first` and `second` for element `e`. */
interface TwoSums {
  readonly key: string;
  readonly sizes: GroupSizes;
  readonly numbers: Readonly<Record<string, number>>;
  readonly add: string;
  /** Divides both. */
  readonly divisor: number;
}

/** The kernels. */
export function normKernels(g: Programs): Pick<FastKernels, Names> {
  const { memory } = g;

  /** Sums twice at once, into `[2, outer, inner]`. */
  function twoSums({ key, sizes, numbers, add, divisor }: TwoSums, to: number): void {
    const { outer, count, inner } = sizes;
    const parts = partsOf(sizes);
    const some = memory.reserve([2, outer, parts, inner], "float32");
    g.each({
      key,
      count: outer * parts * inner,
      numbers: { ...numbers, wordY: memory.word(some), count, inner, parts },
      body: () =>
        `var e = (i / (inner * parts) * count + i / inner % parts) * inner + i % inner;
var first = 0.0;
var second = 0.0;
for (var k = i / inner % parts; k < count; k += parts) {
  ${add}
  e += parts * inner;
}
put(wordY + i, first);
put(wordY + p[0][0] + i, second);`,
    });
    const rest = { outer: 2 * outer, count: parts, inner };
    reduceGroups(g, divisor > 0 ? "mean" : "sum", FLOATS, rest, [memory.word(some), to], divisor);
    memory.free(some);
  }

  /** Centred squares of groups, averaged, at the second row of moments. */
  function variances(x: NdArray, moments: number, sizes: GroupSizes): void {
    const { outer, count, inner } = sizes;
    const parts = partsOf(sizes);
    const some = memory.reserve([outer, parts, inner], "float32");
    g.each({
      key: "squaresAroundMean",
      count: outer * parts * inner,
      numbers: {
        wordX: memory.word(x),
        wordY: memory.word(some),
        wordMoments: moments,
        count,
        inner,
        parts,
      },
      body: () =>
        `let group = i / (inner * parts);
let channel = i % inner;
let mean = f(wordMoments + group * inner + channel);
var e = (group * count + i / inner % parts) * inner + channel;
var sum = 0.0;
for (var k = i / inner % parts; k < count; k += parts) {
  let d = f(wordX + e) - mean;
  sum = fma(d, d, sum);
  e += parts * inner;
}
put(wordY + i, sum);`,
    });
    const words = [memory.word(some), moments + outer * inner] as const;
    reduceGroups(g, "mean", FLOATS, { outer, count: parts, inner }, words, count);
    memory.free(some);
  }

  return {
    moments(x, geometry) {
      const sizes = evenGroups(geometry);
      if (sizes === undefined) return DECLINED;
      const y = memory.reserve([2, geometry.batch, geometry.groups], "float32");
      const word = memory.word(y);
      reduceGroups(g, "mean", FLOATS, sizes, [memory.word(x), word]);
      variances(x, word, sizes);
      return y;
    },

    normalize(x, moments, scale, bias, geometry) {
      const y = memory.reserve(x.shape, "float32");
      const scaled = scale === null ? "normal" : "normal * f(wordScale + channel)";
      g.each({
        key: `normalize ${scale !== null} ${bias !== null}`,
        count: sizeOf(x.shape),
        numbers: {
          wordX: memory.word(x),
          wordMoments: memory.word(moments),
          wordScale: scale === null ? 0 : memory.word(scale),
          wordBias: bias === null ? 0 : memory.word(bias),
          wordY: memory.word(y),
          ...placeNumbers(geometry),
        },
        body: () =>
          `let e = i;\n${PLACE}
put(wordY + i, ${bias === null ? scaled : `${scaled} + f(wordBias + channel)`});`,
      });
      return y;
    },

    normalizeGrad(dy, x, moments, scale, geometry) {
      const sizes = evenGroups(geometry);
      if (sizes === undefined) return DECLINED;
      const means = memory.reserve([2, geometry.batch, geometry.groups], "float32");
      const rate = scale === null ? "" : " * f(wordScale + channel)";
      const numbers = {
        wordDy: memory.word(dy),
        wordX: memory.word(x),
        wordMoments: memory.word(moments),
        wordScale: scale === null ? 0 : memory.word(scale),
        ...placeNumbers(geometry),
      };
      twoSums({
        key: `normalizeMeans ${scale !== null}`,
        sizes,
        numbers,
        add: `${PLACE}
let v = f(wordDy + e)${rate};
first += v;
second = fma(v, normal, second);`,
        divisor: sizes.count,
      }, memory.word(means));
      const dx = memory.reserve(x.shape, "float32");
      g.each({
        key: `normalizeGrad ${scale !== null}`,
        count: sizeOf(x.shape),
        numbers: { ...numbers, wordMeans: memory.word(means), wordDx: memory.word(dx) },
        body: () =>
          `let e = i;\n${PLACE}
let v = f(wordDy + i)${rate};
let change = v - f(wordMeans + group) - normal * f(wordMeans + moments + group);
put(wordDx + i, inverse * change);`,
      });
      memory.free(means);
      return dx;
    },

    normalizeSums(dy, x, moments, geometry) {
      const { batch, positions, groups, size } = geometry;
      const y = memory.reserve([2, groups * size], "float32");
      twoSums({
        key: "normalizeSums",
        sizes: { outer: 1, count: batch * positions, inner: groups * size },
        numbers: {
          wordDy: memory.word(dy),
          wordX: memory.word(x),
          wordMoments: memory.word(moments),
          ...placeNumbers(geometry),
        },
        add: `${PLACE}
first = fma(f(wordDy + e), normal, first);
second += f(wordDy + e);`,
        divisor: 0,
      }, memory.word(y));
      return y;
    },
  };
}
