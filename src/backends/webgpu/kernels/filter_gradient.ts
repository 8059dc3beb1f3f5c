/**
 * The gradient of filters: sums over all pixels, of which invocations take parts.
 *
 * @module
 */
import type { Conv2dGeometry } from "../../../core/geometry/mod.ts";
import { sizeOf } from "../../../core/shape.ts";
import { DECLINED } from "../../fallback.ts";
import type { NdArray } from "../../kernels.ts";
import type { Programs } from "../programs.ts";
import { reduceGroups } from "./reduce.ts";
import { list, unrolled } from "./unroll.ts";
import { windowNumbers } from "./window_numbers.ts";

/** Weights of a filter and filters of a tile. */
const TAPS = 4;
const FILTERS = 4;
/** Invocations that keep a device busy. */
const ENOUGH_INVOCATIONS = 4096;
/** Most pixels that an invocation goes through: loops have limits. */
const LONGEST_LOOP = 16384;

/** WGSL that finds the rows of results in which a tap falls into the image, and the columns. */
function taps(width: number): string {
  return unrolled(list(width), (t) =>
    `let tap${t} = min(tap + ${t}u, taps - 1u);
let shift${t} = tap${t} / perGroup / windowWidth * dilationHeight - padTop;
let aside${t} = tap${t} / perGroup % windowWidth * dilationWidth - padLeft;
let plane${t} = group * perGroup + tap${t} % perGroup;`);
}

/** WGSL of a tile. Padding adds nothing: times an infinite dy it would be NaN. */
function body(taps_: number, filters: number): string {
  const pairs = (line: (t: number, o: number) => string) =>
    unrolled(list(taps_), (t) => unrolled(list(filters), (o) => line(t, o)));
  return `let taps = windowHeight * windowWidth * perGroup;
let tapTiles = (taps + ${taps_ - 1}u) / ${taps_}u;
let filterTiles = (outPerGroup + ${filters - 1}u) / ${filters}u;
let filter_ = i % filterTiles * ${filters}u;
let group = i / filterTiles % groups;
let tap = i / (filterTiles * groups) % tapTiles * ${taps_}u;
let part = i / (filterTiles * groups * tapTiles);
${taps(taps_)}
${pairs((t, o) => `var y${t}${o} = 0.0;`)}
let lines = batch * outHeight;
let first = part * share;
let last = min(first + share, lines);
for (var line = first; line < last; line++) {
let image = line / outHeight;
let top = line % outHeight * strideHeight;
${
    unrolled(list(taps_), (t) =>
      `let row${t} = top + shift${t};
let isIn${t} = row${t} < height;
let from${t} = wordX + select(0u, (image * height + row${t}) * width * channels, isIn${t}) + plane${t};`)
  }
var to = wordDy + line * outWidth * outChannels + group * outPerGroup + filter_;
for (var j = 0u; j < outWidth; j++) {
${unrolled(list(filters), (o) => `let g${o} = f(to + min(${o}u, outPerGroup - 1u - filter_));`)}
${
    unrolled(list(taps_), (t) =>
      `let column${t} = j * strideWidth + aside${t};
let holds${t} = isIn${t} && column${t} < width;
let x${t} = f(from${t} + select(0u, column${t} * channels, holds${t}));`)
  }
if (${list(taps_).map((t) => `holds${t}`).join(" && ")}) {
${pairs((t, o) => `y${t}${o} = fma(x${t}, g${o}, y${t}${o});`)}
} else {
${pairs((t, o) => `y${t}${o} = select(y${t}${o}, fma(x${t}, g${o}, y${t}${o}), holds${t});`)}
}
to += outChannels;
}
}
let base = wordY + (part * taps + tap) * outChannels + group * outPerGroup + filter_;
${
    pairs((t, o) =>
      `if (tap + ${t}u < taps && filter_ + ${o}u < outPerGroup) { put(base + ${t}u * outChannels + ${o}u, y${t}${o}); }`
    )
  }`;
}

/** Computes the gradient of filters. */
export function gradW(
  g: Programs,
  dy: NdArray,
  x: NdArray,
  geometry: Conv2dGeometry,
): NdArray | typeof DECLINED {
  const { batch, outHeight, outWidth, channels, outChannels, groups, wShape } = geometry;
  if (sizeOf(x.shape) === 0 || sizeOf(wShape) === 0 || outWidth > LONGEST_LOOP) return DECLINED;
  const { memory } = g;
  const [perGroup, outPerGroup] = [channels / groups, outChannels / groups];
  const taps = geometry.windowHeight * geometry.windowWidth * perGroup;
  const filters = outPerGroup >= FILTERS ? FILTERS : 1;
  const tiles = Math.ceil(taps / TAPS) * groups * Math.ceil(outPerGroup / filters);
  const lines = batch * outHeight;
  const wanted = Math.min(Math.ceil(ENOUGH_INVOCATIONS / tiles), lines);
  const share = Math.min(
    Math.ceil(lines / wanted),
    Math.max(1, Math.floor(LONGEST_LOOP / outWidth)),
  );
  const parts = Math.ceil(lines / share);
  const dw = memory.reserve(wShape, "float32");
  const sums = parts === 1 ? dw : memory.reserve([parts, ...wShape], "float32");
  g.each({
    key: `conv2dGradW ${filters}`,
    count: tiles * parts,
    numbers: {
      wordDy: memory.word(dy),
      wordX: memory.word(x),
      wordY: memory.word(sums),
      ...windowNumbers(geometry),
      outChannels,
      groups,
      perGroup,
      outPerGroup,
      share,
    },
    body: () => body(TAPS, filters),
  });
  if (parts === 1) return dw;
  const all = { outer: 1, count: parts, inner: sizeOf(wShape) };
  const words = [memory.word(sums), memory.word(dw)] as const;
  reduceGroups(g, "sum", ["float32", "float32"], all, words);
  memory.free(sums);
  return dw;
}
