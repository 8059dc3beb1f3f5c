/**
 * Reductions: elements along axes made one, the first maximum among them, running sums.
 *
 * Large groups are cut into parts, whose results are reduced in turn.
 *
 * @module
 */
import type { ReduceGeometry } from "../../../core/geometry/mod.ts";
import type { DType } from "../../../core/dtype.ts";
import { sizeOf } from "../../../core/shape.ts";
import { DECLINED, type FastKernels } from "../../fallback.ts";
import type { NdArray, ReduceKind } from "../../kernels.ts";
import { access, type Programs } from "../programs.ts";
import { filled } from "./moves.ts";
import { type GroupSizes, groupsOf, partsOf } from "./groups.ts";

type Names = "reduce" | "maxGrad" | "argMax" | "maxGather" | "cumsum";

/** Most elements along which one invocation sums. */
const LONGEST_SUM = 60000;

interface Reduction {
  /** WGSL of the first value, of nothing. */
  readonly first: string;
  /** WGSL that joins `y` and `x`. */
  readonly join: string;
}

const FLOATS: Readonly<Record<Exclude<ReduceKind, "mean">, Reduction>> = {
  sum: { first: "0.0", join: "y + x" },
  prod: { first: "1.0", join: "y * x" },
  max: { first: "-infinity()", join: "larger(y, x)" },
  min: { first: "infinity()", join: "smaller(y, x)" },
};

const INTEGERS: Readonly<Record<Exclude<ReduceKind, "mean">, Reduction>> = {
  sum: { first: "0", join: "y + x" },
  prod: { first: "1", join: "y * x" },
  max: { first: "i32(-2147483647 - 1)", join: "max(y, x)" },
  min: { first: "2147483647", join: "min(y, x)" },
};

/** A pass over groups, from words to words. */
interface Pass extends GroupSizes {
  readonly from: number;
  readonly to: number;
  readonly parts: number;
}

const PLACE = `let channel = i % inner;
let part = (i / inner) % parts;
let group = i / (inner * parts);
var at = wordX + (group * count + part) * inner + channel;`;

function reducePass(
  g: Programs,
  kind: ReduceKind,
  [from, to]: readonly [DType, DType],
  pass: Pass,
  divisor = 0,
): void {
  const { get } = access(from);
  const { put } = access(to);
  const name = kind === "mean" ? "sum" : kind;
  const { first, join } = (from === "float32" ? FLOATS : INTEGERS)[name];
  const isMean = divisor > 0;
  g.each({
    key: `${isMean ? "mean" : name} ${from} ${to}`,
    count: pass.outer * pass.parts * pass.inner,
    numbers: {
      wordX: pass.from,
      wordY: pass.to,
      count: pass.count,
      inner: pass.inner,
      parts: pass.parts,
      divisor,
    },
    body: () =>
      `${PLACE}
var y = ${first};
for (var k = part; k < count; k += parts) {
  let x = ${get}(at);
  y = ${join};
  at += parts * inner;
}
${put}(wordY + i, ${isMean ? "y / f32(divisor)" : "y"});`,
  });
}

/** Reduces groups that lie as they are told, into an array that is there. */
export function reduceGroups(
  g: Programs,
  kind: ReduceKind,
  [from, to]: readonly [DType, DType],
  sizes: GroupSizes,
  [wordX, wordY]: readonly [number, number],
  divisor: number = kind === "mean" ? sizes.count : 0,
): void {
  const parts = partsOf(sizes);
  if (parts === 1) {
    return reducePass(g, kind, [from, to], { ...sizes, from: wordX, to: wordY, parts }, divisor);
  }
  const { memory } = g;
  const { outer, inner } = sizes;
  const some = memory.reserve([outer, parts, inner], to);
  reducePass(g, kind, [from, to], { ...sizes, from: wordX, to: memory.word(some), parts });
  const rest = { outer, count: parts, inner };
  reduceGroups(g, kind, [to, to], rest, [memory.word(some), wordY], divisor);
  memory.free(some);
}

/** WGSL that keeps in `best` the first maximum; `k` counts elements of the group. */
const COMPARE = `let value = f(at);
if (best < 0 || beats(value, most) || (i32(k) < best && !beats(most, value))) {
  best = i32(k);
  most = value;
}`;

/** Finds the places of first maxima in their groups, int32. */
function firstMaxima(g: Programs, x: NdArray, sizes: GroupSizes, shape: readonly number[]) {
  const { memory } = g;
  const { outer, count, inner } = sizes;
  const parts = partsOf(sizes);
  const found = memory.reserve([outer, parts, inner], "int32");
  const numbers = { wordX: memory.word(x), wordY: memory.word(found), count, inner, parts };
  g.each({
    key: "firstMaximum",
    count: outer * parts * inner,
    numbers,
    body: () =>
      `${PLACE}
var best = -1;
var most = 0.0;
for (var k = part; k < count; k += parts) {
  ${COMPARE}
  at += parts * inner;
}
putInt(wordY + i, best);`,
  });
  if (parts === 1) return { ...found, shape };
  const y = memory.reserve(shape, "int32");
  g.each({
    key: "firstOfMaxima",
    count: outer * inner,
    numbers: { ...numbers, wordY: memory.word(y), wordFound: memory.word(found) },
    body: () =>
      `let channel = i % inner;
let group = i / inner;
var best = -1;
var most = 0.0;
for (var part = 0u; part < parts; part++) {
  let k = u32(n(wordFound + (group * parts + part) * inner + channel));
  let at = wordX + (group * count + k) * inner + channel;
  ${COMPARE}
}
putInt(wordY + i, best);`,
  });
  memory.free(found);
  return y;
}

/** The kernels. */
export function reduceKernels(g: Programs): Pick<FastKernels, Names> {
  const { memory } = g;

  /** Computes with the groups of x and the places of their first maxima. */
  function withMaxima<Result>(
    x: NdArray,
    reduction: ReduceGeometry,
    compute: (at: NdArray, groups: Exclude<ReturnType<typeof groupsOf>, symbol>) => Result,
  ): Result | typeof DECLINED {
    const groups = groupsOf(g, reduction);
    if (groups === DECLINED || x.dtype !== "float32") return DECLINED;
    const ordered = groups.ordered(x);
    const at = firstMaxima(g, ordered, groups, reduction.shape);
    groups.done(ordered);
    return compute(at, groups);
  }

  return {
    reduce(kind, x, reduction) {
      const groups = groupsOf(g, reduction);
      if (groups === DECLINED || (kind === "mean" && x.dtype !== "float32")) return DECLINED;
      const dtype = kind === "sum" && x.dtype === "uint8" ? "int32" : x.dtype;
      const ordered = groups.ordered(x);
      const y = memory.reserve(reduction.shape, dtype);
      const words = [memory.word(ordered), memory.word(y)] as const;
      reduceGroups(g, kind, [x.dtype, dtype], groups, words);
      groups.done(ordered);
      return y;
    },

    argMax: (x, reduction) => withMaxima(x, reduction, (at) => at),

    maxGather: (values, x, reduction) =>
      withMaxima(x, reduction, (at, groups) => {
        const ordered = groups.ordered(values);
        const y = memory.reserve(reduction.shape, x.dtype);
        const { count, inner } = groups;
        g.each({
          key: "maxGather",
          count: sizeOf(reduction.shape),
          numbers: {
            wordX: memory.word(ordered),
            wordAt: memory.word(at),
            wordY: memory.word(y),
            count,
            inner,
          },
          body: () =>
            `let k = heap[wordAt + i];
heap[wordY + i] = heap[wordX + (i / inner * count + k) * inner + i % inner];`,
        });
        groups.done(ordered);
        memory.free(at);
        return y;
      }),

    maxGrad: (dy, x, reduction) =>
      withMaxima(x, reduction, (at, groups) => {
        const dx = filled(g, x.shape, x.dtype, 0);
        const { count, inner } = groups;
        g.each({
          key: "maxGrad",
          count: sizeOf(reduction.shape),
          numbers: {
            wordDy: memory.word(dy),
            wordAt: memory.word(at),
            wordDx: memory.word(dx),
            count,
            inner,
          },
          body: () =>
            `let k = heap[wordAt + i];
heap[wordDx + (i / inner * count + k) * inner + i % inner] = heap[wordDy + i];`,
        });
        memory.free(at);
        return groups.restored(dx);
      }),

    cumsum(x, { outer, length, inner, exclusive, reverse }) {
      if (length > LONGEST_SUM) return DECLINED;
      const { get, put } = access(x.dtype);
      const y = memory.reserve(x.shape, x.dtype);
      g.each({
        key: `cumsum ${x.dtype} ${exclusive} ${reverse}`,
        count: outer * inner,
        numbers: { wordX: memory.word(x), wordY: memory.word(y), length, inner },
        body: () =>
          `var at = i / inner * length * inner + i % inner;
${reverse ? "at += (length - 1u) * inner;" : ""}
var sum = ${x.dtype === "float32" ? "0.0" : "0"};
for (var k = 0u; k < length; k++) {
  let after = sum + ${get}(wordX + at);
  ${put}(wordY + at, ${exclusive ? "sum" : "after"});
  sum = after;
  at = at ${reverse ? "-" : "+"} inner;
}`,
      });
      return y;
    },
  };
}
